/* SPDX-License-Identifier: MIT */
#include "requote.h"

#include "../base/buf.h"

#include <string.h>

enum { OCTAL_DIGITS = 3 };

/* Up to three octal digits at p, into *value; how many there are. */
static size_t read_octal(const unsigned char *p, const unsigned char *end, unsigned *value)
{
	size_t n = 0;

	*value = 0;
	while (n < OCTAL_DIGITS && p + n < end && p[n] >= '0' && p[n] <= '7')
		*value = *value * 8 + (unsigned)(p[n++] - '0');
	return n;
}

/* What stands behind a backslash. How long it is; 0: bash does not write that. */
static size_t undo_escape(struct buf *out, const unsigned char *p, const unsigned char *end)
{
	static const char names[] = "abtnvfrE\\'", values[] = "\a\b\t\n\v\f\r\033\\'";
	const char *name = p < end && *p ? strchr(names, *p) : NULL;
	unsigned octal;
	size_t n;

	if (name) {
		buf_putc(out, (unsigned char)values[name - names]);
		return 1;
	}
	n = read_octal(p, end, &octal);
	if (!octal || octal > 255)
		return 0;
	buf_putc(out, (unsigned char)octal);
	return n;
}

/* Up to the closing quote, which p is behind then; NULL: there is none, or something else is wrong. */
static const unsigned char *undo_ansi(struct buf *out, const unsigned char *p,
				      const unsigned char *end)
{
	while (p < end && *p != '\'') {
		size_t n = 1;

		if (*p == '\\')
			n = undo_escape(out, ++p, end);
		else if (*p)
			buf_putc(out, *p);
		else
			n = 0;
		if (!n)
			return NULL;
		p += n;
	}
	return p < end ? p + 1 : NULL;
}

static const unsigned char *undo_plain(struct buf *out, const unsigned char *p,
				       const unsigned char *end)
{
	const unsigned char *quote = memchr(p, '\'', (size_t)(end - p));

	if (!quote || memchr(p, 0, (size_t)(quote - p)))
		return NULL;
	buf_put(out, p, (size_t)(quote - p));
	return quote + 1;
}

int requote_undo(struct buf *out, const unsigned char *text, size_t n)
{
	const unsigned char *p = text, *end = text + n;

	if (p == end)
		return -1;
	while (p && p < end) {
		if (*p == '\'') {
			p = undo_plain(out, p + 1, end);
		} else if (end - p > 1 && p[0] == '$' && p[1] == '\'') {
			p = undo_ansi(out, p + 2, end);
		} else if (end - p > 1 && p[0] == '\\' && p[1] == '\'') {
			buf_putc(out, '\'');
			p += 2;
		} else {
			return -1;
		}
	}
	return p ? 0 : -1;
}
