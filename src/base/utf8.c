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

/* The same as a machine that never guesses: a row for each byte holds at each state's place the
 * state that follows, so that a step is one shift. ROW() takes what follows ACCEPT, NEED_1, NEED_2,
 * NEED_3, and what follows the leads that restrict the second byte. */
enum {
	REJECT,
	ACCEPT = 6,
	NEED_1 = 12,
	NEED_2 = 18,
	NEED_3 = 24,
	AFTER_E0 = 30,
	AFTER_ED = 36,
	AFTER_F0 = 42,
	AFTER_F4 = 48,
	STATE_MASK = 63
};

#define ROW(accept, need_1, need_2, need_3, e0, ed, f0, f4)                                        \
	((uint64_t)(accept) << ACCEPT | (uint64_t)(need_1) << NEED_1 |                             \
	 (uint64_t)(need_2) << NEED_2 | (uint64_t)(need_3) << NEED_3 |                             \
	 (uint64_t)(e0) << AFTER_E0 | (uint64_t)(ed) << AFTER_ED | (uint64_t)(f0) << AFTER_F0 |    \
	 (uint64_t)(f4) << AFTER_F4)
#define LEAD(next) ROW(next, 0, 0, 0, 0, 0, 0, 0)
#define TAIL(e0, ed, f0, f4) ROW(0, ACCEPT, NEED_1, NEED_2, e0, ed, f0, f4)
#define X2(row) row, row
#define X4(row) X2(row), X2(row)
#define X8(row) X4(row), X4(row)
#define X16(row) X8(row), X8(row)

static const uint64_t rows[256] = {
	X16(LEAD(ACCEPT)), /* 00 */
	X16(LEAD(ACCEPT)),
	X16(LEAD(ACCEPT)),
	X16(LEAD(ACCEPT)),
	X16(LEAD(ACCEPT)),
	X16(LEAD(ACCEPT)),
	X16(LEAD(ACCEPT)),
	X16(LEAD(ACCEPT)),
	X16(TAIL(REJECT, NEED_1, REJECT, NEED_2)), /* 80 */
	X16(TAIL(REJECT, NEED_1, NEED_2, REJECT)),
	X16(TAIL(NEED_1, REJECT, NEED_2, REJECT)),
	X16(TAIL(NEED_1, REJECT, NEED_2, REJECT)),
	X2(REJECT), /* C0 */
	X2(LEAD(NEED_1)),
	X4(LEAD(NEED_1)),
	X8(LEAD(NEED_1)),
	X16(LEAD(NEED_1)),
	LEAD(AFTER_E0), /* E0 */
	LEAD(NEED_2),
	X2(LEAD(NEED_2)),
	X8(LEAD(NEED_2)),
	LEAD(NEED_2),
	LEAD(AFTER_ED),
	X2(LEAD(NEED_2)),
	LEAD(AFTER_F0), /* F0 */
	LEAD(NEED_3),
	X2(LEAD(NEED_3)),
	LEAD(AFTER_F4),
	REJECT,
	X2(REJECT),
	X8(REJECT),
};

enum { BLOCK = 32 };

static int is_ascii(const unsigned char *p)
{
	uint64_t w[BLOCK / 8];

	memcpy(w, p, BLOCK);
	return !((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u);
}

/* A multiple of BLOCK: so far there is nothing bad, but perhaps a cut character at the end. */
static size_t good_blocks(const unsigned char *p, size_t n)
{
	uint64_t state = ACCEPT;
	size_t i, k;

	for (i = 0; n - i >= BLOCK; i += BLOCK) {
		if ((state & STATE_MASK) == ACCEPT && is_ascii(p + i))
			continue;
		for (k = 0; k < BLOCK; k++)
			state = rows[p[i + k]] >> (state & STATE_MASK);
		if ((state & STATE_MASK) == REJECT)
			break;
	}
	return i;
}

size_t utf8_valid_prefix(const unsigned char *p, size_t n)
{
	size_t i = good_blocks(p, n);

	i -= utf8_cut_tail(p, i);
	while (i < n) {
		struct lead lead = lead_of(p[i]);
		uint32_t cp;
		size_t used = utf8_decode(p + i, n - i, &cp);

		if (!used || used != lead.len)
			break;
		i += used;
	}
	return i;
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
