/* SPDX-License-Identifier: MIT */
/* The screen put away and taken out again. What is kept is all that later output depends on; the
 * capture is not. Libvterm is not asked: what it knows beside the cursor's place, we know, too, and
 * it is told again. */
#include "screen_private.h"

#include "../base/buf.h"
#include "../base/err.h"

#include <stdlib.h>
#include <string.h>

/* The parts without pointers, as they lie in memory. */
struct still {
	int rows, cols, is_alternate;
	int row, col, pending, top, bottom;
	int autowrap, insert, newline, origin, hidden, shift, by_text, crowded;
	uint32_t last;
	unsigned char charset[4];
	struct pen pen;
	struct saved saved[2];
	struct tokenizer tokenizer;
	uint64_t forged, others;
	unsigned char tabs[SCREEN_MOST];
};

/* Each is followed by its cells. */
struct still_row {
	int len, skip;
	uint32_t fill;
	unsigned flags;
};

struct still_grid {
	int from, to;
	uint32_t fill;
};

/* --- saving --- */

/* The numbers in use: the tables may hold thousands that nothing on the screen refers to. */
struct numbers {
	const struct screen *s;
	struct intern pens, clusters;
	uint32_t last_pen, last_number;
};

static uint32_t pen_of(struct numbers *n, uint32_t pen)
{
	if (pen == n->last_pen)
		return n->last_number;
	n->last_pen = pen;
	n->last_number = (uint32_t)intern_put(&n->pens, intern_get(&n->s->pens, pen));
	return n->last_number;
}

static uint64_t cell_of(struct numbers *n, uint64_t cell)
{
	uint64_t low = cell & ((1u << CELL_PEN) - 1);
	uint32_t what = (uint32_t)(cell & CELL_CHAR);

	if (cell & CELL_CLUSTER)
		low = (low & ~CELL_CHAR) |
		      (uint64_t)intern_put(&n->clusters, intern_get(&n->s->clusters, what));
	return (uint64_t)pen_of(n, (uint32_t)(cell >> CELL_PEN)) << CELL_PEN | low;
}

static void save_grid(struct numbers *n, const struct grid *g, struct buf *out)
{
	struct still_grid grid = {g->from, g->to, pen_of(n, g->fill)};
	int i, j;

	buf_put(out, &grid, sizeof(grid));
	for (i = g->from; i < g->to; i++) {
		const struct grid_row *r = grid_row(g, i);
		struct still_row row = {r->len, r->skip, pen_of(n, r->fill), r->flags};

		buf_put(out, &row, sizeof(row));
		for (j = 0; j < r->len; j++) {
			uint64_t cell = cell_of(n, r->cells[j]);

			buf_put(out, &cell, sizeof(cell));
		}
	}
}

static void save_table(const struct intern *in, struct buf *out)
{
	buf_put(out, &in->count, sizeof(in->count));
	buf_put(out, in->keys, in->count * in->size);
}

static void save_still(const struct screen *s, struct buf *out)
{
	struct still still;

	memset(&still, 0, sizeof(still)); /* the padding, too */
	still.rows = s->grid->rows;
	still.cols = s->grid->cols;
	still.is_alternate = s->grid == &s->alternate;
	still.row = s->row;
	still.col = s->col;
	still.pending = s->pending;
	still.top = s->top;
	still.bottom = s->bottom;
	still.autowrap = s->autowrap;
	still.insert = s->insert;
	still.newline = s->newline;
	still.origin = s->origin;
	still.hidden = s->hidden;
	still.shift = s->shift;
	still.by_text = s->by_text;
	still.crowded = s->crowded;
	still.last = s->last;
	memcpy(still.charset, s->charset, sizeof(still.charset));
	still.pen = s->pen;
	memcpy(still.saved, s->saved, sizeof(still.saved));
	still.tokenizer = s->tokenizer;
	still.forged = s->forged;
	still.others = s->others;
	memcpy(still.tabs, s->tabs, sizeof(still.tabs));
	buf_put(out, &still, sizeof(still));
}

void screen_save(const struct screen *s, struct buf *out)
{
	static const struct pen plain;
	struct numbers n = {.s = s};
	struct buf grids = {0};

	intern_init(&n.pens, s->pens.size, s->pens.limit);
	intern_init(&n.clusters, s->clusters.size, s->clusters.limit);
	intern_put(&n.pens, &plain); /* number 0, as screen_number_pens() has it */
	save_grid(&n, &s->primary, &grids);
	save_grid(&n, &s->alternate, &grids);
	save_still(s, out);
	save_table(&n.pens, out);
	save_table(&n.clusters, out);
	buf_put(out, grids.data, grids.len);
	buf_release(&grids);
	intern_release(&n.pens);
	intern_release(&n.clusters);
}

/* --- loading --- */

struct bytes {
	const unsigned char *p;
	size_t n;
};

static const void *take(struct bytes *b, size_t n)
{
	const void *p = b->p;

	if (b->n < n)
		bug("a saved screen is cut short");
	b->p += n;
	b->n -= n;
	return p;
}

static void take_into(struct bytes *b, void *to, size_t n)
{
	memcpy(to, take(b, n), n);
}

static void load_grid(struct grid *g, struct bytes *b)
{
	struct still_grid grid;
	int i;

	take_into(b, &grid, sizeof(grid));
	if (grid.from < 0 || grid.to < grid.from || grid.to > g->rows)
		bug("a saved screen has other rows");
	g->from = grid.from;
	g->to = grid.to;
	g->fill = grid.fill;
	for (i = grid.from; i < grid.to; i++) {
		struct grid_row *r = grid_row(g, i);
		struct still_row row;

		take_into(b, &row, sizeof(row));
		if (row.len < 0 || row.len > g->cols)
			bug("a saved screen has other columns");
		r->len = row.len;
		r->skip = row.skip;
		r->fill = row.fill;
		r->flags = row.flags;
		take_into(b, r->cells, (size_t)row.len * sizeof(*r->cells));
	}
}

static void load_table(struct intern *in, struct bytes *b)
{
	uint32_t count, i;

	intern_release(in);
	take_into(b, &count, sizeof(count));
	for (i = 0; i < count; i++)
		intern_put(in, take(b, in->size));
}

static void load_still(struct screen *s, const struct still *still)
{
	s->grid = still->is_alternate ? &s->alternate : &s->primary;
	s->row = still->row;
	s->col = still->col;
	s->pending = still->pending;
	s->top = still->top;
	s->bottom = still->bottom;
	s->autowrap = still->autowrap;
	s->insert = still->insert;
	s->newline = still->newline;
	s->origin = still->origin;
	s->hidden = still->hidden;
	s->shift = still->shift;
	s->by_text = still->by_text;
	s->crowded = still->crowded;
	s->last = still->last;
	memcpy(s->charset, still->charset, sizeof(s->charset));
	s->pen = still->pen;
	memcpy(s->saved, still->saved, sizeof(s->saved));
	s->tokenizer = still->tokenizer;
	s->forged = still->forged;
	s->others = still->others;
	memcpy(s->tabs, still->tabs, sizeof(s->tabs));
	s->pen_changed = 1;
}

/* Brings libvterm from the state after a reset to the one that has just been loaded. */
static void tell_libvterm(struct screen *s)
{
	static const char *const shifts[] = {"\017", "\016", "\033n", "\033o"};
	size_t i;

	for (i = 0; i < sizeof(s->charset); i++) {
		const char bytes[] = {'\033', (char)('(' + i), (char)s->charset[i]};

		screen_feed(s, bytes, sizeof(bytes));
	}
	screen_feed(s, shifts[s->shift], strlen(shifts[s->shift]));
	screen_feed_csi(s, 0, s->top + 1, s->bottom, 'r');
	if (s->insert)
		screen_feed_csi(s, 0, 4, -1, 'h');
	if (s->origin)
		screen_feed_csi(s, '?', 6, -1, 'h');
	s->at_row = -1;
}

void screen_load(struct screen *s, const void *data, size_t n)
{
	struct bytes b = {data, n};
	struct still still;

	take_into(&b, &still, sizeof(still));
	s->capture.on = 0;
	buf_clear(&s->full);
	screen_reset(s);
	screen_resize(s, still.rows, still.cols);
	if (still.rows != s->grid->rows || still.cols != s->grid->cols)
		bug("a saved screen has another size");
	load_table(&s->pens, &b);
	load_table(&s->clusters, &b);
	load_grid(&s->primary, &b);
	load_grid(&s->alternate, &b);
	load_still(s, &still);
	tell_libvterm(s);
}
