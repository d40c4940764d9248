/* SPDX-License-Identifier: MIT */
/* What belongs to a command is held in `body`, all else goes on where it lies. An ESC inside a
 * command ends it: well if a backslash follows, else it was none. CAN and SUB break it off, as in
 * any terminal. */
#include "osc.h"

#include <string.h>

enum { GROUND, ESCAPE, BODY, BODY_ESCAPE };

static void give(const struct osc_sink *sink, void *ctx, const void *p, size_t n)
{
	if (n)
		sink->output(ctx, p, n);
}

/* It was no command after all: with `tail` behind it. */
static void give_up(struct osc *o, const struct osc_sink *sink, void *ctx, const char *tail)
{
	give(sink, ctx, "\033]", 2);
	give(sink, ctx, o->body.data, o->body.len);
	give(sink, ctx, tail, strlen(tail));
	buf_clear(&o->body);
}

static void finish(struct osc *o, const struct osc_sink *sink, void *ctx, const char *end)
{
	o->state = GROUND;
	if (sink->command(ctx, o->body.data, o->body.len))
		buf_clear(&o->body);
	else
		give_up(o, sink, ctx, end);
}

/* The first ESC that a command may begin with, or NULL. */
static const unsigned char *find_escape(const unsigned char *p, size_t n)
{
	const unsigned char *end = p + n, *esc = memchr(p, 033, n);

	while (esc && esc + 1 < end && esc[1] != ']')
		esc = memchr(esc + 1, 033, (size_t)(end - esc) - 1);
	return esc;
}

static size_t take_ground(struct osc *o, const unsigned char *p, size_t n,
			  const struct osc_sink *sink, void *ctx)
{
	const unsigned char *esc = find_escape(p, n);
	size_t len = esc ? (size_t)(esc - p) : n;

	give(sink, ctx, p, len);
	o->state = esc ? ESCAPE : GROUND;
	return len + (esc != NULL);
}

static size_t take_body(struct osc *o, const unsigned char *p, size_t n,
			const struct osc_sink *sink, void *ctx)
{
	size_t i = 0;

	while (i < n && (p[i] >= 0x20 || p[i] == '\t'))
		i++;
	if (o->body.len + i > OSC_MOST) {
		give_up(o, sink, ctx, "");
		o->state = GROUND;
		return 0;
	}
	buf_put(&o->body, p, i);
	if (i == n)
		return n;
	if (p[i] == '\a') {
		finish(o, sink, ctx, "\a");
		return i + 1;
	}
	if (p[i] == 033) {
		o->state = BODY_ESCAPE;
		return i + 1;
	}
	give_up(o, sink, ctx, "");
	o->state = GROUND;
	return i;
}

void osc_put(struct osc *o, const unsigned char *p, size_t n, const struct osc_sink *sink,
	     void *ctx)
{
	size_t at = 0;

	while (at < n) {
		switch (o->state) {
		case GROUND:
			at += take_ground(o, p + at, n - at, sink, ctx);
			break;
		case ESCAPE:
			o->state = p[at] == ']' ? BODY : GROUND;
			if (o->state == BODY)
				at++;
			else
				give(sink, ctx, "\033", 1);
			break;
		case BODY:
			at += take_body(o, p + at, n - at, sink, ctx);
			break;
		case BODY_ESCAPE:
			if (p[at] == '\\') {
				at++;
				finish(o, sink, ctx, "\033\\");
			} else {
				give_up(o, sink, ctx, "");
				o->state = ESCAPE;
			}
			break;
		}
	}
}

void osc_end(struct osc *o, const struct osc_sink *sink, void *ctx)
{
	if (o->state == ESCAPE)
		give(sink, ctx, "\033", 1);
	else if (o->state != GROUND)
		give_up(o, sink, ctx, o->state == BODY_ESCAPE ? "\033" : "");
	o->state = GROUND;
}

void osc_release(struct osc *o)
{
	buf_release(&o->body);
}
