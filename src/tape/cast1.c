/* SPDX-License-Identifier: MIT */
/* asciicast v1 (docs.asciinema.org/manual/asciicast/v1): one JSON document, the events an array of
 * [delay, text] in it under "stdout". It is never held as a whole: a first pass copies all but that
 * array, which is the header, and a second one cuts the array into its pairs. A document that
 * breaks off gives what is whole in it. */
#include "source_private.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "event.h"
#include "line.h"
#include "lines.h"
#include "window.h"

#include <string.h>

enum { HEADER_LONGEST = 1 << 20 };

/* Where one is in JSON text, as far as brackets and strings go. */
struct nesting {
	int64_t depth;
	int in_string, escaped;
};

struct cast1 {
	struct source base;
	struct window window;
	struct nesting nesting; /* inside of the value that is being read */
	struct buf value, text;
	int ended;
	int64_t clock_us;
};

static void step(struct nesting *n, unsigned char c)
{
	if (n->in_string) {
		n->in_string = n->escaped || c != '"';
		n->escaped = !n->escaped && c == '\\';
	} else if (c == '"') {
		n->in_string = 1;
	} else if (c == '[' || c == '{') {
		n->depth++;
	} else if (c == ']' || c == '}') {
		n->depth--;
	}
}

static int is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The header as it grows. */
struct outline {
	struct buf text; /* without the events */
	struct nesting at;
	int64_t events; /* offset behind the array's bracket, or -1 */
	int inside;	/* of the array */
	size_t whole;	/* so much of text is left if the rest is torn */
};

/* Whether the text ends with the key of the events and its colon. */
static int before_events(const struct buf *text)
{
	static const char key[] = "\"stdout\"";
	size_t n = text->len, len = sizeof(key) - 1;

	while (n && is_space(text->data[n - 1]))
		n--;
	if (!n || text->data[n - 1] != ':')
		return 0;
	n--;
	while (n && is_space(text->data[n - 1]))
		n--;
	return n >= len && !memcmp(text->data + n - len, key, len);
}

/* One byte of the document, at that offset. 0 when the document has ended. */
static int outline_put(struct outline *o, unsigned char c, int64_t offset)
{
	int begins = c == '[' && o->at.depth == 1 && !o->at.in_string && o->events < 0 &&
		     before_events(&o->text);

	step(&o->at, c);
	if (begins) {
		o->events = offset + 1;
		o->inside = 1;
		buf_puts(&o->text, "[]");
		o->whole = o->text.len;
		return 1;
	}
	if (o->inside) {
		o->inside = o->at.depth > 1;
		return 1;
	}
	buf_putc(&o->text, c);
	return o->at.depth > 0 || is_space(c);
}

static int outline_read(struct outline *o, struct window *w, struct err *err)
{
	for (;;) {
		const unsigned char *p;
		size_t n, i;

		if (window_get(w, WINDOW_SIZE, &p, &n, err) < 0)
			return -1;
		for (i = 0; i < n; i++) {
			if (!outline_put(o, p[i], w->at + (int64_t)i))
				return 0;
			if (o->text.len > HEADER_LONGEST)
				return err_set(err, "not an asciicast v1: over 1 MiB of header");
		}
		if (!n)
			break;
		window_skip(w, n);
	}
	if (o->events < 0)
		return err_set(err, "not an asciicast v1: it has no \"stdout\"");
	o->text.len = o->whole;
	buf_putc(&o->text, '}');
	return 0;
}

static int read_header(struct cast1 *c, int fd, struct err *err)
{
	struct outline o = {.events = -1};
	int rc;

	window_init(&c->window, fd, 0);
	rc = outline_read(&o, &c->window, err);
	if (!rc)
		rc = header_parse_flat(&c->base.header, 1, o.text.data, o.text.len, err);
	if (!rc && o.events < 0)
		rc = err_set(err, "not an asciicast v1: it has no \"stdout\"");
	if (!rc)
		window_init(&c->window, fd, o.events);
	buf_release(&o.text);
	return rc;
}

/* One byte of the array. 1 when c->value is whole. */
static int value_put(struct cast1 *c, unsigned char byte)
{
	struct nesting *n = &c->nesting;

	if (!n->depth && !n->in_string && (byte == ',' || byte == ']')) {
		c->ended = byte == ']';
		return 1;
	}
	step(n, byte);
	if (n->depth < 0)
		c->ended = 1;
	if (c->value.len <= LINES_LONGEST && (c->value.len || !is_space(byte)))
		buf_putc(&c->value, byte);
	return c->ended;
}

/* The next value of the array, whatever it is, into c->value. 1, 0: the end, -1. */
static int next_value(struct cast1 *c, struct err *err)
{
	buf_clear(&c->value);
	memset(&c->nesting, 0, sizeof(c->nesting));
	while (!c->ended) {
		const unsigned char *p;
		size_t n, i = 0;
		int whole = 0;

		if (window_get(&c->window, WINDOW_SIZE, &p, &n, err) < 0)
			return -1;
		c->base.torn = !n;
		if (!n)
			return 0;
		while (i < n && !whole)
			whole = value_put(c, p[i++]);
		window_skip(&c->window, i);
		if (whole)
			return c->value.len > 0 || !c->ended;
	}
	return 0;
}

static int cast1_next(struct source *s, struct event *e, struct err *err)
{
	struct cast1 *c = (struct cast1 *)s;
	struct line l;
	int rc;

	while ((rc = next_value(c, err)) == 1) {
		if (!c->value.len || c->value.len > LINES_LONGEST ||
		    line_parse_pair(&l, c->value.data, c->value.len, &c->text) != LINE_EVENT) {
			s->skipped++;
			continue;
		}
		c->clock_us = source_later(c->clock_us, l.interval_us);
		s->offset = c->window.at;
		return source_give(s, e, c->clock_us, EVENT_OUTPUT, l.data, l.len);
	}
	return rc;
}

static void cast1_release(struct source *s)
{
	struct cast1 *c = (struct cast1 *)s;

	buf_release(&c->value);
	buf_release(&c->text);
}

static const struct source_kind cast1_kind = {
	.name = "asciicast v1", .next = cast1_next, .release = cast1_release};

struct source *cast1_new(int fd, struct err *err)
{
	struct cast1 *c = xcalloc(1, sizeof(*c));

	source_init(&c->base, &cast1_kind, fd);
	if (read_header(c, fd, err) < 0) {
		source_free(&c->base);
		return NULL;
	}
	return &c->base;
}
