/* SPDX-License-Identifier: MIT */
/* A ring of bytes. */
#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int queue_init(struct queue *q, size_t cap)
{
	q->data = malloc(cap);
	q->cap = cap;
	q->start = q->len = 0;
	return q->data ? 0 : -1;
}

void queue_release(struct queue *q)
{
	free(q->data);
	q->data = NULL;
	q->cap = q->start = q->len = 0;
}

size_t queue_room(const struct queue *q)
{
	return q->cap - q->len;
}

size_t queue_put(struct queue *q, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t end, first;

	if (n > queue_room(q))
		n = queue_room(q);
	if (!n)
		return 0;
	end = (q->start + q->len) % q->cap;
	first = n < q->cap - end ? n : q->cap - end;
	memcpy(q->data + end, p, first);
	memcpy(q->data, p + first, n - first);
	q->len += n;
	return n;
}

int queue_flush(struct queue *q, int fd, size_t at_most)
{
	while (q->len) {
		size_t run = q->len < q->cap - q->start ? q->len : q->cap - q->start;
		ssize_t n;

		if (run > at_most)
			run = at_most;
		n = write(fd, q->data + q->start, run);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		q->start = (q->start + (size_t)n) % q->cap;
		q->len -= (size_t)n;
		if ((size_t)n < run || run == at_most)
			return 0;
	}
	q->start = 0;
	return 0;
}
