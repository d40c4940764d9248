/* SPDX-License-Identifier: MIT */
#include "live/requote.h"

#include "base/buf.h"
#include "tap.h"

#include <string.h>

static void undoes(const char *text, const char *value, const char *what)
{
	struct buf out = {0};

	if (requote_undo(&out, (const unsigned char *)text, strlen(text)) < 0)
		ok(0, "%s: refused", what);
	else
		is_str(buf_str(&out), value, "%s", what);
	buf_release(&out);
}

static void refuses(const char *text, size_t n, const char *what)
{
	struct buf out = {0};

	ok(requote_undo(&out, (const unsigned char *)text, n) < 0, "refuses %s", what);
	buf_release(&out);
}

#define REFUSES(text, what) refuses(text, sizeof(text) - 1, what)

int main(void)
{
	undoes("''", "", "nothing");
	undoes("'/tmp/a b'", "/tmp/a b", "a plain one");
	undoes("'it'\\''s'", "it's", "an apostrophe");
	undoes("\\''x'", "'x", "one at the beginning");
	undoes("'\\n$`\"'", "\\n$`\"", "what stands for itself");
	undoes("'\303\251'", "\303\251", "what is no ASCII");
	undoes("$'a\\tb\\nc\\ad\\be\\vf\\fg\\rh\\Ei\\\\j\\'k'", "a\tb\nc\ad\be\vf\fg\rh\033i\\j'k",
	       "all that has a letter");
	undoes("$'\\001\\177\\377'", "\001\177\377", "octal numbers");
	undoes("$'\\0011'", "\0011", "three digits of them");
	REFUSES("", "nothing at all");
	REFUSES("x", "a bare text");
	REFUSES("'x", "one that is not closed");
	REFUSES("$'x", "another");
	REFUSES("$'x\\", "one that ends behind a backslash");
	REFUSES("$'\\x41'", "an escape that bash does not write");
	REFUSES("$'\\0'", "a NUL");
	REFUSES("$'\\777'", "a number that is no byte");
	REFUSES("'a\0b'", "a byte that cannot be");
	REFUSES("$'a\0b'", "there, too");
	REFUSES("'a'b", "something behind it");
	return tap_done();
}
