/* SPDX-License-Identifier: MIT */
/* From rows to lines. A row is given once: then it is as if nothing had been put there, and what
 * it held is skipped. Must not lose touched text, nor give it twice. */
#include "capture.h"

#include "grid.h"
#include "screen.h"

#include <string.h>

static void clear(struct capture *c)
{
	buf_clear(&c->line);
	tint_begin(&c->tint, &c->line);
}

static void give(struct capture *c)
{
	size_t n;

	if (c->pens)
		tint_end(&c->tint, &c->line);
	n = c->line.len;
	while (!c->pens && n && c->line.data[n - 1] == ' ')
		n--;
	c->sink->line(c->ctx, n ? c->line.data : (const unsigned char *)"", n);
	clear(c);
}

static void finish(struct capture *c)
{
	if (c->open)
		give(c);
	c->open = 0;
}

static uint64_t character_of(const struct grid_row *r, int col)
{
	uint64_t what = col < r->len ? r->cells[col] & (CELL_CHAR | CELL_CLUSTER | CELL_TAIL) : 0;

	return what ? what : ' ';
}

/* The columns of the prompt, if it stands there again; 0. */
static int prompt_of(const struct capture *c, const struct grid_row *r)
{
	int n = (int)(c->prompt.len / sizeof(uint64_t)), i;
	uint64_t was;

	for (i = 0; i < n; i++) {
		memcpy(&was, c->prompt.data + (size_t)i * sizeof(was), sizeof(was));
		if (was != character_of(r, i))
			return 0;
	}
	return n;
}

/* Where what is to be given begins. */
static int begin_of(const struct capture *c, const struct grid_row *r)
{
	return r->skip || r->flags & ROW_WRAPPED || !c->input ? r->skip : prompt_of(c, r);
}

static void append_row(struct capture *c, const struct grid_row *r, const struct intern *clusters)
{
	if (!(r->flags & ROW_TOUCHED))
		return;
	if (!(r->flags & ROW_WRAPPED))
		finish(c);
	if (c->pens)
		tint_row(&c->tint, r, begin_of(c, r), clusters, c->pens, &c->line);
	else
		grid_row_text(r, begin_of(c, r), clusters, &c->line);
	c->open = 1;
	if (c->line.len >= CAPTURE_LINE)
		give(c);
}

static void mark_given(struct grid_row *r)
{
	if (r->flags & ROW_TOUCHED)
		r->skip = r->len;
	r->flags &= ~(unsigned)(ROW_TOUCHED | ROW_FED);
}

void capture_begin(struct capture *c, struct grid *g, int row, int col)
{
	int i;

	for (i = g->from; i < g->to; i++) {
		struct grid_row *r = grid_row(g, i);

		r->flags &= ~(unsigned)(ROW_TOUCHED | ROW_FED);
		r->skip = 0;
	}
	grid_use(g, row)->skip = col;
	clear(c);
	c->open = 0;
	c->input = 0;
	c->on = 1;
}

void capture_prompt(struct capture *c, struct grid *g, int row, int col)
{
	const struct grid_row *r = grid_use(g, row);
	int i;

	c->input = 1;
	buf_clear(&c->prompt);
	for (i = 0; i < col; i++) {
		uint64_t what = character_of(r, i);

		buf_put(&c->prompt, &what, sizeof(what));
	}
}

int capture_prompt_again(const struct capture *c, const struct grid *g, int row,
			 const struct intern *clusters, struct buf *out)
{
	int i, touched = 0;

	for (i = g->from; i < g->to && !c->open; i++) {
		const struct grid_row *r = grid_row(g, i);

		if (!(r->flags & ROW_TOUCHED))
			continue;
		touched = i == row;
		if (r->skip || !prompt_of(c, r))
			return 0;
	}
	if (touched)
		grid_row_text(grid_row(g, row), prompt_of(c, grid_row(g, row)), clusters, out);
	return touched;
}

void capture_rows(struct capture *c, struct grid *g, int from, int to,
		  const struct intern *clusters)
{
	int i = from > g->from ? from : g->from;

	for (; i < to && i < g->to; i++) {
		struct grid_row *r = grid_row(g, i);

		append_row(c, r, clusters);
		mark_given(r);
	}
	if (!grid_has(g, to) || !(grid_row(g, to)->flags & ROW_WRAPPED))
		finish(c);
}

static int is_blank(const struct grid_row *r)
{
	int i;

	for (i = r->len - 1; i >= r->skip; i--)
		if (character_of(r, i) != ' ')
			return 0;
	return 1;
}

/* Behind the last row that is to be given at the end. */
static int last_row(const struct grid *g)
{
	int last = g->to;

	while (last > g->from) {
		const struct grid_row *r = grid_row(g, last - 1);

		if (r->flags & ROW_FED || (r->flags & ROW_TOUCHED && !is_blank(r)))
			break;
		last--;
	}
	return last;
}

void capture_all(struct capture *c, struct grid *g, const struct intern *clusters)
{
	int i, last = last_row(g);

	capture_rows(c, g, 0, last, clusters);
	finish(c);
	for (i = last; i < g->to; i++)
		mark_given(grid_row(g, i));
}

static void put_line(void *ctx, const unsigned char *text, size_t n)
{
	buf_put(ctx, text, n);
	buf_putc(ctx, '\n');
}

void capture_peek(const struct capture *c, const struct grid *g, int to,
		  const struct intern *clusters, struct buf *out)
{
	const struct screen_sink sink = {.line = put_line};
	struct capture copy = {
		.sink = &sink, .ctx = out, .open = c->open, .pens = c->pens, .tint = c->tint};
	int i, last = last_row(g);

	buf_put(&copy.line, c->line.data, c->line.len);
	copy.input = c->input;
	copy.prompt = c->prompt; /* lent */
	for (i = g->from; i < last && i < to; i++)
		append_row(&copy, grid_row(g, i), clusters);
	finish(&copy);
	copy.prompt = (struct buf){0};
	capture_release(&copy);
}

void capture_release(struct capture *c)
{
	buf_release(&c->line);
	buf_release(&c->prompt);
	c->open = 0;
}
