/* SPDX-License-Identifier: MIT */
/* The whole session as plain text, as a reader would have seen it scroll by: prompts, commands,
 * output. Soft-wrapped lines are joined, progress bars show their last state, what a clear wiped is
 * kept, a full-screen program leaves its last screen. */
#include "export_private.h"

#include "../base/buf.h"
#include "../story/screen.h"
#include "../tape/event.h"
#include "../tape/header.h"

struct text {
	struct exporter base;
	struct screen *screen;
};

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	struct text *t = ctx;

	outlet_put(&t->base.out, text, n);
	outlet_put(&t->base.out, "\n", 1);
}

static void on_fullscreen(void *ctx, const unsigned char *text, size_t n)
{
	if (n)
		on_line(ctx, text, n);
}

static const struct screen_sink text_sink = {.line = on_line, .fullscreen = on_fullscreen};

static void text_put(struct exporter *x, const struct event *e)
{
	struct text *t = (struct text *)x;

	if (e->code == EVENT_OUTPUT)
		screen_write(t->screen, e->data, e->len);
	else if (e->code == EVENT_RESIZE)
		screen_put_size(t->screen, e);
}

static void text_end(struct exporter *x, int flags)
{
	(void)flags;
	screen_capture_end(((struct text *)x)->screen);
}

static void text_release(struct exporter *x)
{
	screen_free(((struct text *)x)->screen);
}

static const struct export_kind text_kind = {
	.put = text_put, .end = text_end, .release = text_release};

struct exporter *export_text_new(const struct header *h)
{
	struct text *t = xcalloc(1, sizeof(*t));

	t->base.kind = &text_kind;
	t->screen = screen_new(h->rows, h->cols, &text_sink, t);
	screen_capture_begin(t->screen);
	return &t->base;
}
