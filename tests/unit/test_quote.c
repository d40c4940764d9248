/* SPDX-License-Identifier: MIT */
/* Words in quotes: as they are spelt, and as shells read them back. (What is undone of $'...' is
 * test_requote.c's.) */
#include "base/quote.h"

#include "base/buf.h"
#include "box.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

typedef void put_fn(struct buf *out, const char *word);

static void spells(put_fn *put, const char *word, const char *want, const char *name)
{
	struct buf got = {0};

	put(&got, word);
	is_str(buf_str(&got), want, "%s", name);
	buf_release(&got);
}

static void in_double(struct buf *out, const char *word)
{
	buf_putc(out, '"');
	quote_escape(out, word, QUOTE_DOUBLE);
	buf_putc(out, '"');
}

static void test_spelling(void)
{
	spells(quote_shell, "a/b_C-9.x,y:z=@%+", "a/b_C-9.x,y:z=@%+", "a plain word stays bare");
	spells(quote_shell, "", "''", "an empty word is quoted");
	spells(quote_shell, "a b", "'a b'", "a word with a blank is quoted");
	spells(quote_shell, "~", "'~'", "a tilde is quoted");
	spells(quote_shell, "it's", "'it'\\''s'", "a quote stands outside of the quotes");
	spells(quote_single, "plain", "'plain'", "a plain word is quoted where that is asked for");
	spells(quote_single, "", "''", "so is an empty one");
	spells(quote_fish, "it's \\\\", "'it\\'s \\\\\\\\'", "fish has backslashes in its quotes");
	spells(in_double, "a $b `c` \"d\" \\e 'f'", "\"a \\$b \\`c\\` \\\"d\\\" \\\\e 'f'\"",
	       "what is special within double quotes has a backslash");
}

/* All bytes that a word can have. */
static void fill(char all[256])
{
	int i;

	for (i = 0; i < 255; i++)
		all[i] = (char)(unsigned char)(i + 1);
	all[255] = '\0';
}

static void reads_back(const char *shell, put_fn *put, const char *word, const char *what)
{
	struct buf script = {0}, argument = {0};
	char *got;

	buf_puts(&script, "printf %s ");
	put(&script, word);
	quote_single(&argument, buf_str(&script));
	got = box_ask("%s -c %s", shell, buf_str(&argument));
	is_str(got, word, "%s reads back %s", shell, what);
	free(got);
	buf_release(&script);
	buf_release(&argument);
}

static void test_reading(const char *shell)
{
	char all[256];

	fill(all);
	reads_back(shell, quote_shell, all, "all bytes in single quotes");
	reads_back(shell, in_double, all, "all bytes in double quotes");
	reads_back(shell, quote_single, "=sh", "what is a path where it is bare");
}

static void test_fish(void)
{
	char all[256];

	fill(all);
	reads_back("fish", quote_fish, all, "all bytes");
	reads_back("fish", quote_fish, "a\\\\b\\'c\\", "backslashes");
}

int main(void)
{
	box_open();
	test_spelling();
	test_reading("sh");
	test_reading("bash");
	test_reading("zsh");
	test_fish();
	box_close();
	return tap_done();
}
