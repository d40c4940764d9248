/* SPDX-License-Identifier: MIT */
/* state: what survey_begin() leaves for survey_end(), and one look for the next: the commit, and
 * the shape of each path that was dirty. A private file between two runs of the same program, so
 * its layout is free to change. */
#ifndef STENO_STATE_H
#define STENO_STATE_H

#include "../base/buf.h"
#include "shape.h"

#include <stddef.h>

struct state_path {
	const char *path; /* into `bytes` */
	struct shape shape;
};

struct state {
	const char *gitdir;	  /* into `bytes` */
	const char *head;	  /* commit then, hex; "" if there was none */
	const char *branch;	  /* "" if there was none */
	int cut;		  /* not all dirty paths are in it */
	struct state_path *paths; /* by strcmp() */
	size_t n;
	struct buf bytes;
};

/* Writing: head first, then the paths in order, then state_write(). */
void state_put_head(struct buf *b, const char *gitdir, const char *head, const char *branch,
		    int cut);
void state_put_path(struct buf *b, const char *path, const struct shape *shape);
int state_write(int fd, const struct buf *b, struct err *err);

/* Fails on a file that holds no whole state. state_release() in any case. */
int state_read(struct state *s, int fd, struct err *err);
const struct shape *state_find(const struct state *s, const char *path);
void state_release(struct state *s);

#endif
