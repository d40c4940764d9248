/* SPDX-License-Identifier: MIT */
/* sitting: a recorded session with its user at the keyboard, and what must be recorded of it. */
#ifndef STENO_SITTING_H
#define STENO_SITTING_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct chance;
struct json;
struct lab;
struct term;

/* Counts of all sittings. */
struct tally {
	long sessions, commands, records, outputs, kills, guests, resizes, screens;
	long failures; /* each has been told */
};

/* A command that was typed and has not been seen in provenance.jsonl. */
struct wanted;

struct sitting {
	const struct lab *lab;
	struct tally *tally;
	struct term *t;	    /* NULL: there is none */
	struct term *guest; /* another terminal that is attached; it is not read */
	char session[32];   /* its name */
	int rows;	    /* of the terminal, as it was set last */
	int prompts;	    /* how many have come, the first left out */
	struct wanted *wanted;
	size_t n_wanted, cap;
	uint32_t checked;   /* commands whose record was looked at */
	int64_t busy_until; /* ms, CLOCK_MONOTONIC: a command runs until then */
	char trail[400];    /* what was done to it beside typing, the last of it */
	int lost_holder;    /* the holder was killed: the shell is the front's child since */
	int front_killed;
	int was_killed; /* steno's processes, or the terminal was taken away */
	int failed;	/* it is not what was wanted: nothing more is to be asked of it */
};

enum { ANY_STATUS = -1 };

/* Begins a session; its shell is at the prompt. -1: it is not. */
int sitting_begin(struct sitting *s, const struct lab *lab, struct tally *tally);
/* One thing that a user does. It leaves the shell at its prompt, or busy. */
void sitting_act(struct sitting *s, struct chance *c);
/* The holder, the scribe or the watcher is killed; the shell must answer all the same. */
void sitting_kill(struct sitting *s, struct chance *c);
/* The command that runs meanwhile has ended: its prompt comes. */
void sitting_wake(struct sitting *s);
/* Ends it, in one of several ways; returns when nobody records any more. */
void sitting_end(struct sitting *s, struct chance *c);
/* The same by `exit`. */
void sitting_exit(struct sitting *s);
void sitting_release(struct sitting *s);

/* A line of provenance.jsonl that bears its name. again: perhaps one that was seen before. */
void sitting_record(struct sitting *s, const struct json *j, int again);
/* Of one that has ended, all records read: are its text files what the recording says, and does
 * `steno verify` find nothing but what was done to it? */
void sitting_check(struct sitting *s);

int64_t sitting_now(void); /* ms, CLOCK_MONOTONIC */

#endif
