/* SPDX-License-Identifier: MIT */
/* seqs: a set of commands' numbers, kept as runs: those of one session, in their order, are one. */
#ifndef STENO_SEQS_H
#define STENO_SEQS_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise it. */
struct seqs {
	struct seqs_run {
		uint32_t first, last;
	} * runs; /* rising, with gaps between */
	size_t count, cap;
};

/* 1: it is new, 0: it was there. */
int seqs_add(struct seqs *s, uint32_t seq);
int seqs_has(const struct seqs *s, uint32_t seq);
void seqs_clear(struct seqs *s);
void seqs_release(struct seqs *s);

#endif
