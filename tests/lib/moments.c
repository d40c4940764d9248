/* SPDX-License-Identifier: MIT */
/* The screen is asked for cells, which is how players and pages see it, too. */
#include "moments.h"

#include "base/err.h"
#include "base/utf8.h"
#include "story/screen.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/source.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned below(unsigned *seed, unsigned n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink sink = {on_text, on_text};

static void put_colour(struct buf *out, const struct color *c)
{
	buf_putc(out, '\t');
	if (c->kind == COLOR_RGB)
		buf_printf(out, "#%02x%02x%02x", c->r, c->g, c->b);
	else if (c->kind == COLOR_INDEXED)
		buf_printf(out, "%d", c->r);
	else
		buf_putc(out, '-');
}

static void put_cell(struct buf *out, const struct screen_cell *cell)
{
	const struct pen *pen = &cell->pen;
	const struct {
		int on;
		char letter;
	} flags[] = {{pen->bold, 'b'},	    {pen->faint, 'f'}, {pen->italic, 'i'},
		     {pen->underline, 'u'}, {pen->blink, 'k'}, {pen->reverse, 'r'},
		     {pen->conceal, 'h'},   {pen->strike, 's'}};
	unsigned char bytes[4];
	size_t i;
	int k;

	for (k = 0; k < cell->count; k++)
		buf_put(out, bytes, utf8_encode(cell->cp[k], bytes));
	buf_printf(out, "\t%d", cell->width);
	put_colour(out, &pen->fg);
	put_colour(out, &pen->bg);
	buf_putc(out, '\t');
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (flags[i].on)
			buf_putc(out, (unsigned char)flags[i].letter);
	buf_putc(out, '\n');
}

static void take_moment(struct moment *m, const struct screen *s, unsigned events,
			const struct buf *output)
{
	struct screen_cell cell;
	int row, col;

	m->events = events;
	m->n_rows = screen_rows(s);
	m->n_cols = screen_cols(s);
	buf_put(&m->output, output->data, output->len);
	for (row = 0; row < m->n_rows; row++) {
		for (col = 0; col < m->n_cols; col++) {
			screen_cell(s, row, col, &cell);
			put_cell(&m->cells, &cell);
		}
		screen_row_text(s, row, &m->rows);
		buf_putc(&m->rows, '\n');
	}
}

static int changes_screen(const struct event *e)
{
	return e->code == EVENT_OUTPUT || e->code == EVENT_RESIZE;
}

/* The newest recording, cut into pieces of another size, so that moments are anywhere. */
static void put_piece(FILE *f, const unsigned char *p, size_t n)
{
	size_t i;

	fputs("[0.001, \"o\", \"", f);
	for (i = 0; i < n; i++)
		if (p[i] < ' ' || p[i] == '"' || p[i] == '\\' || p[i] == 127)
			fprintf(f, "\\u%04x", p[i]);
		else
			fputc(p[i], f);
	fputs("\"]\n", f);
}

static void put_output(FILE *f, const struct event *e, unsigned most, unsigned *seed)
{
	size_t at = 0, n;

	for (; at < e->len; at += n) {
		n = 1 + below(seed, most);
		if (n > e->len - at)
			n = e->len - at;
		while (at + n < e->len && (e->data[at + n] & 0xc0) == 0x80)
			n++;
		put_piece(f, e->data + at, n);
	}
}

static struct source *open_source(const char *path)
{
	struct err err;
	struct source *s = source_open(path, NULL, &err);

	if (s)
		return s;
	printf("Bail out! %s\n", err.text);
	exit(1);
}

void moments_cut(const char *from, const char *to, unsigned *seed)
{
	struct source *s = open_source(from);
	FILE *f = fopen(to, "w");
	struct event e;
	struct err err;

	if (!f)
		exit(1);
	fprintf(f, "{\"version\":3,\"term\":{\"cols\":%d,\"rows\":%d}}\n", source_header(s)->cols,
		source_header(s)->rows);
	while (source_next(s, &e, &err) == 1)
		if (e.code == EVENT_OUTPUT)
			put_output(f, &e, source_size(s) < 10000 ? 20 : 300, seed);
		else if (e.code == EVENT_RESIZE)
			fprintf(f, "[0.001, \"r\", \"%.*s\"]\n", (int)e.len, (const char *)e.data);
	source_free(s);
	fclose(f);
}

static unsigned count_events(const char *path)
{
	struct source *s = open_source(path);
	struct event e;
	struct err err;
	unsigned n = 0;

	while (source_next(s, &e, &err) == 1)
		n += (unsigned)changes_screen(&e);
	source_free(s);
	return n;
}

static int by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int moments_take(struct moment *moments, int most, const char *path, unsigned *seed)
{
	struct source *source = open_source(path);
	const struct header *h = source_header(source);
	struct screen *screen = screen_new(h->rows, h->cols, &sink, NULL);
	unsigned all = count_events(path), *numbers = xcalloc((size_t)most, sizeof(*numbers)),
		 n = 0;
	struct buf output = {0};
	struct event e;
	struct err err;
	int i, taken = 0;

	for (i = 0; i < most; i++)
		numbers[i] = i ? 1 + below(seed, all) : all;
	qsort(numbers, (size_t)most, sizeof(*numbers), by_number);
	while (source_next(source, &e, &err) == 1) {
		if (!changes_screen(&e))
			continue;
		n++;
		if (e.code == EVENT_OUTPUT) {
			screen_write(screen, e.data, e.len);
			buf_put(&output, e.data, e.len);
		}
		for (i = 0; i < most && numbers[i] != n; i++)
			;
		if (i < most)
			take_moment(&moments[taken++], screen, n, &output);
	}
	free(numbers);
	buf_release(&output);
	screen_free(screen);
	source_free(source);
	return taken;
}

void moments_release(struct moment *moments, int n)
{
	while (n--) {
		buf_release(&moments[n].cells);
		buf_release(&moments[n].rows);
		buf_release(&moments[n].output);
	}
}
