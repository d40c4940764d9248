/* SPDX-License-Identifier: MIT */
/* seek: is there a repository here? Answered with stat(2) and two small reads, by the rules of
 * git's setup.c, so that most places never need libgit2. */
#ifndef STENO_SEEK_H
#define STENO_SEEK_H

enum seek_kind {
	SEEK_NONE,
	SEEK_TOP,      /* `top` holds a .git */
	SEEK_BARE,     /* `gitdir` itself: a bare repository, or a place inside a .git */
	SEEK_EXPLICIT, /* GIT_DIR names it */
	SEEK_BROKEN,   /* git would refuse what is there; `why` says what */
};

struct seek {
	enum seek_kind kind;
	char *top;    /* the folder that holds .git (SEEK_TOP, SEEK_BROKEN), else NULL */
	char *gitdir; /* links resolved; NULL for SEEK_NONE and SEEK_BROKEN */
	char *why;    /* SEEK_BROKEN only */
};

/* Looks from `cwd` upwards (absolute, links resolved) as git does: GIT_DIR first, then .git and
 * bare repositories, not past GIT_CEILING_DIRECTORIES nor, unless GIT_DISCOVERY_ACROSS_FILESYSTEM
 * says so, a mount point. A .git that is none is passed by, and reported if nothing better
 * comes. */
void seek_repo(struct seek *s, const char *cwd);
void seek_release(struct seek *s);

#endif
