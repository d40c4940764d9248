/* SPDX-License-Identifier: MIT */
/* rebuild_from: a session made of what another program recorded. */
#ifndef STENO_REBUILD_FROM_H
#define STENO_REBUILD_FROM_H

struct err;

/* path: any recording that steno can read (tape/source.h), or a terminal's bytes as they were. The
 * session begins when the recording says, else when the file was last written, and goes into the
 * folder of the logs (log_dir as for logdir_find()). Prints the path of the transcript. */
int rebuild_from(const char *path, const char *log_dir, struct err *err);

#endif
