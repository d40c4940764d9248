/* SPDX-License-Identifier: MIT */
/* import_log: an agent's log that is to be imported, as bytes, and what a first reading finds. */
#ifndef STENO_IMPORT_LOG_H
#define STENO_IMPORT_LOG_H

#include "../live/child.h"

#include <stdint.h>
#include <sys/types.h>

struct agent;
struct buf;
struct err;

struct import_log {
	const char *path;
	int fd;		/* its bytes, from the first on */
	pid_t unpacker; /* 0: none */
};

/* Opens the file, regular ones only, and runs a child whose ctx is l. The child may keep *keep, too
 * (NULL: nothing); what it prints is put into out. l may be the first field of something larger.
 * -1 also if the child fails. */
int import_log_run(const char *path, child_main *run, struct import_log *l, const int *keep,
		   struct buf *out, struct err *err);
/* In the child: gives all of the log to an agent. 0 or -1. */
int import_log_read(int fd, struct agent *a);
/* All that a child prints, up to its end: 0 if it ended well, else -1. */
int import_hear(struct child *c, struct buf *out);

/* Texts are owned. */
struct import_found {
	char *agent, *thread, *name, *cwd, *model, *profile, *sandbox;
	int64_t start_us, messages, commands, unknown, bad, too_long;
};

/* Whose log it is and what is in it; fails if it is no agent's. Always fills *found. */
int import_scan(const char *path, struct import_found *found, struct err *err);
void import_found_release(struct import_found *f);

#endif
