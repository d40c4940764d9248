/* SPDX-License-Identifier: MIT */
/* provenance_private: what the parts that read and write the file share. */
#ifndef STENO_PROVENANCE_PRIVATE_H
#define STENO_PROVENANCE_PRIVATE_H

#include "../base/buf.h"
#include "ledger.h"
#include "provenance.h"
#include "seqs.h"

struct provenance {
	const struct header *header;
	int dir, fd;
	struct ledger wanted;  /* this session's lines */
	uint64_t next;	       /* place of the first that may not be in the file yet */
	struct seqs found;     /* the numbers of those that the file had before */
	uint64_t scanned;      /* how much of the file has been searched for them */
	struct buf needle;     /* "id":"...- */
	struct buf claim;      /* "session":"...": such lines are visited, too; empty: not */
	uint64_t broken;       /* lines that are no records, while there is a claim */
	struct buf line;       /* scratch */
	int unsynced, unnamed; /* what it holds, its name, may not be on the disk */
};

/* A line of this session in the file. */
struct own {
	uint64_t at;
	const unsigned char *line; /* borrowed, with its newline */
	size_t n;
	uint32_t seq; /* 0: not of this recording, though it bears the session's name */
};

/* Not 0 ends the search. It may not use p->line. */
typedef int own_fn(void *ctx, const struct own *own, struct err *err);

/* provenance_scan.c: looks for lines of this session in the file from *at to size, and moves *at
 * behind what need not be looked at again: a torn last line is none, yet. 0, -1, or what visit
 * said. */
int provenance_scan(struct provenance *p, uint64_t *at, uint64_t size, own_fn *visit, void *ctx,
		    struct err *err);

/* provenance.c: opens and locks the file; *size is its size. While we waited for the lock another
 * may have put a corrected file in its place. */
int provenance_lock(struct provenance *p, uint64_t *size, struct err *err);
/* Does the file, of that size, end in the middle of a line? */
int provenance_ends_torn(const struct provenance *p, uint64_t size);

#endif
