/* SPDX-License-Identifier: MIT */
/* await: what somebody waits for in a recording: events in, the answer out. Pure.
 *
 * "Since" is since the last EVENT_SENT (`steno send`), or the beginning. So what is sent and then
 * waited for is always found, however fast it was: nothing depends on when the waiting began. */
#ifndef STENO_AWAIT_H
#define STENO_AWAIT_H

#include "../base/buf.h"

#include <regex.h>
#include <stdint.h>

struct event;
struct header;
struct screen;

enum await_what {
	AWAIT_NEXT,    /* the first prompt since: commands have ended, or there was none in it */
	AWAIT_COMMAND, /* the end of the command with a number, as the shell counts */
	AWAIT_TEXT, /* a line since, of the text that scrolls by or a full screen, that matches */
	AWAIT_EXIT, /* the program's end */
};

struct await {
	enum await_what what;
	int64_t number;	      /* AWAIT_COMMAND */
	const regex_t *regex; /* AWAIT_TEXT, borrowed */
	int found;
	int status; /* what it ended with; -1: not known */
	int over;   /* the program has ended: nothing more will come */
	/* private */
	int pending; /* the mark that follows has the status */
	int64_t running;
	int runs;	 /* C has come, and neither D nor A */
	int64_t counted; /* the number of the last of them */
	struct screen *screen;
	struct buf text, line;
};

/* h: the recording's, for AWAIT_TEXT. */
void await_init(struct await *a, const struct header *h);
void await_release(struct await *a);
void await_put(struct await *a, const struct event *e);
/* All that is there has been put: is it found? An answer may be taken back by a later event, by
 * one more EVENT_SENT. */
int await_found(struct await *a);

#endif
