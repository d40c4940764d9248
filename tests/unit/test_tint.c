/* SPDX-License-Identifier: MIT */
/* Captured text in its colours: what is written and read again, and that nothing else changes. */
#include "story/tint.h"

#include "base/buf.h"
#include "story/excerpt.h"
#include "story/screen.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	buf_put(ctx, text, n);
	buf_putc(ctx, '\n');
}

static const struct screen_sink sink = {on_line, on_line};

enum way { PLAIN, COLOURED };

static void capture(enum way way, const char *bytes, size_t n, struct buf *out)
{
	struct screen *s = screen_new(5, 20, &sink, out);

	buf_clear(out);
	if (way == COLOURED)
		screen_capture_colours(s);
	screen_capture_begin(s);
	screen_write(s, bytes, n);
	screen_capture_end(s);
	screen_free(s);
}

static void gives(const char *bytes, const char *want, const char *name)
{
	struct buf got = {0};

	capture(COLOURED, bytes, strlen(bytes), &got);
	is_str(buf_str(&got), want, "%s", name);
	buf_release(&got);
}

static void test_lines(void)
{
	gives("plain\r\n", "plain\n", "a plain line has no sequence");
	gives("a \033[31mred\033[0m b\r\n", "a \033[0;31mred\033[0m b\n",
	      "a word in red has one before and one behind");
	gives("\033[1;38;2;1;2;3mx\r\ny\033[0m\r\n",
	      "\033[0;1;38;2;1;2;3mx\033[0m\n\033[0;1;38;2;1;2;3my\033[0m\n",
	      "each line begins and ends plain");
	gives("\033[31mred  \033[0m  \r\n", "\033[0;31mred\033[0m\n", "blanks at the end go");
	gives("\033[41m  \033[0m  \r\n", "\033[0;41m  \033[0m\n", "unless they have a background");
	gives("\033[32m0123456789012345678901234\033[0m!\r\n",
	      "\033[0;32m0123456789012345678901234\033[0m!\n", "a soft-wrapped line is one line");
	gives("\033[?1049h\033[HA\033[7m \033[0m\r\n\033[4mB\033[0m\033[?1049l",
	      "A\033[0;7m \033[0m\n\033[0;4mB\033[0m\n", "a full screen keeps its colours");
	gives("10%\r\033[31m20%\r\n", "\033[0;31m20%\033[0m\n", "what was written over is gone");
}

static void test_peek(void)
{
	static const char bytes[] = "\033[31m0123456789012345678901234";
	struct buf got = {0};
	struct screen *s = screen_new(5, 20, &sink, &got);

	screen_capture_colours(s);
	screen_capture_begin(s);
	screen_write(s, bytes, sizeof(bytes) - 1);
	screen_capture_peek(s, &got);
	is_str(buf_str(&got), "\033[0;31m0123456789012345678901234\033[0m\n",
	       "a peek keeps the colours");
	screen_free(s);
	buf_release(&got);
}

/* A random stream of words, colours, new lines, backspaces and clears. */
static void make_stream(struct buf *out)
{
	static const char *const pieces[] = {
		"word", " ",  "\r\n",	 "\033[1m",   "\033[31m",     "\033[0m",   "\033[K",
		"\b",	"\r", "\033[2J", "\033[3;4H", "\344\270\255", "e\314\201", "\033[38;5;200m",
		"  \t"};
	int i;

	buf_clear(out);
	for (i = 0; i < 300; i++)
		buf_puts(out, pieces[(size_t)rand() % (sizeof(pieces) / sizeof(*pieces))]);
}

static void test_strip(void)
{
	struct buf stream = {0}, plain = {0}, coloured = {0}, stripped = {0};
	int i, bad = 0;

	for (i = 0; i < 300; i++) {
		make_stream(&stream);
		capture(PLAIN, (const char *)stream.data, stream.len, &plain);
		capture(COLOURED, (const char *)stream.data, stream.len, &coloured);
		buf_clear(&stripped);
		tint_strip(coloured.data, coloured.len, &stripped);
		bad += stripped.len != plain.len ||
		       (plain.len && memcmp(stripped.data, plain.data, plain.len));
	}
	is_int(bad, 0, "without its colours the text is what is captured without them");
	buf_release(&stream);
	buf_release(&plain);
	buf_release(&coloured);
	buf_release(&stripped);
}

static int looks_like(const struct tint_run *run, const char *text)
{
	return run->n == strlen(text) && !memcmp(run->text, text, run->n);
}

static void test_read(void)
{
	static const char text[] = "a\033[0;1;31mb\033[0mc\033[0;3";
	struct tint_reader r;
	struct tint_run run;

	tint_read(&r, text, sizeof(text) - 1);
	ok(tint_next(&r, &run) && looks_like(&run, "a") && !run.pen.bold, "a plain piece is read");
	ok(tint_next(&r, &run) && looks_like(&run, "b") && run.pen.bold &&
		   run.pen.fg.kind == COLOR_INDEXED && run.pen.fg.r == 1,
	   "a piece in bold red is read");
	ok(tint_next(&r, &run) && looks_like(&run, "c") && !run.pen.bold, "and plain again");
	ok(!tint_next(&r, &run), "a sequence that is cut is not text");
}

/* Lines too long to be kept whole, of coloured letters, cut at every place. */
static void test_excerpt(void)
{
	static const char piece[] = "\033[0;38;2;250;251;252mA";
	struct buf line = {0}, text = {0};
	struct excerpt_rest rest;
	int bad = 0, i, k;

	for (i = 0; i < 4000; i++)
		buf_puts(&line, piece);
	for (i = 0; i < 60; i++) {
		struct excerpt e = {0};

		for (k = 0; k < 3; k++) {
			excerpt_put(&e, line.data, line.len);
			excerpt_put(&e, (const unsigned char *)line.data, (size_t)(3000 + i));
			excerpt_put(&e, (const unsigned char *)"", 0);
		}
		excerpt_rest(&e, &rest);
		buf_clear(&text);
		tint_strip(rest.tail, rest.n, &text);
		tint_strip(e.head.data, e.head.len, &text);
		for (k = 0; k < (int)text.len; k++)
			bad += text.data[k] != 'A' && text.data[k] != '\n';
		excerpt_release(&e);
	}
	is_int(bad, 0, "an excerpt does not begin inside of a sequence");
	buf_release(&line);
	buf_release(&text);
}

int main(void)
{
	const char *seed = getenv("SEED");

	srand(seed ? (unsigned)strtoul(seed, NULL, 10) : 1);
	test_lines();
	test_peek();
	test_strip();
	test_read();
	test_excerpt();
	return tap_done();
}
