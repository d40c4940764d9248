/* SPDX-License-Identifier: MIT */
/* Words as JSON, both ways. What is said may be of any length; an event may not, nor a line on its
 * way to the holder: so a text is cut at characters into pieces that fit whatever escapes they
 * need. */
#include "words.h"

#include "../base/buf.h"
#include "../base/json.h"
#include "../base/utf8.h"

#include <limits.h>
#include <string.h>

enum {
	TEXT_MOST = 36 * 1024, /* bytes of a piece's text, as JSON */
	CMD_MOST = 12 * 1024,  /* of a command's text beside its output */
	NAME_MOST = 1024,      /* of a path, an id, a name: beyond it they are cut */
};

static const char *const kinds[] = {
	[WORDS_SAID] = "said",	   [WORDS_HARNESS] = "harness", [WORDS_UNDONE] = "undone",
	[WORDS_CHANGE] = "change", [WORDS_CONTEXT] = "context", [WORDS_CALL] = "call",
	[WORDS_RESULT] = "result", [WORDS_NOTE] = "note",
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds) };

void words_init(struct words *w, enum words_kind kind)
{
	*w = (struct words){.kind = kind,
			    .wall_us = -1,
			    .line = -1,
			    .nth = -1,
			    .duration_us = -1,
			    .since_us = -1,
			    .from = -1};
}

/* How many bytes of the text fit into `most` bytes of JSON; ends at a character where it can. */
static size_t fitting(const char *text, size_t n, size_t most)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t i, len = 0;

	for (i = 0; i < n; i++) {
		len += p[i] < 0x20 || p[i] == 0x7F ? 6 : p[i] == '"' || p[i] == '\\' ? 2 : 1;
		len += p[i] >= 0x80 ? 2 : 0; /* a bad byte becomes three */
		if (len > most)
			break;
	}
	if (i < n)
		i -= utf8_cut_tail(p, i);
	return i;
}

static void put_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_put_bytes(j, key, text, fitting(text, strlen(text), NAME_MOST));
}

static void put_number(struct json *j, const char *key, int64_t value)
{
	if (value >= 0)
		json_put_int(j, key, value);
}

static void put_result(struct json *j, const struct words *w)
{
	if (w->cmd)
		json_put_bytes(j, "cmd", w->cmd, fitting(w->cmd, w->cmd_n, CMD_MOST));
	if (w->has_exit)
		json_put_int(j, "exit_code", w->exit_code);
	put_number(j, "duration_us", w->duration_us);
}

/* What only the first piece says. */
static void put_first(struct json *j, const struct words *w)
{
	put_text(j, "role", w->role);
	put_text(j, "name", w->name);
	put_text(j, "turn", w->turn);
	put_number(j, "ts", w->wall_us);
	put_text(j, "call_id", w->call_id);
	put_text(j, "cwd", w->cwd);
	put_text(j, "path", w->path);
	put_text(j, "to", w->to);
	put_text(j, "change", w->change);
	put_text(j, "model", w->model);
	put_text(j, "profile", w->profile);
	put_text(j, "sandbox", w->sandbox);
	put_number(j, "since", w->since_us);
	put_text(j, "of", w->of);
	put_number(j, "from", w->from);
	if (w->turns)
		json_put_int(j, "turns", w->turns);
	if (w->kind == WORDS_RESULT)
		put_result(j, w);
}

static size_t print_piece(const struct words *w, int64_t part, size_t at, struct buf *out)
{
	const char *text = w->text ? w->text + at : NULL;
	size_t n = fitting(text, w->n - at, TEXT_MOST);
	struct json *j = json_new();

	if (w->kind != WORDS_SAID)
		json_put_text(j, "kind", kinds[w->kind]);
	put_text(j, "agent", w->agent);
	put_text(j, "thread", w->thread);
	if (!part)
		put_first(j, w);
	put_number(j, "line", w->line);
	put_number(j, "nth", w->nth);
	if (part)
		json_put_int(j, "part", part);
	if (at + n < w->n)
		json_put_flag(j, "more", 1);
	if (text)
		json_put_bytes(j, "text", text, n);
	json_print(j, out);
	json_free(j);
	return n;
}

void words_print(const struct words *w, void (*put)(void *ctx, const char *data, size_t n),
		 void *ctx)
{
	struct words whole = *w;
	struct buf line = {0};
	int64_t part = 0;
	size_t at = 0;

	if (!whole.text)
		whole.n = 0;
	do {
		buf_clear(&line);
		at += print_piece(&whole, part++, at, &line);
		put(ctx, (const char *)line.data, line.len);
	} while (at < whole.n);
	buf_release(&line);
}

static int kind_of(const struct json *j, enum words_kind *kind)
{
	const char *name = json_get_text(j, "kind");
	size_t i;

	*kind = WORDS_SAID;
	for (i = 0; name && i < KINDS; i++) {
		if (strcmp(name, kinds[i]) != 0)
			continue;
		*kind = (enum words_kind)i;
		return 1;
	}
	return !name && json_lacks(j, "kind");
}

static void take_result(struct words *w, const struct json *j)
{
	int64_t code = json_get_int(j, "exit_code", INT64_MIN);

	w->has_exit = code >= INT_MIN && code <= INT_MAX;
	w->exit_code = w->has_exit ? (int)code : 0;
	w->duration_us = json_get_int(j, "duration_us", -1);
	w->cmd = json_get_bytes(j, "cmd", &w->cmd_n);
}

struct json *words_parse(struct words *w, const void *data, size_t n)
{
	struct json *j = json_parse(data, n, NULL);
	enum words_kind kind;

	if (!j || !kind_of(j, &kind)) {
		json_free(j);
		return NULL;
	}
	words_init(w, kind);
	w->agent = json_get_text(j, "agent");
	w->thread = json_get_text(j, "thread");
	w->name = json_get_text(j, "name");
	w->turn = json_get_text(j, "turn");
	w->wall_us = json_get_int(j, "ts", -1);
	w->line = json_get_int(j, "line", -1);
	w->nth = json_get_int(j, "nth", -1);
	w->role = json_get_text(j, "role");
	w->text = json_get_bytes(j, "text", &w->n);
	w->call_id = json_get_text(j, "call_id");
	w->cwd = json_get_text(j, "cwd");
	w->path = json_get_text(j, "path");
	w->to = json_get_text(j, "to");
	w->change = json_get_text(j, "change");
	w->model = json_get_text(j, "model");
	w->profile = json_get_text(j, "profile");
	w->sandbox = json_get_text(j, "sandbox");
	w->turns = json_get_int(j, "turns", 0);
	w->since_us = json_get_int(j, "since", -1);
	w->of = json_get_text(j, "of");
	w->from = json_get_int(j, "from", -1);
	w->part = json_get_int(j, "part", 0);
	w->more = json_get_flag(j, "more");
	take_result(w, j);
	return j;
}
