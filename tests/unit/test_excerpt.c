/* SPDX-License-Identifier: MIT */
/* Head and tail of a text: what is kept is the text's own beginning and end, and what is said to be
 * left out is what is missing. */
#include "story/excerpt.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Puts a text of '\n'-ended lines. */
static void put_text(struct excerpt *e, const struct buf *text)
{
	size_t at = 0;

	while (at < text->len) {
		const unsigned char *line = text->data + at;
		size_t n =
			(size_t)((const unsigned char *)memchr(line, '\n', text->len - at) - line);

		excerpt_put(e, line, n);
		at += n + 1;
	}
}

static int is_head_and_tail(const struct excerpt *e, const struct buf *text)
{
	struct excerpt_rest rest;

	excerpt_rest(e, &rest);
	return e->head.len + rest.n + rest.bytes == text->len && e->bytes == text->len &&
	       (!e->head.len || !memcmp(e->head.data, text->data, e->head.len)) &&
	       (!rest.n || !memcmp(rest.tail, text->data + text->len - rest.n, rest.n));
}

static void put_lines(struct excerpt *e, struct buf *text, int lines, const char *fmt)
{
	int i;

	for (i = 0; i < lines; i++)
		buf_printf(text, "%d %s\n", i, fmt);
	put_text(e, text);
}

static void test_short(void)
{
	struct excerpt e = {0};
	struct excerpt_rest rest;
	struct buf text = {0};

	ok(excerpt_is_blank(&e), "an empty text is blank");
	put_lines(&e, &text, 300, "short");
	excerpt_rest(&e, &rest);
	is_int((int64_t)rest.bytes, 0, "nothing of 300 short lines is left out");
	is_int((int64_t)rest.lines, 0, "and no line");
	ok(is_head_and_tail(&e, &text), "head and tail together are the text");
	ok(!excerpt_is_blank(&e), "a text with letters is not blank");
	excerpt_clear(&e);
	excerpt_put(&e, (const unsigned char *)" \t", 2);
	ok(excerpt_is_blank(&e), "blanks and tabs are blank");
	excerpt_release(&e);
	buf_release(&text);
}

static void test_long(void)
{
	struct excerpt e = {0}, copy = {0};
	struct excerpt_rest rest;
	struct buf text = {0};

	put_lines(&e, &text, 100000, "a line");
	excerpt_rest(&e, &rest);
	is_int((int64_t)rest.lines, 100000 - EXCERPT_HEAD_LINES - EXCERPT_TAIL_LINES,
	       "of 100,000 lines all but head and tail are left out");
	ok(is_head_and_tail(&e, &text), "the bytes left out are those missing");
	ok(rest.n > 13 && !memcmp(rest.tail, "99800 a line\n", 13), "the tail begins with a line");
	excerpt_put(&copy, (const unsigned char *)"old", 3);
	excerpt_copy(&copy, &e);
	ok(is_head_and_tail(&copy, &text), "a copy is the same");
	excerpt_release(&copy);
	excerpt_release(&e);
	buf_release(&text);
}

static void test_endless_line(void)
{
	struct excerpt e = {0};
	struct excerpt_rest rest;
	struct buf text = {0};
	size_t i;

	for (i = 0; i < 100000; i++)
		buf_puts(&text, "\xe2\x82\xac");
	buf_putc(&text, '\n');
	put_text(&e, &text);
	excerpt_rest(&e, &rest);
	ok(is_head_and_tail(&e, &text), "a line of 300,000 bytes gives its two ends");
	is_int((int64_t)(e.head.len % 3), 0, "the head ends at a character");
	ok(rest.n % 3 == 1 && rest.tail[0] == 0xE2, "the tail begins at a character");
	is_int((int64_t)rest.lines, 0, "no line is left out, only bytes");
	excerpt_release(&e);
	buf_release(&text);
}

static void test_random(void)
{
	int good = 1, round;

	srand(1);
	for (round = 0; round < 200; round++) {
		struct excerpt e = {0};
		struct excerpt_rest rest;
		struct buf text = {0};
		int lines = rand() % 2000, longest = 1 << rand() % 12, i, n;

		for (i = 0; i < lines; i++) {
			for (n = rand() % longest; n > 0; n--)
				buf_putc(&text, (unsigned char)('a' + n % 26));
			buf_putc(&text, '\n');
		}
		put_text(&e, &text);
		excerpt_rest(&e, &rest);
		good &= is_head_and_tail(&e, &text);
		good &= e.head.len <= EXCERPT_HEAD_BYTES && rest.n <= EXCERPT_TAIL_BYTES;
		excerpt_release(&e);
		buf_release(&text);
	}
	ok(good, "200 random texts give their beginning and end within the limits");
}

int main(void)
{
	test_short();
	test_long();
	test_endless_line();
	test_random();
	return tap_done();
}
