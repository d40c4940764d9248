/* SPDX-License-Identifier: MIT */
/* rundir: the user's private folder for what lives as long as a session: the shell's hooks, the
 * control socket. Never the repository. */
#ifndef STENO_RUNDIR_H
#define STENO_RUNDIR_H

#include <stddef.h>

struct err;

enum { RUNDIR_PATH = 4096, RUNDIR_PLACES = 3 };

/* Opens the folder `steno` in `runtime` ($XDG_RUNTIME_DIR, or NULL), else /tmp/steno-UID: made if
 * it is missing, refused as io_open_dir() does, closed to others (0700). Returns the descriptor,
 * its path in `path`; or -1. */
int rundir_open(const char *runtime, char path[RUNDIR_PATH], struct err *err);

/* The places where a session's files may be, for whoever looks for them: 0 .. RUNDIR_PLACES - 1,
 * with the same checks, but nothing is made. -1: not there. The last is the folder that a session
 * which was begun by a login has (systemd's, pam_systemd(8)), and whoever looks may not be told
 * of. */
int rundir_look(const char *runtime, int place);

#endif
