/* SPDX-License-Identifier: MIT */
/* A line of JSON for each command: its provenance (steno-provenance(5)), and all that it printed as
 * text. The output waits in a spool until the command has ended, for its status comes first. */
#include "export_private.h"

#include "../base/buf.h"
#include "../base/utf8.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "provenance.h"
#include "spool.h"

#include <stdint.h>
#include <string.h>

enum {
	PIECE = 64 * 1024,
	UNENDED = 128, /* more than a story keeps back of one paste */
};

struct records {
	struct exporter base;
	struct story *story;
	struct spool output;	/* of the commands that have not ended */
	uint64_t from[UNENDED]; /* where in it that of command N begins, at N % UNENDED */
	uint32_t last;		/* that has started */
	struct buf line;
	unsigned char piece[PIECE];
};

static void on_started(void *ctx, const struct command *c)
{
	struct records *r = ctx;

	r->last = c->seq;
	r->from[c->seq % UNENDED] = spool_size(&r->output);
}

static void on_line(void *ctx, const struct command *c, const unsigned char *text, size_t n)
{
	struct records *r = ctx;

	(void)c;
	spool_put(&r->output, text, n);
	spool_put(&r->output, "\n", 1);
}

/* The spooled text is valid UTF-8: pieces are cut between characters. */
static void put_output(struct records *r, const struct command *c)
{
	uint64_t at = r->from[c->seq % UNENDED];
	uint64_t size = c->seq < r->last ? r->from[(c->seq + 1) % UNENDED] : spool_size(&r->output);
	struct outlet *out = &r->base.out;
	struct err *none = NULL;
	size_t got;

	while (at < size) {
		if (spool_read(&r->output, at, r->piece, PIECE, &got, none) < 0 || !got) {
			out->failed = 1;
			return;
		}
		if (at + got < size)
			got -= utf8_cut_tail(r->piece, got);
		outlet_put_json(out, r->piece, got);
		at += got;
	}
}

static void on_ended(void *ctx, const struct command *c)
{
	static const char key[] = ",\"output\":\"", end[] = "\"}\n";
	struct records *r = ctx;

	buf_clear(&r->line);
	provenance_line(r->base.header, c, &r->line);
	outlet_put(&r->base.out, r->line.data, r->line.len - 2); /* "}\n" */
	outlet_put(&r->base.out, key, sizeof(key) - 1);
	put_output(r, c);
	outlet_put(&r->base.out, end, sizeof(end) - 1);
	if (c->seq == r->last) {
		spool_clear(&r->output);
		r->from[(c->seq + 1) % UNENDED] = 0;
	}
}

static const struct story_sink sink = {.started = on_started, .ended = on_ended, .line = on_line};

static void json_put(struct exporter *x, const struct event *e)
{
	story_put(((struct records *)x)->story, e);
}

static void json_end(struct exporter *x, int flags)
{
	if (!(flags & EXPORT_RUNNING))
		story_end(((struct records *)x)->story);
}

static void json_release(struct exporter *x)
{
	struct records *r = (struct records *)x;

	story_free(r->story);
	spool_release(&r->output);
	buf_release(&r->line);
}

static const struct export_kind json_kind = {
	.put = json_put, .end = json_end, .release = json_release};

struct exporter *export_json_new(const struct header *h, int dir)
{
	struct records *r = xcalloc(1, sizeof(*r));

	r->base.kind = &json_kind;
	r->story = story_new(h, &sink, r);
	spool_init(&r->output, dir);
	return &r->base;
}
