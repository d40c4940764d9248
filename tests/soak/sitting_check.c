/* SPDX-License-Identifier: MIT */
/* What must be recorded of it, and whether it is. */
#include "sitting.h"

#include "sitting_private.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

struct wanted {
	char cmd[128];
	int status;
};

void sitting_want(struct sitting *s, const char *cmd, int status)
{
	struct wanted *w;

	if (s->n_wanted == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 16;
		s->wanted = xrealloc(s->wanted, s->cap * sizeof(*s->wanted));
	}
	w = &s->wanted[s->n_wanted++];
	snprintf(w->cmd, sizeof(w->cmd), "%s", cmd);
	w->status = status;
	s->tally->commands++;
}

void sitting_record(struct sitting *s, const struct json *j, int again)
{
	int64_t seq = json_get_int(j, "seq", 0), status = json_get_int(j, "exit_code", ANY_STATUS);
	const char *cmd = json_get_text(j, "cmd");
	const struct wanted *w = s->wanted;

	if (again && seq <= s->checked)
		return;
	if (seq != s->checked + 1 || !s->n_wanted) {
		sitting_fail(s, "record %d comes after %d, of %zu that are to come", (int)seq,
			     (int)s->checked, s->n_wanted);
		return;
	}
	s->checked++;
	s->tally->records++;
	if (!cmd || strcmp(cmd, w->cmd) != 0 || (w->status != ANY_STATUS && status != w->status))
		sitting_fail(s, "command %d is `%.100s` with %d, not `%s` with %d", (int)seq,
			     cmd ? cmd : "null", (int)status, w->cmd, w->status);
	memmove(s->wanted, s->wanted + 1, --s->n_wanted * sizeof(*s->wanted));
}

/* When the holder and then the front was killed, nobody is left to learn the shell's status. */
static int is_explained(const struct sitting *s, const char *finding)
{
	static const char *const by_kills[] = {"repair", "gap", "no-status", "no-end"};
	size_t i;

	for (i = 0; i < sizeof(by_kills) / sizeof(by_kills[0]); i++)
		if (s->was_killed && !strcmp(finding, by_kills[i]))
			return 1;
	return s->lost_holder && s->front_killed && !strcmp(finding, "broken-off");
}

static void verify(struct sitting *s)
{
	struct buf out = {0};
	int status = sitting_steno(s, &out, "verify --json $S");
	char *line, *rest;

	if (status > 1)
		sitting_fail(s, "verify: status %d", status);
	buf_str(&out);
	for (rest = (char *)(void *)out.data; (line = strsep(&rest, "\n")) && rest;) {
		struct json *j = json_parse(line, strlen(line), NULL);
		const char *finding = j ? json_get_text(j, "finding") : "?";

		if (finding && !is_explained(s, finding))
			sitting_fail(s, "verify: %.300s", line);
		json_free(j);
	}
	buf_release(&out);
}

void sitting_check(struct sitting *s)
{
	struct buf out = {0};

	if (s->failed)
		return;
	if (s->n_wanted)
		sitting_fail(s, "%zu commands were not recorded, the first `%s`", s->n_wanted,
			     s->wanted[0].cmd);
	if (sitting_steno(s, &out, "rebuild --check $S"))
		sitting_fail(s, "rebuild --check: %.300s", buf_str(&out));
	buf_release(&out);
	verify(s);
}
