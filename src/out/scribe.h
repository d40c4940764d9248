/* SPDX-License-Identifier: MIT */
/* scribe: follows a recording and keeps its transcript and provenance up to date. Runs in a
 * process of its own, which may die at any moment and be started again: it reads the recording
 * from the start and neither loses nor doubles a line. */
#ifndef STENO_SCRIBE_H
#define STENO_SCRIBE_H

struct err;

struct scribe {
	int cast;	     /* the recording, opened for reading */
	int dir;	     /* the folder of the logs */
	const char *session; /* "YYYYMMDD-HHMMSS-session" */
	int doorbell;	     /* read end of a pipe: a byte when the recording has grown; its end
				means: the recording is complete */
	int report;	     /* write end of a pipe, or -1: after each step an 8-byte int64_t,
				how many bytes of the recording have been worked in (native order) */
};

/* Follows until the doorbell's end and all is written. 0, or -1 if the files could not be brought
 * up to date. Takes an flock on the recording first, so that two scribes never write at once. */
int scribe_follow(const struct scribe *s, struct err *err);

/* Brings both files up to date from the recording alone. */
int scribe_rebuild(int cast, int dir, const char *session, struct err *err);
/* 0: both files are as a rebuild would make them; 1: they differ, *err says where; -1: failed. */
int scribe_check(int cast, int dir, const char *session, struct err *err);

#endif
