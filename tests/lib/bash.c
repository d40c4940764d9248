/* SPDX-License-Identifier: MIT */
#include "bash.h"
#include "base/err.h"
#include "base/percent.h"
#include "live/hooks.h"
#include "live/scanner.h"
#include "tap.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 52 of 5.2 */
static int version_of(const char *path)
{
	const char *const argv[] = {path, "-c", "exit $((BASH_VERSINFO * 10 + BASH_VERSINFO[1]))",
				    NULL};
	struct term_plan plan = {.path = path, .argv = argv, .home = "/"};
	struct term *t = term_start(&plan);
	int status = 0;

	term_exit(t, &status);
	term_free(t);
	return status;
}

void bash_enter(struct bash_place *p)
{
	const char *path = getenv("STENO_TEST_BASH");

	memset(p, 0, sizeof(*p));
	p->path = path ? path : "/bin/bash";
	p->version = version_of(p->path);
	snprintf(p->top, sizeof(p->top), "/tmp/steno-hooks-XXXXXX");
	if (!mkdtemp(p->top))
		bug("no folder for the test");
	snprintf(p->home, sizeof(p->home), "%s/home", p->top);
	snprintf(p->folder, sizeof(p->folder), "%s/run", p->top);
	if (mkdir(p->home, 0700) < 0 || mkdir(p->folder, 0700) < 0)
		bug("no folder for the test");
}

void bash_leave(struct bash_place *p)
{
	const char *const argv[] = {"rm", "-rf", p->top, NULL};
	struct term_plan plan = {.path = "rm", .argv = argv, .home = "/"};
	struct term *t = term_start(&plan);
	int status = 0;

	term_exit(t, &status);
	term_free(t);
}

void bash_write(const struct bash_place *p, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", p->home, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		bug("%s cannot be written", path);
}

void bash_forget(const struct bash_place *p, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", p->home, name);
	unlink(path);
}

struct buf bash_read(const struct bash_place *p, const char *name)
{
	char path[128], piece[4096];
	struct buf b = {0};
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", p->home, name);
	f = fopen(path, "r");
	while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&b, piece, n);
	if (f)
		fclose(f);
	return b;
}

static void replace(struct buf *text, const char *what, const char *with)
{
	struct buf was = *text;
	const char *at, *next;

	buf_put(&was, "", 1);
	at = (const char *)was.data;
	if (!strstr(at, what))
		bug("the hooks have no %s", what);
	*text = (struct buf){0};
	for (; (next = strstr(at, what)); at = next + strlen(what)) {
		buf_put(text, at, (size_t)(next - at));
		buf_puts(text, with);
	}
	buf_puts(text, at);
	buf_release(&was);
}

/* Makes the hooks take any bash for one before 5.0, and bash count as that one does: for PROMPT_COMMAND
 * and PS0 commands have been counted on, and \! is the next line's number; a variable that is not set
 * has no attributes. Without promptvars PS0 cannot count: that is left as it is. `local -`, which changes
 * too much there, ends the shell. */
static void make_old(const struct hooks *h)
{
	static const char *const old[][2] = {
		{">= 501", ">= 999"},
		{">= 503", ">= 999"},
		{"BASH_VERSINFO[0] < 5", "1"},
		{"${__steno_s@P}", "${__steno_s@P} + 1"},
		{"builtin local -;", "builtin exit 98;"},
		{"${PS0@a}", "${PS0+${PS0@a}}"},
		{"'$((\\#-1))' '\\#'", "'$((\\#+1-1))' ';s=\\#'"},
		{"$((\\!-1))", "$((\\!+1-1))"},
	};
	char text[32768];
	FILE *f = fopen(h->file, "r");
	size_t n = f ? fread(text, 1, sizeof(text), f) : 0, i;
	struct buf hooks = {0};

	if (!f || !feof(f) || fclose(f))
		bug("the hooks cannot be read");
	buf_put(&hooks, text, n);
	for (i = 0; i < sizeof(old) / sizeof(*old); i++)
		replace(&hooks, old[i][0], old[i][1]);
	f = fopen(h->file, "w");
	if (!f || fwrite(hooks.data, 1, hooks.len, f) != hooks.len || fclose(f))
		bug("the hooks cannot be written");
	buf_release(&hooks);
}

struct term *bash_start(struct bash_place *p, struct hooks *h, int flags)
{
	struct term_plan plan = {.path = p->path, .home = p->home};
	struct err err = {0};

	if (hooks_prepare(h, p->path, flags, p->folder, BASH_NONCE, &err) < 0)
		bug("%s", err.text);
	if (p->old)
		make_old(h);
	plan.argv = (const char *const *)h->argv;
	plan.env = (const char *const *)h->env;
	p->lines = h->lines;
	return term_start(&plan);
}

static struct buf value_of(const unsigned char *data, size_t n, const char *key)
{
	struct buf v = {0};
	const unsigned char *at = memmem(data, n, key, strlen(key)), *end;

	if (at) {
		at += strlen(key);
		end = memchr(at, ';', n - (size_t)(at - data));
		percent_decode(&v, at, (size_t)((end ? end : data + n) - at));
	}
	return v;
}

static void put_value(struct buf *out, const char *before, const unsigned char *data, size_t n,
		      const char *key, const char *after)
{
	struct buf v = value_of(data, n, key);

	buf_printf(out, "%s%s%s", before, buf_str(&v), after);
	buf_release(&v);
}

static void put_directory(struct bash_view *v, struct buf *dir)
{
	const char *home = v->place->home;
	size_t skip = strncmp(buf_str(dir), home, strlen(home)) ? 0 : strlen(home);

	buf_printf(&v->text, "[%s%s]", skip ? "~" : "", buf_str(dir) + skip);
}

static void put_start(struct bash_view *v, const unsigned char *data, size_t n)
{
	struct buf dir = value_of(data, n, ";d=");
	const char *before = v->dir.len ? buf_str(&v->dir) : v->place->home;

	put_value(&v->text, "C", data, n, ";s=", "");
	if (dir.len && strcmp(buf_str(&dir), before) != 0) {
		put_directory(v, &dir);
		buf_clear(&v->dir);
		buf_put(&v->dir, dir.data, dir.len);
	}
	put_value(&v->text, "<", data, n, ";prev=", " ");
	buf_release(&dir);
}

static void put_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct bash_view *v = ctx;

	if ((data[0] == 'A' && v->last == 'B') || (data[0] == 'B' && v->last == 'a')) {
		v->last = data[0] == 'A' ? 'a' : 'B';
		return;
	}
	v->last = (char)data[0];
	if (data[0] == 'C') {
		put_start(v, data, n);
		return;
	}
	buf_putc(&v->text, data[0]);
	if (data[0] == 'P') {
		struct buf dir = value_of(data, n, ";d=");

		put_directory(v, &dir);
		buf_release(&dir);
	} else {
		put_value(&v->text, "", data, n, ";s=", "");
	}
	if (data[0] == 'A' || data[0] == 'D')
		put_value(&v->text, "=", data, n, ";st=", "");
	else if (data[0] == 'E')
		put_value(&v->text, "[", data, n, ";cmd=", "]");
	buf_putc(&v->text, ' ');
	if (data[0] == 'B' && ++v->prompts == 1)
		buf_clear(&v->text);
}

static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct bash_view *v = ctx;

	longhand_take(&v->longhand, 0, data, n, put_mark, v);
}

static void on_output(void *ctx, const unsigned char *data, size_t n)
{
	struct bash_view *v = ctx;

	buf_put(&v->output, data, n);
}

void bash_look(struct bash_view *v, const struct buf *seen)
{
	static const struct scanner_sink sink = {on_output, on_mark};
	struct scanner *s = scanner_new(BASH_NONCE);

	if (longhand_init(&v->longhand, v->place->lines) < 0)
		bug("no memory");
	buf_clear(&v->text);
	buf_clear(&v->output);
	buf_clear(&v->dir);
	v->prompts = 0;
	v->last = 0;
	scanner_put(s, seen->data, seen->len, &sink, v);
	scanner_end(s, &sink, v);
	scanner_free(s);
	longhand_release(&v->longhand);
}

int bash_has_prompts(void *ctx, const struct buf *seen)
{
	struct bash_view *v = ctx;

	bash_look(v, seen);
	return v->prompts >= v->ready;
}

void bash_view_release(struct bash_view *v)
{
	buf_release(&v->text);
	buf_release(&v->output);
	buf_release(&v->dir);
}

static void play(struct term *t, const struct bash_step *steps, struct bash_view *v, int *status)
{
	size_t i;

	v->ready = 1;
	term_until(t, bash_has_prompts, v, "the first prompt");
	for (i = 0; i < BASH_STEPS && steps[i].type; i++) {
		if (steps[i].await) {
			term_expect(t, steps[i].await);
			term_settle(t, term_pid(t));
		}
		term_type(t, steps[i].type);
		if (steps[i].prompts == BASH_ENDS)
			term_exit(t, status);
		else
			v->ready += (size_t)steps[i].prompts;
		if (!term_until(t, bash_has_prompts, v, "the prompt"))
			return;
	}
}

static void is_cut(struct buf *text, const char *name)
{
	static const char head[] = "C1<0 D1=0 E1[", tail[] = "] A1=0 B ";

	is_int((int64_t)(text->len - strlen(head) - strlen(tail)), 262144, "%s: cut to 256 KiB",
	       name);
}

static void try_row(struct bash_place *p, const struct bash_row *r, const char *history)
{
	struct hooks h = {0};
	struct bash_view v = {.place = p};
	const char *output;
	struct term *t;
	int status = 0;

	bash_forget(p, ".bash_history");
	if (history)
		bash_write(p, ".bash_history", history);
	bash_write(p, ".bashrc", r->rc ? r->rc : "");
	t = bash_start(p, &h, 0);
	play(t, r->steps, &v, &status);
	bash_look(&v, term_seen(t));
	if (r->marks)
		is_str(buf_str(&v.text), r->marks, "%s", r->name);
	else
		is_cut(&v.text, r->name);
	is_int(status, r->status, "%s: the shell's status", r->name);
	output = buf_str(&v.output);
	if (r->output && !ok(strstr(output, r->output) != NULL, "%s: output", r->name))
		tap_note("%s", output);
	if (r->absent && !ok(!strstr(output, r->absent), "%s: no noise", r->name))
		tap_note("%s", output);
	ok(!strstr(output, BASH_NONCE), "%s: the nonce is not seen", r->name);
	term_free(t);
	hooks_remove(&h);
	hooks_release(&h);
	bash_view_release(&v);
}

static const struct bash_row *find(const struct bash_row *later, const struct bash_row *r)
{
	for (; later && later->name; later++)
		if (!strcmp(later->name, r->name))
			return later;
	return r;
}

static int is_among(const char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (!strcmp(*names, name))
			return 1;
	return 0;
}

void bash_try_all(struct bash_place *p, const struct bash_row *rows, size_t n,
		  const struct bash_row *later, const char *const *newer, const char *only)
{
	static const char history[] = "one\ntwo\nthree\n";
	size_t i;

	for (i = 0; i < n; i++) {
		const struct bash_row *r = &rows[i];

		if (only && !strstr(r->name, only))
			continue;
		if (p->version < 51 && is_among(newer, r->name)) {
			tap_skip(r->name, "before bash 5.1 it is otherwise");
			continue;
		}
		try_row(p, r, NULL);
		try_row(p, find(later, r), history);
		p->old = p->version >= 50 && !is_among(newer, r->name);
		if (p->old)
			try_row(p, find(later, r), history);
		p->old = 0;
	}
}
