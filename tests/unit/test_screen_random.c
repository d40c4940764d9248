/* SPDX-License-Identifier: MIT */
/* screen, by chance: whatever comes, however it is cut, with the fast path or through libvterm,
 * the lines, the cells and the cursor are the same; and they are those of libvterm alone, as far
 * as the two mean to agree (screen.c lists where not). */
#include "base/buf.h"
#include "base/utf8.h"
#include "story/screen.h"
#include "story/screen_private.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

enum { SEEDS = 400, STEPS = 120, ROWS = 9, COLS = 21 };

static unsigned rand_next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static int below(unsigned *seed, int n)
{
	return (int)(rand_next(seed) % (unsigned)n);
}

/* --- anything at all --- */

static const char *const pieces[] = {
	"\r\n",	     "\n",	     "\r",	     "\b",
	"\t",	     "\033[K",	     "\033[1K",	     "\033[2K",
	"\033[J",    "\033[1J",	     "\033[2J",	     "\033[H",
	"\033[2A",   "\033[3B",	     "\033[4C",	     "\033[5D",
	"\033[7;9H", "\033[99;99H",  "\033[L",	     "\033[2M",
	"\033[3@",   "\033[2P",	     "\033[S",	     "\033[2T",
	"\033[4X",   "\033[3b",	     "\033[2;5r",    "\033[r",
	"\033[?6h",  "\033[?6l",     "\033[4h",	     "\033[4l",
	"\033[?7l",  "\033[?7h",     "\0337",	     "\0338",
	"\033M",     "\033D",	     "\033E",	     "\033H",
	"\033[3g",   "\033[I",	     "\033[Z",	     "\033(0",
	"\033(B",    "\016",	     "\017",	     "\033[?1049h",
	"\033[?47h", "\033[?1049l",  "\033[?47l",    "\033c",
	"\033[!p",   "\033]0;t\a",   "\033[1m",	     "\033[0;31m",
	"\033[42m",  "\033[38;5;9m", "\033[m",	     "\033[20h",
	"\033[20l",  "e\xcc\x81",    "\xe4\xbd\xa0", "\xf0\x9f\x8e\x89",
	"\xff",	     "\xe2\x82",     "\xcc\x81",     "\xef\xbf\xbf",
	"\xc3\xa9",  "\033[?1047h",  "\033[?1047l",  "\033[?25l",
	"\033[?25h",
};

static void put_some_text(struct buf *b, unsigned *seed, int max)
{
	int n = 1 + below(seed, max);

	while (n--)
		buf_putc(b, (unsigned char)('!' + below(seed, 94)));
}

static void put_anything(struct buf *b, unsigned *seed)
{
	switch (below(seed, 8)) {
	case 0:
	case 1:
		put_some_text(b, seed, COLS * 2);
		break;
	case 2:
		buf_puts(b, "\r\n");
		break;
	case 3:
		buf_putc(b, (unsigned char)below(seed, 256));
		break;
	case 4:
		buf_printf(b, "\033[%s%d;%d%c", below(seed, 4) ? "" : "?", below(seed, 40) - 1,
			   below(seed, 40), '@' + below(seed, 63));
		break;
	default:
		buf_puts(b, pieces[below(seed, (int)(sizeof(pieces) / sizeof(*pieces)))]);
	}
}

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	buf_putc(ctx, 'L');
	buf_put(ctx, text, n);
	buf_putc(ctx, '\n');
}

static void on_fullscreen(void *ctx, const unsigned char *text, size_t n)
{
	buf_putc(ctx, 'F');
	buf_put(ctx, text, n);
	buf_putc(ctx, '\n');
}

static const struct screen_sink sink = {on_line, on_fullscreen};

static void put_state(const struct screen *s, struct buf *out)
{
	int row, col;

	screen_cursor(s, &row, &col);
	buf_printf(out, "%dx%d %d,%d %d %d\n", screen_rows(s), screen_cols(s), row, col,
		   screen_is_alternate(s), screen_hides_cursor(s));
	for (row = 0; row < screen_rows(s); row++)
		for (col = 0; col < screen_cols(s); col++) {
			struct screen_cell cell;

			screen_cell(s, row, col, &cell);
			buf_put(out, &cell, sizeof(cell));
		}
}

/* --- saved and loaded --- */

/* The second screen has seen other things before. */
static int goes_on_alike(unsigned seed)
{
	struct buf all = {0}, saved = {0}, want = {0}, got = {0}, ignored = {0};
	struct screen *s = screen_new(ROWS, COLS, &sink, &ignored), *t;
	int step, when = below(&seed, STEPS), same;

	t = screen_new(2 + below(&seed, 14), 2 + below(&seed, 30), &sink, &ignored);
	if (below(&seed, 2))
		screen_be_careful(t); /* then libvterm's state shows */
	for (step = 0; step < STEPS; step++) {
		if (step == when) {
			screen_save(s, &saved);
			screen_load(t, saved.data, saved.len);
		}
		buf_clear(&all);
		put_anything(&all, &seed);
		screen_write(s, all.data, all.len);
		screen_write(t, all.data, all.len);
		if (!below(&seed, 40)) {
			int rows = 2 + below(&seed, 14), cols = 2 + below(&seed, 30);

			screen_resize(s, rows, cols);
			screen_resize(t, rows, cols);
		}
	}
	put_state(s, &want);
	put_state(t, &got);
	same = got.len == want.len && memcmp(got.data, want.data, got.len) == 0;
	screen_free(s);
	screen_free(t);
	buf_release(&all);
	buf_release(&saved);
	buf_release(&want);
	buf_release(&got);
	buf_release(&ignored);
	return same;
}

static void test_saved(void)
{
	int differ = 0;
	unsigned seed;

	for (seed = 1; seed <= 4 * SEEDS; seed++)
		if (!goes_on_alike(seed) && !differ++)
			tap_note("seed %u differs", seed);
	ok(!differ, "a screen that was saved and loaded goes on as it would have");
}

enum way { WHOLE, BYTEWISE, CUT, CAREFUL, WAYS };

static void write_cut(struct screen *s, const struct buf *b, enum way way, unsigned *seed)
{
	size_t i, n;

	for (i = 0; i < b->len; i += n) {
		n = way == BYTEWISE ? 1 : way == CUT ? (size_t)below(seed, 9) + 1 : b->len;
		if (n > b->len - i)
			n = b->len - i;
		screen_write(s, b->data + i, n);
	}
}

/* The same bytes and calls for each way; all that can be seen goes to out. */
static void live(unsigned seed, enum way way, struct buf *out)
{
	struct screen *s = screen_new(ROWS, COLS, &sink, out);
	unsigned cut = seed;
	int step;

	if (way == CAREFUL)
		screen_be_careful(s);
	screen_capture_begin(s);
	for (step = 0; step < STEPS; step++) {
		struct buf b = {0};
		int event = below(&seed, 40), rows, cols;

		put_anything(&b, &seed);
		write_cut(s, &b, way, &cut);
		buf_release(&b);
		rows = 2 + below(&seed, 14);
		cols = 2 + below(&seed, 30);
		if (event == 0)
			screen_resize(s, rows, cols);
		else if (event == 1)
			screen_capture_end(s);
		else if (event <= 3)
			screen_capture_begin(s);
		else if (event == 4)
			screen_capture_skip(s);
		else if (event == 5)
			screen_capture_peek(s, out);
	}
	screen_capture_end(s);
	put_state(s, out);
	screen_free(s);
}

static void test_ways(void)
{
	static const char *const names[WAYS] = {"", "byte by byte", "cut at random",
						"through libvterm"};
	int differ[WAYS] = {0}, way;
	unsigned seed;

	for (seed = 1; seed <= SEEDS; seed++) {
		struct buf want = {0};

		live(seed, WHOLE, &want);
		for (way = BYTEWISE; way < WAYS; way++) {
			struct buf got = {0};

			live(seed, (enum way)way, &got);
			if (got.len != want.len || memcmp(got.data, want.data, got.len) != 0) {
				if (!differ[way]++)
					tap_note("seed %u differs %s", seed, names[way]);
			}
			buf_release(&got);
		}
		buf_release(&want);
	}
	for (way = BYTEWISE; way < WAYS; way++)
		ok(!differ[way], "the same lines, cells and cursor %s", names[way]);
}

/* --- libvterm alone: its state layer over the simplest of grids --- */

struct plain {
	uint32_t cells[ROWS][COLS];
};

static int plain_putglyph(VTermGlyphInfo *info, VTermPos pos, void *user)
{
	struct plain *p = user;
	uint32_t *row = p->cells[pos.row];
	int end = pos.col + info->width;

	if (row[pos.col] == 1 && pos.col)
		row[pos.col - 1] = 0;
	if (end < COLS && row[end] == 1)
		row[end] = 0;
	row[pos.col] = info->chars[0];
	if (info->width == 2)
		row[pos.col + 1] = 1;
	return 1;
}

static int plain_moverect(VTermRect to, VTermRect from, void *user)
{
	struct plain *p = user, old = *p;
	int row, col;

	for (row = 0; row < to.end_row - to.start_row; row++)
		for (col = 0; col < to.end_col - to.start_col; col++)
			p->cells[to.start_row + row][to.start_col + col] =
				old.cells[from.start_row + row][from.start_col + col];
	return 1;
}

static int plain_erase(VTermRect r, int selective, void *user)
{
	struct plain *p = user;
	int row, col;

	(void)selective;
	for (row = r.start_row; row < r.end_row; row++) {
		if (r.start_col > 0 && p->cells[row][r.start_col] == 1)
			p->cells[row][r.start_col - 1] = 0;
		if (r.end_col < COLS && p->cells[row][r.end_col] == 1)
			p->cells[row][r.end_col] = 0;
		for (col = r.start_col; col < r.end_col; col++)
			p->cells[row][col] = 0;
	}
	return 1;
}

static const VTermStateCallbacks plain_callbacks = {
	.putglyph = plain_putglyph,
	.moverect = plain_moverect,
	.erase = plain_erase,
};

/* What both understand alike: edits begin at a place of their own, since a pending wrap is where
 * they differ, as is the column after IL and DL, and a margin that stops the cursor; wide
 * characters come only where nothing is edited inside of a row. */
static void put_agreed(struct buf *b, unsigned *seed, int wide)
{
	static const char *const edits[] = {
		"\033[K",    "\033[1K", "\033[2K", "\033[J", "\033[1J", "\033[2J",  "\033[L\r",
		"\033[2M\r", "\033[S",	"\033[2T", "\033M",  "\033[3C", "\033[4D",  "\033[5G",
		"\033[3d",   "\033[2a", "\t",	   "\b\b",   "\0337",	"\033[0;1m"};
	static const char *const inside[] = {"\033[3@", "\033[2P", "\033[4X"};

	switch (below(seed, 5)) {
	case 0:
		put_some_text(b, seed, COLS * 3);
		buf_puts(b, "\r\n");
		break;
	case 1:
		buf_puts(b,
			 wide ? "\033[K\xe4\xbd\xa0\xc3\xa9\xf0\x9f\x8e\x89\r\n" : "q\xc3\xa9\r\n");
		break;
	case 2:
		buf_printf(b, "\033[%d;%dH", 1 + below(seed, ROWS), 1 + below(seed, COLS));
		put_some_text(b, seed, 9);
		buf_putc(b, '\r');
		break;
	case 3:
		if (!below(seed, 4))
			buf_printf(b, "\033[%d;%dr", 1 + below(seed, 4), 5 + below(seed, 5));
		break;
	default:
		buf_printf(b, "\033[%d;%dH", 1 + below(seed, ROWS), 1 + below(seed, COLS));
		if (!wide && !below(seed, 3))
			buf_puts(b, inside[below(seed, 3)]);
		else
			buf_puts(b, edits[below(seed, (int)(sizeof(edits) / sizeof(*edits)))]);
	}
}

static int same_cells(const struct screen *s, const struct plain *p)
{
	int row, col;

	for (row = 0; row < ROWS; row++)
		for (col = 0; col < COLS; col++) {
			struct screen_cell cell;
			uint32_t want = p->cells[row][col];

			screen_cell(s, row, col, &cell);
			if (want == 1 ? cell.count != 0 : cell.cp[0] != (want ? want : ' '))
				return 0;
		}
	return 1;
}

static int agrees(unsigned seed)
{
	struct buf b = {0};
	struct plain plain = {0};
	struct screen *s = screen_new(ROWS, COLS, &sink, &b);
	VTerm *vt = vterm_new(ROWS, COLS);
	VTermPos pos;
	int step, row, col, same, wide = seed % 2 != 0;

	vterm_set_utf8(vt, 1);
	vterm_state_set_callbacks(vterm_obtain_state(vt), &plain_callbacks, &plain);
	vterm_state_reset(vterm_obtain_state(vt), 1);
	for (step = 0; step < STEPS; step++)
		put_agreed(&b, &seed, wide);
	vterm_input_write(vt, (const char *)b.data, b.len);
	screen_write(s, b.data, b.len);
	vterm_state_get_cursorpos(vterm_obtain_state(vt), &pos);
	screen_cursor(s, &row, &col);
	same = row == pos.row && col == pos.col && same_cells(s, &plain);
	vterm_free(vt);
	screen_free(s);
	buf_release(&b);
	return same;
}

static void test_libvterm(void)
{
	int differ = 0;
	unsigned seed;

	for (seed = 1; seed <= SEEDS; seed++)
		if (!agrees(seed) && !differ++)
			tap_note("seed %u differs", seed);
	ok(!differ, "the same cells and cursor as libvterm alone");
}

int main(void)
{
	test_ways();
	test_libvterm();
	test_saved();
	return tap_done();
}
