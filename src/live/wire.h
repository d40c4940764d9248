/* SPDX-License-Identifier: MIT */
/* wire: messages between a front and the holder, with descriptors, over a SOCK_SEQPACKET pair. */
#ifndef STENO_WIRE_H
#define STENO_WIRE_H

#include <stddef.h>

struct err;

enum wire_kind {
	/* front to holder */
	WIRE_TERMINAL = 1, /* two descriptors, input and output: use them from now on */
	WIRE_SIZE,	   /* a, b: rows, columns of the terminal */
	WIRE_PAUSE,	   /* keep off the terminal until WIRE_RESUME; answered by WIRE_PAUSED */
	WIRE_RESUME,
	WIRE_SIGNAL, /* a: a signal that the front got */
	WIRE_REAPED, /* a: pid, b: its wait status: adopted by the front when a holder died */
	/* holder to front */
	WIRE_STARTING, /* the program, now; before this another holder can begin anew */
	WIRE_STARTED,  /* a: pid of the program; one descriptor: the pty's master */
	WIRE_PAUSED,
	WIRE_HUNG_UP, /* the pty is about to be closed: the front's duplicate must go, too */
	WIRE_NOTICE,  /* text: a line for the user when the session is over */
	WIRE_EXITED,  /* a: exit status of the program; the files are still being finished */
	WIRE_DONE,    /* everything is written */
};

enum { WIRE_TEXT = 512, WIRE_FDS = 2 };

struct wire_message {
	int kind;
	int a, b;
	char text[WIRE_TEXT]; /* NUL-terminated */
	int fds[WIRE_FDS];    /* -1 where none; of a received message the receiver's to close */
};

/* Never blocks: err->code is EAGAIN when the other side has not read for long. Descriptors stay the
 * caller's. */
int wire_send(int sock, const struct wire_message *m, struct err *err);
/* 1: got one; 0: the other side is gone; -1: nothing there (EAGAIN) or a bad message. */
int wire_receive(int sock, struct wire_message *m);

#endif
