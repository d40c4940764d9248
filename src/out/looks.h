/* SPDX-License-Identifier: MIT */
/* looks: what was changed while which command ran, from the facts of looks (repo/survey.h). Those
 * say when; this says whose time that was. Where it may have been another's, or nobody's, all are
 * named. */
#ifndef STENO_LOOKS_H
#define STENO_LOOKS_H

#include "../base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct command;
struct event;

enum { LOOKS_NAMED = 8 };

/* Who ran then. */
struct looks_who {
	uint32_t named[LOOKS_NAMED]; /* the first of them */
	size_t n;
	int nobody; /* it may have been, or if n is 0 was, while no command ran */
};

/* Something that a look found. */
struct looks_find {
	const char *how;    /* "created" "edited" "removed" "moved" "made" */
	size_t text, n;	    /* path, branch or subject: where in looks.text; n 0: no branch */
	char oid[65];	    /* of "moved" and "made"; "": none */
	int64_t from, till; /* it was between these, since the recording began */
	int64_t born;	    /* and may have been before, but not before this; -1: not known */
	int is_stamped;	    /* a file's time says so: it was then for the last time */
	struct looks_who who;
};

struct looks_run {
	uint32_t seq;
	int64_t earliest_us, start_us; /* it began between these */
	int64_t end_us;		       /* INT64_MAX: it runs */
};

/* Zero-initialise it. */
struct looks {
	struct looks_run *runs; /* those that the next look may be about */
	size_t n_runs, cap_runs;
	struct looks_find *finds; /* of the look that is being told, or was last */
	size_t n, cap;
	struct buf text;
	int64_t left_out;	    /* finds that are not among them */
	int64_t since_us, until_us; /* the look saw what happened in between */
	struct buf why;		    /* of LOOKS_BLIND */
	int is_told;
};

void looks_release(struct looks *l);
/* As story_sink's. */
void looks_started(struct looks *l, const struct command *c);
void looks_ended(struct looks *l, const struct command *c);

enum looks_news {
	LOOKS_NOTHING,
	LOOKS_LOOKED, /* a look is whole: finds are good until the next call */
	LOOKS_BLIND,  /* there are no more looks */
};
/* Takes in an EVENT_FACT; others are passed over. */
enum looks_news looks_put(struct looks *l, const struct event *e);

/* Is the look about this command, too? */
int looks_knows(const struct looks *l, uint32_t seq);
/* Is it among f's who? Or did it run before, but since the last look, so that it may have changed
 * the same before that changed again? */
int looks_ran(const struct looks *l, const struct looks_find *f, uint32_t seq);
int looks_ran_before(const struct looks *l, const struct looks_find *f, uint32_t seq);

/* The look as a paragraph, a sentence for each who, nothing if it found nothing. code: puts foreign
 * text as code, plain: as it is. */
struct looks_form {
	void (*code)(struct buf *out, const unsigned char *p, size_t n);
	void (*plain)(struct buf *out, const unsigned char *p, size_t n);
};
void looks_tell(const struct looks *l, const struct looks_form *form, struct buf *out);
/* "created" and a path, and so on. */
void looks_tell_find(const struct looks *l, const struct looks_find *f,
		     const struct looks_form *form, struct buf *out);
/* "command 3", "command 3, 4 or none", "no command". */
void looks_tell_who(const struct looks_who *who, struct buf *out);

#endif
