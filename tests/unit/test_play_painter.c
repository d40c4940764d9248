/* SPDX-License-Identifier: MIT */
/* painter: a screen that is fed what the painter writes shows what was to be painted; and the
 * painter writes nothing but what its opening comment lists. */
#include "base/buf.h"
#include "play/painter.h"
#include "story/screen.h"
#include "tap.h"

#include <string.h>

enum { SEEDS = 150, STEPS = 40, ROWS = 9, COLS = 21 };

static unsigned rand_next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static int below(unsigned *seed, int n)
{
	return (int)(rand_next(seed) % (unsigned)n);
}

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink sink = {on_text, on_text};

static const char *const pieces[] = {
	"\r\n",
	"\033[2J",
	"\033[H",
	"\033[K",
	"\033[1m",
	"\033[2;3;4m",
	"\033[5;7m",
	"\033[8;9m",
	"\033[0;31m",
	"\033[38;5;9m",
	"\033[48;5;200m",
	"\033[38;2;1;2;3m",
	"\033[4:3m",
	"\033[21m",
	"\033[97;104m",
	"\033[m",
	"\033[?25l",
	"\033[?25h",
	"e\xcc\x81",
	"\xe4\xbd\xa0\xe5\xa5\xbd",
	"\xf0\x9f\x8e\x89",
	"\033[?1049h",
	"\033[?1049l",
	"\033[3@",
	"\033[2P",
	"\033[2M",
	"\033[L",
	"\xc2\x9b\x36n",
	"\033]52;c;aGk=\a",
	"\033[c",
	"\033[6n",
	"\033]0;title\a",
	"\xe2\x80\xae",
	"\xff",
	"\033P+q544e\033\\",
	"\005",
};

static void put_anything(struct buf *b, unsigned *seed)
{
	int n;

	switch (below(seed, 4)) {
	case 0:
		for (n = 1 + below(seed, COLS * 2); n > 0; n--)
			buf_putc(b, (unsigned char)('!' + below(seed, 94)));
		break;
	case 1:
		buf_printf(b, "\033[%d;%dH", 1 + below(seed, ROWS), 1 + below(seed, COLS));
		break;
	case 2:
		buf_putc(b, (unsigned char)below(seed, 256));
		break;
	default:
		buf_puts(b, pieces[below(seed, (int)(sizeof(pieces) / sizeof(*pieces)))]);
	}
}

/* What the painter makes of characters that a terminal might obey or be turned around by. */
static void tame(struct screen_cell *c)
{
	if (c->cp[0] < ' ' || (c->cp[0] >= 0x7f && c->cp[0] < 0xa0))
		c->cp[0] = ' ';
}

static int same_cell(const struct screen *a, const struct screen *b, int row, int col)
{
	struct screen_cell x, y;

	screen_cell(a, row, col, &x);
	screen_cell(b, row, col, &y);
	if (x.count == 1)
		tame(&x);
	if (x.count > 1 || y.count > 1)
		return x.cp[0] == y.cp[0] && x.width == y.width; /* bidi marks are left out */
	return !x.count == !y.count && (!x.count || !memcmp(&x, &y, sizeof(x)));
}

static int same_screens(const struct screen *a, const struct screen *b, int rows, int cols)
{
	int row, col, r, c;

	for (row = 0; row < rows; row++)
		for (col = 0; col < cols; col++)
			if (!same_cell(a, b, row, col)) {
				tap_note("row %d, column %d", row, col);
				return 0;
			}
	screen_cursor(a, &row, &col);
	screen_cursor(b, &r, &c);
	if (screen_hides_cursor(a) != screen_hides_cursor(b))
		return 0;
	return screen_hides_cursor(a) || (r == row && c == col);
}

/* --- the allow-list --- */

static size_t sequence(const unsigned char *p, size_t n)
{
	static const char *const whole[] = {"[?25h",   "[?25l",	  "[?7h", "[?7l",
					    "[?1049h", "[?1049l", "[2J"};
	size_t i = 1;

	for (i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		if (n >= strlen(whole[i]) && !memcmp(p, whole[i], strlen(whole[i])))
			return strlen(whole[i]);
	for (i = 1; n && p[0] == '[' && i < n && strchr("0123456789;:", p[i]); i++)
		;
	return i < n && i > 1 && (p[i] == 'H' || p[i] == 'm') ? i + 1 : 0;
}

static int is_allowed(const unsigned char *p, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (p[i] == 27) {
			k = sequence(p + i + 1, n - i - 1);
			if (!k)
				return 0;
			i += k;
		} else if (p[i] < ' ' || p[i] == 127 ||
			   (p[i] == 0xc2 && i + 1 < n && p[i + 1] < 0xa0)) {
			return 0;
		}
	}
	return 1;
}

static void test_random(void)
{
	int differ = 0, forbidden = 0;
	unsigned first;

	for (first = 1; first <= SEEDS; first++) {
		struct screen *source = screen_new(ROWS, COLS, &sink, NULL);
		struct screen *shown = screen_new(ROWS, COLS, &sink, NULL);
		struct painter *p = painter_new(ROWS, COLS);
		struct buf in = {0}, out = {0};
		unsigned seed = first;
		int step, row, col;

		screen_write(shown, painter_open, strlen(painter_open));
		for (step = 0; step < STEPS; step++) {
			buf_clear(&in);
			buf_clear(&out);
			for (row = below(&seed, 12); row >= 0; row--)
				put_anything(&in, &seed);
			screen_write(source, in.data, in.len);
			painter_begin(p);
			painter_put(p, source, 0, ROWS, 0);
			screen_cursor(source, &row, &col);
			if (!screen_hides_cursor(source))
				painter_put_cursor(p, row, col);
			painter_end(p, &out);
			forbidden += !is_allowed(out.data, out.len);
			screen_write(shown, out.data, out.len);
			if (!same_screens(source, shown, ROWS, COLS)) {
				if (!differ++)
					tap_note("seed %u, step %d", first, step);
				break;
			}
		}
		painter_free(p);
		screen_free(source);
		screen_free(shown);
		buf_release(&in);
		buf_release(&out);
	}
	ok(!differ, "the terminal shows the screen's cells and cursor");
	ok(!forbidden, "nothing is written but what is listed");
	ok(is_allowed((const unsigned char *)painter_open, strlen(painter_open)) &&
		   is_allowed((const unsigned char *)painter_close, strlen(painter_close)),
	   "nor before and after");
}

static void test_difference(void)
{
	struct screen *s = screen_new(5, 20, &sink, NULL);
	struct painter *p = painter_new(3, 10);
	struct buf out = {0};

	screen_write(s, "0123456789abc\r\n12345678\xe4\xbd\xa0", 26);
	painter_begin(p);
	painter_put(p, s, 0, 5, 0);
	painter_end(p, &out);
	ok(!memmem(out.data, out.len, "abc", 3), "what does not fit is cut off");
	buf_clear(&out);
	painter_begin(p);
	painter_put(p, s, 0, 5, 0);
	painter_end(p, &out);
	is_int((int64_t)out.len, 0, "the same picture again is nothing");
	screen_write(s, "\033[1;3Hx", 7);
	painter_begin(p);
	painter_put(p, s, 0, 5, 0);
	painter_end(p, &out);
	is_mem(out.data, out.len, "\033[1;3Hx", 7, "one cell is one cell");
	painter_free(p);
	screen_free(s);
	buf_release(&out);
}

static void test_joiner(void)
{
	struct screen *s = screen_new(2, 20, &sink, NULL);
	struct painter *p = painter_new(2, 20);
	struct buf out = {0};
	/* man, joiner, woman; then a joiner within a cell, which is the text's own business */
	static const char text[] = "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9 "
				   "a\xe2\x80\x8d\xcc\x81";

	screen_write(s, text, sizeof(text) - 1);
	painter_begin(p);
	painter_put(p, s, 0, 2, 0);
	painter_end(p, &out);
	ok(!memmem(out.data, out.len, "\xf0\x9f\x91\xa8\xe2\x80\x8d", 7),
	   "nothing is joined with what is painted next");
	ok(memmem(out.data, out.len, "a\xe2\x80\x8d\xcc\x81", 6) != NULL,
	   "but within a cell all is kept");
	buf_release(&out);
	painter_free(p);
	screen_free(s);
}

int main(void)
{
	test_random();
	test_difference();
	test_joiner();
	return tap_done();
}
