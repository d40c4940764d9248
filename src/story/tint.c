/* SPDX-License-Identifier: MIT */
/* Colours as they travel with captured text: in the text itself, so that excerpts, spools and sinks
 * need not know of them. */
#include "tint.h"

#include "../base/buf.h"
#include "grid.h"
#include "intern.h"

#include <string.h>

static const struct pen plain;

static int same(const struct pen *a, const struct pen *b)
{
	return !memcmp(a, b, sizeof(*a));
}

void tint_begin(struct tint *t, const struct buf *out)
{
	memset(t, 0, sizeof(*t));
	t->seen = out->len;
}

static int is_blank(uint64_t cell)
{
	uint64_t what = cell & (CELL_CHAR | CELL_CLUSTER | CELL_TAIL);

	return !what || what == ' ';
}

static void change_pen(struct tint *t, const struct pen *pen, struct buf *out)
{
	if (same(&t->pen, pen))
		return;
	pen_print(pen, out);
	t->pen = *pen;
}

void tint_row(struct tint *t, const struct grid_row *r, int from, const struct intern *clusters,
	      const struct intern *pens, struct buf *out)
{
	int i;

	for (i = from; i < r->len; i++) {
		uint64_t cell = r->cells[i];

		change_pen(t, intern_get(pens, (uint32_t)(cell >> CELL_PEN)), out);
		buf_reserve(out, GRID_CELL_TEXT);
		out->len =
			(size_t)(grid_spell_cell(out->data + out->len, cell, clusters) - out->data);
		if (is_blank(cell) && !pen_shows_blanks(&t->pen))
			continue;
		t->seen = out->len;
		t->seen_with = t->pen;
	}
}

void tint_end(struct tint *t, struct buf *out)
{
	out->len = t->seen;
	if (!same(&t->seen_with, &plain))
		pen_print(&plain, out);
	tint_begin(t, out);
}

void tint_read(struct tint_reader *r, const void *text, size_t n)
{
	memset(r, 0, sizeof(*r));
	r->p = text;
	r->end = r->p + n;
}

/* The sequence that begins at p. */
static void take_sequence(struct tint_reader *r)
{
	struct token t;

	r->p += token_next(&r->tokenizer, r->p, (size_t)(r->end - r->p), &t);
	if (t.kind == TOKEN_CSI && t.byte == 'm')
		pen_apply(&r->pen, &t);
}

int tint_next(struct tint_reader *r, struct tint_run *run)
{
	const unsigned char *escape;

	while (r->p < r->end && *r->p == '\033')
		take_sequence(r);
	if (r->p == r->end)
		return 0;
	escape = memchr(r->p, '\033', (size_t)(r->end - r->p));
	run->pen = r->pen;
	run->text = r->p;
	run->n = (size_t)((escape ? escape : r->end) - r->p);
	r->p += run->n;
	return 1;
}

void tint_strip(const void *text, size_t n, struct buf *out)
{
	struct tint_reader r;
	struct tint_run run;

	tint_read(&r, text, n);
	while (tint_next(&r, &run))
		buf_put(out, run.text, run.n);
}
