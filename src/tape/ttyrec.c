/* SPDX-License-Identifier: MIT */
/* ttyrec: frames of seconds, microseconds and a length, each 32 bits, little-endian, then so many
 * bytes of output. There is no magic number: frames that make sense are what tells the format. The
 * size of the terminal is not in it, but termrec writes CSI 8;rows;cols t where it changes
 * (https://github.com/kilobyte/termrec). */
#include "source_private.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "event.h"
#include "window.h"

#include <stdio.h>
#include <string.h>

enum {
	FRAME = 12,
	FRAME_LIKELY = 1 << 20, /* longer ones are not taken for a frame when detecting */
	FRAMES_LOOKED_AT = 4,
	SIZE_LONGEST = 16, /* of the sequence that tells a size */
};
/* 1990: an older clock is none, and only the differences count. */
#define FIRST_CLOCK INT64_C(631152000000000)

struct ttyrec {
	struct source base;
	struct window window;
	uint32_t left; /* of the frame */
	int fresh;     /* nothing of the frame was given yet */
	int started;
	int64_t first_us, at_us;
	char size[SOURCE_SIZE_TEXT];
};

static uint32_t little_endian(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int64_t frame_clock(const unsigned char *p)
{
	return (int64_t)little_endian(p) * 1000000 + little_endian(p + 4);
}

int ttyrec_detect(const unsigned char *p, size_t n)
{
	int64_t last = 0;
	int frames;

	if (n < FRAME)
		return 0;
	for (frames = 0; frames < FRAMES_LOOKED_AT && n >= FRAME; frames++) {
		uint32_t len = little_endian(p + 8);

		if (little_endian(p + 4) >= 1000000 || len > FRAME_LIKELY || frame_clock(p) < last)
			return 0;
		last = frame_clock(p);
		if (len > n - FRAME)
			return 1;
		p += FRAME + len;
		n -= FRAME + len;
	}
	return 1;
}

/* Digits up to `end`, which is taken too; -1 if they are none, or too many. */
static int take_number(const unsigned char **p, const unsigned char *stop, unsigned char end)
{
	int value = 0, digits = 0;

	for (; *p < stop && **p >= '0' && **p <= '9' && digits < 5; (*p)++, digits++)
		value = value * 10 + (**p - '0');
	if (!digits || *p == stop || **p != end)
		return -1;
	(*p)++;
	return value;
}

/* CSI 8 ; rows ; cols t at the beginning of a frame. */
static int take_size(struct ttyrec *t, const unsigned char *p, size_t n)
{
	const unsigned char *stop = p + (n < SIZE_LONGEST ? n : SIZE_LONGEST);
	int rows, cols;

	if (n < 4 || p[0] != 0x1B || p[1] != '[' || p[2] != '8' || p[3] != ';')
		return -1;
	p += 4;
	rows = take_number(&p, stop, ';');
	cols = rows < 0 ? -1 : take_number(&p, stop, 't');
	return cols < 0 ? -1 : source_size_text(t->size, cols, rows);
}

/* The next frame's head. 1, 0: there is none (yet), -1. */
static int begin_frame(struct ttyrec *t, struct err *err)
{
	const unsigned char *p;
	size_t n;

	if (window_get(&t->window, FRAME, &p, &n, err) < 0)
		return -1;
	t->base.torn = n > 0 && n < FRAME;
	if (n < FRAME)
		return 0;
	if (!t->started)
		t->first_us = frame_clock(p);
	t->started = 1;
	t->at_us = frame_clock(p) - t->first_us;
	t->left = little_endian(p + 8);
	t->fresh = 1;
	window_skip(&t->window, FRAME);
	return 1;
}

static int ttyrec_next(struct source *s, struct event *e, struct err *err)
{
	struct ttyrec *t = (struct ttyrec *)s;
	const unsigned char *p;
	size_t n;

	while (!t->left) {
		int rc = begin_frame(t, err);

		if (rc <= 0)
			return rc;
	}
	if (window_get(&t->window, t->left < WINDOW_SIZE ? t->left : WINDOW_SIZE, &p, &n, err) < 0)
		return -1;
	s->torn = !n;
	if (!n)
		return 0;
	if (t->fresh && take_size(t, p, n) == 0) {
		t->fresh = 0;
		return source_give(s, e, t->at_us, EVENT_RESIZE, t->size, strlen(t->size));
	}
	t->fresh = 0;
	t->left -= (uint32_t)n;
	window_skip(&t->window, n);
	s->offset = t->window.at;
	return source_give(s, e, t->at_us, EVENT_OUTPUT, p, n);
}

static const struct source_kind ttyrec_kind = {.name = "ttyrec", .next = ttyrec_next};

/* What the first frame says of the whole. */
static int look(struct ttyrec *t, struct err *err)
{
	struct header *h = &t->base.header;
	const unsigned char *p;
	size_t n;
	int rows, cols;

	if (window_get(&t->window, FRAME + SIZE_LONGEST, &p, &n, err) < 0)
		return -1;
	if (n < FRAME)
		return err_set(err, "not a ttyrec: too short");
	if (frame_clock(p) >= FIRST_CLOCK)
		h->start_us = frame_clock(p);
	if (take_size(t, p + FRAME, n - FRAME) == 0 &&
	    sscanf(t->size, "%4dx%4d", &cols, &rows) == 2) {
		h->cols = cols;
		h->rows = rows;
	}
	return 0;
}

struct source *ttyrec_new(int fd, struct err *err)
{
	struct ttyrec *t = xcalloc(1, sizeof(*t));

	source_init(&t->base, &ttyrec_kind, fd);
	window_init(&t->window, fd, 0);
	if (look(t, err) < 0) {
		source_free(&t->base);
		return NULL;
	}
	return &t->base;
}
