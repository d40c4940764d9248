/* SPDX-License-Identifier: MIT */
/* The header of a recording, both ways: docs.asciinema.org/manual/asciicast/v3 for the outer
 * keys; all that is ours is in "steno", so that no key of a later asciicast can be met. A text
 * that is not UTF-8 (a path may be any bytes) has U+FFFD in it, and beside it the exact bytes as
 * <key>_b64. */
#include "header.h"

#include "../base/base64.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_MIN = 1, CELLS_MAX = 1000, KEY_SIZE = 32 };
/* 9999-12-31T23:59:59: later than this no clock says. */
#define SECONDS_MAX INT64_C(253402300799)

static const struct field {
	const char *key;
	size_t offset;
} fields[] = {
	{"session", offsetof(struct header, session)},
	{"id", offsetof(struct header, id)},
	{"steno", offsetof(struct header, steno)},
	{"root", offsetof(struct header, root)},
	{"cwd", offsetof(struct header, cwd)},
	{"shell", offsetof(struct header, shell)},
	{"hooks", offsetof(struct header, hooks)},
	{"repo", offsetof(struct header, repo)},
	{"git_head", offsetof(struct header, git_head)},
	{"git_branch", offsetof(struct header, git_branch)},
	{"model", offsetof(struct header, model)},
	{"profile", offsetof(struct header, profile)},
	{"sandbox", offsetof(struct header, sandbox)},
	{"parent", offsetof(struct header, parent)},
	{"imported", offsetof(struct header, imported)},
	{"imported_from", offsetof(struct header, imported_from)},
	{"nested", offsetof(struct header, nested)},
	{"made_of", offsetof(struct header, made_of)},
	{"times", offsetof(struct header, times)},
};
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static char **field_of(struct header *h, const struct field *f)
{
	return (char **)(void *)((char *)h + f->offset);
}

static const char *text_of(const struct header *h, const struct field *f)
{
	return *(char *const *)(const void *)((const char *)h + f->offset);
}

static void put_exact(struct json *steno, const char *key, const char *text)
{
	size_t n = text ? strlen(text) : 0;
	unsigned char *coded;
	char name[KEY_SIZE];

	if (!text || utf8_valid_prefix((const unsigned char *)text, n) == n)
		return;
	snprintf(name, sizeof(name), "%s_b64", key);
	coded = xmalloc(base64_length(n));
	json_put_bytes(steno, name, coded, base64_encode(text, n, coded));
	free(coded);
}

static void put_steno(struct json *steno, const struct header *h)
{
	size_t i;

	json_put_int(steno, "version", h->version);
	json_put_int(steno, "start_us", h->start_us);
	for (i = 0; i < FIELDS; i++) {
		if (text_of(h, &fields[i]) || fields[i].offset < offsetof(struct header, imported))
			json_put_text(steno, fields[i].key, text_of(h, &fields[i]));
		put_exact(steno, fields[i].key, text_of(h, &fields[i]));
	}
	put_exact(steno, "command", h->command);
}

int header_has_times(const struct header *h)
{
	return !h->times;
}

int header_has_start(const struct header *h)
{
	return !h->times || !strcmp(h->times, "begin");
}

void header_print(const struct header *h, struct buf *out)
{
	struct json *j = json_new(), *term;

	json_put_int(j, "version", 3);
	term = json_put_object(j, "term");
	json_put_int(term, "cols", h->cols);
	json_put_int(term, "rows", h->rows);
	if (h->term)
		json_put_text(term, "type", h->term);
	if (header_has_start(h))
		json_put_int(j, "timestamp", h->start_us > 0 ? h->start_us / 1000000 : 0);
	if (h->command)
		json_put_text(j, "command", h->command);
	if (h->title)
		json_put_text(j, "title", h->title);
	if (h->shell)
		json_put_text(json_put_object(j, "env"), "SHELL", h->shell);
	put_steno(json_put_object(j, "steno"), h);
	json_print(j, out);
	buf_putc(out, '\n');
	json_free(j);
}

/* The exact bytes of key, as a string; NULL if there are none, or they are no string. */
static char *take_exact(const struct json *steno, const char *key)
{
	char name[KEY_SIZE], *out;
	const char *coded;
	size_t n, len;

	snprintf(name, sizeof(name), "%s_b64", key);
	coded = json_get_bytes(steno, name, &n);
	if (!coded)
		return NULL;
	out = xmalloc(n + 1);
	if (base64_decode((const unsigned char *)coded, n, (unsigned char *)out, &len) < 0 ||
	    memchr(out, '\0', len)) {
		free(out);
		return NULL;
	}
	out[len] = '\0';
	return out;
}

static char *take_text(const struct json *j, const char *key)
{
	const char *text = json_get_text(j, key);

	return text ? xstrdup(text) : NULL;
}

static int clamp_size(int64_t size)
{
	return (int)(size < SIZE_MIN ? SIZE_MIN : size > CELLS_MAX ? CELLS_MAX : size);
}

static int64_t start_of(const struct json *j)
{
	int64_t s = json_get_int(j, "timestamp", 0), us;

	s = s < 0 ? 0 : s > SECONDS_MAX ? SECONDS_MAX : s;
	us = json_get_int(json_get(j, "steno"), "start_us", s * 1000000);
	return us < 0 || us / 1000000 > SECONDS_MAX ? s * 1000000 : us;
}

static void take_steno(struct header *h, const struct json *steno)
{
	int64_t version = json_get_int(steno, "version", 0);
	size_t i;

	h->version = version > 0 && version <= INT32_MAX ? (int)version : 0;
	for (i = 0; i < FIELDS; i++) {
		char *exact = take_exact(steno, fields[i].key);

		*field_of(h, &fields[i]) = exact ? exact : take_text(steno, fields[i].key);
	}
	h->command = take_exact(steno, "command");
}

static int check(const struct json *j, struct err *err)
{
	const struct json *term = json_get(j, "term");
	int64_t version = json_get_int(j, "version", 0);

	if (version != 3)
		return err_set(err, "not an asciicast v3 (version %lld)", (long long)version);
	if (json_get_int(term, "cols", INT64_MIN) == INT64_MIN ||
	    json_get_int(term, "rows", INT64_MIN) == INT64_MIN)
		return err_set(err, "asciicast header without a terminal's size");
	return 0;
}

int header_parse(struct header *h, const void *line, size_t n, struct err *err)
{
	struct header got = {0};
	struct json *j = json_parse(line, n, err);
	const struct json *term;

	if (!j)
		return err_wrap(err, "recording's header");
	if (check(j, err) < 0) {
		json_free(j);
		return -1;
	}
	term = json_get(j, "term");
	got.cols = clamp_size(json_get_int(term, "cols", 0));
	got.rows = clamp_size(json_get_int(term, "rows", 0));
	got.term = take_text(term, "type");
	got.start_us = start_of(j);
	take_steno(&got, json_get(j, "steno"));
	if (!got.command)
		got.command = take_text(j, "command");
	if (!got.shell)
		got.shell = take_text(json_get(j, "env"), "SHELL");
	got.title = take_text(j, "title");
	json_free(j);
	*h = got;
	return 0;
}

int header_parse_flat(struct header *h, int version, const void *text, size_t n, struct err *err)
{
	struct json *j = json_parse(text, n, err);
	const struct json *env;

	if (!j)
		return err_wrap(err, "recording's header");
	if (json_get_int(j, "version", 0) != version ||
	    json_get_int(j, "width", INT64_MIN) == INT64_MIN ||
	    json_get_int(j, "height", INT64_MIN) == INT64_MIN) {
		json_free(j);
		return err_set(err, "not an asciicast v%d with a terminal's size", version);
	}
	memset(h, 0, sizeof(*h));
	env = json_get(j, "env");
	h->cols = clamp_size(json_get_int(j, "width", 0));
	h->rows = clamp_size(json_get_int(j, "height", 0));
	h->term = take_text(env, "TERM");
	h->shell = take_text(env, "SHELL");
	h->command = take_text(j, "command");
	h->title = take_text(j, "title");
	h->start_us = start_of(j);
	json_free(j);
	return 0;
}

void header_release(struct header *h)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		free(*field_of(h, &fields[i]));
	free(h->term);
	free(h->command);
	free(h->title);
	memset(h, 0, sizeof(*h));
}
