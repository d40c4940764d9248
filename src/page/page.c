/* SPDX-License-Identifier: MIT */
/* Events in, blocks into spools, in the order in which they are told: as in the transcript, a
 * command stands where it ended, behind what was said while it ran. */
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

/* What the story tells */

static void mark_recording(struct page *p, const struct command *c);

static void on_started(void *ctx, const struct command *c)
{
	mark_recording(ctx, c);
}

void page_tell(struct page *p, const struct command *c)
{
	struct buf *out = &p->scratch;

	buf_clear(out);
	page_put_command(p, c, out);
	spool_put(&p->body, out->data, out->len);
	buf_clear(out);
	page_put_entry(c, out);
	spool_put(&p->list, out->data, out->len);
	buf_clear(out);
	page_put_bar(c, p->length_us, out);
	spool_put(&p->strip, out->data, out->len);
	p->has_inner |= page_is_inner(c);
	p->commands++;
	p->failed += (uint64_t)page_has_failed(c);
	if (c->end_us > p->length_us) /* imported: the recording has no times */
		p->length_us = c->end_us;
	if (command_took(c) > p->longest_us)
		p->longest_us = command_took(c);
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
	spool_put(&p->body, p->scratch.data, p->scratch.len);
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	struct page *p = ctx;

	buf_clear(&p->scratch);
	page_put_words(p, at_us, w, &p->scratch);
	spool_put(&p->body, p->scratch.data, p->scratch.len);
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
	spool_put(&p->body, p->scratch.data, p->scratch.len);
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
	struct event e = {.at_us = p->now_us, .code = EVENT_LABEL};
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

	p->now_us = e->at_us;
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
	const struct command *beside;

	now.running = story_running(p->story);
	if (!now.running && now.is_running)
		now.loose = story_loose(p->story);
	now.has_exit = story_exit(p->story, &now.exit_status);
	now.forged = story_forged_marks(p->story);
	now.unheard = story_unheard_marks(p->story);
	if (now.running)
		page_tell(p, now.running);
	while (now.is_running && (beside = story_beside(p->story, now.n_beside)) != NULL) {
		page_tell(p, beside);
		now.n_beside++;
	}
	if (now.loose)
		on_loose(p, p->length_us, now.loose);
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
	worktree_init(&p->changes, &page_changes_form, h, dir);
	p->story = story_new(h, &sink, p);
	story_keep_colours(p->story);
	if (player && !h->imported)
		p->recording_fd = io_open_nameless(dir);
	if (p->recording_fd >= 0)
		p->recording = export_new(EXPORT_CAST, h, dir, p->recording_fd, -1);
	return &p->base;
}
