/* SPDX-License-Identifier: MIT */
/* film_private: what the film and its heads share; for them only. */
#ifndef STENO_FILM_PRIVATE_H
#define STENO_FILM_PRIVATE_H

#include "../base/buf.h"
#include "../out/spool.h"
#include "../story/screen.h"
#include "../story/story.h"
#include "film.h"

/* In the film's file, followed by `len` bytes: output as it was, or a struct record_size. */
struct record {
	int64_t at_us;
	uint32_t kind, len;
};

struct record_size {
	int cols, rows;
};

/* The screen before the record at `place`; all before it happened up to at_us. */
struct key {
	int64_t at_us;
	uint64_t place, still;
	size_t still_len;
};

struct film {
	struct source *source;
	struct story *story;   /* tells commands; gets no output. NULL: not one of ours */
	struct screen *screen; /* as of the end of what was read */
	struct spool spool, stills;
	struct key *keys;
	size_t n_keys;
	struct chapter *chapters;
	size_t n_chapters;
	size_t since_bytes, since_records; /* since the last keyframe */
	int64_t length_us;
	int growing, has_exit;
	int whole;
};

extern const struct screen_sink film_no_sink;

#endif
