/* SPDX-License-Identifier: MIT */
/* Events in, blocks into spools. A command is told when it has ended; what is said while it runs
 * waits, so that everything stands in the order in which it began. */
#include "page.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/utf8.h"
#include "../out/clean.h"
#include "../out/export.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "page_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LABEL = 80 }; /* bytes of a command in the player */

/* The order of blocks */

/* Moves what waited for the commands up to `seq` into the body. */
static void release_later(struct page *p, uint32_t seq)
{
	unsigned char piece[4096];
	uint64_t end = p->later_from;
	size_t n = 0, got;

	while (n < p->n_waits && p->waits[n].seq <= seq)
		end = p->waits[n++].end;
	while (p->later_from < end) {
		uint64_t left = end - p->later_from;

		if (spool_read(&p->later, p->later_from, piece,
			       left < sizeof(piece) ? (size_t)left : sizeof(piece), &got,
			       NULL) < 0 ||
		    !got)
			bug("a spool cannot be read");
		spool_put(&p->body, piece, got);
		p->later_from += got;
	}
	p->n_waits -= n;
	memmove(p->waits, p->waits + n, p->n_waits * sizeof(*p->waits));
	if (!p->n_waits) {
		spool_clear(&p->later);
		p->later_from = 0;
	}
}

/* What is no command comes behind those that have begun. */
static void put_block(struct page *p, const struct buf *block)
{
	if (p->told >= p->began) {
		spool_put(&p->body, block->data, block->len);
		return;
	}
	spool_put(&p->later, block->data, block->len);
	if (!p->n_waits || p->waits[p->n_waits - 1].seq != p->began) {
		if (p->n_waits == PAGE_OPEN)
			bug("more commands are open than a story has");
		p->waits[p->n_waits++].seq = p->began;
	}
	p->waits[p->n_waits - 1].end = spool_size(&p->later);
}

/* What the story tells */

static void mark_recording(struct page *p, const struct command *c);

/* Those of a shell's come one after the other, and what is said during one belongs behind it. Others
 * run beside it and each other, and a program that is the session is around all that is said. */
static int is_shells(const struct command *c)
{
	return !strcmp(c->src, "shell");
}

static void on_started(void *ctx, const struct command *c)
{
	struct page *p = ctx;

	if (is_shells(c))
		p->began = c->seq;
	mark_recording(p, c);
}

void page_tell(struct page *p, const struct command *c)
{
	struct buf *out = &p->scratch;

	buf_clear(out);
	page_put_command(p, c, out);
	if (is_shells(c))
		spool_put(&p->body, out->data, out->len);
	else
		put_block(p, out);
	buf_clear(out);
	page_put_entry(c, out);
	spool_put(&p->list, out->data, out->len);
	buf_clear(out);
	page_put_bar(c, p->length_us, out);
	spool_put(&p->strip, out->data, out->len);
	p->commands++;
	p->failed += (uint64_t)page_has_failed(c);
	if (c->end_us > p->length_us) /* imported: the recording has no times */
		p->length_us = c->end_us;
	if (c->end_us - c->start_us > p->longest_us)
		p->longest_us = c->end_us - c->start_us;
	if (!is_shells(c))
		return;
	p->told = c->seq;
	release_later(p, c->seq);
}

static void on_ended(void *ctx, const struct command *c)
{
	page_tell(ctx, c);
}

static void on_loose(void *ctx, int64_t at_us, const struct excerpt *text)
{
	struct page *p = ctx;

	(void)at_us;
	buf_clear(&p->scratch);
	page_put_loose(p, text, &p->scratch);
	put_block(p, &p->scratch);
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	struct page *p = ctx;

	buf_clear(&p->scratch);
	page_put_words(p, at_us, w, &p->scratch);
	put_block(p, &p->scratch);
}

static void on_fact(void *ctx, const struct event *e)
{
	struct page *p = ctx;

	if (e->code == EVENT_FACT) {
		worktree_put(&p->changes, e);
		return;
	}
	buf_clear(&p->scratch);
	page_put_note(p, e, &p->scratch);
	put_block(p, &p->scratch);
}

static const struct story_sink sink = {.started = on_started,
				       .ended = on_ended,
				       .loose = on_loose,
				       .words = on_words,
				       .fact = on_fact};

/* The recording for the player */

static void drop_recording(struct page *p)
{
	export_free(p->recording);
	p->recording = NULL;
}

/* A chapter for each command: the player counts them from 0. */
static void mark_recording(struct page *p, const struct command *c)
{
	struct buf label = {0};
	struct event e = {.at_us = c->start_us, .code = EVENT_LABEL};
	size_t n = c->text.len < LABEL ? c->text.len : LABEL; /* what is known by now */

	if (!p->recording)
		return;
	buf_printf(&label, "%" PRIu32 " ", c->seq);
	clean_line(&label, c->text.data, n - utf8_cut_tail(c->text.data, n));
	e.data = label.data;
	e.len = label.len;
	export_put(p->recording, &e, NULL);
	buf_release(&label);
}

/* Chapters are ours, if there are commands; else those of whoever recorded. */
static void put_recording(struct page *p, const struct event *e)
{
	struct err err = {.code = 0};

	if (!p->recording || (e->code == EVENT_LABEL && p->base.header->version))
		return;
	p->recording_bytes += e->len;
	if (p->recording_bytes > PAGE_RECORDING) {
		drop_recording(p);
	} else if (export_put(p->recording, e, &err) < 0) {
		p->base.out.failed = 1;
		p->base.out.code = err.code;
	}
}

/* As a form of export */

static void page_put(struct exporter *x, const struct event *e)
{
	struct page *p = (struct page *)x;

	if (e->at_us > p->length_us)
		p->length_us = e->at_us;
	story_put(p->story, e);
	put_recording(p, e);
}

static void page_end(struct exporter *x, int flags)
{
	struct page *p = (struct page *)x;

	p->is_running = flags & EXPORT_RUNNING;
	if (!p->is_running)
		story_end(p->story);
}

static int page_flush(struct exporter *x, struct err *err)
{
	struct page *p = (struct page *)x;
	struct transcript_now now = {.is_running = p->is_running, .skipped = x->skipped};

	now.running = story_running(p->story);
	if (!now.running && now.is_running)
		now.loose = story_loose(p->story);
	now.has_exit = story_exit(p->story, &now.exit_status);
	now.forged = story_forged_marks(p->story);
	now.unheard = story_unheard_marks(p->story);
	if (now.running)
		page_tell(p, now.running);
	if (now.loose)
		on_loose(p, p->length_us, now.loose);
	release_later(p, UINT32_MAX);
	if (p->recording && export_end(p->recording, 0, err) < 0)
		return -1;
	return page_write(p, &now, x->out.fd, err);
}

static void page_release(struct exporter *x)
{
	struct page *p = (struct page *)x;

	drop_recording(p);
	io_close(&p->recording_fd);
	story_free(p->story);
	look_release(&p->look);
	spool_release(&p->body);
	spool_release(&p->list);
	spool_release(&p->strip);
	spool_release(&p->later);
	worktree_release(&p->changes);
	dialogue_release(&p->dialogue);
	buf_release(&p->scratch);
}

static const struct export_kind page_kind = {
	.put = page_put, .end = page_end, .flush = page_flush, .release = page_release};

struct exporter *page_new(const struct header *h, const char *name,
			  const struct page_player *player, int dir, int fd)
{
	struct page *p = xcalloc(1, sizeof(*p));

	p->base.kind = &page_kind;
	p->base.header = h;
	p->base.out.fd = fd;
	p->name = name;
	p->player = player;
	p->recording_fd = -1;
	look_init(&p->look);
	spool_init(&p->body, dir);
	spool_init(&p->list, dir);
	spool_init(&p->strip, dir);
	spool_init(&p->later, dir);
	worktree_init(&p->changes, &page_changes_form, h, dir);
	p->story = story_new(h, &sink, p);
	story_keep_colours(p->story);
	if (player && !h->imported)
		p->recording_fd = io_open_nameless(dir);
	if (p->recording_fd >= 0)
		p->recording = export_new(EXPORT_CAST, h, dir, p->recording_fd, -1);
	return &p->base;
}
