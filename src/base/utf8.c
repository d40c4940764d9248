/* SPDX-License-Identifier: MIT */
/* UTF-8 by the well-formed byte sequences of the Unicode Standard, table 3-7. */
#include "utf8.h"

#include <string.h>

/* What may follow a lead byte: the length, and the range of the second byte. */
struct lead {
	unsigned char len, low, high;
};

/* Looked up and not compared, since a binary file makes every comparison a wrong guess. */
static const unsigned char kinds[64] = {
	0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, /* C0 */
	2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, /* D0 */
	3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 4, 4, /* E0 */
	6, 7, 7, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* F0 */
};
static const struct lead leads[] = {
	{0, 0, 0},	 {1, 0, 0},	  {2, 0x80, 0xBF}, {3, 0xA0, 0xBF}, {3, 0x80, 0xBF},
	{3, 0x80, 0x9F}, {4, 0x90, 0xBF}, {4, 0x80, 0xBF}, {4, 0x80, 0x8F},
};

static struct lead lead_of(unsigned char c)
{
	if (c < 0x80)
		return leads[1];
	return leads[c < 0xC0 ? 0 : kinds[c - 0xC0]];
}

size_t utf8_decode(const unsigned char *p, size_t n, uint32_t *cp)
{
	struct lead lead = lead_of(p[0]);
	uint32_t value;
	size_t i;

	if (lead.len == 1) {
		*cp = p[0];
		return 1;
	}
	if (!lead.len) {
		*cp = UTF8_REPLACEMENT;
		return 1;
	}
	value = p[0] & (0xFFu >> (lead.len + 1));
	for (i = 1; i < lead.len; i++) {
		unsigned char low = i == 1 ? lead.low : 0x80;
		unsigned char high = i == 1 ? lead.high : 0xBF;

		if (i >= n)
			return 0;
		if (p[i] < low || p[i] > high) {
			*cp = UTF8_REPLACEMENT;
			return i;
		}
		value = value << 6 | (p[i] & 0x3Fu);
	}
	*cp = value;
	return lead.len;
}

size_t utf8_encode(uint32_t cp, unsigned char out[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = UTF8_REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (unsigned char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (unsigned char)(0xC0 | cp >> 6);
		out[1] = (unsigned char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (unsigned char)(0xE0 | cp >> 12);
		out[1] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (unsigned char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (unsigned char)(0xF0 | cp >> 18);
	out[1] = (unsigned char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (unsigned char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (unsigned char)(0x80 | (cp & 0x3F));
	return 4;
}

/* Sixteen bytes at once, as GCC and Clang have them, for which every machine of 64 bits has
 * instructions: a comparison gives -1 where it holds. */
typedef unsigned char bytes __attribute__((vector_size(16)));
typedef signed char truths __attribute__((vector_size(16)));

enum { VECTOR = sizeof(bytes), BLOCK = 2 * VECTOR, BEHIND = 3 };

static bytes load(const unsigned char *p)
{
	bytes b;

	memcpy(&b, p, sizeof(b));
	return b;
}

/* Where a byte is none, or must not follow the BEHIND before it: the table, the other way round. */
static truths misfits(const unsigned char *p)
{
	bytes b = load(p), last = load(p - 1);
	truths is_tail = (b & 0xC0) == 0x80;
	truths needs_tail = (last >= 0xC0) | (load(p - 2) >= 0xE0) | (load(p - 3) >= 0xF0);

	return (is_tail ^ needs_tail) | ((b & 0xFE) == 0xC0) | (b >= 0xF5) |
	       ((last == 0xE0) & (b < 0xA0)) | ((last == 0xED) & (b >= 0xA0)) |
	       ((last == 0xF0) & (b < 0x90)) | ((last == 0xF4) & (b >= 0x90));
}

static int is_good(const unsigned char *p)
{
	truths bad = misfits(p) | misfits(p + VECTOR);
	uint64_t w[VECTOR / 8];

	memcpy(w, &bad, sizeof(w));
	return !(w[0] | w[1]);
}

static int is_ascii(const unsigned char *p)
{
	uint64_t w[BLOCK / 8];

	memcpy(w, p, BLOCK);
	return !((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u);
}

/* From i >= BEHIND on, where a character begins: up to where there is nothing bad, but perhaps a cut
 * character at the end. */
static size_t good_blocks(const unsigned char *p, size_t i, size_t n)
{
	while (n - i >= BLOCK && ((p[i - 1] < 0x80 && is_ascii(p + i)) || is_good(p + i)))
		i += BLOCK;
	return i;
}

/* From i on, where a character begins: up to the first one that begins at `till` or is not good. */
static size_t good_characters(const unsigned char *p, size_t i, size_t n, size_t till)
{
	uint32_t cp;

	while (i < till) {
		size_t used = utf8_decode(p + i, n - i, &cp);

		if (!used || used != lead_of(p[i]).len)
			break;
		i += used;
	}
	return i;
}

size_t utf8_valid_prefix(const unsigned char *p, size_t n)
{
	size_t i = good_characters(p, 0, n, n < BEHIND ? n : BEHIND);

	if (i < BEHIND)
		return i;
	i = good_blocks(p, i, n);
	i -= utf8_cut_tail(p, i);
	return good_characters(p, i, n, n);
}

size_t utf8_cut_tail(const unsigned char *p, size_t n)
{
	size_t back;

	for (back = 1; back <= 3 && back <= n; back++) {
		uint32_t cp;

		if (p[n - back] < 0x80)
			return 0;
		if (p[n - back] >= 0xC0)
			return utf8_decode(p + n - back, back, &cp) == 0 ? back : 0;
	}
	return 0;
}
