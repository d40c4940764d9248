/* SPDX-License-Identifier: MIT */
/* guest: a terminal that comes to a session that runs: raw mode and its certain undoing, the
 * window's size, job control. As with the front, the bytes go past it: the holder has the
 * terminal's descriptors; while it does not write there, a viewer paints. */
#ifndef STENO_GUEST_H
#define STENO_GUEST_H

#include "child.h"

struct err;
struct tty;

enum guest_end {
	GUEST_LEFT,   /* by the key: the session goes on */
	GUEST_ENDED,  /* the session's program has ended */
	GUEST_GONE,   /* the session's processes are gone, without its end */
	GUEST_SIGNAL, /* this process was told to end */
};

struct guest_plan {
	int flags;	   /* WIRE_WATCHES, WIRE_LATEST */
	unsigned char key; /* that leaves: a control character, or 0 */
	int cast;	   /* the recording, read-only; borrowed */
	child_main *paint; /* see viewer.h */
	/* Connects to the session's holder, anew if that was killed. 0; 1: there is none; -1. */
	int (*connect)(void *ctx, int *sock, struct err *err);
	void *ctx;
};

/* The terminal is standard input and output. 0; 1: the session does not run; -1: it could not be
 * attached. status: of the program,
 * at GUEST_ENDED; the signal, at GUEST_SIGNAL. */
int guest_run(const struct guest_plan *plan, struct tty *tty, enum guest_end *end, int *status,
	      struct err *err);

#endif
