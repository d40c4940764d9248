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

	g->rows = rows;
	g->cols = cols;
	g->top = 0;
	g->ring = xcalloc((size_t)rows, sizeof(*g->ring));
	for (i = 0; i < rows; i++)
		g->ring[i].cells = xmalloc((size_t)cols * sizeof(*g->ring[i].cells));
}

void grid_release(struct grid *g)
{
	int i;

	for (i = 0; i < g->rows; i++)
		free(g->ring[i].cells);
	free(g->ring);
	g->ring = NULL;
	g->rows = 0;
}

void grid_resize(struct grid *g, int rows, int cols, int above)
{
	struct grid to;
	int i;

	grid_init(&to, rows, cols);
	for (i = 0; i < rows && i + above < g->rows; i++) {
		struct grid_row *r = grid_row(g, i + above);
		uint64_t *cells = to.ring[i].cells;

		if (r->len > cols)
			grid_erase(g, i + above, cols, g->cols, r->fill);
		memcpy(cells, r->cells, (size_t)r->len * sizeof(*cells));
		to.ring[i] = *r;
		to.ring[i].cells = cells;
		if (r->skip > cols)
			to.ring[i].skip = cols;
	}
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
	struct grid_row *r = grid_row(g, row);
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
	struct grid_row *r = grid_row(g, row);

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
	struct grid_row *r = grid_row(g, row);
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
	struct grid_row *r = grid_row(g, row);
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
	struct grid_row *r = grid_row(g, row);
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

/* Rotates [from, to) so that its row n becomes the first. */
static void rotate(struct grid *g, int from, int to, int n)
{
	int count = to - from, done, start;

	for (start = done = 0; done < count; start++) {
		struct grid_row first = *grid_row(g, from + start);
		int i = start;

		for (;;) {
			int next = (i + n) % count;

			done++;
			if (next == start)
				break;
			*grid_row(g, from + i) = *grid_row(g, from + next);
			i = next;
		}
		*grid_row(g, from + i) = first;
	}
}

void grid_scroll(struct grid *g, int from, int to, int n, uint32_t pen)
{
	int count = to - from, by = abs(n), i;

	if (by > count)
		by = count;
	if (!by)
		return;
	if (count == g->rows)
		g->top = (g->top + (n > 0 ? by : count - by)) % count;
	else
		rotate(g, from, to, n > 0 ? by : count - by);
	for (i = 0; i < by; i++)
		clear_row(grid_row(g, n > 0 ? to - 1 - i : from + i), pen);
}

uint64_t grid_cell(const struct grid *g, int row, int col)
{
	const struct grid_row *r = grid_row(g, row);

	return col < r->len ? r->cells[col] : blank(r->fill);
}

static unsigned char *put_cell(unsigned char *to, uint64_t cell, const struct intern *clusters)
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

	buf_reserve(out, (size_t)(r->len - from) * 4 * CLUSTER_CHARS);
	to = out->data + out->len;
	for (i = from; i < r->len; i++)
		to = put_cell(to, r->cells[i], clusters);
	out->len = (size_t)(to - out->data);
}

void grid_row_text(const struct grid_row *r, int from, const struct intern *clusters,
		   struct buf *out)
{
	const uint64_t other = (CELL_CHAR & ~(uint64_t)0x7f) | CELL_CLUSTER | CELL_TAIL;
	uint64_t seen = 0;
	unsigned char *to;
	int i;

	if (from >= r->len)
		return;
	for (i = from; i < r->len; i++)
		seen |= r->cells[i];
	if (seen & other) {
		put_cells(r, from, clusters, out);
		return;
	}
	buf_reserve(out, (size_t)(r->len - from));
	to = out->data + out->len;
	for (i = from; i < r->len; i++) {
		unsigned char c = (unsigned char)(r->cells[i] & 0x7f);

		*to++ = c ? c : ' ';
	}
	out->len += (size_t)(r->len - from);
}
