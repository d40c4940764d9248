/* SPDX-License-Identifier: MIT */
/* The key that leaves a session is found, however it is spelt and cut, and not where it is
 * pasted. */
#include "live/leavekey.h"

#include "tap.h"

#include <string.h>

/* Looks for Ctrl-\ in text, `step` bytes at a time; how many bytes came before, -1: not there. */
static int find(const char *text, size_t n, size_t step)
{
	struct leavekey k = {.key = LEAVEKEY_DEFAULT};
	size_t i;

	for (i = 0; i < n; i += step) {
		size_t len = n - i < step ? n - i : step, before;
		int is_there;

		before = leavekey_find(&k, (const unsigned char *)text + i, len, &is_there);
		if (is_there)
			return (int)(i + before);
		if (before != len)
			return -2;
	}
	return -1;
}

static const struct {
	const char *text, *name;
	int at; /* in one piece */
} cases[] = {
	{"\034", "the key alone", 0},
	{"abc\034def", "in the midst of text", 3},
	{"abc", "what is none", -1},
	{"\033[200~a\034b\033[201~", "within a paste", -1},
	{"\033[200~a\034b\033[201~\034", "behind a paste", 15},
	{"\033[200~\033[92;5u\033[201~", "spelt out within a paste", -1},
	{"\033[200~\033[200~\034\033[201~x\034", "behind a paste with a beginning in it", 20},
	{"ab\033[92;5u", "as kitty spells it", 2},
	{"\033[92;5:1u", "with its event", 0},
	{"\033[92;5:3u", "its release", -1},
	{"\033[92;69u", "with caps lock on", 0},
	{"\033[92;7u", "with alt, too", -1},
	{"\033[93;5u", "another key", -1},
	{"\033[27;5;92~", "as xterm spells it", 0},
	{"\033[27;6;92~", "with shift, too", -1},
	{"\033[A\033OP\033[1;5C\033", "other keys", -1},
	{"\033\034", "behind an ESC", 1},
	{"\033[999999999999999999999;5u", "a number that is too large", -1},
	{"\033[;;;;;;;;;;;;;;;;;;;;92;5u", "too many numbers", -1},
};

static void test_spellings(void)
{
	size_t i, step;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = strlen(cases[i].text);
		int same = 1;

		is_int(find(cases[i].text, n, n), cases[i].at, "%s", cases[i].name);
		for (step = 1; step < n; step++)
			same &= (find(cases[i].text, n, step) < 0) == (cases[i].at < 0);
		ok(same, "%s, however it is cut", cases[i].name);
	}
}

static void test_names(void)
{
	unsigned char key = 99;

	ok(leavekey_parse("^\\", &key) == 0 && key == 0x1c, "^\\ is a key");
	ok(leavekey_parse("C-a", &key) == 0 && key == 1, "C-a is");
	ok(leavekey_parse("^A", &key) == 0 && key == 1, "^A is");
	ok(leavekey_parse("none", &key) == 0 && key == 0, "none is none");
	ok(leavekey_parse("", &key) < 0 && leavekey_parse("a", &key) < 0 &&
		   leavekey_parse("C-", &key) < 0 && leavekey_parse("C-ab", &key) < 0 &&
		   leavekey_parse("^[", &key) < 0 && leavekey_parse("^ ", &key) < 0,
	   "anything else is refused");
}

static void test_none(void)
{
	struct leavekey k = {.key = 0};
	int is_there;

	is_int((int64_t)leavekey_find(&k, (const unsigned char *)"a\034\0b", 4, &is_there), 4,
	       "without a key all is text");
	is_int(is_there, 0, "and nothing is found");
}

int main(void)
{
	test_spellings();
	test_names();
	test_none();
	return tap_done();
}
