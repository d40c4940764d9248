/* SPDX-License-Identifier: MIT */
/* asciicast v3 and v2 (docs.asciinema.org/manual/asciicast), with the events that the standard has
 * and no others. Text only: a character that was cut between two events goes whole into the second,
 * and what is not UTF-8 becomes U+FFFD. */
#include "export_private.h"

#include "../base/buf.h"
#include "../base/json.h"
#include "../base/utf8.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/line.h"

#include <string.h>

enum { STREAMS = 2, CUT = 4 };

struct cast {
	struct exporter base;
	int version;
	int64_t last_us;		 /* of the last event written */
	unsigned char cut[STREAMS][CUT]; /* the beginning of a character: of output, of input */
	size_t cut_len[STREAMS];
	struct buf whole;
};

static void put_texts(struct json *j, const struct header *h)
{
	if (h->start_us > 0 && header_has_start(h))
		json_put_int(j, "timestamp", h->start_us / 1000000);
	if (h->command)
		json_put_text(j, "command", h->command);
	if (h->title)
		json_put_text(j, "title", h->title);
}

static struct json *header3(const struct header *h)
{
	struct json *j = json_new(), *term;

	json_put_int(j, "version", 3);
	term = json_put_object(j, "term");
	json_put_int(term, "cols", h->cols);
	json_put_int(term, "rows", h->rows);
	if (h->term)
		json_put_text(term, "type", h->term);
	put_texts(j, h);
	if (h->shell)
		json_put_text(json_put_object(j, "env"), "SHELL", h->shell);
	return j;
}

static struct json *header2(const struct header *h)
{
	struct json *j = json_new(), *env;

	json_put_int(j, "version", 2);
	json_put_int(j, "width", h->cols);
	json_put_int(j, "height", h->rows);
	put_texts(j, h);
	env = h->shell || h->term ? json_put_object(j, "env") : NULL;
	if (h->shell)
		json_put_text(env, "SHELL", h->shell);
	if (h->term)
		json_put_text(env, "TERM", h->term);
	return j;
}

/* An event, whatever its bytes. */
static void put_line(struct cast *c, int64_t at_us, char code, const void *data, size_t n)
{
	struct buf *out = &c->base.out.held;
	unsigned char *end;

	buf_reserve(out, n * LINE_GROWTH + LINE_FRAME + LINE_SLACK);
	end = line_begin(out->data + out->len, c->version == 2 ? at_us : at_us - c->last_us, code);
	out->len = (size_t)(line_end(line_escape_lossy(data, n, end)) - out->data);
	c->last_us = at_us;
}

/* Output or input: what was cut before goes in front, what is cut now waits. */
static void put_bytes(struct cast *c, const struct event *e)
{
	int stream = e->code == EVENT_INPUT;
	const unsigned char *p = e->data;
	size_t n = e->len, cut;

	if (c->cut_len[stream]) {
		buf_clear(&c->whole);
		buf_put(&c->whole, c->cut[stream], c->cut_len[stream]);
		buf_put(&c->whole, p, n);
		p = c->whole.data;
		n = c->whole.len;
	}
	cut = utf8_cut_tail(p, n);
	memcpy(c->cut[stream], p + n - cut, cut);
	c->cut_len[stream] = cut;
	if (n > cut)
		put_line(c, e->at_us, e->code, p, n - cut);
}

static void cast_put(struct exporter *x, const struct event *e)
{
	struct cast *c = (struct cast *)x;

	if (e->code == EVENT_OUTPUT || e->code == EVENT_INPUT)
		put_bytes(c, e);
	else if (e->code == EVENT_RESIZE || e->code == EVENT_LABEL ||
		 (e->code == EVENT_EXIT && c->version == 3))
		put_line(c, e->at_us, e->code, e->data, e->len);
}

static void cast_end(struct exporter *x, int flags)
{
	static const char codes[STREAMS] = {EVENT_OUTPUT, EVENT_INPUT};
	struct cast *c = (struct cast *)x;
	int i;

	(void)flags;
	for (i = 0; i < STREAMS; i++)
		if (c->cut_len[i])
			put_line(c, c->last_us, codes[i], c->cut[i], c->cut_len[i]);
}

static void cast_release(struct exporter *x)
{
	buf_release(&((struct cast *)x)->whole);
}

static const struct export_kind cast_kind = {
	.put = cast_put, .end = cast_end, .release = cast_release};

static struct exporter *cast_new(struct json *header, int version)
{
	struct cast *c = xcalloc(1, sizeof(*c));

	c->base.kind = &cast_kind;
	c->version = version;
	json_print(header, &c->base.out.held);
	buf_putc(&c->base.out.held, '\n');
	json_free(header);
	return &c->base;
}

struct exporter *export_cast_new(const struct header *h)
{
	return cast_new(header3(h), 3);
}

struct exporter *export_cast2_new(const struct header *h)
{
	return cast_new(header2(h), 2);
}
