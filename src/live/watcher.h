/* SPDX-License-Identifier: MIT */
/* watcher: finds the logs of the coding agents that run in a session (hunt.h), has each of them
 * read by a process of its own, and passes on what these say, a line for each event, to the holder.
 * It parses nothing of them itself, and may be killed: what has been recorded is not told again. */
#ifndef STENO_WATCHER_H
#define STENO_WATCHER_H

#include "child.h"
#include "hunt.h"

/* Handed to a reader (session.h), in the memory that it is forked with. */
struct watcher_log {
	struct quarry quarry;
	int cast; /* the recording, or -1: nothing of this log can be in it yet */
};

/* What it is told in its input: that something happened, and that the session is over (as does the
 * end of the pipe). */
enum { WATCHER_RING = 'r', WATCHER_END = 'e' };

struct watcher {
	pid_t program, front;
	char *const *argv;  /* what the program was started as */
	int cast;	    /* the recording, if there was a watcher before; or -1 */
	child_main *reader; /* ctx: a struct watcher_log; out: events' data, a line each. Its input
			       ends when the log is complete. It keeps the descriptors in ctx. */
};

/* Runs until the session is over and all logs were read; the exit status of its process. */
int watcher_run(const struct watcher *w, int in, int out);

#endif
