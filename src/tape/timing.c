/* SPDX-License-Identifier: MIT */
/* Lines of a timing file: script(1), and term-utils/script.c of util-linux for the advanced
 * form. */
#include "timing.h"

#include "line.h"

#include <string.h>

static const unsigned char *skip_blanks(const unsigned char *p, const unsigned char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* A count of bytes and nothing behind it; one that no file has is as much as fits. */
static int take_count(const unsigned char *p, const unsigned char *end, uint64_t *count)
{
	uint64_t value = 0;

	if (p == end)
		return -1;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		value = value < INT64_MAX / 16 ? value * 10 + (uint64_t)(*p - '0') : INT64_MAX / 2;
	p = skip_blanks(p, end);
	if (p < end && *p == '\r')
		p++;
	*count = value;
	return p == end ? 0 : -1;
}

static void take_words(struct timing *t, const unsigned char *p, const unsigned char *end)
{
	t->name = p;
	while (p < end && *p != ' ')
		p++;
	t->name_len = (size_t)(p - t->name);
	t->value = skip_blanks(p, end);
	t->value_len = (size_t)(end - t->value);
}

int timing_parse(struct timing *t, const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n, *behind;

	memset(t, 0, sizeof(*t));
	t->kind = TIMING_OUTPUT;
	if (n > 2 && p[0] >= 'A' && p[0] <= 'Z' && p[1] == ' ') {
		t->kind = (char)p[0];
		p = skip_blanks(p + 2, end);
	}
	behind = line_seconds(p, end, &t->delta_us);
	if (!behind)
		return -1;
	p = skip_blanks(behind, end);
	if (p == behind)
		return -1;
	if (t->kind == TIMING_OUTPUT || t->kind == TIMING_INPUT)
		return take_count(p, end, &t->bytes);
	if (t->kind != TIMING_SIGNAL && t->kind != TIMING_INFO)
		return -1;
	take_words(t, p, end);
	return 0;
}

int timing_is(const struct timing *t, char kind, const char *name)
{
	return t->kind == kind && t->name_len == strlen(name) &&
	       !memcmp(t->name, name, t->name_len);
}
