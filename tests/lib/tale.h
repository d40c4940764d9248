/* SPDX-License-Identifier: MIT */
/* tale: what the story makes of events, as text, one line a call. An event is written as a line, too:
 * its code, a space, its data ("\n", "\r", "\e", "\a" stand for themselves). */
#ifndef STENO_TALE_H
#define STENO_TALE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct excerpt;
struct header;
struct story;
struct story_sink;

extern const struct header tale_header;	  /* of 80x24, begun a second after 1970 did */
extern const struct story_sink tale_sink; /* its ctx: a struct buf, to which the lines are added */

/* Gives one event, at millisecond `ms`, from a line of n characters. */
void tale_put(struct story *s, int64_t ms, const char *line, size_t n);
/* Gives the first `events` events of the script, one a millisecond; returns how many there were. */
int tale_play(struct story *s, const char *script, int events);
/* Its text, | for a newline. */
void tale_put_excerpt(struct buf *out, const struct excerpt *e);

struct tale_case {
	const char *name, *script, *want;
};

/* is_str(): each script tells what is wanted; ok(): each beginning of it a beginning of that. */
void tale_try(const struct tale_case *cases, size_t n);

#endif
