/* SPDX-License-Identifier: MIT */
/* moments: what steno says that a terminal showed, here and there in a recording. */
#ifndef STENO_MOMENTS_H
#define STENO_MOMENTS_H

#include "base/buf.h"

struct moment {
	unsigned events;   /* that change the screen, so far */
	struct buf cells;  /* a line for each, as xterm.mjs prints them */
	struct buf rows;   /* text, a line for each */
	struct buf output; /* all bytes up to there */
	int n_rows, n_cols;
};

/* Writes the recording again as pieces of other sizes, at random, so that a moment may be anywhere,
 * also within a sequence, but not within a character. What fails ends the test program. */
void moments_cut(const char *from, const char *to, unsigned *seed);
/* Moments of a recording at random, in its order, the last one among them; how many, `most` at
 * most. */
int moments_take(struct moment *moments, int most, const char *path, unsigned *seed);
void moments_release(struct moment *moments, int n);

#endif
