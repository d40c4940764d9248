/* SPDX-License-Identifier: MIT */
/* source_private: what the formats share; for them and source.c only. */
#ifndef STENO_SOURCE_PRIVATE_H
#define STENO_SOURCE_PRIVATE_H

#include "header.h"
#include "source.h"

/* Each format's struct begins with one of these. */
struct source {
	const struct source_kind *kind;
	int fd;			/* of the file */
	int own_fd, own_timing; /* to be closed, or -1 */
	struct header header;
	const char *note;
	int64_t last_us; /* time of the last event given */
	int64_t offset;
	uint64_t skipped;
	int torn;
};

struct source_kind {
	const char *name;
	int (*next)(struct source *s, struct event *e, struct err *err);
	void (*release)(struct source *s); /* what the format owns beside the header */
};

enum { SOURCE_COLS = 80, SOURCE_ROWS = 24 };
/* Times stay where adding one to a wall clock cannot overflow. */
#define SOURCE_TIME_MAX INT64_C(315576000000000000)

/* Of a zeroed format's struct. */
void source_init(struct source *s, const struct source_kind *kind, int fd);
/* Fills *e, at a time that is not before the last one's. Returns 1. */
int source_give(struct source *s, struct event *e, int64_t at_us, char code, const void *data,
		size_t n);
/* clock + delta, both not negative, within SOURCE_TIME_MAX. */
int64_t source_later(int64_t clock_us, int64_t delta_us);
/* As "COLSxROWS" of an EVENT_RESIZE, into a text that lives as long as the events. -1: no size of
 * a terminal. */
enum { SOURCE_SIZE_TEXT = 24 };
int source_size_text(char out[SOURCE_SIZE_TEXT], int64_t cols, int64_t rows);

/* The formats: NULL where the file is not what they read. */
struct source *cast1_new(int fd, struct err *err);
struct source *cast2_new(int fd, struct err *err);
struct source *typescript_new(int fd, int timing, struct err *err);
struct source *ttyrec_new(int fd, struct err *err);
/* True if the first n bytes of a file of that size look like frames of a ttyrec. */
int ttyrec_detect(const unsigned char *p, size_t n);

#endif
