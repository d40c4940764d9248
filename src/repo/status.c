/* SPDX-License-Identifier: MIT */
/* What `git status -uall` finds out, from the same two comparisons; the second is kept, because the
 * text of the diff is made from it. Never refreshes the index on disk. */
#include "status.h"

#include "../base/buf.h"
#include "../base/err.h"

#include <stdlib.h>
#include <string.h>

static int is_in(const char *folder, const char *path)
{
	size_t n = folder ? strlen(folder) : 0;

	return n && strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static int is_skipped(git_index *index, const char *path)
{
	const git_index_entry *e = git_index_get_bypath(index, path, 0);

	return e && (e->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE);
}

/* A git_diff_notify_cb: 1 keeps a delta out. So the logs are never in, a huge heap of untracked
 * files costs no memory, and a file outside the sparse checkout is not taken for deleted. */
static int choose(const git_diff *diff, const git_diff_delta *delta, const char *spec, void *ctx)
{
	struct status *s = ctx;

	(void)diff;
	(void)spec;
	if (is_in(s->logs, delta->new_file.path))
		return 1;
	if (delta->status == GIT_DELTA_DELETED && is_skipped(s->index, delta->old_file.path))
		return 1;
	if (delta->status != GIT_DELTA_UNTRACKED)
		return 0;
	if (s->untracked >= STATUS_KEEP) {
		s->dropped++;
		return 1;
	}
	s->untracked++;
	return 0;
}

/* Staged deletions are real whatever the sparse checkout says. */
static int choose_staged(const git_diff *diff, const git_diff_delta *delta, const char *spec,
			 void *ctx)
{
	const struct status *s = ctx;

	(void)diff;
	(void)spec;
	return is_in(s->logs, delta->new_file.path);
}

static unsigned int staged_flag(const git_diff_delta *delta)
{
	switch (delta->status) {
	case GIT_DELTA_ADDED:
		return STATUS_ADDED;
	case GIT_DELTA_DELETED:
		return STATUS_DELETED;
	case GIT_DELTA_CONFLICTED:
		return STATUS_UNMERGED;
	default:
		return STATUS_MODIFIED;
	}
}

static unsigned int worktree_flag(const git_diff_delta *delta)
{
	switch (delta->status) {
	case GIT_DELTA_ADDED:
		return STATUS_FILE_ADDED;
	case GIT_DELTA_DELETED:
		return STATUS_FILE_DELETED;
	case GIT_DELTA_UNTRACKED:
		return STATUS_UNTRACKED;
	case GIT_DELTA_CONFLICTED:
		return STATUS_UNMERGED;
	default:
		return STATUS_MODIFIED;
	}
}

void status_add(struct status *s, const char *path, unsigned int flags)
{
	if (is_in(s->logs, path))
		return;
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->paths = xrealloc(s->paths, s->cap * sizeof(*s->paths));
	}
	s->paths[s->n++] = (struct status_path){.path = path, .flags = flags};
}

static void add_deltas(struct status *s, git_diff *diff, unsigned int flags,
		       unsigned int (*flag_of)(const git_diff_delta *))
{
	size_t i, n = git_diff_num_deltas(diff);

	for (i = 0; i < n; i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);

		status_add(s, d->new_file.path ? d->new_file.path : d->old_file.path,
			   flag_of ? flag_of(d) : flags);
	}
}

void status_add_diff(struct status *s, git_diff *diff, unsigned int flags)
{
	add_deltas(s, diff, flags, NULL);
}

static int by_path(const void *a, const void *b)
{
	const struct status_path *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void status_sort(struct status *s)
{
	size_t i, kept = 0;

	if (s->n)
		qsort(s->paths, s->n, sizeof(*s->paths), by_path);
	for (i = 0; i < s->n; i++) {
		if (kept && strcmp(s->paths[kept - 1].path, s->paths[i].path) == 0)
			s->paths[kept - 1].flags |= s->paths[i].flags;
		else
			s->paths[kept++] = s->paths[i];
	}
	s->n = kept;
}

/* The options that the text of the diff needs stand here, since one comparison serves both. */
static void worktree_options(git_diff_options *opts, const struct gate *g, struct status *s)
{
	git_config *config = NULL;

	git_diff_options_init(opts, GIT_DIFF_OPTIONS_VERSION);
	opts->flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
		      GIT_DIFF_INDENT_HEURISTIC;
	opts->ignore_submodules = GIT_SUBMODULE_IGNORE_UNTRACKED;
	opts->max_size = 64 << 20;
	opts->id_abbrev = 2 * sizeof(git_oid);
	opts->notify_cb = choose;
	opts->payload = s;
	if (git_repository_config_snapshot(&config, g->repo) == 0) {
		int lines = gate_number(config, "diff.context", 3);
		int between = gate_number(config, "diff.interhunkcontext", 0);

		opts->context_lines = lines < 0 ? 3 : (uint32_t)lines;
		opts->interhunk_lines = between < 0 ? 0 : (uint32_t)between;
	}
	git_config_free(config);
}

int status_read(struct status *s, const struct gate *g, git_tree *tree, const char *logs,
		struct err *err)
{
	git_diff_options staged, worktree;

	*s = (struct status){.logs = logs};
	if (git_repository_index(&s->index, g->repo) < 0)
		return gate_err(err, "read the index");
	git_diff_options_init(&staged, GIT_DIFF_OPTIONS_VERSION);
	staged.notify_cb = choose_staged;
	staged.payload = s;
	worktree_options(&worktree, g, s);
	if (git_diff_tree_to_index(&s->staged, g->repo, tree, s->index, &staged) < 0)
		return gate_err(err, "compare commit and index");
	if (git_diff_index_to_workdir(&s->worktree, g->repo, s->index, &worktree) < 0)
		return gate_err(err, "compare index and files");
	add_deltas(s, s->staged, 0, staged_flag);
	add_deltas(s, s->worktree, 0, worktree_flag);
	return 0;
}

void status_release(struct status *s)
{
	git_diff_free(s->staged);
	git_diff_free(s->worktree);
	git_index_free(s->index);
	free(s->paths);
	*s = (struct status){0};
}

const char *status_letter(unsigned int flags)
{
	if (flags & STATUS_UNMERGED)
		return "U";
	if ((flags & STATUS_DIRTY) == STATUS_UNTRACKED)
		return "?";
	if ((flags & STATUS_FILE_ADDED) && (flags & STATUS_FILE_DELETED))
		return "T";
	if (flags & (STATUS_FILE_DELETED | STATUS_DELETED))
		return "D";
	return flags & STATUS_ADDED ? "A" : "M";
}
