/* SPDX-License-Identifier: MIT */
/* status: which paths differ between a commit, the index and the working tree. */
#ifndef STENO_STATUS_H
#define STENO_STATUS_H

#include "gate.h"

#include <stddef.h>
#include <stdint.h>

enum {
	STATUS_LIST = 10000,  /* paths of a kind that are told */
	STATUS_KEEP = 100000, /* paths of a kind that are looked at */
};

/* Why a path is in the list. */
enum status_flag {
	STATUS_ADDED = 1,      /* in the index, not in the commit */
	STATUS_DELETED = 2,    /* in the commit, not in the index */
	STATUS_MODIFIED = 4,   /* differs between commit and index, or index and file */
	STATUS_FILE_ADDED = 8, /* with STATUS_FILE_DELETED: another type of file now */
	STATUS_FILE_DELETED = 16,
	STATUS_UNTRACKED = 32,
	STATUS_UNMERGED = 64,
	STATUS_DIRTY = 127,  /* any of the above */
	STATUS_BEFORE = 128, /* was dirty when the session began */
	STATUS_MOVED = 256,  /* differs between two commits */
};

struct status_path {
	const char *path; /* borrowed from a diff or a state */
	unsigned int flags;
};

struct status {
	git_index *index;
	git_diff *staged;	   /* commit against index */
	git_diff *worktree;	   /* index against files, untracked ones included */
	struct status_path *paths; /* by strcmp(), each path once, after status_sort() */
	size_t n, cap;
	size_t untracked; /* how many seen */
	int64_t dropped;  /* untracked paths past STATUS_KEEP */
	const char *logs; /* borrowed */
};

/* Reads all of it against `tree` (NULL: nothing committed yet). Untracked folders are entered, but
 * neither ignored ones nor other repositories; `logs` (or NULL) and what is in it is left out.
 * status_release() in any case. */
int status_read(struct status *s, const struct gate *g, git_tree *tree, const char *logs,
		struct err *err);
/* Adds the paths of a diff, or one path, that must outlive s; then status_sort(). */
void status_add_diff(struct status *s, git_diff *diff, unsigned int flags);
void status_add(struct status *s, const char *path, unsigned int flags);
void status_sort(struct status *s);
void status_release(struct status *s);

/* "M", "A", "D", "T", "U" or "?"; what happened to the file outweighs what is staged. */
const char *status_letter(unsigned int flags);

#endif
