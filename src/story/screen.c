/* SPDX-License-Identifier: MIT */
/* Terminal output, interpreted. Who does what:
 *  - token.c cuts the bytes; strings end there
 *  - screen_text.c and screen_edit.c: what changes cells (text, line feeds, soft wraps, REP; erasing,
 *    inserting, deleting, scrolling). They are what recordings are made of, so they are fast:
 *    libvterm works by the row and by the cell
 *  - screen_control.c: which sequence does what; SGR, tabs
 *  - screen_modes.c: modes, saved cursors, the alternate screen, resets
 *  - width.c: how many columns a character takes
 *  - libvterm's state layer: cursor movement, margins, origin mode; and when it is to be careful,
 *    which tests ask for, all text and all editing, for the same result. All that it gets is
 *    composed by us: whole sequences, numbers clamped to the screen, text that fits into its row
 *  - here: what it gets and what it tells; the only file that knows vterm.h
 *
 * libvterm knows the cursor's place and those modes only. Before it gets anything that depends on
 * the place, CUP puts it there (screen_place). Its autowrap is off, so that it never has a pending
 * wrap; it has no saved cursor, no pen, no alternate screen, no tab stops of its own.
 *
 * No input may crash this, hang it, or let it grow; nothing that was shown may be lost to a
 * capture. Departures from xterm: no left and right margins, no double-width lines, no DECALN, no
 * single shifts; protected cells are erased like others; ED 3 does nothing (what it erases is not
 * here); behind the last column there is nothing to erase (screen_erase_line). */
#include "screen.h"

#include "screen_private.h"

#include "../base/utf8.h"
#include "../tape/event.h"
#include "width.h"

#include <stdlib.h>
#include <string.h>
#include <vterm.h>

/* --- what libvterm tells us --- */

static int on_putglyph(VTermGlyphInfo *info, VTermPos pos, void *user)
{
	struct screen *s = user;
	struct grid *g = s->grid;

	if (pos.row < 0 || pos.row >= g->rows || pos.col < 0 || info->width < 1 ||
	    info->width > 2 || pos.col + info->width > g->cols)
		return 1;
	grid_put(g, pos.row, pos.col, info->chars[0] & CELL_CHAR, info->width, screen_pen(s));
	grid_row(g, pos.row)->flags |= ROW_TOUCHED;
	return 1;
}

/* The rectangle, taken into the screen. */
static VTermRect inside(const struct screen *s, VTermRect r)
{
	r.start_row = screen_clamp(r.start_row, 0, s->grid->rows);
	r.end_row = screen_clamp(r.end_row, r.start_row, s->grid->rows);
	r.start_col = screen_clamp(r.start_col, 0, s->grid->cols);
	r.end_col = screen_clamp(r.end_col, r.start_col, s->grid->cols);
	return r;
}

static int on_scrollrect(VTermRect rect, int downward, int rightward, void *user)
{
	struct screen *s = user;
	VTermRect r = inside(s, rect);
	int row;

	if (downward && r.end_row > r.start_row)
		screen_scroll(s, r.start_row, r.end_row, downward);
	for (row = r.start_row; rightward && row < r.end_row; row++)
		grid_shift(s->grid, row, r.start_col, r.end_col, rightward, screen_blank(s));
	return 1;
}

static int on_erase(VTermRect rect, int selective, void *user)
{
	struct screen *s = user;
	VTermRect r = inside(s, rect);

	(void)selective;
	screen_erase(s, r.start_row, r.end_row, r.start_col, r.end_col);
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
	vterm_input_write(vt, "\033[?7l", 5);
	return vt;
}

/* --- what it gets --- */

void screen_feed(struct screen *s, const char *bytes, size_t n)
{
	VTermPos pos;

	vterm_input_write(s->vt, bytes, n);
	vterm_state_get_cursorpos(s->state, &pos);
	s->at_row = pos.row;
	s->at_col = pos.col;
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
void screen_feed_csi(struct screen *s, char prefix, int a, int b, char final)
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
	screen_feed(s, bytes, (size_t)(to - bytes));
}

/* Puts libvterm's cursor where ours is. */
void screen_place(struct screen *s)
{
	if (s->at_row != s->row || s->at_col != s->col)
		screen_feed_csi(s, 0, s->row - (s->origin ? s->top : 0) + 1, s->col + 1, 'H');
}

/* Puts our cursor where libvterm's is. */
void screen_follow(struct screen *s)
{
	s->row = screen_clamp(s->at_row, 0, s->grid->rows - 1);
	s->col = screen_clamp(s->at_col, 0, s->grid->cols - 1);
}

void screen_feed_text(struct screen *s, const unsigned char *bytes, size_t n)
{
	screen_place(s);
	screen_feed(s, (const char *)bytes, n);
}

int screen_agrees(struct screen *s, uint32_t cp)
{
	unsigned char bytes[6] = "\ra";
	size_t n = utf8_encode(cp, bytes + 2);
	VTermPos pos;

	if (!s->scale)
		s->scale = new_vterm(2, 16);
	vterm_input_write(s->scale, (const char *)bytes, 2 + n);
	vterm_state_get_cursorpos(vterm_obtain_state(s->scale), &pos);
	return pos.col == 1 + width_of(cp);
}

/* --- the outside --- */

struct screen *screen_new(int rows, int cols, const struct screen_sink *sink, void *ctx)
{
	struct screen *s = xcalloc(1, sizeof(*s));

	rows = screen_clamp(rows, SCREEN_LEAST, SCREEN_MOST);
	cols = screen_clamp(cols, SCREEN_LEAST, SCREEN_MOST);
	s->sink = s->capture.sink = sink;
	s->ctx = s->capture.ctx = ctx;
	grid_init(&s->primary, rows, cols);
	grid_init(&s->alternate, rows, cols);
	s->grid = &s->primary;
	intern_init(&s->pens, sizeof(struct pen), CELL_PENS);
	intern_init(&s->clusters, sizeof(struct cluster), CLUSTERS);
	screen_number_pens(s);
	s->vt = new_vterm(rows, cols);
	s->state = vterm_obtain_state(s->vt);
	vterm_state_set_callbacks(s->state, &callbacks, s);
	screen_reset(s);
	return s;
}

void screen_free(struct screen *s)
{
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
	free(s);
}

void screen_write(struct screen *s, const void *data, size_t n)
{
	const unsigned char *p = data;
	struct token t;

	while (n) {
		size_t used = token_next(&s->tokenizer, p, n, &t);

		screen_run(s, &t);
		p += used;
		n -= used;
	}
}

/* Rows to drop at the top so that the cursor's stays. */
static int rows_above(int row, int rows)
{
	return row >= rows ? row - (rows - 1) : 0;
}

/* Gives what a resize may cut off. */
static void before_resize(struct screen *s, int rows, int cols)
{
	const struct grid *g = s->grid;
	int above = rows_above(s->row, rows), cut = 0, i;

	for (i = g->from > s->row ? g->from : s->row; i < g->to; i++) {
		const struct grid_row *r = grid_row(g, i);

		if (i == s->row)
			cut = r->len > cols;
		else
			cut |= r->flags & ROW_TOUCHED && (i - above >= rows || r->len > cols);
	}
	if (cut)
		capture_all(&s->capture, s->grid, &s->clusters);
	else
		capture_rows(&s->capture, s->grid, 0, s->row, &s->clusters);
}

static void resize_saved(struct saved *saved, int above, int rows, int cols)
{
	saved->row = screen_clamp(saved->row - above, 0, rows - 1);
	saved->col = screen_clamp(saved->col, 0, cols - 1);
	saved->pending = 0;
}

static void resize_cursor(struct screen *s, int above, int rows, int cols)
{
	s->row = screen_clamp(s->row - above, 0, rows - 1);
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

	rows = screen_clamp(rows, SCREEN_LEAST, SCREEN_MOST);
	cols = screen_clamp(cols, SCREEN_LEAST, SCREEN_MOST);
	if (rows == s->grid->rows && cols == s->grid->cols)
		return;
	if (screen_captures(s))
		before_resize(s, rows, cols);
	above = rows_above(s->row, rows);
	hidden = s->grid == &s->alternate ? rows_above(s->saved[0].row, rows) : 0;
	grid_resize(&s->primary, rows, cols, s->grid == &s->primary ? above : hidden);
	grid_resize(&s->alternate, rows, cols, s->grid == &s->alternate ? above : 0);
	resize_saved(&s->saved[0], s->grid == &s->primary ? above : hidden, rows, cols);
	resize_saved(&s->saved[1], s->grid == &s->alternate ? above : 0, rows, cols);
	resize_cursor(s, above, rows, cols);
	screen_feed(s, "\033[r", 3); /* libvterm must not keep margins of another size */
	s->top = 0;
	s->bottom = rows;
	vterm_set_size(s->vt, rows, cols);
	s->at_row = -1;
}

void screen_put_size(struct screen *s, const struct event *e)
{
	int cols, rows;

	if (event_size(e, &cols, &rows) == 0)
		screen_resize(s, rows, cols);
}
