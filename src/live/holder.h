/* SPDX-License-Identifier: MIT */
/* holder: the process that owns the pty. pty in, recording out, terminals out, keystrokes in. One
 * loop; log first, then show. It parses nothing but steno's own marks. */
#ifndef STENO_HOLDER_H
#define STENO_HOLDER_H

#include <sys/types.h>

struct session;

/* What a holder that died left behind; pid 0: nothing, start the program. */
struct legacy {
	pid_t pid;  /* the program */
	int master; /* the pty */
	int reaped; /* it has ended, with this wait status */
	int wait_status;
};

/* Serves the session until it is over and its files are written. sock: to the front. Never
 * returns: ends the process. */
void holder_run(struct session *s, int sock, const struct legacy *legacy) __attribute__((noreturn));

#endif
