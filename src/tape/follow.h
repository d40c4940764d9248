/* SPDX-License-Identifier: MIT */
/* follow: what the process that records and the one that follows its recording say to each other,
 * over two pipes. */
#ifndef STENO_FOLLOW_H
#define STENO_FOLLOW_H

#include <stdint.h>

/* To the follower, a byte each; any other byte means FOLLOW_GROWN, too. The pipe's end without
 * FOLLOW_COMPLETE: whoever recorded is gone, and somebody may go on. */
enum { FOLLOW_GROWN = 'g', FOLLOW_COMPLETE = 'c' };

/* From the follower, in the machine's own byte order; one write(2) each, which PIPE_BUF keeps
 * whole. After each step it says how far it is. Where a command has begun it says its name, for
 * players' chapters. */
struct follow_report {
	int64_t worked_in; /* bytes of the recording */
	int64_t began;	   /* w= of the command's C mark, with its name below; 0: no name */
	char name[112];	   /* UTF-8, NUL-terminated */
};

#endif
