/* SPDX-License-Identifier: MIT */
/* audit: whether a recording and the text files made of it can be believed. Nothing is written. */
#ifndef STENO_AUDIT_H
#define STENO_AUDIT_H

#include <stdint.h>

struct err;
struct scribe;

/* One thing that is to be known. */
struct audit_finding {
	const char *what; /* one word: see man/steno.1 */
	int is_grave;	  /* because of it something cannot be believed */
	int64_t at_us;	  /* when in the session, or -1 */
	int64_t offset;	  /* where in the recording, in bytes, or -1 */
	const char *text; /* in words, borrowed, foreign; no full stop */
};
typedef void audit_found(void *ctx, const struct audit_finding *f);

struct audit_sum {
	uint64_t findings, grave;
	uint64_t commands;	 /* that have ended */
	uint64_t without_status; /* those of them whose exit status was not seen */
	uint64_t refused;	 /* marks that were not believed */
	int64_t bytes;		 /* of the recording */
	int64_t length_us;	 /* of the session, to its last event; -1: not known */
	int has_exit, exit_status;
};

/* s: its cast, dir, session and watch. AUDIT_RUNNING: the session goes on: what is not there yet is
 * not missed, and the transcript is not compared. Calls found() in the order of the recording, then
 * for the text files. 0; -1: the recording cannot be read. */
enum { AUDIT_RUNNING = 1 };
int audit_run(const struct scribe *s, int flags, audit_found *found, void *ctx,
	      struct audit_sum *sum, struct err *err);

#endif
