/* SPDX-License-Identifier: MIT */
/* import: an agent's own log becomes a session of the folder of the logs. */
#ifndef STENO_IMPORT_H
#define STENO_IMPORT_H

struct err;

enum {
	IMPORT_AGAIN = 1, /* one that was imported before is made anew, under the same name */
	IMPORT_QUIET = 2, /* says nothing on standard output */
};

/* log_dir: as for logdir_find(). Prints a line: the session's name, the file, what was in it. */
int import_file(const char *path, const char *log_dir, int flags, struct err *err);

#endif
