/* SPDX-License-Identifier: MIT */
/* show: the ways to show something of a recording, for show.c only. Each writes to standard output;
 * 0; 1: there is no such command, *err says so; -1. */
#ifndef STENO_SHOW_H
#define STENO_SHOW_H

#include "recording.h"

#include <stdint.h>

struct buf;
struct command;
struct err;

struct show {
	struct recording recording;
	uint32_t number;	    /* of the command, or 0: the whole session */
	int64_t screen_us;	    /* --screen, since the beginning of what is shown; or: */
	int screen_end;		    /* at its end, or as far as it is */
	int colours;		    /* --ansi */
	int only_output, only_text; /* --output, --command */
	int with_pager;
};

/* One command whole: a head, and what it printed. */
int show_command(struct show *s, struct err *err);
/* The exact bytes that the command, or the session, printed. */
int show_raw(struct show *s, struct err *err);
/* What the terminal showed at a moment. */
int show_screen(struct show *s, struct err *err);
/* The text of a session, or a command, as it comes, until the end. */
int show_follow(struct show *s, struct err *err);

/* show_head.c: what is known of a command, a line for each thing but what it changed; what is not
 * known says why. A command that runs has begun only: SHOW_HEAD_BEGUN leaves out what its end will
 * tell. */
enum { SHOW_HEAD_COLOURS = 1, SHOW_HEAD_BEGUN = 2 };
void show_put_head(struct buf *out, const char *session, const struct command *c, int flags);
/* What its end tells, for behind its output. */
void show_put_tail(struct buf *out, const struct command *c, int flags);
/* The beginning of such a line. */
void show_put_title(struct buf *out, const char *title);

#endif
