/* SPDX-License-Identifier: MIT */
/* Where a session runs. Whatever stands there, there is always a root, and a repository that
 * cannot be read is a sentence for the reader, never a failure. */
#include "survey.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "gate.h"
#include "seek.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static char *real_or_same(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : xstrdup(path);
}

/* `path` as seen from `dir`, links resolved; NULL if it is not there. */
static char *resolve(const char *dir, const char *path)
{
	struct buf b = {0};
	char *real;

	if (path[0] != '/')
		buf_printf(&b, "%s/", dir);
	buf_puts(&b, path);
	real = realpath(buf_str(&b), NULL);
	buf_release(&b);
	return real;
}

/* core.bare and core.worktree, from the repository's own file only, and not in a linked working
 * tree (git's check_repository_format_gently). *worktree is the caller's. */
static void read_layout(git_repository *repo, int *bare, char **worktree)
{
	git_config *all = NULL, *own = NULL, *config = NULL;
	const char *text;

	if (strcmp(git_repository_path(repo), git_repository_commondir(repo)) == 0 &&
	    git_repository_config(&all, repo) == 0 &&
	    git_config_open_level(&own, all, GIT_CONFIG_LEVEL_LOCAL) == 0 &&
	    git_config_snapshot(&config, own) == 0) {
		*bare = gate_flag(config, "core.bare", 0);
		if (git_config_get_string(&text, config, "core.worktree") == 0)
			*worktree = xstrdup(text);
	}
	git_config_free(config);
	git_config_free(own);
	git_config_free(all);
}

/* The working tree's top by the rules of setup_explicit_git_dir() and its kin in git's setup.c;
 * NULL without *why: there is none; NULL with *why: git would refuse. */
static char *find_worktree(git_repository *repo, const struct seek *s, const char *cwd, char **why)
{
	const char *named = getenv("GIT_WORK_TREE");
	char *configured = NULL, *top = NULL;
	int bare = 0;

	read_layout(repo, &bare, &configured);
	if (named || (configured && !bare)) {
		top = resolve(named ? cwd : s->gitdir, named ? named : configured);
		if (!top)
			*why = xstrdup("the working tree that the repository names is not there");
	} else if (configured) {
		*why = xstrdup("core.bare and core.worktree do not make sense together");
	} else if (!bare && s->kind == SEEK_EXPLICIT) {
		top = xstrdup(cwd);
	} else if (!bare && s->kind == SEEK_TOP) {
		top = xstrdup(s->top);
	}
	free(configured);
	return top;
}

static void read_head(struct place *p, git_repository *repo)
{
	char hex[2 * sizeof(git_oid) + 1];
	git_oid oid;

	p->branch = gate_branch(repo);
	if (git_reference_name_to_id(&oid, repo, "HEAD") == 0)
		p->head = xstrdup(git_oid_tostr(hex, sizeof(hex), &oid));
}

/* Asks libgit2 about what was found. Leaves p->root NULL where there is no working tree. */
static void ask(struct place *p, const struct seek *s, const char *cwd)
{
	struct gate g = {.root = -1};
	struct err err = {0};

	if (gate_start(&err) < 0) {
		p->why = xstrdup(err.text);
		return;
	}
	if (gate_enter(&g, s->top ? s->top : s->gitdir, NULL, &err) < 0) {
		p->why = xstrdup(err.text);
	} else {
		p->root = find_worktree(g.repo, s, cwd, &p->why);
		if (p->root)
			read_head(p, g.repo);
	}
	gate_leave(&g);
	gate_stop();
}

void place_find(struct place *p, const char *cwd)
{
	char *here = real_or_same(cwd);
	struct seek s;

	memset(p, 0, sizeof(*p));
	seek_repo(&s, here);
	if (s.kind == SEEK_BROKEN)
		p->why = xstrdup(s.why);
	else if (s.kind != SEEK_NONE)
		ask(p, &s, here);
	if (p->why && s.top && !p->root)
		p->root = xstrdup(s.top);
	if (p->root) {
		p->repo = xstrdup("git");
		p->gitdir = s.gitdir ? xstrdup(s.gitdir) : NULL;
	} else {
		p->root = xstrdup(here);
	}
	seek_release(&s);
	free(here);
}

void place_release(struct place *p)
{
	free(p->root);
	free(p->repo);
	free(p->gitdir);
	free(p->head);
	free(p->branch);
	free(p->why);
	memset(p, 0, sizeof(*p));
}

char *place_user_config(const char *key)
{
	git_config *config = NULL, *snapshot = NULL;
	const char *text;
	char *value = NULL;

	if (gate_start(NULL) < 0)
		return NULL;
	if (git_config_open_default(&config) == 0 && git_config_snapshot(&snapshot, config) == 0 &&
	    git_config_get_string(&text, snapshot, key) == 0)
		value = xstrdup(text);
	git_config_free(snapshot);
	git_config_free(config);
	gate_stop();
	return value;
}
