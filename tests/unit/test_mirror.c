/* SPDX-License-Identifier: MIT */
/* A terminal that a session is handed over to, in the middle of anything, shows in the end what one
 * shows that has seen all; a frame shows the session's screen. The terminals are screens, too. */
#include "play/mirror.h"

#include "base/buf.h"
#include "base/calm.h"
#include "base/err.h"
#include "story/modes.h"
#include "story/screen.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/writer.h"

#include "tap.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void on_nothing(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static uint32_t seed;

static unsigned int draw(unsigned int below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static const char *const pieces[] = {
	"hello world ",
	"\r\n",
	"\n\n",
	"\t",
	"\b",
	"\303\244\303\266",
	"\344\270\255\346\226\207",
	"e\314\201",
	"\033[31m",
	"\033[1;4;38;5;200m",
	"\033[48;2;1;2;3m",
	"\033[0m",
	"\033[H",
	"\033[5;10H",
	"\033[12;40H",
	"\033[A",
	"\033[3B",
	"\033[7C",
	"\033[K",
	"\033[1J",
	"\033[2J",
	"\033[J",
	"\033[3;9r",
	"\033[r",
	"\033[?6h",
	"\033[?6l",
	"\033[?7l",
	"\033[?7h",
	"\033[4h",
	"\033[4l",
	"\033[20h",
	"\033[20l",
	"\0337",
	"\0338",
	"\033M",
	"\033D",
	"\033[2L",
	"\033[2M",
	"\033[3P",
	"\033[3@",
	"\033[2S",
	"\033[T",
	"\033(0lqqk\033(B",
	"\033)0\016xx\017",
	"\033(0",
	"\033(B",
	"\033[?1049h",
	"\033[?1049l",
	"\033[?47h\033[2J",
	"\033[?47l",
	"\033H",
	"\033[3g",
	"\033[?25l",
	"\033[?25h",
	"\033[?2004h",
	"\033[?1h",
	"\033=",
	"\033]2;a title\a",
	"\033]2;another\033\\",
	"\033P1$r0m\033\\",
	"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
	"1234567890123456789012345678901234567890",
};

static void draw_output(struct buf *out, int n)
{
	while (n--)
		buf_puts(out, pieces[draw(sizeof(pieces) / sizeof(*pieces))]);
}

/* A recording in memory of what is given to it, in one event. */
static int new_cast(int rows, int cols)
{
	struct header h = {.cols = cols, .rows = rows, .version = 1, .session = NULL};
	int fd = memfd_create("cast", MFD_CLOEXEC);
	struct writer *w;

	fcntl(fd, F_SETFL, O_APPEND);
	w = writer_new(fd, 0, NULL);
	if (!w || writer_put_header(w, &h, NULL) < 0)
		exit(1);
	writer_free(w);
	return fd;
}

static void record(int fd, const void *data, size_t n)
{
	struct writer *w = writer_new(fd, 0, NULL);

	if (n && writer_put_bytes(w, 0, EVENT_OUTPUT, data, n, NULL) < 0)
		exit(1);
	writer_free(w);
}

static struct screen *new_screen(int rows, int cols)
{
	static const struct screen_sink sink = {on_nothing, on_nothing};

	return screen_new(rows, cols, &sink, NULL);
}

static void print_screen(const struct screen *s, struct buf *out)
{
	struct screen_cell cell;
	int row, col, i;

	for (row = 0; row < screen_rows(s); row++) {
		for (col = 0; col < screen_cols(s); col++) {
			screen_cell(s, row, col, &cell);
			for (i = 0; i < cell.count; i++)
				buf_printf(out, "%x,", cell.cp[i]);
			if (cell.count != 1 || cell.cp[0] != ' ')
				buf_put(out, &cell.pen, sizeof(cell.pen));
			else
				buf_put(out, &cell.pen.bg, sizeof(cell.pen.bg));
		}
	}
	screen_cursor(s, &row, &col);
	buf_printf(out, "@%d,%d,%d", row, col, screen_is_alternate(s));
}

static int same_screens(const struct screen *a, const struct screen *b)
{
	struct buf x = {0}, y = {0};
	int same;

	print_screen(a, &x);
	print_screen(b, &y);
	same = x.len == y.len && !memcmp(x.data, y.data, x.len);
	buf_release(&x);
	buf_release(&y);
	return same;
}

static void show_difference(const struct screen *a, const struct screen *b)
{
	int row, col, r, c;

	for (row = 0; row < screen_rows(a); row++) {
		struct buf x = {0}, y = {0};

		screen_row_text(a, row, &x);
		screen_row_text(b, row, &y);
		if (strcmp(buf_str(&x), buf_str(&y)) != 0)
			tap_note("row %d: `%s` is `%s`", row, buf_str(&x), buf_str(&y));
		buf_release(&x);
		buf_release(&y);
	}
	screen_cursor(a, &row, &col);
	screen_cursor(b, &r, &c);
	tap_note("cursor %d,%d is %d,%d; alternate %d is %d", row, col, r, c,
		 screen_is_alternate(a), screen_is_alternate(b));
}

/* The output up to `cut` has been recorded when a terminal is attached; it gets the rest. */
static int hands_over(const struct buf *output, size_t cut, const struct buf *before)
{
	struct screen *all = new_screen(24, 80), *terminal = new_screen(24, 80);
	int cast = new_cast(24, 80), good;
	struct mirror *m;
	struct modes whole, got;
	struct buf out = {0};

	record(cast, output->data, cut);
	m = mirror_new(cast, MIRROR_INPUT, NULL);
	modes_init(&whole);
	modes_init(&got);
	screen_write(terminal, before->data, before->len);
	screen_write(terminal, "\033\\\033[?1049h\033[?6l\033[H\033[0m\0337\033[?1049l", 32);
	good = mirror_read(m, INT64_MAX, NULL) == 0 && mirror_hand_over(m, 24, 80, &out) == 1;
	screen_write(terminal, out.data, out.len);
	screen_write(terminal, output->data + cut, output->len - cut);
	modes_write(&got, out.data, out.len);
	modes_write(&got, output->data + cut, output->len - cut);
	screen_write(all, output->data, output->len);
	modes_write(&whole, output->data, output->len);
	good = good && same_screens(all, terminal) &&
	       !memcmp(&whole.now, &got.now, sizeof(whole.now));
	if (good) {
		screen_write(all, "\033\\\033[?1049lx\0338y", 14);
		screen_write(terminal, "\033\\\033[?1049lx\0338y", 14);
		good = same_screens(all, terminal);
	}
	if (!good)
		show_difference(all, terminal);
	mirror_free(m);
	modes_release(&whole);
	modes_release(&got);
	screen_free(all);
	screen_free(terminal);
	buf_release(&out);
	close(cast);
	return good;
}

static void test_handover(void)
{
	int run, bad = 0;

	for (run = 0; run < 400 && !bad; run++) {
		struct buf output = {0}, before = {0};
		size_t cut;

		seed = (uint32_t)run;
		buf_puts(&output, "\0337"); /* DECRST 1049 without is nobody's standard */
		draw_output(&output, 1 + (int)draw(60));
		if (draw(2))
			draw_output(&before, 10);
		cut = draw((unsigned int)output.len + 1);
		bad = !hands_over(&output, cut, &before);
		if (bad)
			tap_note("seed %d, cut at %zu of %zu", run, cut, output.len);
		buf_release(&output);
		buf_release(&before);
	}
	ok(!bad, "a terminal takes over in the middle of anything");
}

/* The first n bytes at once, and one by one. */
static int same_modes(const struct buf *output, size_t n)
{
	const unsigned char *a, *b;
	struct modes whole, bytes;
	size_t i, in_a, in_b;
	int same;

	modes_init(&whole);
	modes_init(&bytes);
	modes_write(&whole, output->data, n);
	for (i = 0; i < n; i++)
		modes_write(&bytes, output->data + i, 1);
	same = !memcmp(&whole.now, &bytes.now, sizeof(whole.now)) &&
	       modes_unfinished(&whole, &a, &in_a) == modes_unfinished(&bytes, &b, &in_b) &&
	       in_a == in_b && (!in_a || !memcmp(a, b, in_a));
	modes_release(&whole);
	modes_release(&bytes);
	return same;
}

static void test_cut_modes(void)
{
	int run, bad = 0;

	for (run = 0; run < 200 && !bad; run++) {
		struct buf output = {0};
		size_t n;

		seed = (uint32_t)run;
		draw_output(&output, 1 + (int)draw(20));
		for (n = 0; n <= output.len && !bad; n++)
			bad = !same_modes(&output, n);
		if (bad)
			tap_note("seed %d, %zu of %zu bytes", run, n - 1, output.len);
		buf_release(&output);
	}
	ok(!bad, "modes are the same however the output is cut");
}

static void test_frames(void)
{
	static const char hostile[] = "\033]0;evil\033]52;c;YQ==\a\033[c\033[6nok\033[?1003h\033[>"
				      "1u\033[21t\033P$qm\033\\";
	struct screen *session = new_screen(24, 80), *terminal = new_screen(24, 80);
	struct buf output = {0}, out = {0};
	int cast = new_cast(24, 80), i, same = 1;
	struct mirror *m = mirror_new(cast, 0, NULL);

	seed = 7;
	screen_write(terminal, "outer $ ", 8);
	for (i = 0; i < 50; i++) {
		buf_clear(&output);
		buf_clear(&out);
		draw_output(&output, 5);
		record(cast, output.data, output.len);
		screen_write(session, output.data, output.len);
		mirror_read(m, INT64_MAX, NULL);
		mirror_frame(m, 24, 80, &out);
		screen_write(terminal, out.data, out.len);
		if (i == 0)
			ok(screen_is_alternate(terminal), "frames are on the alternate screen");
		for (int row = 0; row < 24 && same; row++) {
			struct buf x = {0}, y = {0};

			screen_row_text(session, row, &x);
			screen_row_text(terminal, row, &y);
			same = !strcmp(buf_str(&x), buf_str(&y));
			buf_release(&x);
			buf_release(&y);
		}
	}
	ok(same, "each frame shows the session's screen");
	record(cast, hostile, sizeof(hostile) - 1);
	buf_clear(&out);
	mirror_read(m, INT64_MAX, NULL);
	mirror_frame(m, 24, 80, &out);
	buf_putc(&out, 0);
	ok(!strstr((char *)out.data, "52;") && !strstr((char *)out.data, "\033[c") &&
		   !strstr((char *)out.data, "6n") && !strstr((char *)out.data, "1003") &&
		   !strstr((char *)out.data, "\033[>1u") && !strstr((char *)out.data, "21t"),
	   "no query, no clipboard, no input mode gets to a watcher");
	record(cast, "\033[5 q", 5);
	mirror_read(m, INT64_MAX, NULL);
	mirror_frame(m, 24, 80, &out);
	buf_clear(&out);
	mirror_leave(m, &out);
	ok(strstr(buf_str(&out), "\033[0 q") != NULL, "the cursor has its own shape again");
	screen_write(terminal, out.data, out.len);
	buf_clear(&out);
	screen_row_text(terminal, 0, &out);
	ok(!screen_is_alternate(terminal), "it is left as it was");
	is_str(buf_str(&out), "outer $", "with what was on it");
	mirror_free(m);
	screen_free(session);
	screen_free(terminal);
	buf_release(&output);
	buf_release(&out);
	close(cast);
}

static void test_refusals(void)
{
	int cast = new_cast(24, 80), i;
	struct mirror *m = mirror_new(cast, MIRROR_INPUT, NULL);
	struct buf out = {0}, big = {0};

	is_int(mirror_hand_over(m, 20, 80, &out), 0, "a terminal of another size is not taken");
	is_int((int64_t)out.len, 0, "and gets nothing");
	buf_puts(&big, "\033]1337;File=");
	for (i = 0; i < 60000; i++)
		buf_putc(&big, 'x');
	record(cast, big.data, big.len);
	record(cast, big.data + 12, big.len - 12);
	mirror_read(m, INT64_MAX, NULL);
	is_int(mirror_hand_over(m, 24, 80, &out), 0, "nor within too long a sequence");
	record(cast, "\a", 1);
	mirror_read(m, INT64_MAX, NULL);
	is_int(mirror_hand_over(m, 24, 80, &out), 1, "it is when that has ended");
	mirror_frame(m, 10, 40, &out);
	mirror_leave(m, &out);
	ok(out.len > strlen(calm_title) &&
		   !memcmp(out.data + out.len - strlen(calm_title), calm_title, strlen(calm_title)),
	   "and the title is had back in the end");
	mirror_free(m);
	buf_release(&out);
	buf_release(&big);
	close(cast);
}

int main(void)
{
	test_handover();
	test_cut_modes();
	test_frames();
	test_refusals();
	return tap_done();
}
