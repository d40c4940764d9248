/* SPDX-License-Identifier: MIT */
/* modes: what a terminal remembers beside its screen: how it spells keys, pastes and the mouse, the
 * shape of its cursor, its title. Bytes in, as for screen.h; the difference out. Pure. */
#ifndef STENO_MODES_H
#define STENO_MODES_H

#include "../base/buf.h"
#include "token.h"

#include <stddef.h>

enum { MODES_PRIVATE = 18, MODES_TITLE = 256, MODES_KEYBOARDS = 8, MODES_TAIL = 64 * 1024 };

/* What of it; the rest is left alone. */
enum { MODES_INPUT = 1, MODES_TITLES = 2 };

struct modes_state {
	unsigned char on[MODES_PRIVATE]; /* in the order of modes.c's table */
	unsigned char hidden;		 /* the cursor; for others to show */
	unsigned char keypad;		 /* DECKPAM */
	unsigned char shape;		 /* DECSCUSR, 0 to 6 */
	unsigned char other_keys;	 /* xterm's modifyOtherKeys, 0 to 3 */
	int keyboards;			 /* depth of the stack of kitty's keyboard protocol */
	unsigned char keyboard[MODES_KEYBOARDS + 1]; /* its flags; [0] is the base */
	char title[MODES_TITLE];		     /* plain UTF-8, NUL-terminated */
};

struct modes {
	struct modes_state now;
	/* private */
	struct tokenizer tokenizer;
	struct buf tail; /* bytes of what has not ended */
	int tail_lost;	 /* it is longer than MODES_TAIL */
};

void modes_init(struct modes *m); /* as a terminal is that was just switched on */
void modes_release(struct modes *m);
void modes_write(struct modes *m, const void *data, size_t n);
/* The bytes, borrowed, of a sequence or a character that the output so far has left unfinished: a
 * terminal that is to take what follows must have got them. -1 if there are too many. */
int modes_unfinished(const struct modes *m, const unsigned char **bytes, size_t *n);

/* Appends what makes a terminal that has `from` have `to`. */
void modes_change(const struct modes_state *from, const struct modes_state *to, int what,
		  struct buf *out);

#endif
