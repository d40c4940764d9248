/* SPDX-License-Identifier: MIT */
/* longhand: marks as tape/event.h spells them. bash's hooks spell some of theirs shorter, because bash
 * takes long for each byte of a prompt, and longer for reading a line of its history back:
 *   AN;ST                       A;s=N;st=ST
 *   C;s=N;prev=ST;h=A,B;d=DIR   h: the number of the command's line in the history, and the number
 *                               that the line was going to have; equal if it was added
 *   L;s=N;prev=ST;h=A,B;st=ST   D, and E if its line is certain: `history 1`, a NUL behind it, has
 *                               been put at the end of the file of lines, and begins with A
 * All others are what they are. A line is the user's, and hostile: it is looked at for its number and
 * its end only, and encoded. Nothing here allocates once it has begun, or reads more than once what is
 * in the file. */
#ifndef STENO_LONGHAND_H
#define STENO_LONGHAND_H

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LONGHAND_TEXT = 262144 }; /* bytes of a command's text, see tape/event.h */

struct longhand {
	const char *path; /* the file of lines, borrowed; NULL: there is none */
	int fd;		  /* of it; -1 until it is needed */
	off_t at;	  /* so much of it has been used */
	off_t kept;	  /* its blocks from here on are still on the disk */
	int64_t last;	  /* the number of the line that was used last */
	unsigned char *line;
	struct buf out;
};

/* A mark as it is to be recorded, borrowed; n >= 1. */
typedef void longhand_put_fn(void *ctx, const unsigned char *data, size_t n);

/* path: stays the caller's. -1: no memory. */
int longhand_init(struct longhand *l, const char *path);
/* Another process has used what is in the file by now. */
void longhand_late(struct longhand *l);
/* One mark; put is called for each that it stands for. */
void longhand_take(struct longhand *l, const unsigned char *data, size_t n, longhand_put_fn *put,
		   void *ctx);
void longhand_release(struct longhand *l);

#endif
