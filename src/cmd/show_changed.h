/* SPDX-License-Identifier: MIT */
/* show_changed: what one command changed, as far as it is known. */
#ifndef STENO_SHOW_CHANGED_H
#define STENO_SHOW_CHANGED_H

#include "../base/buf.h"
#include "../out/looks.h"

#include <stdint.h>

struct command;
struct event;
struct header;

struct show_changed {
	const struct header *header; /* borrowed */
	uint32_t number;	     /* of the command */
	struct looks looks;
	struct buf lines; /* what is known of it */
	struct buf why;	  /* why no more is */
	int64_t now_us;	  /* of the event that is put into the story; the caller's */
	int64_t end_us;	  /* of the command; -1: it has not ended */
	int is_whole;	  /* of the session: what changed in it is the command's */
	int has_looks;	  /* there was one */
	int in_end;	  /* the facts of the session's end have begun */
	int is_seen;	  /* all that it changed is known */
	int is_hidden;	  /* no more will be known */
};

/* Zero-initialised but for header and number. */
void show_changed_release(struct show_changed *s);
/* As story_sink's; facts of other kinds are passed over. */
void show_changed_started(struct show_changed *s, const struct command *c);
void show_changed_ended(struct show_changed *s, const struct command *c);
void show_changed_fact(struct show_changed *s, const struct event *e);
/* Nothing that follows in the recording matters. */
int show_changed_is_complete(const struct show_changed *s);
/* Lines that the first has the title in front of. session: its name. */
enum { SHOW_CHANGED_RUNNING = 1 };
void show_changed_put(struct buf *out, const struct show_changed *s, const char *session,
		      int flags);

#endif
