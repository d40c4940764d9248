/* SPDX-License-Identifier: MIT */
/* reach: the way to the holder of a running session, for verbs that ask it something (live/client.h
 * says what can be asked). */
#ifndef STENO_REACH_H
#define STENO_REACH_H

struct err;
struct session_file;
struct wire_status;

/* Connects to the holder of a session that session_find() has found: *sock is the caller's to
 * close. 0; 1: it does not run (any more), *err says so; -1. */
int reach_file(const struct session_file *file, int *sock, struct err *err);
/* The same by what somebody calls the session (see session_find_anywhere()). what NULL: the one
 * that this process runs in (STENO_SESSION). */
int reach_session(const char *log_dir, const char *what, int *sock, struct err *err);

/* How a session is that runs, by its name and its header's id. A holder that is slow to answer is
 * not waited for. 0, or -1: it does not run, or does not say. */
int reach_status(const char *session, const char *id, struct wire_status *out);

#endif
