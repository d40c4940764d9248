/* SPDX-License-Identifier: MIT */
/* Rows of cells become rectangles, for grounds, and texts. Only attributes are used, no style
 * sheet: not every viewer of SVG has one. */
#include "svg.h"

#include "../base/buf.h"
#include "../base/utf8.h"
#include "../out/clean.h"
#include "../story/pen.h"
#include "../story/screen.h"
#include "html.h"
#include "palette.h"

#include <string.h>

enum {
	CELL_WIDTH = 84, /* in tenths, with a font of 14: as most monospaced fonts have it */
	CELL_HEIGHT = 19,
	BASE = 14, /* of the text, below the top of its row */
	PAD = 14,
	BAR = 30,	 /* of the frame */
	TITLE_WIDTH = 8, /* of a character of its title, at most */
	FIT_COLS = 40,	 /* a picture is no narrower, unless the screen is */
};

static const struct rgb paper = {0x14, 0x16, 0x1a}, ink = {0xd9, 0xdd, 0xe3};

/* The part of the screen that is drawn. */
struct picture {
	const struct screen *screen;
	struct buf *out;
	int from, to; /* rows */
	int cols;
	int top; /* of the first row, in pixels */
};

/* How a cell looks, all said and done. */
struct style {
	struct rgb text, ground;
	int has_ground;
	unsigned char bold, faint, italic, underline, strike;
};

static void put_color(struct buf *out, struct rgb c)
{
	buf_printf(out, "#%02x%02x%02x", c.r, c.g, c.b);
}

/* In tenths of a pixel. */
static void put_length(struct buf *out, const char *name, int tenths)
{
	buf_printf(out, " %s=\"%d.%d\"", name, tenths / 10, tenths % 10);
}

static int column(int col)
{
	return 10 * PAD + col * CELL_WIDTH;
}

static struct style style_of(const struct pen *pen)
{
	struct style s = {.text = ink, .ground = paper};

	if (pen->fg.kind != COLOR_DEFAULT)
		s.text = pen->reverse ? palette_ground(&pen->fg) : palette_rgb(&pen->fg);
	if (pen->bg.kind != COLOR_DEFAULT)
		s.ground = pen->reverse ? palette_rgb(&pen->bg) : palette_ground(&pen->bg);
	s.has_ground = pen->bg.kind != COLOR_DEFAULT || pen->reverse;
	if (pen->reverse) {
		struct rgb swap = s.text;

		s.text = s.ground;
		s.ground = swap;
	}
	s.bold = pen->bold;
	s.faint = pen->faint;
	s.italic = pen->italic;
	s.underline = pen->underline;
	s.strike = pen->strike;
	return s;
}

static int same_rgb(struct rgb a, struct rgb b)
{
	return a.r == b.r && a.g == b.g && a.b == b.b;
}

static void cell_at(const struct picture *p, int row, int col, struct screen_cell *cell)
{
	screen_cell(p->screen, row, col, cell);
	if (cell->pen.conceal) {
		cell->cp[0] = ' ';
		cell->count = cell->count > 0;
	}
}

static int is_blank(const struct screen_cell *cell)
{
	return !cell->count || (cell->count == 1 && cell->cp[0] == ' ');
}

/* Grounds */

static int has_ground(const struct picture *p, int row, int col, struct rgb *ground)
{
	struct screen_cell cell;
	struct style s;

	cell_at(p, row, col, &cell);
	s = style_of(&cell.pen);
	*ground = s.ground;
	return s.has_ground;
}

static void put_grounds(const struct picture *p, int row)
{
	int col = 0, end;
	struct rgb ground, next;

	for (; col < p->cols; col = end) {
		int has = has_ground(p, row, col, &ground);

		for (end = col + 1; end < p->cols; end++)
			if (has_ground(p, row, end, &next) != has ||
			    (has && !same_rgb(ground, next)))
				break;
		if (!has)
			continue;
		buf_puts(p->out, "<rect");
		put_length(p->out, "x", column(col));
		buf_printf(p->out, " y=\"%d\"", p->top + (row - p->from) * CELL_HEIGHT);
		put_length(p->out, "width", (end - col) * CELL_WIDTH);
		buf_printf(p->out, " height=\"%d\" fill=\"", CELL_HEIGHT);
		put_color(p->out, ground);
		buf_puts(p->out, "\"/>\n");
	}
}

/* Texts */

static void put_cell_text(struct buf *out, const struct screen_cell *cell)
{
	unsigned char bytes[4];
	int i;

	for (i = 0; i < cell->count; i++)
		if (!clean_is_unseen(cell->cp[i]))
			html_escape(out, bytes, utf8_encode(cell->cp[i], bytes));
}

static void put_decoration(struct buf *out, const struct style *s)
{
	static const char *const kinds[] = {"", "", "double", "wavy", "dotted", "dashed"};

	if (!s->underline && !s->strike)
		return;
	buf_printf(out, " text-decoration=\"%s%s%s\"", s->underline ? "underline" : "",
		   s->underline && s->strike ? " " : "", s->strike ? "line-through" : "");
	if (s->underline > UNDERLINE_SINGLE && s->underline <= UNDERLINE_DASHED)
		buf_printf(out, " style=\"text-decoration-style:%s\"", kinds[s->underline]);
}

static void put_style(struct buf *out, const struct style *s)
{
	if (!same_rgb(s->text, ink)) {
		buf_puts(out, " fill=\"");
		put_color(out, s->text);
		buf_putc(out, '"');
	}
	if (s->bold)
		buf_puts(out, " font-weight=\"bold\"");
	if (s->faint)
		buf_puts(out, " fill-opacity=\"0.65\"");
	if (s->italic)
		buf_puts(out, " font-style=\"italic\"");
	put_decoration(out, s);
}

static int is_ascii(const struct screen_cell *cell)
{
	return cell->count == 1 && cell->cp[0] < 0x80;
}

static int same_pen(const struct pen *a, const struct pen *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The text that begins at col; returns the column behind it. */
static int take_text(const struct picture *p, int row, int col, struct buf *text, struct style *s)
{
	struct screen_cell first, cell;
	int decorated, end, seen;

	cell_at(p, row, col, &first);
	*s = style_of(&first.pen);
	decorated = s->underline || s->strike;
	if (!is_ascii(&first)) {
		put_cell_text(text, &first);
		return col + (first.width ? first.width : 1);
	}
	cell = first;
	seen = 0;
	for (end = col; end < p->cols; end++) {
		cell_at(p, row, end, &cell);
		if (!is_ascii(&cell) || !same_pen(&cell.pen, &first.pen))
			break;
		put_cell_text(text, &cell);
		if (decorated || !is_blank(&cell))
			seen = end + 1;
	}
	if (!seen) {
		buf_clear(text);
		return end;
	}
	while (end > seen) { /* blanks at the end */
		text->len--;
		end--;
	}
	return end;
}

/* Blanks at the beginning need no text. */
static int skip_blanks(const struct picture *p, int row, int col)
{
	struct screen_cell cell;

	for (; col < p->cols; col++) {
		cell_at(p, row, col, &cell);
		if (!is_blank(&cell) || cell.pen.underline || cell.pen.strike)
			break;
	}
	return col;
}

static void put_texts(const struct picture *p, int row)
{
	struct buf text = {0};
	struct style s;
	int col = 0, end;

	while ((col = skip_blanks(p, row, col)) < p->cols) {
		buf_clear(&text);
		end = take_text(p, row, col, &text, &s);
		if (text.len) {
			buf_puts(p->out, "<text");
			put_length(p->out, "x", column(col));
			buf_printf(p->out, " y=\"%d\"",
				   p->top + (row - p->from) * CELL_HEIGHT + BASE);
			put_length(p->out, "textLength", (end - col) * CELL_WIDTH);
			put_style(p->out, &s);
			buf_puts(p->out, " xml:space=\"preserve\">");
			buf_put(p->out, text.data, text.len);
			buf_puts(p->out, "</text>\n");
		}
		col = end;
	}
	buf_release(&text);
}

/* The picture */

static int used_cols(const struct picture *p, int row)
{
	struct screen_cell cell;
	int col, used = 0;

	for (col = 0; col < p->cols; col++) {
		cell_at(p, row, col, &cell);
		if (!is_blank(&cell) || pen_shows_blanks(&cell.pen))
			used = col + (cell.width == 2 ? 2 : 1);
	}
	return used;
}

static void fit(struct picture *p)
{
	int row, used, most = 0, first = p->to, last = p->from;

	for (row = p->from; row < p->to; row++) {
		used = used_cols(p, row);
		if (!used)
			continue;
		if (row < first)
			first = row;
		last = row + 1;
		if (used > most)
			most = used;
	}
	p->from = first < last ? first : 0;
	p->to = first < last ? last : 1;
	if (most < FIT_COLS)
		most = FIT_COLS;
	if (most < p->cols)
		p->cols = most;
}

static void put_cursor(const struct picture *p)
{
	int row, col;

	screen_cursor(p->screen, &row, &col);
	if (screen_hides_cursor(p->screen) || row < p->from || row >= p->to || col >= p->cols)
		return;
	buf_puts(p->out, "<rect");
	put_length(p->out, "x", column(col));
	buf_printf(p->out, " y=\"%d\"", p->top + (row - p->from) * CELL_HEIGHT);
	put_length(p->out, "width", CELL_WIDTH);
	buf_printf(p->out, " height=\"%d\" fill=\"", CELL_HEIGHT);
	put_color(p->out, ink);
	buf_puts(p->out, "\" fill-opacity=\"0.5\"/>\n");
}

/* The first line of a title, as much of it as there is room for. */
static void put_frame(const struct picture *p, const char *title, int width)
{
	size_t n = strcspn(title, "\n"), room = (size_t)(width - 4 * PAD) / TITLE_WIDTH;

	if (n > room)
		n = room - utf8_cut_tail((const unsigned char *)title, room);
	buf_printf(p->out,
		   "<path d=\"M0 %d.5H%d\" stroke=\"#3b4048\"/>\n"
		   "<text x=\"%d\" y=\"20\" text-anchor=\"middle\" fill=\"#9aa2ab\" "
		   "font-size=\"12\">",
		   BAR, width, width / 2);
	html_line(p->out, title, n);
	buf_puts(p->out, title[n] ? " …</text>\n" : "</text>\n");
}

static void put_open(const struct picture *p, const char *title, int width, int height)
{
	struct buf *out = p->out;

	buf_printf(out,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		   "viewBox=\"0 0 %d %d\" role=\"img\" font-family=\"ui-monospace, SFMono-Regular, "
		   "Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"",
		   width, height, width, height);
	put_color(out, ink);
	buf_puts(out, "\">\n<title>");
	html_line(out, title, strlen(title));
	buf_printf(out, "</title>\n<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"", width,
		   height);
	put_color(out, paper);
	buf_puts(out, "\"/>\n");
}

void svg_put(struct buf *out, const struct screen *s, const char *title, int flags)
{
	struct picture p = {.screen = s, .out = out, .to = screen_rows(s), .cols = screen_cols(s)};
	int width, row;

	p.top = PAD + (flags & SVG_FRAME ? BAR : 0);
	if (flags & SVG_FIT)
		fit(&p);
	width = (20 * PAD + p.cols * CELL_WIDTH + 9) / 10;
	put_open(&p, title, width, p.top + (p.to - p.from) * CELL_HEIGHT + PAD);
	if (flags & SVG_FRAME)
		put_frame(&p, title, width);
	for (row = p.from; row < p.to; row++)
		put_grounds(&p, row);
	for (row = p.from; row < p.to; row++)
		put_texts(&p, row);
	if (flags & SVG_CURSOR)
		put_cursor(&p);
	buf_puts(out, "</svg>\n");
}
