/* SPDX-License-Identifier: MIT */
/* pager: standard output through a pager, as git does it. */
#ifndef STENO_PAGER_H
#define STENO_PAGER_H

#include <sys/types.h>

struct pager {
	pid_t pid; /* 0: none */
	int out;   /* what standard output was */
};

/* If standard output is a terminal it becomes a pipe to $STENO_PAGER, else $PAGER, else less: run
 * as `sh -c`. None if that is empty or "cat". From then on SIGINT, SIGQUIT and SIGPIPE are ignored:
 * the pager is the one that the user talks to. Where there can be no pager there is none. */
void pager_begin(struct pager *p);
/* Gives standard output back, after the pager has ended. What is buffered in stdout must have been
 * flushed before. */
void pager_end(struct pager *p);

#endif
