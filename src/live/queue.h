/* SPDX-License-Identifier: MIT */
/* queue: bytes on their way to a descriptor that may be slow. Its memory is taken once; whoever
 * fills it looks at queue_room() first and stops reading its own source when there is none. */
#ifndef STENO_QUEUE_H
#define STENO_QUEUE_H

#include <stddef.h>

struct queue {
	unsigned char *data;
	size_t cap, start, len;
};

int queue_init(struct queue *q, size_t cap); /* -1: no memory */
void queue_release(struct queue *q);
size_t queue_room(const struct queue *q);
/* Takes as much as there is room for; returns how much. */
size_t queue_put(struct queue *q, const void *data, size_t n);
/* Writes what fd takes now. 0: all is gone or fd is full; -1: fd is broken (errno). */
int queue_flush(struct queue *q, int fd, size_t at_most);

#endif
