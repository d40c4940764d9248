/* SPDX-License-Identifier: MIT */
/* input: what is typed, on its way to the program; and how standard input's end reaches a program
 * that reads from a pty, where there is no end but a typed Ctrl-D. */
#ifndef STENO_INPUT_H
#define STENO_INPUT_H

#include "queue.h"

#include <stdint.h>

struct input {
	struct queue queue;
	int marks;   /* the shell prints marks, so that its prompts are seen */
	char state;  /* the last mark's letter; 0 before the first */
	int started; /* input that is no terminal's may flow: the shell is ready */
	int ended;   /* standard input has ended */
	int newline; /* the last byte of it was one */
	char told;   /* the state in which the end was told; 0: not yet */
	int64_t told_at;
	int64_t look_at; /* the program is not looked at before */
	int64_t pause;	 /* from one look to the next, longer each time */
};

enum { INPUT_QUEUE = 64 * 1024 };

/* What one input_flush() wrote. */
struct input_typed {
	int keys;     /* other than an Enter, in front of the first of them */
	size_t lines; /* that an Enter ended */
	int rest;     /* keys behind the last of them */
};

int input_init(struct input *in, int shell_has_marks); /* -1: no memory */
/* A new holder took over: the shell is ready already. */
void input_late(struct input *in);
/* True when more may be read. */
int input_wants(const struct input *in);
/* Reads fd once. */
void input_read(struct input *in, int fd, int is_tty);
/* For bytes that are typed elsewhere: how many are taken now, none before the shell is ready. */
size_t input_room(const struct input *in);
size_t input_put(struct input *in, const void *data, size_t n);
/* The same for what a terminal typed: the user knows whether the shell is ready. */
size_t input_room_typed(const struct input *in);
void input_type(struct input *in, const void *data, size_t n);
int input_waiting(const struct input *in);
/* Writes what the program takes now. */
struct input_typed input_flush(struct input *in, int master);
/* A mark went by. */
void input_mark(struct input *in, char letter);
/* Tells the end when the program is ready to hear it; returns when to be asked again. */
int64_t input_time(struct input *in, int master, int64_t now);

#endif
