/* SPDX-License-Identifier: MIT */
#include "requote.h"

#include "../base/buf.h"
#include "../base/quote.h"

#include <string.h>

/* Up to the closing quote, which p is behind then; NULL: there is none, or something else is wrong. */
static const unsigned char *undo_ansi(struct buf *out, const unsigned char *p,
				      const unsigned char *end)
{
	while (p < end && *p != '\'') {
		size_t n = 1;

		if (*p == '\\')
			n += quote_undo_ansi(out, p + 1, (size_t)(end - p - 1));
		else
			buf_putc(out, *p);
		if ((*p == '\\' && n == 1) || !out->data[out->len - 1])
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
