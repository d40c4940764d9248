/* SPDX-License-Identifier: MIT */
/* outlet: bytes on their way into a file, a good many at a time. */
#ifndef STENO_OUTLET_H
#define STENO_OUTLET_H

#include "../base/buf.h"

#include <stddef.h>

struct err;

/* Set fd, which stays the caller's; the rest is zero. What cannot be written is told by the flush,
 * and nothing is written behind it. */
struct outlet {
	int fd;
	struct buf held; /* may be appended to */
	int failed;
	int code; /* errno */
};

/* Writes what is held if that is much. */
void outlet_settle(struct outlet *o);
void outlet_put(struct outlet *o, const void *data, size_t n);
/* As the inside of a JSON string; what is not UTF-8 becomes U+FFFD. */
void outlet_put_json(struct outlet *o, const void *data, size_t n);
/* Writes all that is held. 0 or -1. */
int outlet_flush(struct outlet *o, struct err *err);
void outlet_release(struct outlet *o);

#endif
