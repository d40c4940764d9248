/* SPDX-License-Identifier: MIT */
/* capture: rows that leave the screen become lines of text; soft-wrapped ones are joined. */
#ifndef STENO_CAPTURE_H
#define STENO_CAPTURE_H

#include "../base/buf.h"
#include "tint.h"

struct grid;
struct grid_row;
struct intern;
struct screen_sink;

/* A longer logical line is given in pieces. */
enum { CAPTURE_LINE = 1 << 20 };

struct capture {
	const struct screen_sink *sink; /* borrowed */
	void *ctx;
	int on;
	int input;	   /* ends when bracketed paste mode does */
	int open;	   /* `line` is begun by rows that are gone, and may go on in the next */
	struct buf line;   /* of the logical line, what rows that are gone hold of it */
	struct buf prompt; /* of an input: the cells in front of it, uint64_t each */
	const struct intern *pens; /* borrowed; NULL: lines are given without their colours */
	struct tint tint;	   /* of `line` */
};

/* The text that is put from here on, from (row, col) of the grid, is to be given. */
void capture_begin(struct capture *c, struct grid *g, int row, int col);
/* What is in front of (row, col), where a capture of what is typed has just begun, is a prompt:
 * where a line editor draws it again, in a row of its own, it is not given. */
void capture_prompt(struct capture *c, struct grid *g, int row, int col);
/* 1 if nothing was put since the capture began but that prompt, once or more, each time with
 * something behind it; that of the given row, the last, is appended to out. */
int capture_prompt_again(const struct capture *c, const struct grid *g, int row,
			 const struct intern *clusters, struct buf *out);
/* Gives the rows [from, to) as far as they were touched; what is put there later is new. */
void capture_rows(struct capture *c, struct grid *g, int from, int to,
		  const struct intern *clusters);
/* Gives all that is left; a last row that is blank, and that no line feed left, is not. */
void capture_all(struct capture *c, struct grid *g, const struct intern *clusters);
/* Appends to out what capture_all would give if the grid ended before row `to`, as '\n'-ended
 * lines. */
void capture_peek(const struct capture *c, const struct grid *g, int to,
		  const struct intern *clusters, struct buf *out);
void capture_release(struct capture *c);

#endif
