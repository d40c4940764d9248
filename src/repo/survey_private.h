/* SPDX-License-Identifier: MIT */
/* What the surveys share; for survey.c and look.c only. */
#ifndef STENO_SURVEY_PRIVATE_H
#define STENO_SURVEY_PRIVATE_H

#include "fact.h"
#include "gate.h"
#include "state.h"
#include "status.h"

struct err;
struct json;

struct survey {
	struct facts facts;
	struct gate gate;
	struct status status;
	int started;
};

/* Starts libgit2 and opens the repository of p, whose folder is `gitdir` if that is not NULL.
 * survey_close() in any case. */
int survey_open(struct survey *s, const struct place *p, const char *gitdir, struct err *err);
/* Returns rc. If that is -1 a fact of this name says why. */
int survey_close(struct survey *s, int rc, const char *fact, const struct err *why);

/* HEAD before and now. */
struct heads {
	git_oid then, now;
	const git_oid *was, *is; /* NULL: unborn */
	char *branch;		 /* now; NULL: none */
	git_tree *then_tree, *now_tree;
	git_diff *between; /* NULL when HEAD is the same */
};

/* `before` says what HEAD was. heads_release() in any case. */
int heads_read(struct heads *h, const struct gate *g, const struct state *before, struct err *err);
void heads_release(struct heads *h);
/* Commit or branch is another than the state says. */
int heads_moved(const struct heads *h, const struct state *before);
/* A fact, to be sent, with "oid" and "branch" as they are now. */
struct json *heads_fact(const struct heads *h, const char *fact);

#endif
