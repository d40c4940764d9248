/* SPDX-License-Identifier: MIT */
/* looker: has a child look at what commands changed, when one has ended. One look
 * at a time; all of them together take a twentieth of the time at most. One that dies or takes too
 * long is the last. */
#ifndef STENO_LOOKER_H
#define STENO_LOOKER_H

#include "child.h"
#include "facts.h"

#include <stdint.h>

struct session;

struct looker {
	struct session *session;
	struct child child;
	int owed;	 /* a command has begun since the last look did */
	int over;	 /* there are no more looks, or never were any */
	int64_t idle_at; /* since when the shell is at its prompt, or another command has ended; 0:
			    a command runs */
	int64_t began_at;
	int64_t earliest; /* the next look is not before */
	int64_t since_us; /* until when the last one saw all, by the session's time */
	int64_t wall_us;  /* the wall clock at the session's beginning, as it went then */
	void (*put)(void *ctx, const char *fact, size_t n);
	void *ctx;
	struct facts facts;
};

/* put: takes facts (repo/survey.h). All times are clock_mono_us(). */
void looker_init(struct looker *l, struct session *s,
		 void (*put)(void *ctx, const char *fact, size_t n), void *ctx);
/* A mark of this kind has come. */
void looker_mark(struct looker *l, char kind, int64_t now);
/* A command that is no shell's has ended; the shell need not be at its prompt. */
void looker_owe(struct looker *l, int64_t now);
/* From time to time: starts a look that is due, kills one that hangs. Returns when to be called
 * again. Not before the state of the beginning is whole. */
int64_t looker_check(struct looker *l, int64_t now);
/* Its pipe, child.out, has something. */
void looker_hear(struct looker *l, int64_t now);
/* waitpid(2) gave its pid. */
void looker_died(struct looker *l, int wait_status);
/* No more looks; a fact says why, in words without quotes. */
void looker_stop(struct looker *l, const char *why);
/* The session is over: takes the look that is owed, and waits for it. */
void looker_finish(struct looker *l);

#endif
