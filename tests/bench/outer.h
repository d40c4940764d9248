/* SPDX-License-Identifier: MIT */
/* outer: the terminal around a peer: a pty of 24 rows and 80 columns that is drained as fast as
 * it can be. Failures end the program: a measurement that half worked is worth nothing. */
#ifndef STENO_OUTER_H
#define STENO_OUTER_H

#include <stddef.h>
#include <sys/types.h>

struct outer {
	const char *name; /* of the program, for complaints */
	pid_t pid;
	int master, pidfd;
	double last;	   /* when the last byte came */
	double began;	   /* seconds, CLOCK_MONOTONIC */
	double peak_mib;   /* of all our descendants but those that only print; when watched */
	double next_watch; /* 0: memory is not watched */
};

double now(void);
/* Prints the text and why, ends all descendants and then the program. */
void die(const char *what) __attribute__((noreturn));

/* Starts argv (under 32 words) in a new terminal. */
void outer_start(struct outer *o, const char *const argv[]);
void outer_send(const struct outer *o, const char *text);
/* Reads until the text (under 64 bytes) has come so often. */
void outer_expect(struct outer *o, const char *text, int times);
/* Reads what comes until nothing has come for so long. */
void outer_settle(struct outer *o, int ms);
/* Reads to the end: the program has ended and nothing is left to read. Returns the seconds since
 * the start. */
double outer_finish(struct outer *o);
/* Makes outer_finish() look at the memory every 50 ms. */
void outer_watch_memory(struct outer *o);

/* Waits until nothing that was left behind (a server, a process that still writes) is running. */
void reap_all(void);

#endif
