/* SPDX-License-Identifier: MIT */
/* worktree: the transcript's section about files, made from git facts (repo/survey.h). */
#ifndef STENO_WORKTREE_H
#define STENO_WORKTREE_H

#include "spool.h"

struct err;
struct event;
struct header;

enum worktree_list {
	WORKTREE_CREATED,
	WORKTREE_EDITED,
	WORKTREE_REMOVED,
	WORKTREE_UNTRACKED,
	WORKTREE_COMMITS,
	WORKTREE_BEFORE,
	WORKTREE_LISTS
};

struct worktree {
	const struct header *header;	    /* borrowed */
	struct spool lists[WORKTREE_LISTS]; /* Markdown list items */
	struct spool cuts;		    /* what was left out, as list items */
	struct spool diff;		    /* cleaned text */
	size_t diff_run;		    /* its longest run of backticks */
	struct buf head, branch, why;	    /* at the end; why git could not be asked */
	int has_head, has_branch, begun, ended, unreadable;
};

/* dir: for temporary files. */
void worktree_init(struct worktree *c, const struct header *h, int dir);
void worktree_release(struct worktree *c);
/* Takes in an EVENT_FACT; one that is no git fact is passed over. */
void worktree_put(struct worktree *c, const struct event *e);
/* Writes the section. WORKTREE_RUNNING: the session goes on. */
enum { WORKTREE_RUNNING = 1 };
int worktree_write(const struct worktree *c, int flags, int fd, struct err *err);

#endif
