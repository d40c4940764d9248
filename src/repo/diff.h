/* SPDX-License-Identifier: MIT */
/* diff: the text of `git diff --no-ext-diff`, as facts. */
#ifndef STENO_DIFF_H
#define STENO_DIFF_H

#include "fact.h"
#include "status.h"

/* Tells the diff of `now->worktree` in pieces, then what was left out. *bytes: how much was
 * told. */
int diff_tell(struct facts *f, const struct gate *g, const struct status *now, int64_t *bytes,
	      struct err *err);

#endif
