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

enum { PIECE = 64 * 1024 };

/* A run of lines that one command printed. */
struct run {
	uint32_t seq;
	uint64_t from;
};

struct records {
	struct exporter base;
	struct story *story;
	struct spool output; /* of the commands that have not ended */
	struct buf runs;     /* struct run, in the order of `output` */
	int unended;
	struct buf line;
	unsigned char piece[PIECE];
};

static void on_started(void *ctx, const struct command *c)
{
	(void)c;
	((struct records *)ctx)->unended++;
}

static size_t count_runs(const struct records *r)
{
	return r->runs.len / sizeof(struct run);
}

static struct run get_run(const struct records *r, size_t i)
{
	struct run run;

	memcpy(&run, r->runs.data + i * sizeof(run), sizeof(run));
	return run;
}

static void on_line(void *ctx, const struct command *c, const unsigned char *text, size_t n)
{
	struct records *r = ctx;
	struct run run = {c->seq, spool_size(&r->output)};
	size_t runs = count_runs(r);

	if (!runs || get_run(r, runs - 1).seq != c->seq)
		buf_put(&r->runs, &run, sizeof(run));
	spool_put(&r->output, text, n);
	spool_put(&r->output, "\n", 1);
}

/* The spooled text is valid UTF-8: pieces are cut between characters. */
static void put_run(struct records *r, uint64_t at, uint64_t end)
{
	struct outlet *out = &r->base.out;
	struct err *none = NULL;
	size_t got;

	while (at < end) {
		size_t most = end - at < PIECE ? (size_t)(end - at) : PIECE;

		if (spool_read(&r->output, at, r->piece, most, &got, none) < 0 || !got) {
			out->failed = 1;
			return;
		}
		if (at + got < end)
			got -= utf8_cut_tail(r->piece, got);
		outlet_put_json(out, r->piece, got);
		at += got;
	}
}

static void put_output(struct records *r, uint32_t seq)
{
	size_t runs = count_runs(r), i;

	for (i = 0; i < runs; i++) {
		struct run run = get_run(r, i);
		uint64_t end = i + 1 < runs ? get_run(r, i + 1).from : spool_size(&r->output);

		if (run.seq == seq)
			put_run(r, run.from, end);
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
	put_output(r, c->seq);
	outlet_put(&r->base.out, end, sizeof(end) - 1);
	if (--r->unended > 0)
		return;
	r->unended = 0;
	buf_clear(&r->runs);
	spool_clear(&r->output);
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
	buf_release(&r->runs);
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
