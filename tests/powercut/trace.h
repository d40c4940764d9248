/* SPDX-License-Identifier: MIT */
/* trace: what strace(1) saw processes do to the files below some folders, as a list of steps, in
 * the order in which they were done. */
#ifndef STENO_TRACE_H
#define STENO_TRACE_H

#include "base/buf.h"

#include <stddef.h>

enum step_kind {
	STEP_FOLDER,	/* path was made, a folder */
	STEP_CREATE,	/* path was made, a file */
	STEP_WRITE,	/* data was put at the end of path */
	STEP_RENAME,	/* path became `to` */
	STEP_REMOVE,	/* path is no more */
	STEP_SYNC,	/* fsync(2) of path has returned */
	STEP_SYNC_DATA, /* fdatasync(2): of a folder it says nothing */
};

struct step {
	enum step_kind kind;
	char *path, *to;
	struct buf data;
};

struct trace {
	struct step *steps;
	size_t n, cap;
};

/* The options that strace is to be called with, "-o FILE" left out. */
extern const char trace_options[];

/* Reads what strace wrote; keeps the steps for whose path is_watched() is true. A call that this
 * does not know ends the test program: the model would not be right. */
void trace_read(struct trace *t, const char *file, int (*is_watched)(void *ctx, const char *path),
		void *ctx);
void trace_release(struct trace *t);

#endif
