/* SPDX-License-Identifier: MIT */
/* import_subs: the logs of sub-agents that go with the log of a conversation (live/subagents.h). */
#ifndef STENO_IMPORT_SUBS_H
#define STENO_IMPORT_SUBS_H

#include "../live/subagents.h"

#include <stddef.h>

struct import_found;

/* Zero-initialise it. */
struct import_subs {
	char *folder;
	struct import_sub {
		char *file;
		char name[SUBAGENT_NAME];
	} * list; /* by their files' names */
	size_t n;
};

/* Those of the log at this path, if it is one of Claude Code's; what is in them is added to what
 * was found in that log. */
void import_subs_find(struct import_subs *s, const char *path, struct import_found *found);
/* The i-th, to be read; -1. */
int import_subs_open(const struct import_subs *s, size_t i);
void import_subs_release(struct import_subs *s);

#endif
