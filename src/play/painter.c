/* SPDX-License-Identifier: MIT */
/* A copy of what the terminal shows, and the difference to what it should. The terminal gets
 * characters that are no controls, and of sequences
 *   CSI row ; col H      CSI 0 ; ... m      CSI 2 J
 *   CSI ? 1049, 7, 25 h and l
 * Nothing else may ever be added that a terminal answers to, or remembers.
 *
 * Terminals differ in how wide they think a character is, so after each that is not plain the
 * cursor is put where it belongs, and wrapping at the last column is off. */
#include "painter.h"

#include "../base/buf.h"
#include "../base/utf8.h"
#include "../story/screen.h"

#include <stdlib.h>
#include <string.h>

const char painter_open[] = "\033[?1049h\033[?7l\033[?25l\033[0m\033[2J";
const char painter_close[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

enum { JOINER = 0x200d };

struct painter {
	int rows, cols;
	struct screen_cell *shown, *wanted; /* rows * cols each */
	int cursor_row, cursor_col;	    /* wanted; row -1: hidden */
	int at_row, at_col;		    /* where the terminal has it; row -1: not known */
	int cursor_shown;
	struct pen pen; /* the terminal's */
	int fresh;	/* nothing has been painted yet */
};

static void blank(struct screen_cell *cell)
{
	memset(cell, 0, sizeof(*cell));
	cell->cp[0] = ' ';
	cell->count = cell->width = 1;
}

static void blank_all(struct painter *p, struct screen_cell *cells)
{
	int i;

	for (i = 0; i < p->rows * p->cols; i++)
		blank(&cells[i]);
}

struct painter *painter_new(int rows, int cols)
{
	struct painter *p = xcalloc(1, sizeof(*p));
	size_t n = (size_t)rows * (size_t)cols;

	p->rows = rows;
	p->cols = cols;
	p->shown = xcalloc(n, sizeof(*p->shown));
	p->wanted = xcalloc(n, sizeof(*p->wanted));
	p->at_row = -1;
	p->fresh = 1;
	return p;
}

void painter_free(struct painter *p)
{
	if (!p)
		return;
	free(p->shown);
	free(p->wanted);
	free(p);
}

void painter_begin(struct painter *p)
{
	blank_all(p, p->wanted);
	p->cursor_row = -1;
}

/* Not a control, nor what turns the direction of the text around it (UAX #9). */
static int is_harmless(uint32_t cp)
{
	return cp >= 0x20 && (cp < 0x7f || cp >= 0xa0) && !(cp >= 0x202a && cp <= 0x202e) &&
	       !(cp >= 0x2066 && cp <= 0x2069) && cp != 0x200e && cp != 0x200f && cp != 0x061c;
}

/* Leaves nothing in the cell that must not be written; nor a joiner at its end, with which some
 * terminals would put what is painted next into this cell. */
static void tame(struct screen_cell *cell)
{
	int i, n = 0;

	for (i = 0; i < cell->count; i++)
		if (is_harmless(cell->cp[i]))
			cell->cp[n++] = cell->cp[i];
	while (n > 1 && cell->cp[n - 1] == JOINER)
		n--;
	if (cell->count && !n)
		cell->cp[n++] = ' ';
	memset(cell->cp + n, 0, (size_t)(SCREEN_CHARS - n) * sizeof(*cell->cp));
	cell->count = n;
}

void painter_put(struct painter *p, const struct screen *s, int from, int rows, int to)
{
	int cols = screen_cols(s), row, col;

	if (from + rows > screen_rows(s))
		rows = screen_rows(s) - from;
	if (to + rows > p->rows)
		rows = p->rows - to;
	if (cols > p->cols)
		cols = p->cols;
	for (row = 0; row < rows; row++) {
		struct screen_cell *cells = p->wanted + (to + row) * p->cols;

		for (col = 0; col < cols; col++) {
			screen_cell(s, from + row, col, &cells[col]);
			tame(&cells[col]);
		}
		if (cols && cells[cols - 1].width == 2)
			blank(&cells[cols - 1]); /* its right half is cut off */
	}
}

void painter_put_cursor(struct painter *p, int row, int col)
{
	int inside = row >= 0 && row < p->rows && col >= 0 && col < p->cols;

	p->cursor_row = inside ? row : -1;
	p->cursor_col = col;
}

static void put_pen(struct painter *p, const struct pen *pen, struct buf *out)
{
	if (!memcmp(&p->pen, pen, sizeof(*pen)))
		return;
	p->pen = *pen;
	pen_print(pen, out);
}

static void put_place(struct painter *p, int row, int col, struct buf *out)
{
	if (p->at_row != row || p->at_col != col)
		buf_printf(out, "\033[%d;%dH", row + 1, col + 1);
	p->at_row = row;
	p->at_col = col;
}

static void hide_cursor(struct painter *p, struct buf *out)
{
	if (p->cursor_shown)
		buf_puts(out, "\033[?25l");
	p->cursor_shown = 0;
}

static void put_cell(struct painter *p, int row, int col, struct buf *out)
{
	const struct screen_cell *cell = &p->wanted[row * p->cols + col];
	unsigned char bytes[4];
	int i;

	hide_cursor(p, out);
	put_place(p, row, col, out);
	put_pen(p, &cell->pen, out);
	for (i = 0; i < cell->count; i++)
		buf_put(out, bytes, utf8_encode(cell->cp[i], bytes));
	p->at_col += cell->width;
	if (cell->count != 1 || cell->cp[0] >= 0x7f || p->at_col >= p->cols)
		p->at_row = -1;
}

static int differs(const struct painter *p, int row, int col)
{
	int i = row * p->cols + col;

	return memcmp(&p->wanted[i], &p->shown[i], sizeof(*p->shown)) != 0;
}

static void put_row(struct painter *p, int row, struct buf *out)
{
	int col;

	for (col = 0; col < p->cols; col++) {
		const struct screen_cell *cell = &p->wanted[row * p->cols + col];
		int wide = cell->width == 2;

		if (!cell->count)
			continue; /* goes with its left half */
		if (differs(p, row, col) || (wide && differs(p, row, col + 1)))
			put_cell(p, row, col, out);
	}
}

void painter_end(struct painter *p, struct buf *out)
{
	struct screen_cell *swap;
	int row;

	if (p->fresh) {
		buf_puts(out, "\033[?25l\033[0m\033[2J");
		memset(&p->pen, 0, sizeof(p->pen));
		blank_all(p, p->shown);
		p->fresh = 0;
	}
	for (row = 0; row < p->rows; row++)
		put_row(p, row, out);
	swap = p->shown;
	p->shown = p->wanted;
	p->wanted = swap;
	if (p->cursor_row < 0) {
		hide_cursor(p, out);
		return;
	}
	put_place(p, p->cursor_row, p->cursor_col, out);
	if (!p->cursor_shown)
		buf_puts(out, "\033[?25h");
	p->cursor_shown = 1;
}
