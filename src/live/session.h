/* SPDX-License-Identifier: MIT */
/* session: what front and holder both know of the session: made once before the holder is forked,
 * not changed after. */
#ifndef STENO_SESSION_H
#define STENO_SESSION_H

#include "child.h"
#include "hooks.h"
#include "inbox.h"
#include "logs.h"
#include "measure.h"
#include "pty.h"
#include "scanner.h"

#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

/* What a look is told; each of its times is the session's, in microseconds. */
struct look_plan {
	int64_t since_us;  /* until when the look before saw all */
	int64_t until_us;  /* now */
	int64_t wall_us;   /* the wall clock when the session began, as it goes now */
	int clock_was_set; /* meanwhile */
};

struct session {
	struct program program;
	const char *text; /* the command as a shell would read it; NULL: an interactive shell */
	struct hooks hooks;
	struct measure measure; /* of an agent's shells */
	char nonce[SCANNER_NONCE + 1];
	char id[33];
	int nested;   /* shells within the shell print marks, too */
	int detached; /* it has no terminal of its own, and is not hung up when others go */
	int rundir;   /* the private folder, for the control socket; -1: none */
	int inbox;    /* where commands are reported (inbox.h); -1: none */
	char inbox_name[INBOX_NAME];
	char cwd[4096];
	struct termios modes;
	struct winsize size;
	int64_t start_mono, start_wall; /* microseconds, read at the same moment */
	struct logs logs;

	/* The children that parse, given from outside so that live/ needs none of their headers. */
	child_main *scribe;	/* in: the doorbell (see scribe.h), out: its reports */
	child_main *painter;	/* of the front's viewer; ctx: see viewer.h */
	child_main *survey_end; /* out: facts, one a line; NULL: no repository */
	child_main *look;	/* out: facts; 1: it could not look and has said why. NULL: none */
	void *ctx;		/* for all of them, and for this: */
	void (*started)(void *ctx); /* in the front: the program runs; by each holder; or NULL */
	child_main *reader;	    /* of an agent's log: see watcher.h, which gives it its
				       ctx; or NULL */
	int survey_state;	    /* kept open for survey_end and look */
	int look_state;		    /* kept open for look */
	struct look_plan look_plan; /* the holder's, who fills it in before each */
	struct child survey;	    /* the survey of the beginning, already running */
};

#endif
