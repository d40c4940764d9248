/* SPDX-License-Identifier: MIT */
/* report: what `steno -c` tells of its command, as lines on their way to whoever records: each the
 * data of an EVENT_COMMAND (tape/event.h), made of at most REPORT_LINE bytes with its newline, in
 * one write(2), so that those of several commands do not mix in a FIFO.
 *
 * Nothing here waits or fails: what cannot be told is left out. */
#ifndef STENO_REPORT_H
#define STENO_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { REPORT_LINE = 4096 /* PIPE_BUF */, REPORT_ID = 16, REPORT_TEXT = 256 * 1024 };

struct report {
	int fd; /* where to; does not block; -1: nowhere */
	char id[REPORT_ID + 1];
	int begun; /* the beginning got through */
};

/* Texts are borrowed; NULL where there is none. */
struct report_command {
	const char *text, *cwd;
	const char *agent, *call; /* who had it run, and its name for it */
	int on_terminal;	  /* its output can be in the session's terminal */
	pid_t pid;
	int64_t wall_us; /* when it began */
};

void report_begin(struct report *r, const struct report_command *c);
/* If the beginning did not get through it is told now. */
void report_end(struct report *r, const struct report_command *c, int64_t us, int wait_status);

#endif
