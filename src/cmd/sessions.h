/* SPDX-License-Identifier: MIT */
/* sessions: finds the recording that somebody means. */
#ifndef STENO_SESSIONS_H
#define STENO_SESSIONS_H

#include <stdint.h>

struct err;

struct session_file {
	int dir;    /* the folder of the logs */
	int cast;   /* the recording, read-only */
	char *name; /* "20250907-185827-session", owned */
};

/* Where a name is looked for. */
struct session_scope {
	const char *log_dir; /* of logdir_find() */
	int all;	     /* also every other folder that this user has kept logs in */
};

/* what: a session's name, the beginning of exactly one, "last" (the newest), "~2" (the second
 * newest), or the path of a .cast or .md, if it has a slash or such an ending. 0; 1: there is no
 * such session, or there are several, *err says which; -1. Fills *s on 0. */
int session_find(struct session_file *s, const struct session_scope *scope, const char *what,
		 struct err *err);
/* The same for verbs that reach a session which runs: here first, so that its name means it even if
 * one elsewhere is called so, then in every folder; only in log_dir unless that is NULL. */
int session_find_anywhere(struct session_file *s, const char *log_dir, const char *what,
			  struct err *err);
void session_release(struct session_file *s);

/* Cuts the ":N" off "SESSION:N" and gives N; 0 if there is none, or it is the end of a file's
 * name. */
uint32_t session_cut_number(char *what);

#endif
