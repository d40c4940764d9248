/* SPDX-License-Identifier: MIT */
/* scribe: follows a recording and keeps its transcript and provenance up to date. Runs in a
 * process of its own, which may die at any moment and be started again: it reads the recording
 * from the start and neither loses nor doubles a line. Takes no lock but provenance.jsonl's: what
 * two scribes of one recording do is the same, and each replaces the transcript as a whole. */
#ifndef STENO_SCRIBE_H
#define STENO_SCRIBE_H

#include <stdint.h>

struct err;

/* How much of the recording has been worked in, in bytes. Other than 0: stop, nothing is
 * written. */
typedef int scribe_watch(void *ctx, int64_t done, int64_t all);

struct scribe {
	int cast;	     /* the recording, opened for reading */
	int dir;	     /* the folder of the logs */
	const char *session; /* "YYYYMMDD-HHMMSS-session" */
	/* scribe_follow() only: */
	int doorbell; /* read end of a pipe, see tape/follow.h */
	int report;   /* write end of a pipe for follow_reports, or -1 */
	/* all others: */
	scribe_watch *watch; /* or NULL */
	void *ctx;
};

/* Follows until the recording is complete and all is written: 0. 1: whoever recorded is gone; the
 * files are as of the last time that they were due, and whoever goes on is left to write them: what is
 * written here could come after its last words. -1: a file could not be brought up to date:
 * what failed is tried again at each step, and the last failure told here. Ignores SIGPIPE and
 * SIGXFSZ from then on. */
int scribe_follow(const struct scribe *s, struct err *err);

/* Brings both files up to date from the recording alone, as of a session that has ended. */
int scribe_rebuild(const struct scribe *s, struct err *err);
/* Writes the transcript as it would be now to fd. SCRIBE_RUNNING: the session goes on. */
enum { SCRIBE_RUNNING = 1 };
int scribe_print(const struct scribe *s, int flags, int fd, struct err *err);
/* 0: both files are as a rebuild would make them; 1: they differ, *err says where; -1: failed. */
int scribe_check(const struct scribe *s, struct err *err);

#endif
