/* SPDX-License-Identifier: MIT */
/* player: a film on the user's terminal, driven by keys. */
#ifndef STENO_PLAYER_H
#define STENO_PLAYER_H

#include <stdint.h>

struct err;
struct film;
struct vigil;

enum {
	PLAYER_LOOP = 1,
	PLAYER_PAUSE = 2,     /* at each command */
	PLAYER_NO_STATUS = 4, /* no status line, until it is asked for */
	PLAYER_FOLLOW = 8,    /* begin at the end of what there is */
};

struct player_plan {
	double speed;
	int64_t idle_us;      /* 0: no limit */
	uint64_t begin, stop; /* places in the film */
	uint32_t last;	      /* the command that ends at `stop`, if that is not known yet; or 0 */
	int64_t begin_us;     /* of `begin` */
	int64_t at_us;	      /* where to start, if later; -1: at `begin` */
	int flags;
	struct vigil *vigil; /* of a film that grows; else NULL */
};

/* Plays on standard output, which is a terminal, with keys from standard input if that is one, too.
 * Of a film that grows, what comes after its end was reached is shown when it comes. Whatever ends
 * it, the terminal is as it was. Returns 0, -1, or the number of the signal that ended it, which
 * the caller is to die of. */
int player_run(struct film *film, const struct player_plan *plan, struct err *err);

/* Writes to standard output, at once, the text that scrolls by: of a full-screen program its last
 * screen. 0 or -1. */
int player_print_text(struct film *film, const struct player_plan *plan, struct err *err);
/* Writes the recorded bytes, on a terminal when they are due. 0 or -1. */
int player_print_bytes(struct film *film, const struct player_plan *plan, struct err *err);

#endif
