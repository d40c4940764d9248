/* SPDX-License-Identifier: MIT */
/* tail: reads one agent's log while it grows and prints what it tells as events' data, a line each,
 * from a given time on. Needs nothing but the descriptors it is given. */
#ifndef STENO_TAIL_H
#define STENO_TAIL_H

#include <stdint.h>

struct tail {
	int log;	     /* opened for reading, at its beginning */
	int notify;	     /* of tail_notify(), or -1: then it is looked at from time to time */
	int cast;	     /* a recording that may hold some of it already; or -1 */
	int64_t since_us;    /* wall clock: what was said before is no part of the session */
	const char *profile; /* for the agent's settings, or NULL */
	const char *name;    /* for the sub-agent whose log it is, better than its own; or NULL */
};

/* A descriptor that becomes readable when the file grows; -1 if the kernel has none left. */
int tail_notify(int log);
/* Until `end` is readable and the log has been read to its end. 0, or -1 when nobody listens. */
int tail_run(const struct tail *t, int end, int out);

#endif
