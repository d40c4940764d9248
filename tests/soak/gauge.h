/* SPDX-License-Identifier: MIT */
/* gauge: what a process takes, and whether that grows. */
#ifndef STENO_GAUGE_H
#define STENO_GAUGE_H

#include <sys/types.h>

struct gauge {
	pid_t pid;			/* of the process measured last */
	long rss, descriptors, threads; /* now; rss in KiB */
	long first_rss;			/* of this process, when it was new here */
	long first_descriptors, first_threads;
	long most_rss;
};

/* The process with this name below `above`, at any depth; 0 if there is none. */
pid_t gauge_process(pid_t above, const char *name);
/* Measures it. Another pid than before begins anew. -1: it is gone. */
int gauge_take(struct gauge *g, pid_t pid);

#endif
