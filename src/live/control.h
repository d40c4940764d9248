/* SPDX-License-Identifier: MIT */
/* control: the holder's side of its control socket: who is there, and what they say, message by
 * message (wire.h). client.h is the other side.
 *
 * The socket is <session>.<first 8 digits of its id>.<pid of the holder> in the private folder
 * (rundir.h): unique across repositories, found again by what a recording's header says, and never
 * bound by anybody else again, so that one whose holder is dead can be removed by whoever finds
 * it. Only processes of the same user are let in (SO_PEERCRED).
 *
 * Nothing here waits. There are at most CONTROL_PEERS; for one more the one goes that has been
 * silent longest, unless it follows. What a peer has in pieces is bounded by CONTROL_EVENT. A peer
 * that does not read its answers is dropped. */
#ifndef STENO_CONTROL_H
#define STENO_CONTROL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct wire_message;

enum { CONTROL_PEERS = 32, CONTROL_EVENT = 1 << 20, CONTROL_NAME = 64 };

struct peer {
	int sock;	  /* -1: nobody */
	int64_t heard_at; /* clock_mono_us() */
	pid_t pid;
	unsigned char *event; /* the pieces of an event so far; NULL: none */
	size_t event_len;
	int refused; /* the event is: the rest of its pieces is passed over */
	int follows; /* it wants to know when the recording grows, and may be silent for long */
	int told;    /* and was, and has not said WIRE_SEEN since */
	int64_t seen;
};

struct control {
	/* A peer has gone: its place is free when this returns. May be NULL. */
	void (*gone)(void *ctx, struct peer *p);
	void *ctx;
	int epoll; /* readable when there is something to serve; -1: there is no socket */
	int listen;
	int dir;	   /* borrowed */
	int64_t rest_till; /* accept(2) failed: not tried before */
	char name[CONTROL_NAME];
	struct peer peers[CONTROL_PEERS];
};

/* Whoever holds this is asked for each message of a peer's; the descriptors in it are the
 * handler's to take (then it makes them -1) or to leave. */
typedef void control_handler(void *ctx, struct peer *p, struct wire_message *m);

/* The front part of the names of a session's sockets. */
void control_prefix(const char *session, const char *id, char out[CONTROL_NAME]);

/* Sets everything but c->gone and its ctx. dir: the private folder, borrowed for good. Sockets of
 * the same session that an earlier holder left are removed. On failure c->epoll is -1 and
 * everything else here does nothing. */
int control_open(struct control *c, int dir, const char *session, const char *id, struct err *err);
/* Lets nobody more in; those who are there are kept. */
void control_shut(struct control *c);
/* Removes the socket; peers see the end. */
void control_close(struct control *c);
/* Serves what is there. now: clock_mono_us(). */
void control_serve(struct control *c, int64_t now, control_handler *handle, void *ctx);
/* When to be served though nothing is readable; INT64_MAX: never. */
int64_t control_due(const struct control *c);

/* Answers; a peer that does not take it is dropped. */
void control_answer(struct control *c, struct peer *p, const struct wire_message *m);
void control_refuse(struct control *c, struct peer *p, const char *why);
void control_drop(struct control *c, struct peer *p);

/* The peer has read so much of the recording, whose size is now that. */
void control_seen(struct control *c, struct peer *p, int64_t seen, int64_t size);
/* It has grown: whoever follows is told. */
void control_grew(struct control *c, int64_t size);

/* Takes a piece of an event. 1: it is whole, p->event and p->event_len, until control_forget();
 * 0: not yet, or it was refused. */
int control_piece(struct control *c, struct peer *p, const struct wire_message *m);
void control_forget(struct peer *p);
/* Whether the data can be an event's: a JSON object by its first and last byte, valid UTF-8, no
 * control characters, so that a line of the recording stays a line. More is the reader's. */
int control_is_plain(const unsigned char *data, size_t n);

#endif
