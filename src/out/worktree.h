/* SPDX-License-Identifier: MIT */
/* worktree: the section about files, made from git facts (repo/survey.h): what it says is here, how
 * that is written is a form's. */
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

struct worktree;

/* Pairs stand around what they are for. */
struct worktree_form {
	const char *title;	  /* of the section, whole */
	const char *paragraph[2]; /* a sentence */
	const char *entry[2];	  /* a line of facts */
	const char *list[3];	  /* a title, its items: before, between, behind */
	const char *item[2];
	/* Foreign text within a line, as it is and as code. */
	void (*text)(struct buf *out, const unsigned char *p, size_t n);
	void (*code)(struct buf *out, const unsigned char *p, size_t n);
	const char *own; /* where steno's own files are, and whether they are listed */
	/* Writes c->diff, which is not empty. */
	int (*write_diff)(const struct worktree *c, int fd, struct err *err);
};

extern const struct worktree_form worktree_markdown;

struct worktree {
	const struct worktree_form *form;   /* borrowed */
	const struct header *header;	    /* borrowed */
	struct spool lists[WORKTREE_LISTS]; /* items */
	struct spool cuts;		    /* what was left out, as items */
	struct spool diff;		    /* cleaned text */
	size_t diff_run;		    /* its longest run of backticks */
	struct buf head, branch, why;	    /* at the end; why git could not be asked */
	int has_head, has_branch, begun, ended, unreadable;
};

/* dir: for temporary files. */
void worktree_init(struct worktree *c, const struct worktree_form *form, const struct header *h,
		   int dir);
void worktree_release(struct worktree *c);
/* Takes in an EVENT_FACT; one that is no git fact is passed over. */
void worktree_put(struct worktree *c, const struct event *e);
/* Writes the section. WORKTREE_RUNNING: the session goes on. */
enum { WORKTREE_RUNNING = 1 };
int worktree_write(const struct worktree *c, int flags, int fd, struct err *err);

#endif
