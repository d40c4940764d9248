/* SPDX-License-Identifier: MIT */
/* The screen's text: pens, soft wraps, line feeds, and what is given to the capture before it
 * goes. */
#include "screen_private.h"

#include "../base/utf8.h"
#include "width.h"

#include <string.h>

/* --- numbers for pens and clusters --- */

static void renumber_grid(struct grid *g, const struct intern *old_pens,
			  const struct intern *old_clusters, struct screen *s)
{
	int i, j;

	g->fill = (uint32_t)intern_put(&s->pens, intern_get(old_pens, g->fill));
	for (i = g->from; i < g->to; i++) {
		struct grid_row *r = grid_row(g, i);

		r->fill = (uint32_t)intern_put(&s->pens, intern_get(old_pens, r->fill));
		for (j = 0; j < r->len; j++) {
			uint64_t cell = r->cells[j], low = cell & ((1u << CELL_PEN) - 1);
			uint32_t pen = (uint32_t)(cell >> CELL_PEN);

			pen = (uint32_t)intern_put(&s->pens, intern_get(old_pens, pen));
			if (cell & CELL_CLUSTER)
				low = (low & ~CELL_CHAR) |
				      (uint64_t)intern_put(
					      &s->clusters,
					      intern_get(old_clusters,
							 (uint32_t)(cell & CELL_CHAR)));
			r->cells[j] = (uint64_t)pen << CELL_PEN | low;
		}
	}
}

void screen_number_pens(struct screen *s)
{
	static const struct pen plain;

	intern_put(&s->pens, &plain); /* the default pen is number 0 */
	s->pen_changed = 1;
}

/* One of the tables is full: keeps what the cells still use. 0 if that made no room. */
static int collect(struct screen *s)
{
	struct intern pens = s->pens, clusters = s->clusters;

	if (s->crowded > 0) {
		s->crowded--;
		return 0;
	}
	intern_init(&s->pens, pens.size, pens.limit);
	intern_init(&s->clusters, clusters.size, clusters.limit);
	screen_number_pens(s);
	renumber_grid(&s->primary, &pens, &clusters, s);
	renumber_grid(&s->alternate, &pens, &clusters, s);
	intern_release(&pens);
	intern_release(&clusters);
	if (s->pens.count > CELL_PENS / 4 * 3 || s->clusters.count > CLUSTERS / 4 * 3)
		s->crowded = CLUSTERS;
	return 1;
}

static uint32_t pen_number(struct screen *s, const struct pen *pen)
{
	int32_t number = intern_put(&s->pens, pen);

	if (number < 0 && collect(s))
		number = intern_put(&s->pens, pen);
	return number < 0 ? 0 : (uint32_t)number;
}

static void settle_pen(struct screen *s)
{
	struct pen blank = {.bg = s->pen.bg};

	while (s->pen_changed) {
		s->pen_changed = 0;
		s->pen_number = pen_number(s, &s->pen);
		s->blank_number = pen_number(s, &blank);
	}
}

uint32_t screen_pen(struct screen *s)
{
	if (s->pen_changed)
		settle_pen(s);
	return s->pen_number;
}

uint32_t screen_blank(struct screen *s)
{
	if (s->pen_changed)
		settle_pen(s);
	return s->blank_number;
}

/* --- what leaves the screen --- */

int screen_captures(const struct screen *s)
{
	return s->capture.on && s->grid == &s->primary;
}

static void row_text(const struct screen *s, const struct grid_row *r, struct buf *out)
{
	struct tint tint;

	if (s->capture.pens) {
		tint_begin(&tint, out);
		tint_row(&tint, r, 0, &s->clusters, &s->pens, out);
		tint_end(&tint, out);
		return;
	}
	grid_row_text(r, 0, &s->clusters, out);
	while (out->len && out->data[out->len - 1] == ' ')
		out->len--;
}

static void grid_text(const struct screen *s, const struct grid *g, struct buf *out)
{
	size_t end = out->len;
	int i;

	for (i = 0; i < g->to; i++) {
		if (i)
			buf_putc(out, '\n');
		if (i < g->from)
			continue;
		row_text(s, grid_row(g, i), out);
		if (out->len && out->data[out->len - 1] != '\n')
			end = out->len;
	}
	out->len = end;
}

/* All that is shown is about to be wiped. */
void screen_before_wipe(struct screen *s)
{
	struct buf text = {0};

	if (screen_captures(s))
		capture_all(&s->capture, &s->primary, &s->clusters);
	if (s->grid == &s->primary || !s->capture.on)
		return;
	grid_text(s, &s->alternate, &text);
	if (text.len) {
		buf_release(&s->full);
		s->full = text;
	} else {
		buf_release(&text);
	}
}

void screen_give_full(struct screen *s)
{
	screen_before_wipe(s);
	s->sink->fullscreen(s->ctx, s->full.len ? s->full.data : (const unsigned char *)"",
			    s->full.len);
	buf_clear(&s->full);
}

void screen_wipe(struct screen *s, struct grid *g)
{
	grid_clear(g, 0, g->rows, screen_blank(s));
}

static void unwrap(struct grid *g, int row)
{
	if (grid_has(g, row))
		grid_row(g, row)->flags &= ~(unsigned)ROW_WRAPPED;
}

void screen_scroll(struct screen *s, int from, int to, int n)
{
	int by = n > to - from ? to - from : n;

	if (by > 0 && s->by_text && screen_captures(s))
		capture_rows(&s->capture, s->grid, from, from + by, &s->clusters);
	grid_scroll(s->grid, from, to, n, screen_blank(s));
	unwrap(s->grid, to);
	if (n < 0 && from - n < to)
		unwrap(s->grid, from - n);
	else if (n > 0 && !s->by_text)
		unwrap(s->grid, from);
}

/* A row that a menu was cleared off is as if it had never been there. */
static void clear_rows(struct screen *s, int from, int to)
{
	struct grid *g = s->grid;
	unsigned wrapped = grid_has(g, from) ? grid_row(g, from)->flags & ROW_WRAPPED : 0;

	if (from >= to)
		return;
	grid_clear(g, from, to, screen_blank(s));
	if (wrapped)
		grid_use(g, from)->flags |= wrapped;
	unwrap(g, to);
}

void screen_erase(struct screen *s, int from_row, int to_row, int from, int to)
{
	int row, last = s->grid->cols;

	if (s->clearing && !from && to == last) {
		clear_rows(s, from_row, to_row);
		return;
	}
	for (row = from_row; row < to_row; row++) {
		grid_erase(s->grid, row, from, to, screen_blank(s));
		if (to == last)
			unwrap(s->grid, row + 1);
	}
}

/* --- text --- */

/* The cursor goes a row down; at the end of the region that scrolls. 0 if it could do neither. */
int screen_line_down(struct screen *s)
{
	int row = s->row, last = s->bottom - 1;

	s->by_text = 1;
	s->pending = 0;
	if (s->careful) {
		screen_place(s);
		screen_feed(s, "\n", 1);
		screen_follow(s);
	} else if (row == last) {
		screen_scroll(s, s->top, s->bottom, 1);
	} else if (row < s->grid->rows - 1) {
		s->row++;
	}
	return row == last || s->row != row;
}

void screen_line_feed(struct screen *s)
{
	grid_use(s->grid, s->row)->flags |= ROW_TOUCHED | ROW_FED;
	screen_line_down(s);
	if (s->newline)
		s->col = 0;
}

/* Goes on in the next row if `width` columns do not fit here. */
static void make_room(struct screen *s, int width)
{
	if (!s->pending && s->col + width <= s->grid->cols)
		return;
	if (!s->autowrap) {
		s->col = s->grid->cols - width;
		s->pending = 0;
		return;
	}
	if (!s->pending)
		grid_erase(s->grid, s->row, s->col, s->grid->cols, screen_blank(s));
	if (screen_line_down(s))
		grid_use(s->grid, s->row)->flags |= ROW_WRAPPED;
	s->col = 0;
}

static void advance(struct screen *s, int columns)
{
	s->col += columns;
	if (s->col < s->grid->cols)
		return;
	s->col = s->grid->cols - 1;
	s->pending = s->autowrap;
}

/* What a character of ASCII stands for in another set: the VT100's special graphics (from 0x60
 * on; VT100 User Guide, table 3-9) and the United Kingdom's. */
static uint32_t translate(unsigned char set, unsigned char c)
{
	static const uint16_t graphics[] = {
		0x25C6, 0x2592, 0x2409, 0x240C, 0x240D, 0x240A, 0x00B0, 0x00B1,
		0x2424, 0x240B, 0x2518, 0x2510, 0x250C, 0x2514, 0x253C, 0x23BA,
		0x23BB, 0x2500, 0x23BC, 0x23BD, 0x251C, 0x2524, 0x2534, 0x252C,
		0x2502, 0x2A7D, 0x2A7E, 0x03C0, 0x2260, 0x00A3, 0x00B7,
	};

	if (set == '0' && c >= 0x60 && c < 0x7f)
		return graphics[c - 0x60];
	return set == 'A' && c == '#' ? 0x00A3 : c;
}

/* Insert mode: moves what is right of the cursor. */
static void make_gap(struct screen *s, int columns)
{
	struct grid_row *row = grid_use(s->grid, s->row);
	int skip = row->skip;

	grid_shift(s->grid, s->row, s->col, s->grid->cols, -columns, screen_blank(s));
	row->skip = skip; /* also if nothing was left of the row */
}

/* Text that fits into the row. */
static void put_run(struct screen *s, const unsigned char *text, int n, uint32_t pen)
{
	unsigned char set = s->charset[s->shift];
	int i;

	if (s->insert)
		make_gap(s, n);
	if (set == 'B')
		grid_put_ascii(s->grid, s->row, s->col, text, n, pen);
	else
		for (i = 0; i < n; i++)
			grid_put(s->grid, s->row, s->col + i, translate(set, text[i]), 1, pen);
}

void screen_put_text(struct screen *s, const unsigned char *text, size_t n)
{
	uint32_t pen = screen_pen(s);

	s->last = text[n - 1];
	while (n) {
		size_t k;

		make_room(s, 1);
		k = (size_t)(s->grid->cols - s->col);
		if (k > n)
			k = n;
		if (s->careful)
			screen_feed_text(s, text, k);
		else
			put_run(s, text, (int)k, pen);
		grid_use(s->grid, s->row)->flags |= ROW_TOUCHED;
		advance(s, (int)k);
		text += k;
		n -= k;
	}
}

/* A combining character goes to what stands left of the cursor, if anything. */
static void combine(struct screen *s, uint32_t cp)
{
	int col = s->pending ? s->col : s->col - 1;

	if (col > 0 && grid_cell(s->grid, s->row, col) & CELL_TAIL)
		col--;
	if (col < 0)
		return;
	if (grid_combine(s->grid, s->row, col, cp, &s->clusters) < 0 && collect(s))
		grid_combine(s->grid, s->row, col, cp, &s->clusters);
	grid_use(s->grid, s->row)->flags |= ROW_TOUCHED;
}

static void put_one(struct screen *s, uint32_t cp, int width)
{
	if (s->insert)
		make_gap(s, width);
	grid_put(s->grid, s->row, s->col, cp, width, screen_pen(s));
}

void screen_put_char(struct screen *s, uint32_t cp)
{
	unsigned char bytes[4];
	int width;

	if (cp == 0xfffe || cp == 0xffff)
		cp = UTF8_REPLACEMENT; /* as libvterm does with these two */
	width = width_of(cp);
	if (!width) {
		combine(s, cp);
		return;
	}
	s->last = cp;
	make_room(s, width);
	/* libvterm inserts one column, however wide the character. */
	if (s->careful && screen_agrees(s, cp) && !(s->insert && width == 2))
		screen_feed_text(s, bytes, utf8_encode(cp, bytes));
	else
		put_one(s, cp, width);
	grid_use(s->grid, s->row)->flags |= ROW_TOUCHED;
	advance(s, width);
}

/* REP, up to the end of the row. */
void screen_repeat(struct screen *s, int count)
{
	unsigned char row[SCREEN_MOST];
	uint32_t cp = s->last;
	int width = cp ? width_of(cp) : 0, room;

	if (!width || s->pending)
		return;
	room = (s->grid->cols - s->col) / width;
	if (!s->autowrap && width == 1 && room > 1)
		room--; /* the last column is where the cursor stays */
	count = screen_clamp(count, 0, room);
	if (cp < 0x80 && count) {
		memset(row, (int)cp, (size_t)count);
		screen_put_text(s, row, (size_t)count);
	} else {
		while (count-- > 0)
			screen_put_char(s, cp);
	}
}
