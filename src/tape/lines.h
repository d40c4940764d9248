/* SPDX-License-Identifier: MIT */
/* lines: a file cut into lines, also while it still grows. Memory is bounded by LINES_LONGEST. */
#ifndef STENO_LINES_H
#define STENO_LINES_H

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct err;

/* A longer line is passed over and counted. */
enum { LINES_LONGEST = 8 << 20 };

struct lines {
	uint64_t skipped; /* lines that were too long, and what the user of this adds */
	/* private */
	int fd;
	struct buf in;	 /* what was read; in.len bytes, of which `at` are done with */
	size_t at, seen; /* no newline in at..seen */
	int64_t behind;	 /* offset in the file of in.data + in.len */
	int too_long;	 /* within a line that is */
};

/* fd: stays the caller's; read with pread(2) from offset 0. */
void lines_init(struct lines *l, int fd);
void lines_release(struct lines *l);
/* 1: *line is the next whole line, *n long without its newline, borrowed until the next call; it
 * stays the next one until lines_done(l, *n + 1). 0: there is none (now). -1: not to be read. */
int lines_next(struct lines *l, const unsigned char **line, size_t *n, struct err *err);
void lines_done(struct lines *l, size_t n);
/* Bytes of the file that are done with. */
int64_t lines_offset(const struct lines *l);
/* True when bytes without a newline are at the end of what was read. */
int lines_torn(const struct lines *l);

#endif
