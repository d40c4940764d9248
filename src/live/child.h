/* SPDX-License-Identifier: MIT */
/* child: a process of steno's own that does what the holder must not: parse foreign bytes. It is
 * forked without exec, keeps only the descriptors it needs, and may die. */
#ifndef STENO_CHILD_H
#define STENO_CHILD_H

#include <stddef.h>
#include <sys/types.h>

struct err;

struct child {
	pid_t pid; /* 0: none */
	int in;	   /* write end of its input pipe, or -1; does not block */
	int out;   /* read end of its output pipe, or -1; does not block */
};

/* What it does: ctx is the parent's memory as it was at the fork; in and out are its pipe ends. The
 * result is its exit status. */
typedef int child_main(void *ctx, int in, int out);

/* keep: further descriptors it may keep (-1 entries are passed over). name: for ps(1). Its signals
 * are at their defaults, its standard streams are /dev/null. */
int child_start(struct child *c, const char *name, child_main *run, void *ctx, const int *keep,
		size_t n_keep, struct err *err);
void child_close(struct child *c); /* our pipe ends */

#endif
