/* SPDX-License-Identifier: MIT */
/* inbox: where a session takes reports (report.h): a FIFO in the private folder (rundir.h), named
 * after the recording. A FIFO, since an agent's sandbox forbids what else there is, but for a name
 * to open and a write: see steno(1), In the place of a shell. Whoever may open it is this user, as
 * the folder is ours. */
#ifndef STENO_INBOX_H
#define STENO_INBOX_H

#include <stddef.h>

struct err;
struct stat;

enum { INBOX_NAME = 48 };

/* What the FIFO is called of a recording with this stat(2). */
void inbox_name(const struct stat *st, char name[INBOX_NAME]);

/* Makes the FIFO and opens both its ends, so that it never is at its end, and what is in it
 * outlives a holder. Those that killed sessions left, which nobody reads, are removed. dir: the
 * private folder. The descriptor, or -1. */
int inbox_open(int dir, const char *name, struct err *err);
/* Opens the end to write to, which does not block. -1: nobody takes reports there. */
int inbox_reach(int dir, const char *name);
/* Whether a line may become an event: a mark by its look, printable ASCII, not too long. */
int inbox_is_plain(const char *line, size_t n);

#endif
