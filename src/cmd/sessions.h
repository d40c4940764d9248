/* SPDX-License-Identifier: MIT */
/* sessions: finds the recording that somebody means. */
#ifndef STENO_SESSIONS_H
#define STENO_SESSIONS_H

struct buf;
struct err;

struct session_file {
	int dir;    /* the folder of the logs */
	int cast;   /* the recording, read-only */
	char *name; /* "20250907-185827-session", owned */
};

/* Appends the path of the folder of the logs, which need not be there. log_dir: --log-dir, or NULL:
 * then STENO_LOG_DIR, the user's git config steno.logDir, codex-logs; a relative one is below the
 * root of the working tree. */
int session_folder(const char *log_dir, struct buf *out, struct err *err);
/* The same where all is known: asked is --log-dir or STENO_LOG_DIR, config the user's steno.logDir;
 * NULL or "" where there is none. */
void session_folder_in(const char *root, const char *asked, const char *config, struct buf *out);

/* log_dir: as above. what: a session's name, the beginning of exactly one, "last" (the newest), or
 * the path of a .cast or .md, if it has a slash or such an ending. 0; 1: there is no such session,
 * or more than one, *err says so; -1. Fills *s on 0. */
int session_find(struct session_file *s, const char *log_dir, const char *what, struct err *err);
void session_release(struct session_file *s);

#endif
