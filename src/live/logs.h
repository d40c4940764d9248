/* SPDX-License-Identifier: MIT */
/* logs: the folder of the logs, and the names in it that belong to one session. */
#ifndef STENO_LOGS_H
#define STENO_LOGS_H

#include <stdint.h>

struct err;

enum { LOGS_SESSION = 32 };

struct logs {
	int dir;  /* the folder; files are opened inside it, never by path again */
	int cast; /* the recording, O_RDWR | O_APPEND, new and empty */
	char session[LOGS_SESSION]; /* "20250907-185827-session" */
};

/* Opens the folder (made 0700 if missing; see io_open_dir()), writes its .gitignore if there is
 * none, and makes a new recording under the first free name from start_us (wall clock) on, a second
 * apart. Takes the lock that tells others it is running. Fills *l only on success. */
int logs_open(struct logs *l, const char *folder, int flags, int64_t start_us, struct err *err);
/* Takes back what logs_open() made: removes the recording, in which nothing is yet, and closes
 * both. */
void logs_abandon(struct logs *l);
void logs_close(struct logs *l);

/* .current_session names the newest session that runs here. begin: it is ours now. end: if it is
 * ours, it becomes the newest other one that runs, or goes. */
int logs_current_begin(const struct logs *l, struct err *err);
void logs_current_end(const struct logs *l);

/* Whether somebody holds the running lock of this recording: an open file description lock,
 * fcntl(2), which all processes of the session share, so it is gone when the last of them is, or
 * after logs_end(). */
int logs_is_running(int cast);
/* Everything is written: from now on the session does not run any more. */
void logs_end(const struct logs *l);

#endif
