/* SPDX-License-Identifier: MIT */
/* The terminal is in one of three states: the user's own, a frame's, or handed over, which means
 * that nothing is known of it. */
#include "mirror.h"

#include "painter.h"

#include "../base/buf.h"
#include "../base/calm.h"
#include "../base/err.h"
#include "../base/utf8.h"
#include "../story/modes.h"
#include "../story/screen.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/reader.h"

#include <stdlib.h>
#include <string.h>

/* xterm's stack of titles; calm_title takes it from there. */
static const char put_away[] = "\033[22;0t";

/* What the painter relies on, and a bottom line to push up from. */
static const char usual[] = "\0337\033[?1049l\033[?25l\033[4l\033[20l\033[?6l\033[?7h\033(B\033)"
			    "B\033*B\033+B\017\033[r\033[0m"
			    "\033[999;1H";

struct mirror {
	struct reader *reader;
	struct screen *screen;
	struct modes modes;
	int flags;
	enum { OWN, FRAME, HANDED_OVER } state;
	int titled;		  /* the user's title has been put away */
	struct painter *painter;  /* of the frame */
	int rows, cols;		  /* its size */
	struct modes_state shown; /* what the terminal has, in OWN and FRAME */
};

static void on_nothing(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink no_sink = {on_nothing, on_nothing};

static void forget(struct mirror *m)
{
	struct modes fresh;

	modes_init(&fresh);
	m->shown = fresh.now;
	painter_free(m->painter);
	m->painter = NULL;
}

struct mirror *mirror_new(int cast, int flags, struct err *err)
{
	struct mirror *m = xcalloc(1, sizeof(*m));
	const struct header *h;

	m->flags = flags;
	m->reader = reader_new(cast, err);
	if (!m->reader) {
		free(m);
		return NULL;
	}
	h = reader_header(m->reader);
	m->screen = screen_new(h->rows, h->cols, &no_sink, NULL);
	modes_init(&m->modes);
	forget(m);
	return m;
}

void mirror_free(struct mirror *m)
{
	if (!m)
		return;
	reader_free(m->reader);
	screen_free(m->screen);
	modes_release(&m->modes);
	painter_free(m->painter);
	free(m);
}

int mirror_read(struct mirror *m, int64_t upto, struct err *err)
{
	struct event e;
	int rc = 1;

	while (reader_offset(m->reader) < upto && (rc = reader_next(m->reader, &e, err)) == 1) {
		if (e.code == EVENT_OUTPUT) {
			screen_write(m->screen, e.data, e.len);
			modes_write(&m->modes, e.data, e.len);
		} else if (e.code == EVENT_RESIZE) {
			screen_put_size(m->screen, &e);
		}
	}
	return rc < 0 ? -1 : 0;
}

static int wanted(const struct mirror *m)
{
	return MODES_TITLES | (m->flags & MIRROR_INPUT ? MODES_INPUT : 0);
}

static void put_title_away(struct mirror *m, struct buf *out)
{
	if (!m->titled)
		buf_puts(out, put_away);
	m->titled = 1;
}

/* Takes the terminal out of the state it is in, but for its title. */
static void leave_state(struct mirror *m, struct buf *out)
{
	struct modes fresh;

	modes_init(&fresh);
	if (m->state == FRAME) {
		memcpy(fresh.now.title, m->shown.title,
		       sizeof(fresh.now.title)); /* see mirror_leave() */
		modes_change(&m->shown, &fresh.now, wanted(m), out);
		buf_puts(out, painter_close);
	} else if (m->state == HANDED_OVER) {
		buf_puts(out, calm_text);
	}
	forget(m);
	m->state = OWN;
}

void mirror_leave(struct mirror *m, struct buf *out)
{
	leave_state(m, out);
	if (m->titled)
		buf_puts(out, calm_title);
	m->titled = 0;
}

/* --- frames --- */

static void begin_frames(struct mirror *m, struct buf *out)
{
	leave_state(m, out);
	put_title_away(m, out);
	buf_puts(out, painter_open);
	m->state = FRAME;
}

/* The first row of the session's that a lower terminal shows: the cursor's is among them. */
static int first_row(const struct mirror *m, int rows)
{
	int row, col;

	screen_cursor(m->screen, &row, &col);
	return row >= rows ? row - rows + 1 : 0;
}

void mirror_frame(struct mirror *m, int rows, int cols, struct buf *out)
{
	int row, col, from;

	if (m->state != FRAME)
		begin_frames(m, out);
	if (!m->painter || m->rows != rows || m->cols != cols) {
		painter_free(m->painter);
		m->painter = painter_new(rows, cols);
		m->rows = rows;
		m->cols = cols;
	}
	from = first_row(m, rows);
	screen_cursor(m->screen, &row, &col);
	painter_begin(m->painter);
	painter_put(m->painter, m->screen, from, rows, 0);
	if (!m->modes.now.hidden)
		painter_put_cursor(m->painter, row - from, col);
	painter_end(m->painter, out);
	modes_change(&m->shown, &m->modes.now, wanted(m), out);
	m->shown = m->modes.now;
}

/* --- handing over --- */

static void put_place(int row, int col, struct buf *out)
{
	buf_printf(out, "\033[%d;%dH", row + 1, col + 1);
}

static void put_picture(const struct screen *s, struct buf *out)
{
	int rows = screen_rows(s), cols = screen_cols(s);
	struct painter *p = painter_new(rows, cols);

	painter_begin(p);
	painter_put(p, s, 0, rows, 0);
	painter_put_cursor(p, 0, 0);
	painter_end(p, out);
	painter_free(p);
}

/* Behind the last column waits a wrap, which only a character there brings about. row: as the
 * terminal counts it. */
static void put_pending(const struct screen *s, int row, int at, struct buf *out)
{
	struct screen_cell cell;
	unsigned char bytes[4];
	int col = screen_cols(s) - 1, i;

	screen_cell(s, row, col, &cell);
	if (!cell.count)
		screen_cell(s, row, --col, &cell);
	put_place(at, col, out);
	pen_print(&cell.pen, out);
	for (i = 0; i < cell.count; i++)
		buf_put(out, bytes, utf8_encode(cell.cp[i], bytes));
}

/* At home, plain, if it was never saved. */
static void put_saved(const struct screen *s, const struct screen_place *saved, struct buf *out)
{
	if (saved->pending)
		put_pending(s, saved->row, saved->row, out);
	else
		put_place(saved->row, saved->col, out);
	pen_print(&saved->pen, out);
	buf_puts(out, "\0337");
}

/* The screen below a full-screen program's, with the cursor where it will be again. */
static void put_primary(const struct mirror *m, const struct screen_rest *rest, struct buf *out)
{
	struct screen *below = screen_new(rest->rows, rest->cols, &no_sink, NULL);
	struct buf still = {0};

	screen_save(m->screen, &still);
	screen_load(below, still.data, still.len);
	screen_write(below, "\033\\\033[?47l", 8);
	put_picture(below, out);
	put_saved(below, &rest->saved[0], out);
	buf_puts(out, "\033[?1049h");
	buf_release(&still);
	screen_free(below);
}

static void put_tabs(const struct screen_rest *rest, struct buf *out)
{
	int col;

	buf_puts(out, "\033[3g");
	for (col = 0; col < rest->cols; col++) {
		if (!rest->tabs[col])
			continue;
		put_place(0, col, out);
		buf_puts(out, "\033H");
	}
}

static void put_charsets(const struct screen_rest *rest, struct buf *out)
{
	int i;

	for (i = 0; i < 4; i++)
		if (rest->charset[i] != 'B')
			buf_printf(out, "\033%c%c", '(' + i, rest->charset[i]);
	if (rest->shift)
		buf_puts(out, rest->shift == 1 ? "\016" : rest->shift == 2 ? "\033n" : "\033o");
}

static void put_cursor(const struct screen *s, const struct screen_rest *rest, struct buf *out)
{
	int row = rest->row - (rest->origin ? rest->top : 0);

	put_saved(s, &rest->saved[screen_is_alternate(s)], out);
	if (rest->top > 0 || rest->bottom < rest->rows)
		buf_printf(out, "\033[%d;%dr", rest->top + 1, rest->bottom);
	if (rest->origin)
		buf_puts(out, "\033[?6h");
	if (rest->pending)
		put_pending(s, rest->row, row, out);
	else
		put_place(row, rest->col, out);
	if (!rest->autowrap)
		buf_puts(out, "\033[?7l");
	pen_print(&rest->pen, out);
	if (rest->insert)
		buf_puts(out, "\033[4h");
	if (rest->newline)
		buf_puts(out, "\033[20h");
	put_charsets(rest, out);
}

static void begin_handover(struct mirror *m, int rows, struct buf *out)
{
	int i;

	leave_state(m, out);
	put_title_away(m, out);
	buf_puts(out, usual);
	for (i = 0; i < rows; i++)
		buf_putc(out, '\n');
}

int mirror_hand_over(struct mirror *m, int rows, int cols, struct buf *out)
{
	const unsigned char *unfinished;
	struct screen_rest rest;
	size_t n;

	if (rows != screen_rows(m->screen) || cols != screen_cols(m->screen) ||
	    modes_unfinished(&m->modes, &unfinished, &n) < 0)
		return 0;
	screen_rest(m->screen, &rest);
	begin_handover(m, rows, out);
	if (screen_is_alternate(m->screen))
		put_primary(m, &rest, out);
	put_picture(m->screen, out);
	put_tabs(&rest, out);
	put_cursor(m->screen, &rest, out);
	modes_change(&m->shown, &m->modes.now, MODES_TITLES | MODES_INPUT, out);
	if (m->modes.now.hidden)
		buf_puts(out, "\033[?25l");
	buf_put(out, unfinished, n);
	m->state = HANDED_OVER;
	return 1;
}
