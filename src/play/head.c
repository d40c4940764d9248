/* SPDX-License-Identifier: MIT */
/* Moving in a film. Backwards is: to the keyframe before, then forwards. */
#include "film_private.h"

#include "../base/err.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 64 * 1024, READ_BYTES = 256 * 1024 };

struct head {
	struct film *film;
	struct screen *screen;
	int loaded;	   /* the screen is the film's */
	uint64_t place;	   /* of the next record */
	int64_t at_us;	   /* all up to here is shown */
	struct buf window; /* a piece of the film */
	uint64_t window_at;
};

struct head *head_new(struct film *f, const struct screen_sink *sink, void *ctx)
{
	struct head *h = xcalloc(1, sizeof(*h));
	struct err err;

	h->film = f;
	h->screen = screen_new(24, 80, sink ? sink : &film_no_sink, ctx);
	if (head_seek_place(h, 0, &err) < 0)
		bug("no beginning: %s", err.text);
	return h;
}

void head_free(struct head *h)
{
	if (!h)
		return;
	screen_free(h->screen);
	buf_release(&h->window);
	free(h);
}

const struct screen *head_screen(const struct head *h)
{
	return h->screen;
}

struct screen *head_screen_mutable(struct head *h)
{
	return h->screen;
}

uint64_t head_place(const struct head *h)
{
	return h->place;
}

/* n bytes of the film at `place`, in the window; they have been read. */
static const unsigned char *see(struct head *h, uint64_t place, size_t n, struct err *err)
{
	size_t want = n > WINDOW ? n : WINDOW;

	if (place >= h->window_at && place + n <= h->window_at + h->window.len)
		return h->window.data + (place - h->window_at);
	buf_clear(&h->window);
	buf_reserve(&h->window, want);
	h->window_at = place;
	if (spool_read(&h->film->spool, place, h->window.data, want, &h->window.len, err) < 0)
		return NULL;
	if (h->window.len >= n)
		return h->window.data;
	err_set(err, "a temporary file has become shorter");
	return NULL;
}

int head_peek(struct head *h, struct head_event *e, struct err *err)
{
	const unsigned char *p;
	struct record r;
	int rc = 1;

	while (rc == 1 && h->place >= film_end(h->film))
		rc = film_read(h->film, READ_BYTES, err);
	if (rc < 0)
		return -1;
	if (h->place >= film_end(h->film))
		return 0;
	p = see(h, h->place, sizeof(r), err);
	if (!p)
		return -1;
	memcpy(&r, p, sizeof(r));
	p = see(h, h->place, sizeof(r) + r.len, err);
	if (!p)
		return -1;
	e->at_us = r.at_us;
	e->kind = (enum head_kind)r.kind;
	e->data = p + sizeof(r);
	e->len = r.len;
	return 1;
}

int head_step(struct head *h, struct head_event *e, struct err *err)
{
	int rc = head_peek(h, e, err);
	struct record_size size;

	if (rc != 1)
		return rc;
	if (e->kind == HEAD_OUTPUT) {
		screen_write(h->screen, e->data, e->len);
	} else if (e->kind == HEAD_RESIZE) {
		memcpy(&size, e->data, sizeof(size));
		screen_resize(h->screen, size.rows, size.cols);
	}
	h->place += sizeof(struct record) + e->len;
	h->at_us = e->at_us;
	return 1;
}

/* Puts the head to a keyframe, unless it stands between it and what is wanted already. */
static int load(struct head *h, const struct key *k, int is_before, struct err *err)
{
	struct buf still = {0};
	size_t got;
	int rc;

	if (h->loaded && is_before && h->place >= k->place)
		return 0;
	buf_reserve(&still, k->still_len);
	rc = spool_read(&h->film->stills, k->still, still.data, k->still_len, &got, err);
	if (rc == 0 && got == k->still_len) {
		screen_load(h->screen, still.data, got);
		h->place = k->place;
		h->at_us = k->at_us;
		h->loaded = 1;
	}
	buf_release(&still);
	return rc;
}

int head_seek(struct head *h, int64_t at_us, struct err *err)
{
	const struct film *f = h->film;
	size_t low = 1, high;
	struct head_event e;
	int rc;

	if (film_read_to(h->film, at_us, err) < 0)
		return -1;
	high = f->n_keys;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->keys[middle].at_us <= at_us)
			low = middle + 1;
		else
			high = middle;
	}
	if (load(h, &f->keys[low - 1], h->at_us <= at_us, err) < 0)
		return -1;
	while ((rc = head_peek(h, &e, err)) == 1 && e.at_us <= at_us)
		if (head_step(h, &e, err) < 0)
			return -1;
	return rc < 0 ? -1 : 0;
}

int head_seek_place(struct head *h, uint64_t place, struct err *err)
{
	const struct film *f = h->film;
	size_t low = 1, high = f->n_keys;
	struct head_event e;
	int rc = 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->keys[middle].place <= place)
			low = middle + 1;
		else
			high = middle;
	}
	if (load(h, &f->keys[low - 1], h->place <= place, err) < 0)
		return -1;
	while (rc == 1 && h->place < place)
		rc = head_step(h, &e, err);
	return rc < 0 ? -1 : 0;
}
