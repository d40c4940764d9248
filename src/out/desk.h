/* SPDX-License-Identifier: MIT */
/* desk: everything that is made from one recording, while it is read: story, transcript,
 * provenance. For the scribe, which writes the files, and for the audit, which only compares
 * them. */
#ifndef STENO_DESK_H
#define STENO_DESK_H

#include <stdint.h>

struct command;
struct err;
struct event;
struct follow_report;

/* What a page shows beside what the moment has: with the same numbers it is the same page. */
struct desk_page {
	uint64_t told; /* by the story: commands, words, facts, ... */
	uint64_t forged, unheard, skipped, has_exit;
	uint64_t is_of_moment; /* something runs, or has appeared and is not told yet */
};

struct desk {
	int cast, dir; /* borrowed */
	const char *session;
	struct reader *reader;
	struct story *story;
	struct transcript *transcript;
	struct provenance *provenance;
	int report;	       /* for follow_reports, or -1 */
	int command_ended;     /* since this was last set to 0 */
	uint64_t told;	       /* as in desk_page */
	struct desk_page page; /* as desk_refresh() wrote it */
	/* Also told when a command is final; or NULL. */
	void (*ended)(void *ctx, const struct command *c);
	void *ctx;
};

/* -1 with err->code EAGAIN: the header is not there yet. */
int desk_open(struct desk *d, int cast, int dir, const char *session, struct err *err);
void desk_close(struct desk *d);

/* To whoever follows these reports (tape/follow.h), if anybody does. */
void desk_report(const struct desk *d, const struct follow_report *r);

/* Works in the next event, borrowed until the next call. 1; 0: there is none now; -1. */
int desk_next(struct desk *d, struct event *e, struct err *err);
/* Works in about `most` bytes of the recording. 1: there may be more, 0: no more now, -1. */
int desk_read(struct desk *d, int64_t most, struct err *err);

/* The transcript as it is now. DESK_RUNNING: the session goes on. */
enum { DESK_RUNNING = 1 };
int desk_print(struct desk *d, int flags, int fd, struct err *err);
int desk_publish(struct desk *d, int flags, struct err *err);
/* The same as DESK_RUNNING, unless it would be as this wrote it last. *size: bytes written. */
int desk_refresh(struct desk *d, int64_t *size, struct err *err);
/* 0: the file is as desk_publish() would make it; 1: it is not, *err says where; -1: failed. */
int desk_check_page(struct desk *d, struct err *err);

#endif
