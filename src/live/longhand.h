/* SPDX-License-Identifier: MIT */
/* longhand: marks as tape/event.h spells them. bash's hooks spell some of theirs shorter, because bash
 * takes long for each byte of a prompt, and longer for reading a line of its history back:
 *   AN;ST             A;s=N;st=ST
 *   C=N,H,A;ST;DIR    C;s=N;prev=ST;d=DIR, without prev if ST is empty. H: the number of the last line of
 *                     the history; A: the number that the command's line was going to have; equal if it
 *                     was added. DIR as ${PWD@Q} gives it; where it is nothing P with none comes before.
 *   CN                C;s=N-1: bash before 5.0 has counted on by then
 *   P=N;DIR           P;s=N;d=DIR
 *   LST               D;s=N;st=ST, of the same shell's last mark with a number; then what n=1 says
 *   D;...;n=M;a=A     D, and that M lines have been put at the end of the file of lines, as
 *                     `history 1` shows them, each with a NUL behind it; PS1 saw A last. For each command
 *                     since the last D whose line is certain E is given: its line was added, it is the only
 *                     one that was added then, it has the number that it had, and it is among those in
 *                     the file.
 * All others are what they are. A line is the user's, and hostile: it is looked at for its number and
 * its end only, and encoded. Nothing here allocates once it has begun, or reads more than once what is
 * in the file. */
#ifndef STENO_LONGHAND_H
#define STENO_LONGHAND_H

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	LONGHAND_TEXT = 262144, /* bytes of a command's text, see tape/event.h */
	LONGHAND_COMMANDS = 32, /* since their shell's last D; of more the first ones get no E */
};

/* A command that C told of. */
struct longhand_command {
	pid_t shell;
	int64_t number;
	int64_t line, wanted; /* H and A */
};

struct longhand {
	const char *path; /* the file of lines, borrowed; NULL: there is none */
	int fd;		  /* of it; -1 until it is needed */
	off_t at;	  /* so much of it has been used */
	off_t kept;	  /* its blocks from here on are still on the disk */
	int64_t last;	  /* the number of the line that was used last */
	pid_t shell;	  /* whose mark had a number last */
	int64_t number;	  /* that; -1: there was none */
	struct longhand_command commands[LONGHAND_COMMANDS];
	size_t n;
	unsigned char *line;
	struct buf out, dir;
};

/* A mark as it is to be recorded, borrowed; n >= 1. */
typedef void longhand_put_fn(void *ctx, const unsigned char *data, size_t n);

/* path: stays the caller's. -1: no memory. */
int longhand_init(struct longhand *l, const char *path);
/* Another process has used what is in the file by now. */
void longhand_late(struct longhand *l);
/* One mark of this shell (0: the session's own); put is called for each that it stands for. */
void longhand_take(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
		   longhand_put_fn *put, void *ctx);
void longhand_release(struct longhand *l);

#endif
