/* SPDX-License-Identifier: MIT */
/* ledger: numbered lines in a spool, read in the order they were put or by number. Memory stays
 * small however many there are. */
#ifndef STENO_LEDGER_H
#define STENO_LEDGER_H

#include "spool.h"

struct ledger_stop;

enum { LEDGER_LINE = 32 * 1024 }; /* no line is longer */

struct ledger_line {
	uint32_t seq;
	const unsigned char *text; /* borrowed until the ledger is used again */
	size_t n;
};

struct ledger {
	uint64_t count;
	/* private */
	struct spool spool;
	struct ledger_stop *stops; /* some of the lines: where they are */
	size_t nstops, cap;
	struct buf window; /* what was read last */
	uint64_t window_at;
};

void ledger_init(struct ledger *l, int dir);
void ledger_release(struct ledger *l);
/* No two have the same seq. Finding is quick where most of them rise. */
void ledger_put(struct ledger *l, uint32_t seq, const unsigned char *text, size_t n);
/* The place behind the last line. */
uint64_t ledger_end(const struct ledger *l);
/* Gives the line at *at, 0 for the first, and moves *at behind it. 1, 0 at the end, -1. */
int ledger_next(struct ledger *l, uint64_t *at, struct ledger_line *line, struct err *err);
/* The line of that number. 1, 0 if there is none, -1. */
int ledger_find(struct ledger *l, uint32_t seq, struct ledger_line *line, struct err *err);

#endif
