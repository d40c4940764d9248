/* SPDX-License-Identifier: MIT */
/* film: a recording made ready for seeking. It is read once, in pieces as the caller likes; what is
 * to be shown goes to a file without a name, and beside it, every so often, the screen at that
 * moment. Heads read it, each with a screen of its own. */
#ifndef STENO_FILM_H
#define STENO_FILM_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct film;
struct head;
struct screen;
struct screen_sink;
struct source;

/* A command; in a recording that is not ours, what begins at a marker. */
struct chapter {
	uint32_t number; /* as `steno show` counts */
	int64_t at_us, end_us;
	uint64_t at, end; /* places in the film; end is 0 while it has not ended */
	int has_exit, exit_code;
	char *text; /* "" if not known; bytes of whoever recorded */
};

/* source: read from its beginning, now the film's. dir: where the nameless files go, borrowed. */
struct film *film_new(struct source *source, int dir);
void film_free(struct film *f);
/* The recording is still being made: where it ends now is not its end, until an exit status comes,
 * or film_set_complete() says that nobody goes on. */
void film_set_growing(struct film *f);
void film_set_complete(struct film *f);
/* Reads about that many bytes of output more. 1: there may be more; 0: that was all, for now if the
 * film is not whole; -1. */
int film_read(struct film *f, size_t bytes, struct err *err);
/* Reads until `at_us` is behind what was read, or to the end. 0 or -1. */
int film_read_to(struct film *f, int64_t at_us, struct err *err);
/* All has been read, and no more can come. */
int film_is_whole(const struct film *f);
/* Of what was read so far. */
int64_t film_length_us(const struct film *f);
uint64_t film_end(const struct film *f);
size_t film_chapters(const struct film *f);
/* i < film_chapters(); borrowed until more is read. */
const struct chapter *film_chapter(const struct film *f, size_t i);
/* The last that begins before the place: its index, or -1. A head at `at` has yet to pass the
 * record that tells of the beginning. */
long film_chapter_at(const struct film *f, uint64_t place);
/* By its number; -1. */
long film_chapter_numbered(const struct film *f, uint32_t number);

/* At the film's beginning. sink: as of screen_new(), may be NULL. */
struct head *head_new(struct film *f, const struct screen_sink *sink, void *ctx);
void head_free(struct head *h);
const struct screen *head_screen(const struct head *h);
/* For a capture. */
struct screen *head_screen_mutable(struct head *h);
uint64_t head_place(const struct head *h);

enum head_kind { HEAD_OUTPUT, HEAD_RESIZE, HEAD_CHAPTER };
struct head_event {
	int64_t at_us;
	enum head_kind kind;
	const unsigned char *data; /* of output; borrowed until the head moves */
	size_t len;
};
/* What comes next, the film read on as needed. 1; 0: the end; -1. */
int head_peek(struct head *h, struct head_event *e, struct err *err);
/* Shows it. */
int head_step(struct head *h, struct head_event *e, struct err *err);
/* Goes behind all that happened up to at_us. */
int head_seek(struct head *h, int64_t at_us, struct err *err);
/* Goes to a place that a head has been at, or a chapter's. */
int head_seek_place(struct head *h, uint64_t place, struct err *err);

#endif
