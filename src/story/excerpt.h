/* SPDX-License-Identifier: MIT */
/* excerpt: the head and the tail of a text that may be endless, in bounded memory. */
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
};

struct excerpt {
	struct buf head;       /* '\n'-ended lines */
	struct buf tail;       /* ring, see excerpt.c; read it by excerpt_tail() */
	uint64_t lines, bytes; /* of the whole text, newlines counted as bytes */
	/* private */
	size_t tail_start, tail_lines, head_lines;
	int head_full;
};

void excerpt_put(struct excerpt *e, const unsigned char *line, size_t n);
/* Lines and bytes that stand in neither head nor tail. */
uint64_t excerpt_left_out_lines(const struct excerpt *e);
uint64_t excerpt_left_out_bytes(const struct excerpt *e);
/* Appends the tail as '\n'-ended lines. */
void excerpt_tail(const struct excerpt *e, struct buf *out);
void excerpt_copy(struct excerpt *to, const struct excerpt *from);
void excerpt_clear(struct excerpt *e);
void excerpt_release(struct excerpt *e);

#endif
