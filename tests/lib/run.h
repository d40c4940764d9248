/* SPDX-License-Identifier: MIT */
/* run: runs a program as a parent would that looks closely: its streams are pipes of ours, its wait
 * status is told as the kernel gives it. */
#ifndef STENO_RUN_H
#define STENO_RUN_H

#include "base/buf.h"

#include <sys/types.h>

enum { RUN_ARGS = 12 };

struct run_plan {
	const char *path;
	const char *argv[RUN_ARGS];
	const char *input;	/* what it reads; NULL: nothing */
	const char *const *env; /* "NAME=value", NULL-terminated: changes to ours; or NULL */
	void (*prepare)(void);	/* in the child, before it runs; or NULL */
	/* In the parent, when the program has printed `when` (NULL: never). */
	const char *when;
	void (*meddle)(pid_t pid);
	int keep_input; /* the input is not closed before the outputs are */
};

struct run {
	struct buf out, err; /* all that it printed */
	int wait_status;
	int stopped; /* the signal that stopped it last; 0: none */
};

/* Runs it to its end in a process group of its own; one that stops is told to go on. After a
 * deadline it is killed, and the status says so. */
void run_it(const struct run_plan *plan, struct run *out);
void run_release(struct run *r);

#endif
