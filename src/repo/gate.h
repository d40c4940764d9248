/* SPDX-License-Identifier: MIT */
/* gate: the way into libgit2: starting it cheaply, opening a repository, its words on failure.
 * Nothing here or in what uses it writes to the repository. */
#ifndef STENO_GATE_H
#define STENO_GATE_H

#include <git2.h>

struct err;

struct gate {
	git_repository *repo;
	int root;      /* the working tree's top, O_PATH; -1 */
	int filemode;  /* core.fileMode: do execute bits count? */
	int is_remote; /* files are, or may be, stamped by another machine's clock */
};

/* Each gate_start() that gave 0 wants its gate_stop(). */
int gate_start(struct err *err);
void gate_stop(void);

/* Opens the repository whose folder is `gitdir` with the working tree `root`; gate_leave() in any
 * case. libgit2 must have been started. */
int gate_enter(struct gate *g, const char *gitdir, const char *root, struct err *err);
void gate_leave(struct gate *g);

/* libgit2's last failure as an err; says in plain words what is known to be beyond it. */
int gate_err(struct err *err, const char *what);

/* The tree of a commit; NULL in *tree, and 0, for no commit. */
int gate_tree(git_tree **tree, const struct gate *g, const git_oid *oid, struct err *err);
/* The branch that HEAD is on, malloc'ed; NULL: none. */
char *gate_branch(git_repository *repo);
/* An oid from its hex, or NULL for none. */
const git_oid *gate_oid(git_oid *oid, const char *hex);

/* A value of the repository's configuration (data only: a length, a prefix), else the fallback. */
int gate_flag(git_config *config, const char *key, int fallback);
int gate_number(git_config *config, const char *key, int fallback);

#endif
