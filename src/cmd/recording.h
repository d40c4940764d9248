/* SPDX-License-Identifier: MIT */
/* recording: what a verb is to read: a session, or any file in a format that steno knows. */
#ifndef STENO_RECORDING_H
#define STENO_RECORDING_H

#include "sessions.h"

#include <stdint.h>
#include <sys/stat.h>

struct err;
struct source;

/* Zero-initialise it. */
struct recording {
	struct session_file session; /* name NULL: a file that is no session */
	uint32_t number;	     /* of "SESSION:N", or 0 */
	struct source *source;	     /* owned; whoever takes it over puts NULL here */
	struct stat stat;	     /* of the file */
	int is_running;		     /* it is still being recorded */
	char *name;		     /* how messages call it, owned */
};

/* what: a session's name as of session_find(), with ":N" or without, ":N" alone, which is the
 * newest session's, or else the path of a file. timing: that of a typescript, which is a file then;
 * or NULL. 0; 1: there is no such thing, or no telling which, *err says so; -1. To be released in
 * any case. */
int recording_open(struct recording *r, const struct session_scope *scope, const char *what,
		   const char *timing, struct err *err);
void recording_release(struct recording *r);

/* Says what recorded bytes can do as they are. They are not for a terminal, unless trusted: false
 * then, having said so. */
int recording_allows_raw(int trusted);

#endif
