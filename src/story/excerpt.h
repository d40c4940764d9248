/* SPDX-License-Identifier: MIT */
/* excerpt: the head and the tail of a text that may be endless, in bounded memory.
 *
 * The head is the first lines, the tail the last ones. Lines are kept whole, but for one that is
 * longer than EXCERPT_LINE: head and tail may begin or end inside such a one, at a character.
 * When nothing is left out, head and tail together are the text. In text with colours (tint.h) the
 * tail does not begin inside a sequence either. */
#ifndef STENO_EXCERPT_H
#define STENO_EXCERPT_H

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>

enum {
	EXCERPT_HEAD_LINES = 200,
	EXCERPT_HEAD_BYTES = 32768,
	EXCERPT_TAIL_LINES = 200,
	EXCERPT_TAIL_BYTES = 32768,
	EXCERPT_LINE = 1024,
};

/* Zero-initialise it. */
struct excerpt {
	struct buf head;       /* '\n'-ended lines, but for the last if it is cut */
	uint64_t lines, bytes; /* of the whole text, newlines counted as bytes */
	/* private */
	struct buf tail;     /* the last bytes behind the head; up to twice what is kept */
	uint64_t tail_bytes; /* that ever came behind the head */
	size_t head_lines;
	int head_full;
};

/* What of the text stands in neither head nor tail, and the tail. */
struct excerpt_rest {
	uint64_t lines, bytes;	   /* left out; a line that is only cut does not count */
	const unsigned char *tail; /* borrowed until the excerpt changes */
	size_t n;
};

/* One line, without its newline. */
void excerpt_put(struct excerpt *e, const unsigned char *line, size_t n);
void excerpt_rest(const struct excerpt *e, struct excerpt_rest *out);
/* True when no line has anything but blanks. */
int excerpt_is_blank(const struct excerpt *e);
void excerpt_copy(struct excerpt *to, const struct excerpt *from);
void excerpt_clear(struct excerpt *e);
void excerpt_release(struct excerpt *e);

#endif
