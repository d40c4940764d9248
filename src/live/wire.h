/* SPDX-License-Identifier: MIT */
/* wire: messages, with descriptors, over a SOCK_SEQPACKET socket: between the holder and its front,
 * and between the holder and whoever comes to its control socket (control.h, client.h). A packet is
 * a head with the version, then at most WIRE_DATA bytes; the kernel keeps its bounds. */
#ifndef STENO_WIRE_H
#define STENO_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <termios.h>

struct err;

enum { WIRE_VERSION = 1, WIRE_DATA = 16384, WIRE_TEXT = 512, WIRE_FDS = 2 };

enum wire_kind {
	/* front to holder */
	WIRE_TERMINAL = 1, /* two descriptors, input and output: use them from now on */
	WIRE_SIZE,	   /* a, b: rows, columns of the terminal */
	WIRE_PAUSE,	   /* keep off the terminal until WIRE_RESUME; answered by WIRE_PAUSED */
	WIRE_RESUME,
	WIRE_SIGNAL, /* a: a signal that the front got */
	WIRE_REAPED, /* a: pid, b: its wait status: adopted by the front when a holder died */
	WIRE_BEHIND, /* the terminal does not show what it should: let it catch up */
	/* holder to front */
	WIRE_STARTING, /* the program, now; before this another holder can begin anew */
	WIRE_STARTED,  /* a: pid of the program; one descriptor: the pty's master */
	WIRE_PAUSED,
	WIRE_HUNG_UP, /* the pty is about to be closed: the front's duplicate must go, too */
	WIRE_NOTICE,  /* text: a line for the user when the session is over */
	WIRE_EXITED,  /* a: exit status of the program; the files are still being finished */
	WIRE_DONE,    /* everything is written */
	/* client to holder; each is answered by what stands behind it, or by WIRE_REFUSED */
	WIRE_STATUS, /* nothing: by WIRE_STATUS with a struct wire_status */
	WIRE_EVENT,  /* a: code, b: 1 in the last piece; a piece of the event's data: by WIRE_OK
			after the last one */
	WIRE_FOLLOW, /* tell me when the recording grows: by WIRE_OK, at: its size now */
	WIRE_SEEN,   /* at: so much has been read, or painted: tell me of more. No answer */
	WIRE_SEND,   /* data to be typed, a: 1 in the first piece: by WIRE_OK, a: so much of it was
			taken, which may be none */
	WIRE_KILL,   /* nothing; end the program, kindly, then firmly: by WIRE_OK */
	WIRE_ATTACH, /* a struct wire_seat and two descriptors, a terminal's input and output: by
			WIRE_OK. From then on as a front: WIRE_SIZE, WIRE_PAUSE, WIRE_RESUME */
	WIRE_LEAVE,  /* the terminal goes: by WIRE_LEFT when nothing more is written to it */
	/* front or client to holder, as viewer.h says */
	WIRE_SHOW, /* at: as of WIRE_CATCH: the terminal is ready for what follows; if it cannot be,
		      WIRE_SEEN with a: 1 */
	/* holder to client */
	WIRE_OK,
	WIRE_GREW,    /* at: size of the recording; once until WIRE_SEEN. To a terminal: paint it */
	WIRE_CATCH,   /* at: get the terminal ready for what comes behind this byte of it */
	WIRE_LEFT,    /* by the key, or after WIRE_LEAVE */
	WIRE_REFUSED, /* text: why */
};

struct wire_message {
	int kind;
	int a, b;
	int64_t at;
	size_t len;		  /* of data */
	char data[WIRE_DATA + 1]; /* a received one has a NUL behind it */
	int fds[WIRE_FDS];	  /* -1 where none; of a received message the receiver's to close */
};

/* A terminal that comes. */
enum { WIRE_WATCHES = 1, WIRE_LATEST = 2 }; /* is not typed at; its size rules when it is used */
struct wire_seat {
	int32_t rows, cols, flags;
	int32_t key;	      /* a control character that leaves, or 0 */
	struct termios modes; /* as they were: for when its process is killed */
};

/* What a holder says of its session. Texts are NUL-terminated. */
struct wire_status {
	int32_t holder, program; /* process ids; program 0: not started, or it has ended */
	int32_t rows, cols;
	int32_t front;	   /* it has the terminal, pipe or file that it was started at */
	int32_t terminals; /* attached that can be typed at */
	int32_t watchers;  /* attached that cannot */
	int32_t command;   /* number of the one that runs, as the shell counts; 0: none does */
	int64_t began_us;  /* the session, by the wall clock, since 1970 */
	char session[32];
	char name[112]; /* of the command that runs, or that ran last, as far as it is known */
};

/* An empty message, without descriptors. */
void wire_init(struct wire_message *m, int kind);
/* Puts text, cut off to fit. */
void wire_text(struct wire_message *m, const char *text);

/* Never blocks: err->code is EAGAIN when the other side has not read for long. Descriptors stay the
 * caller's. */
int wire_send(int sock, const struct wire_message *m, struct err *err);
/* Waits if the socket blocks. 1: got one; 0: the other side is gone; -1: nothing there (EAGAIN), a
 * bad message (EBADMSG), or one of another version (EPROTONOSUPPORT). */
int wire_receive(int sock, struct wire_message *m);

#endif
