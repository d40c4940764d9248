/* SPDX-License-Identifier: MIT */
/* keys: bytes to keys. */
#include "play/keys.h"
#include "tap.h"

#include <string.h>

/* The keys of a string, a pause after it. */
static int type(struct keys *k, const char *text, int keys[], int most)
{
	int n = 0, key;

	for (; *text; text++)
		if ((key = keys_put(k, (unsigned char)*text)) != KEY_NONE && n < most)
			keys[n++] = key;
	return n;
}

static int one(const char *text)
{
	struct keys k = {0};
	int keys[8], n = type(&k, text, keys, 8);

	return n == 1 && !keys_wait(&k) ? keys[0] : -100 - n;
}

static void test_answers(void)
{
	static const char *const answers[] = {
		"\033[?1;2c",	      "\033]11;rgb:0000/0000/0000\033\\",
		"\033]52;c;cQ==\a",   "\033P>|XTerm(370)\033\\",
		"\033[24;80R",	      "\033[?2026;2$y",
		"\033_Gi=1;OK\033\\",
	};
	struct keys k = {0};
	int keys[64], n = 0;
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		n += type(&k, answers[i], keys, 64);
	is_int(n, 0, "a terminal's answers are no keys");
	is_int(keys_put(&k, 'q'), 'q', "and end where they end");
}

static void test_escape(void)
{
	struct keys k = {0};
	int keys[8];

	is_int(keys_put(&k, 27), KEY_NONE, "an ESC may be the beginning of something");
	ok(keys_wait(&k), "so it waits");
	is_int(keys_pause(&k), KEY_ESCAPE, "and is a key when nothing follows");
	ok(!keys_wait(&k), "once");
	type(&k, "\033[", keys, 8);
	is_int(keys_pause(&k), KEY_NONE, "a sequence that is cut is no key");
	is_int(type(&k, "\033\033[D", keys, 8) == 2 && keys[0] == KEY_ESCAPE && keys[1] == KEY_LEFT,
	       1, "an ESC before a sequence is a key");
}

int main(void)
{
	is_int(one("q"), 'q', "a byte is its key");
	is_int(one("\033[C"), KEY_RIGHT, "an arrow");
	is_int(one("\033OD"), KEY_LEFT, "an arrow in application mode");
	is_int(one("\033[1;5C"), KEY_RIGHT, "an arrow with a modifier");
	is_int(one("\033[1~"), KEY_HOME, "Home of the Linux console");
	is_int(one("\033[F"), KEY_END, "End");
	is_int(one("\033[3~"), -100, "Delete is none of ours");
	test_answers();
	test_escape();
	return tap_done();
}
