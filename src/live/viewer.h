/* SPDX-License-Identifier: MIT */
/* viewer: a front's or a guest's care for its terminal while the holder does not write to it: a
 * child reads the recording and paints. The holder says with WIRE_GREW that there is more to be
 * shown, and with WIRE_CATCH that it will go on itself from a certain byte of the recording; it is
 * answered when that has been painted, with WIRE_SEEN and WIRE_SHOW. */
#ifndef STENO_VIEWER_H
#define STENO_VIEWER_H

#include "child.h"

#include <stdint.h>

struct err;
struct wire_message;

/* To the child and back, in the machine's own byte order, one write(2) each. */
enum view_kind {
	VIEW_NONE,
	VIEW_FRAME,    /* read up to `at`, paint a picture */
	VIEW_HANDOVER, /* read up to `at`, make the terminal ready for the bytes that follow */
	VIEW_LEAVE,    /* leave it as it was; the end of its input means that, too, after a frame */
};

struct view_order {
	int kind;
	int rows, cols; /* of the terminal */
	int64_t at;
};

struct view_report {
	int kind;
	int done; /* 0: it could not be: VIEW_HANDOVER, when the terminal is not the session's
		   * size */
};

/* What the child does: ctx is the parent's. It gets `in` and `out` as of child.h; cast and terminal
 * are descriptors of its own. */
struct viewer {
	child_main *run; /* in: orders, out: reports */
	void *ctx;	 /* a struct view_task, filled here before the fork */
	struct child child;
	struct view_order now;	/* not reported yet; kind VIEW_NONE: there is none */
	struct view_order next; /* to be ordered then, likewise */
	int has_terminal;	/* the child has changed the terminal and not left it */
	int rows, cols;		/* of the terminal; the owner's to keep up to date */
	int deaths;
};

struct view_task {
	int cast;     /* the recording */
	int terminal; /* to be written to */
	int watches;  /* it is not typed at */
};

/* task: borrowed for good; its descriptors stay the caller's. */
void viewer_init(struct viewer *v, child_main *run, struct view_task *task);
/* A message of the holder's, WIRE_GREW or WIRE_CATCH. */
void viewer_hear(struct viewer *v, int sock, const struct wire_message *m);
/* v->child.out is readable: takes reports and answers the holder. */
void viewer_serve(struct viewer *v, int sock);
/* Leaves the terminal as it was, or, where the child does not do it soon, calms it. The child is
 * gone then. */
void viewer_leave(struct viewer *v);
/* waitpid(2) gave its pid. */
void viewer_died(struct viewer *v, int sock);

#endif
