/* SPDX-License-Identifier: MIT */
/* screen: each file in tests/unit/screen is a script of what comes in and what must come out; it
 * is run whole, byte by byte, and with all text through libvterm. Commands, one a line:
 *   size ROWS COLS    of the screen (first; else 24 80)
 *   in BYTES          with \e \n \r \t \b \a \\ and \xHH
 *   times N BYTES     the same, N times
 *   begin input end skip   the capture
 *   resize ROWS COLS
 *   line TEXT         the next captured line; `line` alone is an empty one
 *   full TEXT         the next full screen, rows separated by \n
 *   none              nothing more was captured so far
 *   peek TEXT         what a peek gives
 *   above TEXT        what a peek gives above the cursor
 *   row N TEXT        what row N (from 0) shows
 *   cursor ROW COL [hidden]
 *   forged N
 * `#` begins a comment. */
#include "base/buf.h"
#include "base/utf8.h"
#include "story/screen.h"
#include "story/screen_private.h"
#include "tap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum way { WHOLE, BYTEWISE, CAREFUL, WAYS };
static const char *const way_names[WAYS] = {"whole", "byte by byte", "through libvterm"};

struct run {
	struct screen *screen;
	enum way way;
	struct buf events; /* 'L' or 'F', text, NUL */
	size_t seen;	   /* of events */
	struct buf wrong;
};

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	struct run *r = ctx;

	buf_putc(&r->events, 'L');
	buf_put(&r->events, text, n);
	buf_putc(&r->events, '\0');
}

static void on_fullscreen(void *ctx, const unsigned char *text, size_t n)
{
	struct run *r = ctx;

	buf_putc(&r->events, 'F');
	buf_put(&r->events, text, n);
	buf_putc(&r->events, '\0');
}

static const struct screen_sink sink = {on_line, on_fullscreen};

static void unescape(const char *text, struct buf *out)
{
	static const char from[] = "enrtba\\", to[] = "\033\n\r\t\b\a\\";

	for (; *text; text++) {
		const char *at = *text == '\\' && text[1] ? strchr(from, text[1]) : NULL;

		if (at) {
			buf_putc(out, (unsigned char)to[at - from]);
			text++;
		} else if (*text == '\\' && text[1] == 'x' && text[2] && text[3]) {
			char hex[3] = {text[2], text[3], 0};

			buf_putc(out, (unsigned char)strtoul(hex, NULL, 16));
			text += 3;
		} else {
			buf_putc(out, (unsigned char)*text);
		}
	}
}

static void write_bytes(struct run *r, const char *text)
{
	struct buf bytes = {0};
	size_t i;

	unescape(text, &bytes);
	if (r->way != BYTEWISE)
		screen_write(r->screen, bytes.data, bytes.len);
	for (i = 0; r->way == BYTEWISE && i < bytes.len; i++)
		screen_write(r->screen, bytes.data + i, 1);
	buf_release(&bytes);
}

static void expect(struct run *r, const char *what, const char *got, const char *text)
{
	struct buf want = {0};

	unescape(text, &want);
	if (strcmp(got, buf_str(&want)) != 0)
		buf_printf(&r->wrong, "%s%s: got '%s', want '%s'", r->wrong.len ? "\n#   " : "",
			   what, got, buf_str(&want));
	buf_release(&want);
}

static void expect_event(struct run *r, char kind, const char *text)
{
	const char *next = buf_str(&r->events) + r->seen;

	if (r->seen >= r->events.len || *next != kind) {
		expect(r, kind == 'L' ? "line" : "full", "(another event, or none)", text);
		return;
	}
	expect(r, kind == 'L' ? "line" : "full", next + 1, text);
	r->seen += strlen(next) + 1;
}

static void expect_row(struct run *r, const char *rest)
{
	char *text;
	int row = (int)strtol(rest, &text, 10);
	struct buf got = {0};

	screen_row_text(r->screen, row, &got);
	expect(r, "row", buf_str(&got), *text ? text + 1 : "");
	buf_release(&got);
}

static void expect_peek(struct run *r, const char *rest)
{
	struct buf got = {0};

	screen_capture_peek(r->screen, &got);
	expect(r, "peek", buf_str(&got), rest);
	buf_release(&got);
}

static void expect_above(struct run *r, const char *rest)
{
	struct buf got = {0};

	screen_capture_peek_above(r->screen, &got);
	expect(r, "above", buf_str(&got), rest);
	buf_release(&got);
}

static void expect_cursor(struct run *r, const char *rest)
{
	char got[32];
	int row, col;

	screen_cursor(r->screen, &row, &col);
	snprintf(got, sizeof(got), "%d %d%s", row, col,
		 screen_hides_cursor(r->screen) ? " hidden" : "");
	expect(r, "cursor", got, rest);
}

static void write_times(struct run *r, const char *rest)
{
	char *text;
	long n = strtol(rest, &text, 10);

	while (n-- > 0)
		write_bytes(r, text + 1);
}

static void command(struct run *r, const char *name, const char *rest)
{
	char number[32];
	int rows = 0, cols = 0;

	if (!strcmp(name, "size") || !strcmp(name, "resize")) {
		char *more;

		rows = (int)strtol(rest, &more, 10);
		cols = (int)strtol(more, NULL, 10);
	}
	if (!strcmp(name, "size")) {
		screen_free(r->screen);
		r->screen = screen_new(rows, cols, &sink, r);
		if (r->way == CAREFUL)
			screen_be_careful(r->screen);
	} else if (!strcmp(name, "resize")) {
		screen_resize(r->screen, rows, cols);
	} else if (!strcmp(name, "in")) {
		write_bytes(r, rest);
	} else if (!strcmp(name, "times")) {
		write_times(r, rest);
	} else if (!strcmp(name, "begin")) {
		screen_capture_begin(r->screen);
	} else if (!strcmp(name, "end")) {
		screen_capture_end(r->screen);
	} else if (!strcmp(name, "input")) {
		screen_capture_input(r->screen);
	} else if (!strcmp(name, "skip")) {
		screen_capture_skip(r->screen);
	} else if (!strcmp(name, "line")) {
		expect_event(r, 'L', rest);
	} else if (!strcmp(name, "full")) {
		expect_event(r, 'F', rest);
	} else if (!strcmp(name, "none")) {
		expect(r, "none", buf_str(&r->events) + r->seen, "");
	} else if (!strcmp(name, "peek")) {
		expect_peek(r, rest);
	} else if (!strcmp(name, "above")) {
		expect_above(r, rest);
	} else if (!strcmp(name, "row")) {
		expect_row(r, rest);
	} else if (!strcmp(name, "cursor")) {
		expect_cursor(r, rest);
	} else if (!strcmp(name, "forged")) {
		snprintf(number, sizeof(number), "%d", (int)screen_forged_marks(r->screen));
		expect(r, "forged", number, rest);
	} else {
		expect(r, "command", name, "a known one");
	}
}

static void run_file(FILE *f, enum way way, const char *name)
{
	struct run r = {.way = way};
	char line[4096];

	command(&r, "size", "24 80");
	while (fgets(line, sizeof(line), f)) {
		char *rest;

		line[strcspn(line, "\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		rest = strchr(line, ' ');
		if (rest)
			*rest++ = '\0';
		command(&r, line, rest ? rest : "");
	}
	command(&r, "none", "");
	ok(!r.wrong.len, "%s, %s", name, way_names[way]);
	if (r.wrong.len)
		tap_note("  %s", buf_str(&r.wrong));
	screen_free(r.screen);
	buf_release(&r.events);
	buf_release(&r.wrong);
}

static void run_scripts(const char *dir)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, NULL, alphasort), i, way, found = 0;

	for (i = 0; i < n; i++) {
		char path[2048];
		size_t len = strlen(entries[i]->d_name);
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (len > 2 && !strcmp(entries[i]->d_name + len - 2, ".t"))
			for (way = 0; way < WAYS && (f = fopen(path, "r")) != NULL; way++) {
				run_file(f, (enum way)way, entries[i]->d_name);
				fclose(f);
				found = 1;
			}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	ok(found, "the scripts in %s are there", dir);
}

static void on_nothing(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

/* More colours and more characters with marks than the tables hold: old ones make room. */
static void test_tables(void)
{
	static const struct screen_sink nowhere = {on_nothing, on_nothing};
	struct screen *s = screen_new(5, 10, &nowhere, NULL);
	struct buf b = {0};
	int i, wrong = 0, count = 200000;

	for (i = 0; i < count; i++) {
		unsigned char mark[4];

		buf_printf(&b, "\033[38;2;%d;%d;%dm%c", i >> 16, i >> 8 & 255, i & 255,
			   'a' + i % 26);
		buf_put(&b, mark, utf8_encode(0x300 + (uint32_t)i / 26 % 0x70, mark));
		buf_put(&b, mark, utf8_encode(0x300 + (uint32_t)i / 2912 % 0x70, mark));
	}
	screen_write(s, b.data, b.len);
	for (i = 0; i < 50; i++) {
		int n = count - 50 + i;
		struct screen_cell cell;

		screen_cell(s, i / 10, i % 10, &cell);
		wrong += cell.count != 3 || cell.cp[0] != (uint32_t)('a' + n % 26) ||
			 cell.cp[2] != 0x300 + (uint32_t)n / 2912 % 0x70 ||
			 cell.pen.fg.kind != COLOR_RGB || cell.pen.fg.b != (n & 255);
	}
	is_int(wrong, 0, "cells keep their colours and marks when the tables were full");
	screen_free(s);
	buf_release(&b);
}

static void on_length(void *ctx, const unsigned char *text, size_t n)
{
	size_t *lengths = ctx; /* how many, of all, of the longest */

	(void)text;
	lengths[0]++;
	lengths[1] += n;
	lengths[2] = n > lengths[2] ? n : lengths[2];
}

static void test_endless_line(void)
{
	static const struct screen_sink sums = {on_length, on_nothing};
	size_t lengths[3] = {0}, i;
	struct screen *s = screen_new(24, 80, &sums, lengths);

	screen_capture_begin(s);
	for (i = 0; i < 3 << 20; i += 64)
		screen_write(s, "one line that has no end, 64 bytes of it in each call to write..",
			     64);
	screen_capture_end(s);
	is_int((int64_t)lengths[1], 3 << 20, "nothing of an endless line is lost");
	ok(lengths[0] == 3 && lengths[2] < (1 << 20) + 80, "it comes in pieces of a mebibyte");
	screen_free(s);
}

int main(void)
{
	run_scripts("tests/unit/screen"); /* the working directory is the top of the tree */
	test_tables();
	test_endless_line();
	return tap_done();
}
