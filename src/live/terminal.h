/* SPDX-License-Identifier: MIT */
/* terminal: somebody's terminal (or pipe, or file) as the holder serves it. */
#ifndef STENO_TERMINAL_H
#define STENO_TERMINAL_H

#include "queue.h"

struct terminal {
	int in, out; /* -1 where there is none */
	int in_is_tty;
	int paused; /* its front is stopped: keep off */
	int holds;  /* what is written waits in the queue until this is taken back */
	/* 0: out does not block. Else so much may be written after poll(2) allowed it. */
	size_t cautious;
	struct queue queue; /* on the way to out */
};

enum { TERMINAL_QUEUE = 256 * 1024 };

/* Takes in and out over (closes them in the end). Output gets a descriptor of its own, so that
 * O_NONBLOCK does not reach the user's other programs. -1: no memory. */
int terminal_init(struct terminal *t, int in, int out);
void terminal_release(struct terminal *t);
/* Replaces the descriptors; what is queued stays. */
void terminal_use(struct terminal *t, int in, int out);
/* Shows bytes now or when it can; drops what exceeds terminal_room(). -1: it is gone (errno). */
int terminal_write(struct terminal *t, const void *data, size_t n);
int terminal_flush(struct terminal *t);
size_t terminal_room(const struct terminal *t);

#endif
