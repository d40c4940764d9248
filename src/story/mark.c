/* SPDX-License-Identifier: MIT */
/* Takes marks apart. They come from a recording, which may have been made by anybody: every number
 * has a range, every view lies inside the data. */
#include "mark.h"

#include "../base/buf.h"
#include "../base/percent.h"

#include <string.h>

enum { NUMBER_DIGITS = 18 };

enum kind { KIND_NUMBER, KIND_STATUS, KIND_TEXT };

static const struct key {
	const char *name;
	enum kind kind;
	size_t offset;
} keys[] = {
	{"s", KIND_NUMBER, offsetof(struct mark, s)},
	{"w", KIND_NUMBER, offsetof(struct mark, wall_us)},
	{"cut", KIND_NUMBER, offsetof(struct mark, cut)},
	{"h", KIND_NUMBER, offsetof(struct mark, h)},
	{"nl", KIND_NUMBER, offsetof(struct mark, nl)},
	{"l", KIND_NUMBER, offsetof(struct mark, level)},
	{"n", KIND_NUMBER, offsetof(struct mark, lines)},
	{"q", KIND_NUMBER, offsetof(struct mark, quiet)},
	{"f", KIND_NUMBER, offsetof(struct mark, reader)},
	{"st", KIND_STATUS, offsetof(struct mark, status)},
	{"prev", KIND_STATUS, offsetof(struct mark, prev)},
	{"src", KIND_TEXT, offsetof(struct mark, src)},
	{"cmd", KIND_TEXT, offsetof(struct mark, cmd)},
	{"eol", KIND_TEXT, offsetof(struct mark, eol)},
	{"d", KIND_TEXT, offsetof(struct mark, dir)},
	{"i", KIND_TEXT, offsetof(struct mark, id)},
	{"pid", KIND_NUMBER, offsetof(struct mark, pid)},
	{"us", KIND_NUMBER, offsetof(struct mark, us)},
	{"sig", KIND_STATUS, offsetof(struct mark, signal)},
	{"tty", KIND_NUMBER, offsetof(struct mark, tty)},
	{"agent", KIND_TEXT, offsetof(struct mark, agent)},
	{"call", KIND_TEXT, offsetof(struct mark, call)},
};

static int parse_number(const unsigned char *p, size_t n, int64_t max, int64_t *out)
{
	int64_t value = 0;
	size_t i;

	if (!n || n > NUMBER_DIGITS)
		return -1;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	if (value > max)
		return -1;
	*out = value;
	return 0;
}

static int put_value(struct mark *m, const struct key *key, const unsigned char *p, size_t n)
{
	void *field = (char *)m + key->offset;
	struct mark_text text = {p, n};
	int64_t number;

	if (key->kind == KIND_TEXT) {
		memcpy(field, &text, sizeof(text));
		return 0;
	}
	if (parse_number(p, n, key->kind == KIND_STATUS ? 255 : INT64_MAX, &number) < 0)
		return -1;
	memcpy(field, &number, sizeof(number));
	return 0;
}

static int put_pair(struct mark *m, const unsigned char *p, size_t n)
{
	const unsigned char *equals = memchr(p, '=', n);
	size_t name, i;

	if (!equals)
		return -1;
	name = (size_t)(equals - p);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strlen(keys[i].name) == name && !memcmp(keys[i].name, p, name))
			return put_value(m, &keys[i], equals + 1, n - name - 1);
	return 0;
}

int mark_parse(struct mark *m, const unsigned char *data, size_t n)
{
	size_t at = 1;

	memset(m, 0, sizeof(*m));
	m->s = m->wall_us = m->cut = m->h = m->nl = m->level = m->status = m->prev = -1;
	m->pid = m->us = m->signal = m->tty = m->reader = -1;
	if (!n)
		return -1;
	m->letter = (char)data[0];
	while (at < n) {
		const unsigned char *end;
		size_t len;

		if (data[at++] != ';')
			return -1;
		end = memchr(data + at, ';', n - at);
		len = end ? (size_t)(end - data) - at : n - at;
		if (put_pair(m, data + at, len) < 0)
			return -1;
		at += len;
	}
	return 0;
}

void mark_decode(struct mark_text text, struct buf *out)
{
	buf_clear(out);
	percent_decode(out, text.p, text.n);
}

int mark_text_is(struct mark_text text, const char *word)
{
	return text.p && text.n == strlen(word) && !memcmp(text.p, word, text.n);
}
