/* SPDX-License-Identifier: MIT */
/* mark: the data of an EVENT_MARK or an EVENT_COMMAND (tape/event.h), taken apart. */
#ifndef STENO_MARK_H
#define STENO_MARK_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* A value as it stands in the mark, percent-encoded; p is NULL if the key is not there. */
struct mark_text {
	const unsigned char *p;
	size_t n;
};

/* Numbers are -1 where the key is not there. */
struct mark {
	char letter;
	int64_t s, wall_us;
	int64_t cut;	      /* 1: cmd is only the beginning */
	int64_t h;	      /* number in the shell's history */
	int64_t nl;	      /* how a line ends that is typed, where no C will come */
	int64_t level;	      /* pid of the shell within the shell that it is of */
	int64_t lines;	      /* that were entered */
	int64_t quiet;	      /* 1: and not shown */
	int64_t reader;	      /* 1: the shell itself reads what is typed, 2: its line editor does */
	int64_t status, prev; /* 0 to 255 */
	struct mark_text src, cmd, dir, eol;
	/* of an EVENT_COMMAND */
	int64_t pid, us, signal, tty;
	struct mark_text id, agent, call;
};

/* Fills *m with views into data; unknown keys are passed over, so that newer hooks can be read.
 * -1: not a mark: no letter, no '=', a number that is none or out of range. *m is then
 * undefined. */
int mark_parse(struct mark *m, const unsigned char *data, size_t n);
/* Puts the decoded value in place of what is in out. */
void mark_decode(struct mark_text text, struct buf *out);
int mark_text_is(struct mark_text text, const char *word);

#endif
