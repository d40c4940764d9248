/* SPDX-License-Identifier: MIT */
/* progress: how far long work is, on a terminal; and how it is interrupted. */
#ifndef STENO_PROGRESS_H
#define STENO_PROGRESS_H

#include <stdint.h>

/* PROGRESS_CATCH: SIGINT, SIGTERM and SIGHUP are kept for progress_end(), because there is
 * something to be cleaned up. */
enum { PROGRESS_CATCH = 1 };

struct progress {
	const char *what; /* "export" */
	int flags;
	int shows, shown;
	int64_t show_at;
};

/* Says nothing unless stderr is a terminal, and nothing of what takes half a second. */
void progress_begin(struct progress *p, const char *what, int flags);
/* So much of `all` is done. 1: a signal asks to stop. */
int progress_step(struct progress *p, int64_t done, int64_t all);
/* Takes the line away. If a signal was caught the process ends by it. */
void progress_end(struct progress *p);

#endif
