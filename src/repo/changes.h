/* SPDX-License-Identifier: MIT */
/* changes: what a session did to the repository: files and commits. */
#ifndef STENO_CHANGES_H
#define STENO_CHANGES_H

#include "fact.h"
#include "state.h"
#include "status.h"

/* What is compared with what. */
struct changes {
	const struct gate *gate;
	const struct state *before;	/* taken at since_us, by the wall clock */
	git_tree *then_tree, *now_tree; /* of HEAD; NULL: unborn */
	int64_t since_us;
	int64_t budget; /* bytes of files that may still be read */
};

enum { CHANGES_BUDGET = 256 << 20 };

struct change {
	const char *how; /* "created", "edited", "removed"; NULL: not at all */
	struct shape then, now;
};

/* A path that is dirty now, or is in the state, or differs between the two trees. */
void change_find(struct change *c, struct changes *in, const struct status_path *path);

/* Tells "created", "edited", "removed". `now` must hold all such paths. */
void changes_tell(struct facts *f, struct changes *in, const struct status *now);

/* Tells the commits that can be reached from HEAD (NULL: unborn) but not from `before` (or NULL),
 * with a committer's time not before the second of start_us. */
int commits_tell(struct facts *f, const struct gate *g, const git_oid *before, const git_oid *head,
		 int64_t start_us, struct err *err);
/* The same as facts of a look; epoch_us: when the session began, by the clock of the files; 0: that
 * clock is not known. */
int commits_tell_made(struct facts *f, const struct gate *g, const git_oid *before,
		      const git_oid *head, int64_t start_us, int64_t epoch_us, struct err *err);

#endif
