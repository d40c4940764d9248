/* SPDX-License-Identifier: MIT */
/* target: the file that an export goes to. */
#ifndef STENO_TARGET_H
#define STENO_TARGET_H

#include <sys/types.h>

struct err;
struct stat;

/* Writes it; ctx is the caller's. */
typedef int target_fill(void *ctx, int fd, struct err *err);

/* Fills the file at path, which appears whole or not at all: it is written beside and renamed. One
 * that a link leads to is replaced, not the link; what is no regular file (a pipe, /dev/stdout) is
 * written to as it is. Refused: a file that is `source`, the one that is read. */
int target_write(const char *path, const struct stat *source, target_fill *fill, void *ctx,
		 struct err *err);
/* A file without a name for what is made on the way, or -1. */
int target_scratch(struct err *err);
/* The folder for such files; -1 if there is none. */
int target_scratch_dir(void);

#endif
