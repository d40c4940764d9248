/* SPDX-License-Identifier: MIT */
/* tint: text in its colours. It is text without control characters in which sequences as
 * pen_print() spells them, and no others, say how what follows looks. Each line begins and ends
 * with the plain pen, so that lines may be left out, and a terminal can be given them as they
 * are. */
#ifndef STENO_TINT_H
#define STENO_TINT_H

#include "pen.h"
#include "token.h"

#include <stddef.h>

struct buf;
struct grid_row;
struct intern;

/* A line that grows at the end of a buf. Zero-initialise it where that is empty. */
struct tint {
	struct pen pen;	      /* of what was put last */
	size_t seen;	      /* where in the buf what can be seen of the line ends */
	struct pen seen_with; /* the pen there */
};

/* A line begins at the end of what is in out. */
void tint_begin(struct tint *t, const struct buf *out);
/* Columns [from, len) of a row. */
void tint_row(struct tint *t, const struct grid_row *r, int from, const struct intern *clusters,
	      const struct intern *pens, struct buf *out);
/* The line ends: blanks at its end go, but for those that have a background. */
void tint_end(struct tint *t, struct buf *out);

/* Reads such text in pieces that look alike. What is left of a sequence that was cut off at the end
 * is passed over. */
struct tint_reader {
	const unsigned char *p, *end;
	struct pen pen;
	struct tokenizer tokenizer;
};
struct tint_run {
	struct pen pen;
	const unsigned char *text; /* borrowed from the text read; n > 0 */
	size_t n;
};
void tint_read(struct tint_reader *r, const void *text, size_t n);
/* 1, or 0: the end. */
int tint_next(struct tint_reader *r, struct tint_run *run);

/* Appends the text alone. */
void tint_strip(const void *text, size_t n, struct buf *out);

#endif
