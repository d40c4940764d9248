/* SPDX-License-Identifier: MIT */
#include "surveyed.h"
#include "base/json.h"
#include "box.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void hear(void *ctx, const char *fact, size_t n)
{
	struct surveyed_said *s = ctx;
	struct json *j = json_parse(fact, n, NULL);
	const char *kind = j ? json_get_text(j, "fact") : NULL;
	const char *text = NULL;
	size_t len = 0;

	if (n > s->longest)
		s->longest = n;
	if (!kind) {
		buf_puts(&s->facts, "NOT JSON\n");
	} else if (strcmp(kind, "diff") == 0) {
		text = json_get_bytes(j, "text", &len);
		buf_put(&s->diff, text, len);
	} else {
		static const char *const keys[] = {"status", "path", "subject",
						   "branch", "what", "why"};
		size_t i;

		buf_puts(&s->facts, kind);
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if ((text = json_get_text(j, keys[i])) != NULL)
				buf_printf(&s->facts, " %s", text);
		if (json_get_int(j, "dirty", -1) >= 0)
			buf_printf(&s->facts, " %d", (int)json_get_int(j, "dirty", -1));
		if (json_get_int(j, "left_out", -1) >= 0)
			buf_printf(&s->facts, " %d", (int)json_get_int(j, "left_out", -1));
		buf_putc(&s->facts, '\n');
	}
	json_free(j);
}

void surveyed_begin_at(struct surveyed *s, const char *dir, int64_t start_us)
{
	char *path = realpath(dir, NULL);

	memset(s, 0, sizeof(*s));
	s->start_us = start_us;
	place_find(&s->place, path ? path : dir);
	free(path);
	s->state = memfd_create("state", MFD_CLOEXEC);
	s->began = survey_begin(&s->place, "logs", s->state, s->start_us, hear, &s->begin, NULL);
}

void surveyed_begin(struct surveyed *s, const char *dir)
{
	box_tick();
	surveyed_begin_at(s, dir, box_wall_us());
	box_tick();
}

void surveyed_end(struct surveyed *s)
{
	s->ended = survey_end(&s->place, "logs", s->state, s->start_us, hear, &s->end, NULL);
}

void surveyed_release(struct surveyed *s)
{
	place_release(&s->place);
	close(s->state);
	buf_release(&s->begin.facts);
	buf_release(&s->begin.diff);
	buf_release(&s->end.facts);
	buf_release(&s->end.diff);
}

void surveyed_is(struct surveyed_said *s, const char *want, const char *name)
{
	is_str(buf_str(&s->facts), want, "%s", name);
	ok(s->longest <= SURVEY_FACT, "%s: no fact is too long", name);
}

void surveyed_make(const char *dir)
{
	box_sh("git init -q %s; cd %s; seq 1 40 > a; seq 1 40 > b; mkdir d; echo c > d/c; ln -s a "
	       "l;"
	       "echo x > run; chmod +x run; git add .; git commit -qm first",
	       dir, dir);
}

void surveyed_diff_is_gits(const char *dir, const char *name)
{
	char *want = box_ask("cd %s && git diff --no-ext-diff && echo .", dir);
	struct surveyed s;
	size_t n = want ? strlen(want) : 0;

	surveyed_begin(&s, dir);
	surveyed_end(&s);
	is_int(s.ended, 0, "%s: works", name);
	is_mem(s.end.diff.data, s.end.diff.len, want, n ? n - 1 : 0, "%s: the diff is git's", name);
	ok(s.end.longest <= SURVEY_FACT, "%s: no fact is too long", name);
	surveyed_release(&s);
	free(want);
}
