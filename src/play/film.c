/* SPDX-License-Identifier: MIT */
/* Reading ahead. The film is records of a fixed head and their data, in `spool`; keyframes are in a
 * list, the screens that belong to them in `stills`. Two keyframes are never so far apart that
 * going from one to the other takes noticeable time, and never so near that they weigh more than
 * what lies between them. */
#include "film.h"

#include "film_private.h"

#include "../base/err.h"
#include "../story/mark.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/source.h"

#include <stdlib.h>
#include <string.h>

/* Bytes and records between keyframes, at least. */
enum { KEY_BYTES = 128 * 1024, KEY_RECORDS = 4096, READ_BYTES = 1 << 20 };

static void on_nothing(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

const struct screen_sink film_no_sink = {on_nothing, on_nothing};

/* --- chapters --- */

static struct chapter *add_chapter(struct film *f, uint32_t number)
{
	struct record r = {.at_us = f->length_us, .kind = HEAD_CHAPTER};
	struct chapter *c;

	f->chapters = xrealloc(f->chapters, (f->n_chapters + 1) * sizeof(*f->chapters));
	c = &f->chapters[f->n_chapters++];
	memset(c, 0, sizeof(*c));
	c->number = number;
	c->at_us = f->length_us;
	c->at = spool_size(&f->spool);
	c->text = xstrdup("");
	spool_put(&f->spool, &r, sizeof(r));
	return c;
}

static void name_chapter(struct chapter *c, const void *text, size_t n)
{
	char *copy = xmalloc(n + 1);
	size_t i;

	for (i = 0; i < n; i++)
		copy[i] = ((const char *)text)[i] ? ((const char *)text)[i] : ' ';
	copy[n] = '\0';
	free(c->text);
	c->text = copy;
}

static void on_started(void *ctx, const struct command *c)
{
	struct chapter *chapter = add_chapter(ctx, c->seq);

	if (c->text.len)
		name_chapter(chapter, c->text.data, c->text.len);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct film *f = ctx;
	long i = film_chapter_numbered(f, c->seq);
	struct chapter *chapter = i < 0 ? NULL : &f->chapters[i];

	if (!chapter)
		return;
	chapter->end_us = f->length_us;
	chapter->end = spool_size(&f->spool);
	chapter->has_exit = c->has_exit;
	chapter->exit_code = c->exit_code;
	if (c->text.len)
		name_chapter(chapter, c->text.data, c->text.len);
}

static const struct story_sink story_sink = {.started = on_started, .ended = on_ended};

/* A label names a command of ours, and is a chapter of its own in others' recordings. */
static void put_label(struct film *f, const struct event *e)
{
	struct chapter *last = f->n_chapters ? &f->chapters[f->n_chapters - 1] : NULL;

	if (!f->story) {
		if (last) {
			last->end = spool_size(&f->spool);
			last->end_us = f->length_us;
		}
		name_chapter(add_chapter(f, (uint32_t)f->n_chapters + 1), e->data, e->len);
	} else if (last && !last->text[0]) {
		name_chapter(last, e->data, e->len);
	}
}

/* --- records --- */

static void put_record(struct film *f, enum head_kind kind, const void *data, size_t n)
{
	struct record r = {.at_us = f->length_us, .kind = kind, .len = (uint32_t)n};

	spool_put(&f->spool, &r, sizeof(r));
	spool_put(&f->spool, data, n);
	f->since_bytes += n;
	f->since_records++;
}

static void add_key(struct film *f)
{
	struct buf still = {0};
	struct key *k;

	f->keys = xrealloc(f->keys, (f->n_keys + 1) * sizeof(*f->keys));
	k = &f->keys[f->n_keys++];
	screen_save(f->screen, &still);
	k->at_us = f->length_us;
	k->place = spool_size(&f->spool);
	k->still = spool_size(&f->stills);
	k->still_len = still.len;
	spool_put(&f->stills, still.data, still.len);
	buf_release(&still);
	f->since_bytes = f->since_records = 0;
}

static void put_resize(struct film *f, const struct event *e)
{
	struct record_size size;

	if (event_size(e, &size.cols, &size.rows) < 0)
		return;
	put_record(f, HEAD_RESIZE, &size, sizeof(size));
	screen_resize(f->screen, size.rows, size.cols);
}

static void put_event(struct film *f, const struct event *e)
{
	const struct key *last = &f->keys[f->n_keys - 1];

	f->length_us = e->at_us;
	f->has_exit |= e->code == EVENT_EXIT;
	if (f->story && e->code != EVENT_OUTPUT && e->code != EVENT_INPUT)
		story_put(f->story, e);
	if (e->code == EVENT_LABEL)
		put_label(f, e);
	else if (e->code == EVENT_RESIZE)
		put_resize(f, e);
	if (e->code != EVENT_OUTPUT || !e->len)
		return;
	put_record(f, HEAD_OUTPUT, e->data, e->len);
	screen_write(f->screen, e->data, e->len);
	if ((f->since_bytes >= KEY_BYTES || f->since_records >= KEY_RECORDS) &&
	    f->since_bytes + f->since_records * sizeof(struct record) >= last->still_len)
		add_key(f);
}

/* --- the outside --- */

struct film *film_new(struct source *source, int dir)
{
	const struct header *h = source_header(source);
	struct film *f = xcalloc(1, sizeof(*f));

	f->source = source;
	spool_init(&f->spool, dir);
	spool_init(&f->stills, dir);
	f->screen = screen_new(h->rows, h->cols, &film_no_sink, NULL);
	if (h->version)
		f->story = story_new(h, &story_sink, f);
	add_key(f);
	return f;
}

void film_free(struct film *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->n_chapters; i++)
		free(f->chapters[i].text);
	free(f->chapters);
	free(f->keys);
	story_free(f->story);
	screen_free(f->screen);
	spool_release(&f->spool);
	spool_release(&f->stills);
	source_free(f->source);
	free(f);
}

void film_set_growing(struct film *f)
{
	f->growing = 1;
}

void film_set_complete(struct film *f)
{
	f->growing = 0;
}

int film_read(struct film *f, size_t bytes, struct err *err)
{
	uint64_t until = spool_size(&f->spool) + bytes;
	struct event e;
	int rc = 1;

	while (!f->whole && spool_size(&f->spool) < until) {
		rc = source_next(f->source, &e, err);
		if (rc < 0)
			return -1;
		if (!rc) {
			f->whole = !f->growing || f->has_exit;
			return 0;
		}
		put_event(f, &e);
	}
	return !f->whole;
}

int film_read_to(struct film *f, int64_t at_us, struct err *err)
{
	int rc = 1;

	while (rc == 1 && f->length_us <= at_us)
		rc = film_read(f, READ_BYTES, err);
	return rc < 0 ? -1 : 0;
}

int film_is_whole(const struct film *f)
{
	return f->whole;
}

int64_t film_length_us(const struct film *f)
{
	return f->length_us;
}

uint64_t film_end(const struct film *f)
{
	return spool_size(&f->spool);
}

size_t film_chapters(const struct film *f)
{
	return f->n_chapters;
}

const struct chapter *film_chapter(const struct film *f, size_t i)
{
	return &f->chapters[i];
}

long film_chapter_at(const struct film *f, uint64_t place)
{
	size_t low = 0, high = f->n_chapters;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->chapters[middle].at < place)
			low = middle + 1;
		else
			high = middle;
	}
	return (long)low - 1;
}

long film_chapter_numbered(const struct film *f, uint32_t number)
{
	size_t i = f->n_chapters;

	while (i--)
		if (f->chapters[i].number == number)
			return (long)i;
	return -1;
}
