/* SPDX-License-Identifier: MIT */
/* solo: records a command that no session is known to record. */
#ifndef STENO_SOLO_H
#define STENO_SOLO_H

#include <stdint.h>

/* Starts a process that takes the reports of one command (report.h): into the session that runs in
 * this repository if there is one, else into one that is the command's own. It looks for that while
 * the command runs, and goes on when we are gone. The descriptor to write to, or -1. cwd may be
 * NULL: then nothing is recorded. */
int solo_start(const char *shell, const char *cwd, int64_t wall_us);
/* The descriptor of the inbox of the session with this recording, or -1. */
int solo_reach(const char *cast);

#endif
