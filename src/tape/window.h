/* SPDX-License-Identifier: MIT */
/* window: bytes of a file in their order, in a memory that does not grow with it. */
#ifndef STENO_WINDOW_H
#define STENO_WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum { WINDOW_SIZE = 65536 };

struct window {
	int64_t at; /* offset of the next byte */
	/* private */
	int fd;
	size_t from, n; /* what is in data of what comes at `at` */
	unsigned char data[WINDOW_SIZE];
};

/* fd stays the caller's. May be called again to go elsewhere. */
void window_init(struct window *w, int fd, int64_t at);
/* *p are the next bytes, *n of them: `want` (at most WINDOW_SIZE), or fewer where the file ends.
 * Borrowed until the next call. 0 or -1. */
int window_get(struct window *w, size_t want, const unsigned char **p, size_t *n, struct err *err);
/* The next n of those are done with. */
void window_skip(struct window *w, size_t n);

#endif
