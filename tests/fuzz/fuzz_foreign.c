/* SPDX-License-Identifier: MIT */
/* Any bytes as the output of a shell that has none of our hooks. However they are cut, the same of
 * it is output and the same commands come of it; what is taken for a mark stays within its
 * bounds. */
#include "base/buf.h"
#include "base/err.h"
#include "story/foreign.h"
#include "story/osc.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_output(void *ctx, const unsigned char *p, size_t n)
{
	buf_put(ctx, p, n);
}

static int on_command(void *ctx, const unsigned char *p, size_t n)
{
	struct foreign f = {0};
	int taken = foreign_parse(&f, p, n) == 0;

	if (n > OSC_MOST || (taken && (f.text.len > n || f.context.len > n || f.status > 255)))
		bug("a mark out of bounds");
	if (taken)
		buf_puts(ctx, "<mark>");
	foreign_release(&f);
	return taken;
}

static void find(const uint8_t *data, size_t size, size_t piece, struct buf *out)
{
	static const struct osc_sink sink = {on_output, on_command};
	struct osc o = {0};
	size_t at = 0;

	while (at < size) {
		size_t n = size - at < piece ? size - at : piece;

		osc_put(&o, data + at, n, &sink, out);
		at += n;
	}
	osc_end(&o, &sink, out);
	osc_release(&o);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct buf *log = ctx;

	if (!c->marks || (c->has_exit && (c->exit_code < 0 || c->exit_code > 255)))
		bug("a command that nobody told of");
	buf_printf(log, "%d %s %d ", (int)c->seq, c->marks, c->has_exit ? c->exit_code : -1);
	buf_put(log, c->text.data, c->text.len);
	buf_put(log, c->output.head.data, c->output.head.len);
}

static void tell(const uint8_t *data, size_t size, size_t piece, struct buf *log)
{
	static const struct story_sink sink = {.ended = on_ended};
	const struct header header = {.cols = 20, .rows = 4};
	struct story *s = story_new(&header, &sink, log);
	size_t at = 0;

	while (at < size) {
		size_t n = size - at < piece ? size - at : piece;
		struct event e = {.code = EVENT_OUTPUT, .data = data + at, .len = n};

		story_put(s, &e);
		at += n;
	}
	story_end(s);
	story_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const ways[])(const uint8_t *, size_t, size_t, struct buf *) = {find, tell};
	size_t i, piece = size && data[0] ? data[0] : 1;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct buf whole = {0}, cut = {0};

		ways[i](data, size, size + 1, &whole);
		ways[i](data, size, piece, &cut);
		if (whole.len != cut.len || (cut.len && memcmp(whole.data, cut.data, cut.len) != 0))
			bug("it depends on how the bytes are cut");
		buf_release(&whole);
		buf_release(&cut);
	}
	return 0;
}
