/* SPDX-License-Identifier: MIT */
/* leavekey: finds the key that leaves a session in what is typed, wherever it stands, but not
 * inside of a bracketed paste. It is known however the terminal spells it: as the control
 * character, or, if the program has asked for that, by xterm's modifyOtherKeys or kitty's keyboard
 * protocol. Nothing is held back: what came in an earlier call has been typed. */
#ifndef STENO_LEAVEKEY_H
#define STENO_LEAVEKEY_H

#include <stddef.h>

enum { LEAVEKEY_DEFAULT = 0x1c, LEAVEKEY_PARAMS = 4 }; /* Ctrl-\ */

/* Zero-initialise it, but for the key. */
struct leavekey {
	unsigned char key; /* a control character, 1 to 31; 0: none */
	/* private */
	int state;
	int in_paste;
	int params[LEAVEKEY_PARAMS], count;
};

/* How many of the n bytes come before the key; n if it is not there. *is_there: it is. */
size_t leavekey_find(struct leavekey *k, const unsigned char *p, size_t n, int *is_there);

/* "^\", "C-a", "none". 0 and *key, or -1. */
int leavekey_parse(const char *text, unsigned char *key);

#endif
