/* SPDX-License-Identifier: MIT */
/* changes: what a session did to the repository: files and commits. */
#ifndef STENO_CHANGES_H
#define STENO_CHANGES_H

#include "fact.h"
#include "state.h"
#include "status.h"

/* Tells "created", "edited", "removed". `now` must hold the paths that are dirty now, those of the
 * state, and those that differ between the two trees (either may be NULL). */
void changes_tell(struct facts *f, const struct gate *g, const struct state *before,
		  const struct status *now, git_tree *then_tree, git_tree *now_tree,
		  int64_t start_us);

/* Tells the commits that can be reached from HEAD (NULL: unborn) but not from `before` (or NULL),
 * with a committer's time not before the session's first second. */
int commits_tell(struct facts *f, const struct gate *g, const git_oid *before, const git_oid *head,
		 int64_t start_us, struct err *err);

#endif
