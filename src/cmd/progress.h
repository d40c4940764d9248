/* SPDX-License-Identifier: MIT */
/* progress: how far long work is, on a terminal; and how it is interrupted. */
#ifndef STENO_PROGRESS_H
#define STENO_PROGRESS_H

#include <signal.h>
#include <stdint.h>

enum {
	/* SIGINT, SIGTERM and SIGHUP are kept for progress_end(), because there is something to
	 * be cleaned up. Else they end the process, as ever. */
	PROGRESS_CATCH = 1,
	/* What is made goes to standard output meanwhile: on a terminal that is progress enough. */
	PROGRESS_STREAM = 2,
};

enum { PROGRESS_SIGNALS = 3 };

struct progress {
	const char *what; /* "export" */
	int flags;
	int shows;
	int64_t show_at;
	struct sigaction old[PROGRESS_SIGNALS];
};

/* Says nothing unless stderr is a terminal, and nothing of what takes half a second. One at a
 * time. */
void progress_begin(struct progress *p, const char *what, int flags);
/* So much of `all` is done; when all is, the line goes. 1: a signal asks to stop. */
int progress_step(struct progress *p, int64_t done, int64_t all);
/* The same as a scribe_watch (out/scribe.h); ctx is the struct progress. */
int progress_watch(void *ctx, int64_t done, int64_t all);
/* Takes the line away. If a signal was caught the process ends by it. */
void progress_end(struct progress *p);

#endif
