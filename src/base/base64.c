/* SPDX-License-Identifier: MIT */
/* base64 as RFC 4648 section 4 has it. Decoding is strict, so that a text has one meaning and
 * bytes have one text. */
#include "base64.h"

#include <stdint.h>

static const unsigned char digits[64] = {
	'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P',
	'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'a', 'b', 'c', 'd', 'e', 'f',
	'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v',
	'w', 'x', 'y', 'z', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '+', '/'};

/* A digit's value plus one; 0 where the byte is no digit. */
static const unsigned char values[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,	['G'] = 7,
	['H'] = 8,  ['I'] = 9,	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
	['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
	['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
	['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
	['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
	['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
	['/'] = 64};

size_t base64_length(size_t n)
{
	return (n + 2) / 3 * 4;
}

static void put_four(unsigned char *out, uint32_t bits)
{
	out[0] = digits[bits >> 18 & 63];
	out[1] = digits[bits >> 12 & 63];
	out[2] = digits[bits >> 6 & 63];
	out[3] = digits[bits & 63];
}

size_t base64_encode(const void *data, size_t n, unsigned char *out)
{
	const unsigned char *p = data;
	size_t at = 0, i;

	for (i = 0; n - i >= 3; i += 3, at += 4)
		put_four(out + at, (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8 | p[i + 2]);
	if (n - i == 2) {
		put_four(out + at, (uint32_t)p[i] << 16 | (uint32_t)p[i + 1] << 8);
		out[at + 3] = '=';
		at += 4;
	} else if (n - i == 1) {
		put_four(out + at, (uint32_t)p[i] << 16);
		out[at + 2] = out[at + 3] = '=';
		at += 4;
	}
	return at;
}

/* The bits of `count` digits, the first one highest; -1 if one is none. */
static int take_digits(const unsigned char *text, int count, uint32_t *bits)
{
	uint32_t all = 0;
	int i;

	for (i = 0; i < count; i++) {
		if (!values[text[i]])
			return -1;
		all = all << 6 | (values[text[i]] - 1u);
	}
	*bits = all;
	return 0;
}

/* The last four characters: one to three bytes. */
static int take_last(const unsigned char *text, unsigned char *out, size_t *len)
{
	uint32_t bits;
	int count = text[3] != '=' ? 4 : text[2] != '=' ? 3 : 2;
	int spare = count == 4 ? 0 : count == 3 ? 2 : 4;

	if (take_digits(text, count, &bits) < 0 || bits & ((1u << spare) - 1))
		return -1;
	bits >>= spare;
	*len = (size_t)count - 1;
	for (count -= 2; count >= 0; count--, bits >>= 8)
		out[count] = (unsigned char)bits;
	return 0;
}

int base64_decode(const unsigned char *text, size_t n, unsigned char *out, size_t *len)
{
	size_t at = 0, last;
	uint32_t bits;

	*len = 0;
	if (n % 4)
		return -1;
	if (!n)
		return 0;
	for (; n > 4; text += 4, n -= 4, at += 3) {
		if (take_digits(text, 4, &bits) < 0)
			return -1;
		out[at] = (unsigned char)(bits >> 16);
		out[at + 1] = (unsigned char)(bits >> 8);
		out[at + 2] = (unsigned char)bits;
	}
	if (take_last(text, out + at, &last) < 0)
		return -1;
	*len = at + last;
	return 0;
}
