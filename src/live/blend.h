/* SPDX-License-Identifier: MIT */
/* blend: lines of several logs in the order of the times they bear. An agent and its sub-agents
 * write files of their own, each when it likes; so a line waits a moment for earlier ones of the
 * others. */
#ifndef STENO_BLEND_H
#define STENO_BLEND_H

#include <stddef.h>
#include <stdint.h>

struct blend_line;

/* Zero-initialise it. */
struct blend {
	struct blend_line *first, *last;
	size_t bytes;
};

/* Where one log stands; zero at first. A line without a time has that of the one before. */
struct blend_place {
	int64_t at;
};

void blend_release(struct blend *b);
/* Takes a line in: the data of an EVENT_WORDS (tape/words.h). now: when it came. */
void blend_put(struct blend *b, struct blend_place *p, const char *line, size_t n, int64_t now);
/* Gives those on that came before `till`, or are too many to wait; INT64_MAX: all. */
void blend_take(struct blend *b, int64_t till, void (*put)(void *ctx, const char *line, size_t n),
		void *ctx);
/* When the first of them came; INT64_MAX: there is none. */
int64_t blend_came(const struct blend *b);

#endif
