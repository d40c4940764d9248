/* SPDX-License-Identifier: MIT */
/* import_merge: several logs of one conversation, an agent's and its sub-agents', told as one in
 * the order of time. Each is read only as far as it takes, so that memory is bounded. */
#ifndef STENO_IMPORT_MERGE_H
#define STENO_IMPORT_MERGE_H

#include <stddef.h>
#include <stdint.h>

struct agent_info;
struct import_merge;

struct import_merge *import_merge_new(void);
void import_merge_free(struct import_merge *m);
/* A log, from its position on. name: of the sub-agent, better than its own; NULL; borrowed. */
void import_merge_add(struct import_merge *m, int fd, const char *name);
/* Tells all of them: events' data, at_us by the wall clock, -1 before the first time that is known.
 * 0; -1: one could not be read. */
int import_merge_run(struct import_merge *m,
		     void (*put)(void *ctx, int64_t at_us, const char *data, size_t n), void *ctx);
/* Of all of them together; the agent's is that of the first. */
struct agent_info import_merge_info(const struct import_merge *m);

#endif
