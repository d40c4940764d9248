/* SPDX-License-Identifier: MIT */
/* spool: bytes that are put at the end and read from anywhere, in a file without a name, so that
 * memory stays small however long a session. Short ones never get a file. */
#ifndef STENO_SPOOL_H
#define STENO_SPOOL_H

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct err;

struct spool {
	int dir;	 /* where the file is made; the caller's */
	int fd;		 /* -1: none, or none could be made */
	uint64_t stored; /* bytes in the file */
	struct buf rest; /* those behind them */
};

void spool_init(struct spool *s, int dir);
void spool_release(struct spool *s);
/* Never fails: what the file does not take stays in memory. */
void spool_put(struct spool *s, const void *data, size_t n);
void spool_clear(struct spool *s);
uint64_t spool_size(const struct spool *s);
/* Reads up to n bytes from `at`; the count is short only at the end. */
int spool_read(const struct spool *s, uint64_t at, void *data, size_t n, size_t *got,
	       struct err *err);
/* Writes all of it to fd. */
int spool_write(const struct spool *s, int fd, struct err *err);

#endif
