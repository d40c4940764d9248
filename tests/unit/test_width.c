/* SPDX-License-Identifier: MIT */
/* width: what every terminal agrees on, and the table's ends. */
#include "story/width.h"
#include "tap.h"

static void test_some(void)
{
	static const struct {
		uint32_t cp;
		int width;
		const char *name;
	} some[] = {
		{'a', 1, "a letter"},
		{0xe9, 1, "an accented one"},
		{0xad, 1, "a soft hyphen"},
		{0x301, 0, "a combining accent"},
		{0x1033, 0, "a vowel sign of Myanmar, from Unicode 5.1"},
		{0x605, 1, "a number mark that stands before its number"},
		{0x200d, 0, "a joiner"},
		{0xfe0f, 0, "a variation selector"},
		{0x1160, 0, "a medial vowel of Hangul"},
		{0x1100, 2, "an initial one"},
		{0xac00, 2, "a syllable of Hangul"},
		{0x4e2d, 2, "a Chinese character"},
		{0x3042, 2, "a Japanese one"},
		{0xff21, 2, "a full-width letter"},
		{0xff71, 1, "a half-width one"},
		{0x20000, 2, "a rare Chinese character"},
		{0x2500, 1, "a line of a box"},
		{0x2764, 1, "a heart, as text"},
		{0x2705, 2, "a check mark, as emoji"},
		{0x1f600, 2, "an emoji"},
		{0x1f972, 2, "one from Unicode 13"},
		{0x1fae8, 2, "one from Unicode 15"},
		{0x1f1e6, 1, "half a flag"},
		{0xe0100, 0, "a variation selector of another plane"},
		{0x10ffff, 1, "the last one"},
	};
	size_t i;

	for (i = 0; i < sizeof(some) / sizeof(*some); i++)
		is_int(width_of(some[i].cp), some[i].width, "%s", some[i].name);
}

/* How many characters take `width` columns, in [from, to). */
static int64_t count(uint32_t from, uint32_t to, int width)
{
	int64_t n = 0;

	for (; from < to; from++)
		n += width_of(from) == width;
	return n;
}

int main(void)
{
	test_some();
	is_int(count(0x4e00, 0xa000, 2), 0x5200, "a block of ideographs is wide to its ends");
	is_int(count(0xac00, 0xd7a4, 2), 0x2ba4, "so are the syllables of Hangul");
	is_int(count(0xe0000, 0xe0200, 0), 97 + 240, "tags and variation selectors have none");
	is_int(count(0, UINT32_C(0x110000), 3), 0, "nothing is wider than two");
	is_int(width_of(0x110000), 1, "what is no character takes one");
	is_int(width_of(UINT32_MAX), 1, "however large");
	return tap_done();
}
