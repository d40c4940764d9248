/* SPDX-License-Identifier: MIT */
/* What is not seen is written out. */
#include "clean.h"

#include "../base/buf.h"
#include "../base/utf8.h"

#include <stdint.h>

/* Characters that are not seen, or that change the order or place of what is seen: Unicode's
 * Bidi_Control, Default_Ignorable_Code_Point but for variation selectors, and separators. */
static const struct range {
	uint32_t first, last;
} unseen[] = {
	{0x00AD, 0x00AD},   {0x034F, 0x034F}, {0x061C, 0x061C},	  {0x115F, 0x1160},
	{0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200B},	  {0x200E, 0x200F},
	{0x2028, 0x202E},   {0x2060, 0x206F}, {0x3164, 0x3164},	  {0xFEFF, 0xFEFF},
	{0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
	{0xE0000, 0xE0FFF},
};

int clean_is_unseen(uint32_t cp)
{
	size_t i;

	for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (cp >= unseen[i].first && cp <= unseen[i].last)
			return 1;
	return 0;
}

static int is_joiner(uint32_t cp)
{
	return cp == 0x200C || cp == 0x200D;
}

static void put_control(struct buf *out, uint32_t cp)
{
	if (cp == '\r')
		buf_puts(out, "\\r");
	else if (cp == '\n')
		buf_puts(out, "\\n");
	else if (cp == '\t')
		buf_puts(out, "\\t");
	else if (cp <= 0xFF)
		buf_printf(out, "\\x%02X", (unsigned)cp);
	else
		buf_printf(out, "\\u{%04X}", (unsigned)cp);
}

/* Cleans one character that is not printable ASCII; returns the bytes it took. before: the
 * character in front of it. */
static size_t put_odd(struct buf *out, const unsigned char *p, size_t n, uint32_t *before)
{
	unsigned char bytes[4];
	uint32_t cp = UTF8_REPLACEMENT;
	size_t used = utf8_decode(p, n, &cp);

	if (!used) {
		used = n;
		cp = UTF8_REPLACEMENT;
	}
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0 && cp != UTF8_REPLACEMENT) ||
	    clean_is_unseen(cp) || (is_joiner(cp) && *before < 0x80))
		put_control(out, cp);
	else
		buf_put(out, bytes, utf8_encode(cp, bytes));
	*before = cp;
	return used;
}

static int is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t';
}

void clean_block(struct buf *out, const unsigned char *p, size_t n)
{
	uint32_t before = '\n';
	size_t i = 0;

	buf_reserve(out, n);
	while (i < n) {
		size_t start = i;

		while (i < n && is_plain(p[i]))
			i++;
		if (i > start) {
			buf_put(out, p + start, i - start);
			before = p[i - 1];
		}
		if (i == n)
			break;
		i += put_odd(out, p + i, n - i, &before);
	}
}

void clean_line(struct buf *out, const unsigned char *p, size_t n)
{
	uint32_t before = ' ';
	size_t i = 0;

	buf_reserve(out, n);
	while (i < n) {
		size_t start = i;

		while (i < n && p[i] >= 0x20 && p[i] < 0x7F)
			i++;
		if (i > start) {
			buf_put(out, p + start, i - start);
			before = p[i - 1];
		}
		if (i < n)
			i += put_odd(out, p + i, n - i, &before);
	}
}
