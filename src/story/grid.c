/* SPDX-License-Identifier: MIT */
/* Cells and rows. It knows nothing of terminals; it must stay inside its memory whatever it is
 * asked to put, and do no work for what is blank. */
#include "grid.h"

#include "intern.h"

#include "../base/buf.h"
#include "../base/utf8.h"

#include <stdlib.h>
#include <string.h>

static uint64_t blank(uint32_t pen)
{
	return (uint64_t)pen << CELL_PEN;
}

static void clear_row(struct grid_row *r, uint32_t pen)
{
	r->len = 0;
	r->skip = 0;
	r->fill = pen;
	r->flags = 0;
}

void grid_init(struct grid *g, int rows, int cols)
{
	int i;

	memset(g, 0, sizeof(*g));
	g->rows = rows;
	g->cols = cols;
	g->ring = xcalloc((size_t)rows * 2, sizeof(*g->ring));
	g->spare = g->ring + rows;
	g->store = xcalloc((size_t)rows, sizeof(*g->store));
	for (i = 0; i < rows; i++) {
		g->ring[i] = i;
		g->store[i].cells = xmalloc((size_t)cols * sizeof(*g->store[i].cells));
	}
}

void grid_release(struct grid *g)
{
	int i;

	for (i = 0; i < g->rows; i++)
		free(g->store[i].cells);
	free(g->store);
	free(g->ring);
	memset(g, 0, sizeof(*g));
}

/* The rows between what is there and `row` become real, too. */
void grid_widen(struct grid *g, int row)
{
	if (g->from == g->to)
		g->from = g->to = row;
	while (row < g->from)
		clear_row(grid_row(g, --g->from), g->fill);
	while (row >= g->to)
		clear_row(grid_row(g, g->to++), g->fill);
}

static void copy_row(struct grid_row *to, const struct grid_row *r, int cols)
{
	uint64_t *cells = to->cells;

	memcpy(cells, r->cells, (size_t)r->len * sizeof(*cells));
	*to = *r;
	to->cells = cells;
	if (to->skip > cols)
		to->skip = cols;
}

void grid_resize(struct grid *g, int rows, int cols, int above)
{
	struct grid to;
	int i;

	grid_init(&to, rows, cols);
	to.fill = g->fill;
	for (i = g->from > above ? g->from : above; i < g->to && i - above < rows; i++) {
		struct grid_row *r = grid_row(g, i);

		if (r->len > cols)
			grid_erase(g, i, cols, g->cols, r->fill);
		copy_row(grid_use(&to, i - above), r, cols);
	}
	/* Rows that come in at the end are plain. */
	if (to.fill)
		for (i = g->rows - above; i < rows; i++)
			clear_row(grid_use(&to, i), 0);
	grid_release(g);
	*g = to;
}

/* Makes the cells up to `len` real. */
static void reach(struct grid_row *r, int len)
{
	for (; r->len < len; r->len++)
		r->cells[r->len] = blank(r->fill);
}

/* What [from, to) will overwrite may begin or end in the middle of a wide character. */
static void break_wide(struct grid_row *r, int from, int to)
{
	if (from > 0 && from < r->len && r->cells[from] & CELL_TAIL)
		r->cells[from - 1] = blank((uint32_t)(r->cells[from - 1] >> CELL_PEN));
	if (to < r->len && r->cells[to] & CELL_TAIL)
		r->cells[to] = blank((uint32_t)(r->cells[to] >> CELL_PEN));
}

void grid_put_ascii(struct grid *g, int row, int col, const unsigned char *text, int n,
		    uint32_t pen)
{
	struct grid_row *r = grid_use(g, row);
	uint64_t *cells = r->cells + col, high = blank(pen);
	int i;

	if (col < r->len)
		break_wide(r, col, col + n);
	else
		reach(r, col);
	for (i = 0; i < n; i++)
		cells[i] = high | text[i];
	if (r->len < col + n)
		r->len = col + n;
}

void grid_put(struct grid *g, int row, int col, uint32_t cp, int width, uint32_t pen)
{
	struct grid_row *r = grid_use(g, row);

	reach(r, col);
	break_wide(r, col, col + width);
	r->cells[col] = blank(pen) | cp | (width == 2 ? CELL_WIDE : 0);
	if (width == 2)
		r->cells[col + 1] = blank(pen) | CELL_TAIL;
	if (r->len < col + width)
		r->len = col + width;
}

int grid_combine(struct grid *g, int row, int col, uint32_t cp, struct intern *clusters)
{
	struct grid_row *r = grid_use(g, row);
	struct cluster c = {{' '}};
	uint64_t cell;
	int32_t number;
	int i;

	reach(r, col + 1);
	cell = r->cells[col];
	if (cell & CELL_CLUSTER)
		memcpy(&c, intern_get(clusters, (uint32_t)(cell & CELL_CHAR)), sizeof(c));
	else if (cell & CELL_CHAR)
		c.cp[0] = (uint32_t)(cell & CELL_CHAR);
	for (i = 1; i < CLUSTER_CHARS && c.cp[i]; i++)
		;
	if (i == CLUSTER_CHARS)
		return 0;
	c.cp[i] = cp;
	number = intern_put(clusters, &c);
	if (number < 0)
		return -1;
	r->cells[col] = (cell & ~CELL_CHAR) | CELL_CLUSTER | (uint64_t)number;
	return 0;
}

void grid_erase(struct grid *g, int row, int from, int to, uint32_t pen)
{
	struct grid_row *r = grid_use(g, row);
	int i;

	if (from >= to)
		return;
	if (from < r->len)
		break_wide(r, from, to);
	if (to < g->cols) {
		if (pen != r->fill)
			reach(r, to);
		for (i = from; i < to && i < r->len; i++)
			r->cells[i] = blank(pen);
		return;
	}
	if (pen != r->fill)
		reach(r, from);
	if (r->len > from)
		r->len = from;
	r->fill = pen;
	if (!from)
		r->skip = 0;
}

void grid_shift(struct grid *g, int row, int from, int to, int n, uint32_t pen)
{
	struct grid_row *r = grid_use(g, row);
	int by = abs(n);
	size_t kept;

	if (from >= to)
		return;
	if (by > to - from)
		by = to - from;
	kept = (size_t)(to - from - by) * sizeof(*r->cells);
	reach(r, to);
	break_wide(r, from, to);
	if (r->cells[from] & CELL_TAIL)
		r->cells[from] = blank(pen);
	if (n > 0) {
		break_wide(r, from + by, to);
		memmove(r->cells + from, r->cells + from + by, kept);
		if (from + by < to && r->cells[from] & CELL_TAIL)
			r->cells[from] = blank(pen);
		grid_erase(g, row, to - by, to, pen);
	} else {
		break_wide(r, to - by, to);
		memmove(r->cells + from + by, r->cells + from, kept);
		memset(r->cells + from, 0, (size_t)by * sizeof(*r->cells));
		grid_erase(g, row, from, from + by, pen);
	}
}

/* Rows [from, to) at an end of those that are there leave them. */
static void narrow(struct grid *g, int from, int to)
{
	if (from <= g->from && to >= g->to)
		g->from = g->to = 0;
	else if (from <= g->from && to > g->from)
		g->from = to;
	else if (to >= g->to && from < g->to)
		g->to = from;
}

void grid_clear(struct grid *g, int from, int to, uint32_t pen)
{
	if (to - from == g->rows)
		g->fill = pen;
	if (pen == g->fill) {
		narrow(g, from, to);
		from = from > g->from ? from : g->from;
		to = to < g->to ? to : g->to;
	}
	for (; from < to; from++)
		clear_row(grid_use(g, from), pen);
}

/* Lays the ring out from its beginning, so that rows are neighbours in it. */
static void straighten(struct grid *g)
{
	size_t before = (size_t)g->top, behind = (size_t)(g->rows - g->top);

	memcpy(g->spare, g->ring, before * sizeof(*g->ring));
	memmove(g->ring, g->ring + before, behind * sizeof(*g->ring));
	memcpy(g->ring + behind, g->spare, before * sizeof(*g->ring));
	g->top = 0;
}

/* Rotates [from, to) so that its row n becomes the first. */
static void rotate(struct grid *g, int from, int to, int n)
{
	size_t first = (size_t)n, rest = (size_t)(to - from - n);
	int *ring = g->ring + from;

	if (g->top)
		straighten(g);
	memcpy(g->spare, ring, first * sizeof(*ring));
	memmove(ring, ring + first, rest * sizeof(*ring));
	memcpy(ring + rest, g->spare, first * sizeof(*ring));
}

/* All rows move up by n, or down by -n; the used ones stay inside. */
static void turn(struct grid *g, int n)
{
	int rows = g->rows, from = g->from - n, to = g->to - n, top = g->top + n;

	g->top = top < 0 ? top + rows : top < rows ? top : top - rows;
	g->from = from > 0 ? from : 0;
	g->to = to < rows ? to : rows;
	if (g->from >= g->to)
		g->from = g->to = 0;
}

void grid_scroll(struct grid *g, int from, int to, int n, uint32_t pen)
{
	int count = to - from, by = abs(n) < count ? abs(n) : count;

	if (by == count) {
		grid_clear(g, from, to, pen);
		return;
	}
	if (!by)
		return;
	if (count == g->rows) {
		turn(g, n > 0 ? by : -by);
		if (pen == g->fill)
			return; /* what came in is nothing */
	} else if (from < g->to && to > g->from) {
		grid_use(g, from);
		grid_use(g, to - 1);
		rotate(g, from, to, n > 0 ? by : count - by);
	}
	if (n > 0)
		grid_clear(g, to - by, to, pen);
	else
		grid_clear(g, from, from + by, pen);
}

uint64_t grid_cell(const struct grid *g, int row, int col)
{
	const struct grid_row *r = grid_has(g, row) ? grid_row(g, row) : NULL;

	if (!r)
		return blank(g->fill);
	return col < r->len ? r->cells[col] : blank(r->fill);
}

unsigned char *grid_spell_cell(unsigned char *to, uint64_t cell, const struct intern *clusters)
{
	uint32_t what = (uint32_t)(cell & CELL_CHAR);
	const struct cluster *c;
	int i;

	if (cell & CELL_TAIL)
		return to;
	if (!(cell & CELL_CLUSTER)) {
		if (what >= 0x80)
			return to + utf8_encode(what, to);
		*to = what ? (unsigned char)what : ' ';
		return to + 1;
	}
	c = intern_get(clusters, what);
	for (i = 0; i < CLUSTER_CHARS && c->cp[i]; i++)
		to += utf8_encode(c->cp[i], to);
	return to;
}

static void put_cells(const struct grid_row *r, int from, const struct intern *clusters,
		      struct buf *out)
{
	unsigned char *to;
	int i;

	buf_reserve(out, (size_t)(r->len - from) * GRID_CELL_TEXT);
	to = out->data + out->len;
	for (i = from; i < r->len; i++)
		to = grid_spell_cell(to, r->cells[i], clusters);
	out->len = (size_t)(to - out->data);
}

/* Spells cells as ASCII. Returns all their bits, which say whether that is what they are. */
static uint64_t put_ascii_cells(unsigned char *to, const uint64_t *cells, int n)
{
	enum { BLOCK = 16 };
	uint64_t seen = 0;
	int i, k;

	/* Blocks of a constant size let the compiler take several cells at a time. */
	for (i = 0; n - i >= BLOCK; i += BLOCK)
		for (k = 0; k < BLOCK; k++) {
			unsigned char c = (unsigned char)(cells[i + k] & 0x7f);

			seen |= cells[i + k];
			to[i + k] = c ? c : ' ';
		}
	for (; i < n; i++) {
		unsigned char c = (unsigned char)(cells[i] & 0x7f);

		seen |= cells[i];
		to[i] = c ? c : ' ';
	}
	return seen;
}

void grid_row_text(const struct grid_row *r, int from, const struct intern *clusters,
		   struct buf *out)
{
	const uint64_t other = (CELL_CHAR & ~(uint64_t)0x7f) | CELL_CLUSTER | CELL_TAIL;
	int n = r->len - from;

	if (n <= 0)
		return;
	buf_reserve(out, (size_t)n);
	if (put_ascii_cells(out->data + out->len, r->cells + from, n) & other)
		put_cells(r, from, clusters, out);
	else
		out->len += (size_t)n;
}
