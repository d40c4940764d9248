/* SPDX-License-Identifier: MIT */
/* follower: the holder's care for its scribe: wakes it, sees how far it is, starts it again when it
 * dies or hangs, lets it finish. */
#ifndef STENO_FOLLOWER_H
#define STENO_FOLLOWER_H

#include "child.h"

#include <stdint.h>

struct session;

struct follower {
	struct session *session;
	struct child child;
	int rung;	     /* and not answered yet */
	int wanted;	     /* the recording has grown since */
	int64_t rung_at;     /* clock_mono_us() */
	int64_t grown_at;    /* when it last grew */
	int64_t running_at;  /* when the command began that runs; 0: none, or it was woken for it */
	int64_t owed_at;     /* when the first one began that it has not been woken for; 0: none */
	uint64_t rings;	     /* how often follower_ring() was called */
	size_t backlog;	     /* bytes of output since it was last woken */
	size_t burst;	     /* bytes since the recording last grew after a pause */
	int64_t worked_in;   /* bytes of the recording: the furthest any scribe got */
	int64_t progress_at; /* when it last said more */
	int deaths;	     /* since it last got further */
	int gave_up;
	/* It says the name of the command that began at this wall clock time. */
	void (*named)(void *ctx, int64_t began, const char *name);
	void *ctx;
};

void follower_start(struct follower *f, struct session *s,
		    void (*named)(void *ctx, int64_t began, const char *name), void *ctx,
		    int64_t now);
/* The recording has grown by about so much: the scribe is woken when it stops growing for a moment,
 * or in time. */
void follower_ring(struct follower *f, size_t grown, int64_t now);
/* A command has begun, or ended. */
void follower_began(struct follower *f, int64_t now);
void follower_ended(struct follower *f);
/* Its pipe has something. */
void follower_answer(struct follower *f, int64_t now);
/* waitpid(2) gave its pid. */
void follower_died(struct follower *f, int64_t now);
/* From time to time: kills a scribe that hangs. Returns when to be called again. */
int64_t follower_check(struct follower *f, int64_t now);
/* The recording is complete: waits for the scribe while it gets on. 0: the files are written. */
int follower_finish(struct follower *f);

#endif
