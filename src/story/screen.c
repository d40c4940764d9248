/* SPDX-License-Identifier: MIT */
/* Terminal output, interpreted. Who does what:
 *  - token.c cuts the bytes; strings end there
 *  - here: text, controls, line feeds, soft wraps, SGR, tabs, REP, saved cursors, the alternate
 *    screen; they are what recordings are made of, so they are fast, and they are what libvterm
 *    crashes on or tells too little about
 *  - libvterm's state layer: cursor movement, erasing, inserting and deleting, margins, character
 *    sets, and text in insert mode or another character set. What it gets is listed here, whole,
 *    and clamped to the screen
 *
 * It knows only the cursor's place and the modes; before it gets anything the cursor is put where
 * it is by CUP (place()). It never has a pending wrap that counts, no saved cursor, no pen, no
 * alternate screen, no parameter that it could not have been meant to get.
 *
 * No input may crash this, hang it, or let it grow; nothing that was shown may be lost to a
 * capture. Departures from xterm: no left and right margins, no double-width lines, no DECALN,
 * protected cells are erased like others, ED 3 does nothing (what it erases is not here). */
#include "screen.h"

#include "capture.h"
#include "grid.h"
#include "intern.h"
#include "screen_private.h"
#include "token.h"

#include "../base/buf.h"
#include "../base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

enum {
	SIZE_LEAST = 2,
	SIZE_LIMIT = 1000,
	TAB = 8,
	WIDTH_BLOCK = 256,
	WIDTH_BLOCKS = 0x110000 / WIDTH_BLOCK,
	MARK = 7377, /* the OSC number of steno's own marks */
};

/* DECSC. */
struct saved {
	int row, col, pending, is_set;
	struct pen pen;
};

struct screen {
	const struct screen_sink *sink;
	void *ctx;
	struct tokenizer tokenizer;
	struct grid primary, alternate;
	struct grid *grid; /* the one that is shown */
	struct capture capture;
	struct buf full; /* text of the last alternate screen that was wiped */
	uint64_t forged;

	int row, col;
	int pending; /* the last column was written: the next character wraps */
	int top, bottom;
	int autowrap, insert, newline, origin;
	unsigned char charset[4]; /* G0 to G3: B (ASCII), 0 or A */
	int shift;		  /* which of them is in use */
	struct saved saved[2];	  /* of the primary, of the alternate screen */
	unsigned char tabs[SIZE_LIMIT];
	uint32_t last; /* character printed last, for REP; 0: none */

	struct pen pen;
	uint32_t pen_number, blank_number; /* valid unless pen_changed */
	int pen_changed;
	struct intern pens, clusters;
	int crowded; /* so many more failures before it is worth collecting again */

	int by_text;  /* a scroll comes from text, not from an editing command */
	int clearing; /* an erasure comes from ED */
	int careful;  /* all text goes through libvterm (tests) */
	VTerm *vt;
	VTermState *state;
	VTermPos at;  /* where libvterm has the cursor; row -1: elsewhere */
	VTerm *scale; /* a small one to measure characters with */
	unsigned char *widths[WIDTH_BLOCKS];
};

/* --- numbers for pens and clusters --- */

static void renumber_grid(const struct grid *g, const struct intern *old_pens,
			  const struct intern *old_clusters, struct screen *s)
{
	int i, j;

	for (i = 0; i < g->rows; i++) {
		struct grid_row *r = &g->ring[i];

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

static void number_pens(struct screen *s)
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
	number_pens(s);
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

static uint32_t pen_now(struct screen *s)
{
	if (s->pen_changed)
		settle_pen(s);
	return s->pen_number;
}

static uint32_t blank_now(struct screen *s)
{
	if (s->pen_changed)
		settle_pen(s);
	return s->blank_number;
}

/* --- what leaves the screen --- */

static int captures(const struct screen *s)
{
	return s->capture.on && s->grid == &s->primary;
}

static void grid_text(const struct screen *s, const struct grid *g, struct buf *out)
{
	size_t end = out->len;
	int i;

	for (i = 0; i < g->rows; i++) {
		if (i)
			buf_putc(out, '\n');
		grid_row_text(grid_row(g, i), 0, &s->clusters, out);
		while (out->len && out->data[out->len - 1] == ' ')
			out->len--;
		if (out->len && out->data[out->len - 1] != '\n')
			end = out->len;
	}
	out->len = end;
}

/* All that is shown is about to be wiped. */
static void before_wipe(struct screen *s)
{
	struct buf text = {0};

	if (captures(s))
		capture_all(&s->capture, &s->primary, &s->clusters);
	if (s->grid == &s->primary)
		return;
	grid_text(s, &s->alternate, &text);
	if (text.len) {
		buf_release(&s->full);
		s->full = text;
	} else {
		buf_release(&text);
	}
}

static void give_full(struct screen *s)
{
	before_wipe(s);
	s->sink->fullscreen(s->ctx, s->full.len ? s->full.data : (const unsigned char *)"",
			    s->full.len);
	buf_clear(&s->full);
}

static void wipe(struct screen *s, struct grid *g)
{
	grid_scroll(g, 0, g->rows, g->rows, blank_now(s));
}

static void unwrap(struct grid *g, int row)
{
	if (row < g->rows)
		grid_row(g, row)->flags &= ~(unsigned)ROW_WRAPPED;
}

static void scroll(struct screen *s, int from, int to, int n)
{
	int by = n > to - from ? to - from : n;

	if (by > 0 && s->by_text && captures(s))
		capture_rows(&s->capture, s->grid, from, from + by, &s->clusters);
	grid_scroll(s->grid, from, to, n, blank_now(s));
	unwrap(s->grid, to);
	if (n < 0 && from - n < to)
		unwrap(s->grid, from - n);
	else if (n > 0 && !s->by_text)
		unwrap(s->grid, from);
}

/* --- libvterm: what it tells us --- */

static int on_putglyph(VTermGlyphInfo *info, VTermPos pos, void *user)
{
	struct screen *s = user;
	struct grid *g = s->grid;

	if (pos.row < 0 || pos.row >= g->rows || pos.col < 0 || info->width < 1 ||
	    info->width > 2 || pos.col + info->width > g->cols)
		return 1;
	grid_put(g, pos.row, pos.col, info->chars[0] & CELL_CHAR, info->width, pen_now(s));
	grid_row(g, pos.row)->flags |= ROW_TOUCHED;
	return 1;
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* The rectangle, taken into the screen. */
static VTermRect inside(const struct screen *s, VTermRect r)
{
	r.start_row = clamp(r.start_row, 0, s->grid->rows);
	r.end_row = clamp(r.end_row, r.start_row, s->grid->rows);
	r.start_col = clamp(r.start_col, 0, s->grid->cols);
	r.end_col = clamp(r.end_col, r.start_col, s->grid->cols);
	return r;
}

static int on_scrollrect(VTermRect rect, int downward, int rightward, void *user)
{
	struct screen *s = user;
	VTermRect r = inside(s, rect);
	int row;

	if (downward && r.end_row > r.start_row)
		scroll(s, r.start_row, r.end_row, downward);
	for (row = r.start_row; rightward && row < r.end_row; row++)
		grid_shift(s->grid, row, r.start_col, r.end_col, rightward, blank_now(s));
	return 1;
}

static int on_erase(VTermRect rect, int selective, void *user)
{
	struct screen *s = user;
	VTermRect r = inside(s, rect);
	int row;

	(void)selective;
	for (row = r.start_row; row < r.end_row; row++) {
		grid_erase(s->grid, row, r.start_col, r.end_col, blank_now(s));
		if (r.end_col == s->grid->cols)
			unwrap(s->grid, row + 1);
		/* A row that a menu was cleared off is as if it had never been there. */
		if (s->clearing && !r.start_col && r.end_col == s->grid->cols)
			grid_row(s->grid, row)->flags &= ~(unsigned)(ROW_TOUCHED | ROW_FED);
	}
	return 1;
}

static int on_setlineinfo(int row, const VTermLineInfo *to, const VTermLineInfo *from, void *user)
{
	(void)row;
	(void)to;
	(void)from;
	(void)user;
	return 0; /* no double-width lines */
}

static void *allocate(size_t n, void *ctx)
{
	(void)ctx;
	return xcalloc(1, n);
}

static void deallocate(void *p, void *ctx)
{
	(void)ctx;
	free(p);
}

static VTermAllocatorFunctions allocator = {allocate, deallocate};

#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR >= 3
/* libvterm 0.3 leaves its rows' attributes to this callback; without one it does not make them
 * larger (its on_resize compares the new size with itself). */
static int on_resize(int rows, int cols, VTermStateFields *fields, void *user)
{
	int i;

	(void)cols;
	(void)user;
	for (i = 0; i < 2; i++) {
		deallocate(fields->lineinfos[i], NULL);
		fields->lineinfos[i] = allocate((size_t)rows * sizeof(VTermLineInfo), NULL);
	}
	return 1;
}
#endif

static const VTermStateCallbacks callbacks = {
	.putglyph = on_putglyph,
	.scrollrect = on_scrollrect,
	.erase = on_erase,
	.setlineinfo = on_setlineinfo,
#if VTERM_VERSION_MAJOR > 0 || VTERM_VERSION_MINOR >= 3
	.resize = on_resize,
#endif
};

static void on_output(const char *bytes, size_t n, void *user)
{
	(void)bytes;
	(void)n;
	(void)user; /* answers to queries; none is passed on, so none comes */
}

static VTerm *new_vterm(int rows, int cols)
{
	VTerm *vt = vterm_new_with_allocator(rows, cols, &allocator, NULL);

	vterm_set_utf8(vt, 1);
	vterm_output_set_callback(vt, on_output, NULL);
	vterm_state_reset(vterm_obtain_state(vt), 1);
	return vt;
}

/* --- libvterm: what it gets --- */

static void feed(struct screen *s, const char *bytes, size_t n)
{
	vterm_input_write(s->vt, bytes, n);
	vterm_state_get_cursorpos(s->state, &s->at);
}

static char *put_number(char *to, int value)
{
	char digits[12];
	int n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	while (n)
		*to++ = digits[--n];
	return to;
}

/* ESC [ prefix a ; b final; a or b below 0: not given. */
static void feed_csi(struct screen *s, char prefix, int a, int b, char final)
{
	char bytes[40] = "\033[", *to = bytes + 2;

	if (prefix)
		*to++ = prefix;
	if (a >= 0)
		to = put_number(to, a);
	if (b >= 0) {
		*to++ = ';';
		to = put_number(to, b);
	}
	*to++ = final;
	feed(s, bytes, (size_t)(to - bytes));
}

/* Puts libvterm's cursor where ours is; that takes a pending wrap from it. */
static void place(struct screen *s)
{
	if (s->at.row != s->row || s->at.col != s->col)
		feed_csi(s, 0, s->row - (s->origin ? s->top : 0) + 1, s->col + 1, 'H');
}

/* Puts our cursor where libvterm's is. */
static void follow(struct screen *s)
{
	s->row = clamp(s->at.row, 0, s->grid->rows - 1);
	s->col = clamp(s->at.col, 0, s->grid->cols - 1);
}

static void feed_text(struct screen *s, const unsigned char *bytes, size_t n)
{
	place(s);
	feed(s, (const char *)bytes, n);
	s->at.row = -1; /* it may have a pending wrap */
}

static unsigned char *measure_block(struct screen *s, uint32_t first)
{
	unsigned char *block = xmalloc(WIDTH_BLOCK);
	uint32_t i;

	if (!s->scale)
		s->scale = new_vterm(2, 16);
	for (i = 0; i < WIDTH_BLOCK; i++) {
		unsigned char bytes[6] = "\ra";
		VTermPos pos = {0, 2};
		size_t n = utf8_encode(first + i, bytes + 2);

		if (first + i >= 0xa0) {
			vterm_input_write(s->scale, (const char *)bytes, 2 + n);
			vterm_state_get_cursorpos(vterm_obtain_state(s->scale), &pos);
		}
		block[i] = (unsigned char)clamp(pos.col - 1, 0, 2);
	}
	return block;
}

/* Columns, as libvterm has it. */
static int width_of(struct screen *s, uint32_t cp)
{
	unsigned char **block = &s->widths[cp / WIDTH_BLOCK];

	if (!*block)
		*block = measure_block(s, cp - cp % WIDTH_BLOCK);
	return (*block)[cp % WIDTH_BLOCK];
}

/* --- text --- */

static int has_margins(const struct screen *s)
{
	return s->top != 0 || s->bottom != s->grid->rows;
}

/* The cursor goes a row down; at the end of the region that scrolls. 0 if it could do neither. */
static int line_down(struct screen *s)
{
	int row = s->row, last = s->bottom - 1;

	s->by_text = 1;
	s->pending = 0;
	if (!has_margins(s) && !s->careful) {
		if (row == last)
			scroll(s, 0, s->grid->rows, 1);
		else
			s->row++;
		return 1;
	}
	place(s);
	feed(s, "\n", 1);
	follow(s);
	return row == last || s->row != row;
}

static void line_feed(struct screen *s)
{
	grid_row(s->grid, s->row)->flags |= ROW_TOUCHED | ROW_FED;
	line_down(s);
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
		grid_erase(s->grid, s->row, s->col, s->grid->cols, blank_now(s));
	if (line_down(s))
		grid_row(s->grid, s->row)->flags |= ROW_WRAPPED;
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

static int is_plain(const struct screen *s)
{
	return !s->insert && !s->careful;
}

static void put_text(struct screen *s, const unsigned char *text, size_t n)
{
	int plain = is_plain(s) && s->charset[s->shift] == 'B';
	uint32_t pen = pen_now(s);

	s->last = text[n - 1];
	while (n) {
		struct grid_row *row;
		size_t k;

		make_room(s, 1);
		k = (size_t)(s->grid->cols - s->col);
		if (k > n)
			k = n;
		row = grid_row(s->grid, s->row);
		if (plain)
			grid_put_ascii(s->grid, s->row, s->col, text, (int)k, pen);
		else
			feed_text(s, text, k);
		row->flags |= ROW_TOUCHED;
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
	grid_row(s->grid, s->row)->flags |= ROW_TOUCHED;
}

static void put_char(struct screen *s, uint32_t cp)
{
	unsigned char bytes[4];
	int width;

	if (cp == 0xfffe || cp == 0xffff)
		cp = UTF8_REPLACEMENT; /* as libvterm does with these two */
	width = width_of(s, cp);
	if (!width) {
		combine(s, cp);
		return;
	}
	s->last = cp;
	make_room(s, width);
	if (is_plain(s))
		grid_put(s->grid, s->row, s->col, cp, width, pen_now(s));
	else
		feed_text(s, bytes, utf8_encode(cp, bytes));
	grid_row(s->grid, s->row)->flags |= ROW_TOUCHED;
	advance(s, width);
}

/* REP, up to the end of the row. */
static void repeat(struct screen *s, int count)
{
	uint32_t cp = s->last;
	int width = cp ? cp < 0x80 ? 1 : width_of(s, cp) : 0;
	unsigned char byte = (unsigned char)cp;

	while (width && count-- > 0 && !s->pending && s->col + width <= s->grid->cols) {
		if (cp < 0x80)
			put_text(s, &byte, 1);
		else
			put_char(s, cp);
		if (!s->autowrap && s->col == s->grid->cols - 1)
			break;
	}
}

/* --- controls and escape sequences --- */

static void tab(struct screen *s, int count)
{
	int step = count < 0 ? -1 : 1, col = s->col;

	for (count *= step; count > 0; count--) {
		do
			col += step;
		while (col > 0 && col < s->grid->cols - 1 && !s->tabs[col]);
		col = clamp(col, 0, s->grid->cols - 1);
	}
	if (col != s->col)
		s->pending = 0;
	s->col = col;
}

static void shift_to(struct screen *s, int set, const char *bytes)
{
	s->shift = set;
	feed(s, bytes, strlen(bytes));
}

static void run_control(struct screen *s, unsigned char c)
{
	switch (c) {
	case '\b':
		if (s->col > 0)
			s->col--;
		s->pending = 0;
		break;
	case '\t':
		tab(s, 1);
		break;
	case '\n':
	case '\v':
	case '\f':
		line_feed(s);
		break;
	case '\r':
		s->col = 0;
		s->pending = 0;
		break;
	case 0x0e:
		shift_to(s, 1, "\016");
		break;
	case 0x0f:
		shift_to(s, 0, "\017");
		break;
	default:
		break;
	}
}

static struct saved *saved_here(struct screen *s)
{
	return &s->saved[s->grid == &s->alternate];
}

static void save_cursor(struct screen *s)
{
	*saved_here(s) = (struct saved){s->row, s->col, s->pending, 1, s->pen};
}

static void restore_cursor(struct screen *s)
{
	const struct saved *saved = saved_here(s);

	s->row = saved->row;
	s->col = saved->col;
	s->pending = saved->pending;
	s->pen = saved->pen;
	s->pen_changed = 1;
	if (s->origin)
		s->row = clamp(s->row, s->top, s->bottom - 1);
}

static void designate(struct screen *s, unsigned char which, unsigned char set)
{
	char bytes[3] = {'\033', (char)which, 'B'};

	if (set == '0' || set == 'A')
		bytes[2] = (char)set;
	s->charset[which - '('] = (unsigned char)bytes[2];
	feed(s, bytes, sizeof(bytes));
}

/* What a soft reset (DECSTR) and a full one have in common. */
static void reset_modes(struct screen *s)
{
	unsigned char which;

	for (which = '('; which <= '+'; which++)
		designate(s, which, 'B');
	shift_to(s, 0, "\017");
	feed(s, "\033[4l\033[?6l\033[r", 12);
	s->at.row = -1;
	s->top = 0;
	s->bottom = s->grid->rows;
	s->insert = s->newline = s->origin = 0;
	s->autowrap = 1;
	memset(&s->pen, 0, sizeof(s->pen));
	s->pen_changed = 1;
	memset(saved_here(s), 0, sizeof(*s->saved));
}

static void leave_alternate(struct screen *s)
{
	if (s->grid == &s->primary)
		return;
	if (s->capture.on)
		give_full(s);
	s->grid = &s->primary;
}

static void enter_alternate(struct screen *s)
{
	if (s->grid == &s->alternate)
		return;
	before_wipe(s);
	buf_clear(&s->full);
	s->grid = &s->alternate;
}

static void reset(struct screen *s)
{
	int i;

	leave_alternate(s);
	before_wipe(s);
	reset_modes(s);
	wipe(s, &s->primary);
	wipe(s, &s->alternate);
	memset(s->saved, 0, sizeof(s->saved));
	s->row = s->col = s->pending = 0;
	s->last = 0;
	for (i = 0; i < SIZE_LIMIT; i++)
		s->tabs[i] = i % TAB == 0;
}

static void reverse_index(struct screen *s)
{
	s->by_text = 0;
	place(s);
	feed(s, "\033M", 2);
	follow(s);
	s->pending = 0;
}

static void run_escape(struct screen *s, const struct token *t)
{
	if (t->mid >= '(' && t->mid <= '+')
		designate(s, t->mid, t->byte);
	if (t->mid)
		return;
	switch (t->byte) {
	case '7':
		save_cursor(s);
		break;
	case '8':
		restore_cursor(s);
		break;
	case 'D':
		grid_row(s->grid, s->row)->flags |= ROW_TOUCHED | ROW_FED;
		line_down(s);
		break;
	case 'E':
		line_feed(s);
		s->col = 0;
		break;
	case 'H':
		s->tabs[s->col] = 1;
		break;
	case 'M':
		reverse_index(s);
		break;
	case 'c':
		reset(s);
		break;
	case 'n':
		shift_to(s, 2, "\033n");
		break;
	case 'o':
		shift_to(s, 3, "\033o");
		break;
	default:
		break;
	}
}

/* --- control sequences --- */

/* 1049 and its kin: xterm's ctlseqs, "Alternate Screen Buffer". */
static void set_alternate(struct screen *s, int mode, int on)
{
	if (on) {
		if (mode == 1049 && s->grid == &s->primary)
			save_cursor(s);
		enter_alternate(s);
		if (mode == 1049) {
			before_wipe(s);
			wipe(s, &s->alternate);
		}
		return;
	}
	if (mode == 1047 && s->grid == &s->alternate) {
		before_wipe(s);
		wipe(s, &s->alternate);
	}
	leave_alternate(s);
	if (mode == 1049 && s->saved[0].is_set)
		restore_cursor(s);
}

static void set_private_mode(struct screen *s, int mode, int on)
{
	switch (mode) {
	case 6:
		s->origin = on;
		feed_csi(s, '?', 6, -1, on ? 'h' : 'l');
		follow(s);
		s->pending = 0;
		break;
	case 7:
		s->autowrap = on;
		s->pending = 0;
		break;
	case 47:
	case 1047:
	case 1049:
		set_alternate(s, mode, on);
		break;
	case 1048:
		if (on)
			save_cursor(s);
		else
			restore_cursor(s);
		break;
	default:
		break;
	}
}

static void set_modes(struct screen *s, const struct token *t)
{
	int on = t->byte == 'h', i;

	for (i = 0; i < t->count; i++) {
		if (t->prefix == '?') {
			set_private_mode(s, t->params[i], on);
		} else if (!t->prefix && t->params[i] == 4) {
			s->insert = on;
			feed_csi(s, 0, 4, -1, on ? 'h' : 'l');
		} else if (!t->prefix && t->params[i] == 20) {
			s->newline = on;
		}
	}
}

/* DECSTBM. A region has two rows at least, or it is not set. */
static void set_margins(struct screen *s, int top, int bottom)
{
	if (bottom <= 0 || bottom > s->grid->rows)
		bottom = s->grid->rows;
	top = top > 0 ? top : 1;
	if (top >= bottom)
		return;
	s->top = top - 1;
	s->bottom = bottom;
	feed_csi(s, 0, top, bottom, 'r');
	follow(s);
	s->pending = 0;
}

static int param(const struct token *t, int i, int fallback)
{
	return i < t->count && t->params[i] != TOKEN_MISSING ? t->params[i] : fallback;
}

static void erase_display(struct screen *s, int how)
{
	int at_home = !s->row && !s->col && !s->pending;

	if (how > 2 || how < 0)
		return;
	if (how == 2 || (how == 0 && at_home) || (how == 1 && s->row == s->grid->rows - 1))
		before_wipe(s);
	s->clearing = 1;
	if (how == 0 && s->pending) {
		on_erase((VTermRect){s->row + 1, s->grid->rows, 0, s->grid->cols}, 0, s);
	} else {
		place(s);
		feed_csi(s, 0, how, -1, 'J');
	}
	s->clearing = 0;
}

static void erase_line(struct screen *s, int how)
{
	if (how > 2 || how < 0)
		return;
	/* The cursor is behind the last column: nothing is right of it. xterm would erase what has
	 * just been written, and grep --color lose it; VTE does not (bugzilla.gnome.org 740789). */
	if (how == 0 && s->pending)
		return;
	place(s);
	feed_csi(s, 0, how, -1, 'K');
}

/* What libvterm gets of the sequences that take one count or one or two places. */
struct rule {
	char final;
	enum { ROWS, COLS, PLACE, PLACES } takes;
	int moves; /* the cursor, and so ends a pending wrap */
};

static const struct rule rules[] = {
	{'@', COLS, 0},	  /* ICH */
	{'A', ROWS, 1},	  /* CUU */
	{'B', ROWS, 1},	  /* CUD */
	{'C', COLS, 1},	  /* CUF */
	{'D', COLS, 1},	  /* CUB */
	{'E', ROWS, 1},	  /* CNL */
	{'F', ROWS, 1},	  /* CPL */
	{'G', PLACE, 1},  /* CHA */
	{'H', PLACES, 1}, /* CUP */
	{'L', ROWS, 0},	  /* IL */
	{'M', ROWS, 0},	  /* DL */
	{'P', COLS, 0},	  /* DCH */
	{'S', ROWS, 0},	  /* SU */
	{'T', ROWS, 0},	  /* SD */
	{'X', COLS, 0},	  /* ECH */
	{'`', PLACE, 1},  /* HPA */
	{'a', COLS, 1},	  /* HPR */
	{'d', PLACE, 1},  /* VPA */
	{'e', ROWS, 1},	  /* VPR */
	{'f', PLACES, 1}, /* HVP */
	{'j', COLS, 1},	  /* HPB */
	{'k', ROWS, 1},	  /* VPB */
};

static void run_rule(struct screen *s, const struct rule *rule, const struct token *t)
{
	int rows = s->grid->rows, cols = s->grid->cols;
	int a = clamp(param(t, 0, 1), 1,
		      rule->takes == ROWS   ? rows
		      : rule->takes == COLS ? cols
					    : SIZE_LIMIT);
	int b = rule->takes == PLACES ? clamp(param(t, 1, 1), 1, SIZE_LIMIT) : -1;

	if (rule->final == 'T' && t->count > 1)
		return; /* xterm's mouse highlighting */
	s->by_text = rule->final == 'S';
	place(s);
	feed_csi(s, 0, a, b, rule->final);
	follow(s);
	if (rule->moves)
		s->pending = 0;
}

static void run_rules(struct screen *s, const struct token *t)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].final == (char)t->byte)
			run_rule(s, &rules[i], t);
}

static void clear_tabs(struct screen *s, int which)
{
	if (which == 0)
		s->tabs[s->col] = 0;
	else if (which == 3)
		memset(s->tabs, 0, sizeof(s->tabs));
}

static void run_plain_csi(struct screen *s, const struct token *t)
{
	switch (t->byte) {
	case 'm':
		pen_apply(&s->pen, t);
		s->pen_changed = 1;
		break;
	case 'J':
		erase_display(s, param(t, 0, 0));
		break;
	case 'K':
		erase_line(s, param(t, 0, 0));
		break;
	case 'I':
		tab(s, clamp(param(t, 0, 1), 1, s->grid->cols));
		break;
	case 'Z':
		tab(s, -clamp(param(t, 0, 1), 1, s->grid->cols));
		break;
	case 'b':
		repeat(s, param(t, 0, 1));
		break;
	case 'g':
		clear_tabs(s, param(t, 0, 0));
		break;
	case 'r':
		set_margins(s, param(t, 0, 0), param(t, 1, 0));
		break;
	case 's':
		if (!t->count)
			save_cursor(s);
		break;
	case 'u':
		if (!t->count)
			restore_cursor(s);
		break;
	default:
		run_rules(s, t);
	}
}

static void run_csi(struct screen *s, const struct token *t)
{
	if (t->mid == '!' && t->byte == 'p' && !t->prefix)
		reset_modes(s);
	if (t->mid)
		return;
	if (t->byte == 'h' || t->byte == 'l')
		set_modes(s, t);
	else if (t->prefix == '?' && t->byte == 'J')
		erase_display(s, param(t, 0, 0));
	else if (t->prefix == '?' && t->byte == 'K')
		erase_line(s, param(t, 0, 0));
	else if (!t->prefix)
		run_plain_csi(s, t);
}

static void run(struct screen *s, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_NONE:
		break;
	case TOKEN_TEXT:
		put_text(s, t->text, t->len);
		break;
	case TOKEN_CHAR:
		put_char(s, t->cp);
		break;
	case TOKEN_CONTROL:
		run_control(s, t->byte);
		break;
	case TOKEN_ESC:
		run_escape(s, t);
		break;
	case TOKEN_CSI:
		run_csi(s, t);
		break;
	case TOKEN_STRING:
		s->forged += t->byte == ']' && t->number == MARK;
		break;
	}
}

/* --- the outside --- */

struct screen *screen_new(int rows, int cols, const struct screen_sink *sink, void *ctx)
{
	struct screen *s = xcalloc(1, sizeof(*s));

	rows = clamp(rows, SIZE_LEAST, SIZE_LIMIT);
	cols = clamp(cols, SIZE_LEAST, SIZE_LIMIT);
	s->sink = s->capture.sink = sink;
	s->ctx = s->capture.ctx = ctx;
	grid_init(&s->primary, rows, cols);
	grid_init(&s->alternate, rows, cols);
	s->grid = &s->primary;
	intern_init(&s->pens, sizeof(struct pen), CELL_PENS);
	intern_init(&s->clusters, sizeof(struct cluster), CLUSTERS);
	number_pens(s);
	s->vt = new_vterm(rows, cols);
	s->state = vterm_obtain_state(s->vt);
	vterm_state_set_callbacks(s->state, &callbacks, s);
	reset(s);
	return s;
}

void screen_free(struct screen *s)
{
	size_t i;

	if (!s)
		return;
	grid_release(&s->primary);
	grid_release(&s->alternate);
	capture_release(&s->capture);
	buf_release(&s->full);
	intern_release(&s->pens);
	intern_release(&s->clusters);
	vterm_free(s->vt);
	if (s->scale)
		vterm_free(s->scale);
	for (i = 0; i < WIDTH_BLOCKS; i++)
		free(s->widths[i]);
	free(s);
}

void screen_write(struct screen *s, const void *data, size_t n)
{
	const unsigned char *p = data;
	struct token t;

	while (n) {
		size_t used = token_next(&s->tokenizer, p, n, &t);

		run(s, &t);
		p += used;
		n -= used;
	}
}

/* What was cut off where the program ended, or a mark's ESC stood, ends there. */
static void end_token(struct screen *s)
{
	struct token t;

	if (token_break(&s->tokenizer, &t))
		run(s, &t);
}

/* Rows to drop at the top so that the cursor's stays. */
static int rows_above(int row, int rows)
{
	return row >= rows ? row - (rows - 1) : 0;
}

/* Gives what a resize may cut off. */
static void before_resize(struct screen *s, int rows, int cols)
{
	int above = rows_above(s->row, rows), cut, i;

	cut = grid_row(s->grid, s->row)->len > cols;
	for (i = s->row + 1; i < s->grid->rows; i++) {
		const struct grid_row *r = grid_row(s->grid, i);

		cut |= r->flags & ROW_TOUCHED && (i - above >= rows || r->len > cols);
	}
	if (cut)
		capture_all(&s->capture, s->grid, &s->clusters);
	else
		capture_rows(&s->capture, s->grid, 0, s->row, &s->clusters);
}

static void resize_saved(struct saved *saved, int above, int rows, int cols)
{
	saved->row = clamp(saved->row - above, 0, rows - 1);
	saved->col = clamp(saved->col, 0, cols - 1);
	saved->pending = 0;
}

static void resize_cursor(struct screen *s, int above, int rows, int cols)
{
	s->row = clamp(s->row - above, 0, rows - 1);
	if (s->pending && s->col + 1 < cols) {
		s->col++;
		s->pending = 0;
	} else if (s->col >= cols) {
		s->col = cols - 1;
		s->pending = s->autowrap;
	}
}

void screen_resize(struct screen *s, int rows, int cols)
{
	int above, hidden;

	rows = clamp(rows, SIZE_LEAST, SIZE_LIMIT);
	cols = clamp(cols, SIZE_LEAST, SIZE_LIMIT);
	if (rows == s->grid->rows && cols == s->grid->cols)
		return;
	if (captures(s))
		before_resize(s, rows, cols);
	above = rows_above(s->row, rows);
	hidden = s->grid == &s->alternate ? rows_above(s->saved[0].row, rows) : 0;
	grid_resize(&s->primary, rows, cols, s->grid == &s->primary ? above : hidden);
	grid_resize(&s->alternate, rows, cols, s->grid == &s->alternate ? above : 0);
	resize_saved(&s->saved[0], s->grid == &s->primary ? above : hidden, rows, cols);
	resize_saved(&s->saved[1], s->grid == &s->alternate ? above : 0, rows, cols);
	resize_cursor(s, above, rows, cols);
	feed(s, "\033[r", 3); /* libvterm must not keep margins of another size */
	s->top = 0;
	s->bottom = rows;
	vterm_set_size(s->vt, rows, cols);
	s->at.row = -1;
}

void screen_capture_begin(struct screen *s)
{
	const struct saved *saved = &s->saved[0];

	end_token(s);
	buf_clear(&s->full);
	if (s->grid == &s->primary)
		capture_begin(&s->capture, &s->primary, s->row,
			      s->pending ? s->grid->cols : s->col);
	else
		capture_begin(&s->capture, &s->primary, saved->row, saved->col);
}

void screen_capture_end(struct screen *s)
{
	end_token(s);
	if (!s->capture.on)
		return;
	capture_all(&s->capture, &s->primary, &s->clusters);
	if (s->grid == &s->alternate)
		give_full(s);
	s->capture.on = 0;
}

void screen_capture_skip(struct screen *s)
{
	end_token(s);
	if (captures(s))
		grid_row(s->grid, s->row)->skip = s->pending ? s->grid->cols : s->col;
}

void screen_capture_peek(const struct screen *s, struct buf *out)
{
	if (s->capture.on)
		capture_peek(&s->capture, &s->primary, &s->clusters, out);
}

void screen_cell(const struct screen *s, int row, int col, struct screen_cell *out)
{
	uint64_t cell = grid_cell(s->grid, clamp(row, 0, s->grid->rows - 1),
				  clamp(col, 0, s->grid->cols - 1));
	uint32_t what = (uint32_t)(cell & CELL_CHAR);

	memset(out, 0, sizeof(*out));
	memcpy(&out->pen, intern_get(&s->pens, (uint32_t)(cell >> CELL_PEN)), sizeof(out->pen));
	if (cell & CELL_TAIL)
		return;
	if (cell & CELL_CLUSTER)
		memcpy(out->cp, intern_get(&s->clusters, what), sizeof(out->cp));
	else
		out->cp[0] = what ? what : ' ';
	while (out->count < SCREEN_CHARS && out->cp[out->count])
		out->count++;
	out->width = cell & CELL_WIDE ? 2 : 1;
}

int screen_rows(const struct screen *s)
{
	return s->grid->rows;
}

int screen_cols(const struct screen *s)
{
	return s->grid->cols;
}

int screen_is_alternate(const struct screen *s)
{
	return s->grid == &s->alternate;
}

void screen_cursor(const struct screen *s, int *row, int *col)
{
	*row = s->row;
	*col = s->col;
}

void screen_row_text(const struct screen *s, int row, struct buf *out)
{
	size_t start = out->len;

	grid_row_text(grid_row(s->grid, clamp(row, 0, s->grid->rows - 1)), 0, &s->clusters, out);
	while (out->len > start && out->data[out->len - 1] == ' ')
		out->len--;
}

uint64_t screen_forged_marks(const struct screen *s)
{
	return s->forged;
}

void screen_be_careful(struct screen *s)
{
	s->careful = 1;
}
