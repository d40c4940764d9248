/* SPDX-License-Identifier: MIT */
/* The survey itself: at the start it takes down what is dirty, at the end it tells what changed. */
#include "survey.h"

#include "../base/err.h"
#include "../base/json.h"
#include "changes.h"
#include "diff.h"
#include "fact.h"
#include "gate.h"
#include "state.h"
#include "status.h"

#include <string.h>

static const int64_t hash_budget = (int64_t)256 << 20;

struct survey {
	struct facts facts;
	struct gate gate;
	struct status status;
	int started;
};

/* The tree of a commit; NULL in *tree, and 0, for no commit. */
static int tree_of(git_tree **tree, const struct gate *g, const git_oid *oid, struct err *err)
{
	git_commit *commit = NULL;
	int rc = 0;

	*tree = NULL;
	if (!oid)
		return 0;
	if (git_commit_lookup(&commit, g->repo, oid) < 0 || git_commit_tree(tree, commit) < 0)
		rc = gate_err(err, "read the commit");
	git_commit_free(commit);
	return rc;
}

/* An oid from its hex, or NULL for none. */
static const git_oid *parse_oid(git_oid *oid, const char *hex)
{
	return hex && *hex && git_oid_fromstr(oid, hex) == 0 ? oid : NULL;
}

static int survey_open(struct survey *s, const struct place *p, const char *gitdir, struct err *err)
{
	if (p->why)
		return err_set(err, "%s", p->why);
	if (!p->repo)
		return err_set(err, "%s is not in a git working tree", p->root);
	if (gate_start(err) < 0)
		return -1;
	s->started = 1;
	return gate_enter(&s->gate, gitdir ? gitdir : p->root, p->root, err);
}

static int survey_close(struct survey *s, int rc, const struct err *why)
{
	struct json *j;

	if (rc < 0) {
		j = fact_new("unreadable");
		json_put_text(j, "why", why->text);
		fact_send(&s->facts, j);
	}
	status_release(&s->status);
	if (s->started) {
		gate_leave(&s->gate);
		gate_stop();
	}
	facts_release(&s->facts);
	return rc;
}

/* One path that differs at the start: its shape into the state, and a fact while they are few.
 * Returns what fact_path() did not tell. A file that was touched after the session began was
 * clean before, or so it must be taken. */
static int64_t take_down(struct survey *s, struct buf *state, const struct status_path *path,
			 int64_t start_us, int64_t *budget, int64_t *told)
{
	struct shape shape;

	shape_of_file(&shape, &s->gate, path->path, budget);
	if (shape.ctime_us >= start_us)
		return 0;
	state_put_path(state, path->path, &shape);
	if (*told >= STATUS_LIST ||
	    fact_path(&s->facts, "before", status_letter(path->flags), path->path))
		return 1;
	++*told;
	return 0;
}

static int begin(struct survey *s, const struct place *p, const char *logs, int fd,
		 int64_t start_us, struct err *err)
{
	int64_t budget = hash_budget, told = 0, left_out = 0;
	struct buf state = {0};
	git_tree *tree = NULL;
	struct json *j;
	git_oid oid;
	size_t i;
	int rc = -1;

	if (tree_of(&tree, &s->gate, parse_oid(&oid, p->head), err) < 0 ||
	    status_read(&s->status, &s->gate, tree, logs, err) < 0)
		goto out;
	status_sort(&s->status);
	left_out = s->status.dropped;
	state_put_head(&state, git_repository_path(s->gate.repo), p->head,
		       s->status.dropped || s->status.n > STATUS_KEEP);
	for (i = 0; i < s->status.n; i++) {
		if (i < STATUS_KEEP)
			left_out +=
				take_down(s, &state, &s->status.paths[i], start_us, &budget, &told);
		else
			left_out++;
	}
	rc = state_write(fd, &state, err);
	if (rc < 0)
		goto out;
	fact_limit(&s->facts, "paths that were dirty", left_out);
	j = fact_new("begun");
	json_put_int(j, "dirty", told);
	fact_send(&s->facts, j);
out:
	git_tree_free(tree);
	buf_release(&state);
	return rc;
}

int survey_begin(const struct place *p, const char *logs, int state, int64_t start_us,
		 survey_emit *emit, void *ctx, struct err *err)
{
	struct survey s = {.facts = {.emit = emit, .ctx = ctx}, .gate = {.root = -1}};
	struct err own = {0};
	int rc = survey_open(&s, p, p->gitdir, &own);

	if (rc == 0)
		rc = begin(&s, p, logs, state, start_us, &own);
	survey_close(&s, rc, &own);
	if (rc < 0 && err)
		*err = own;
	return rc;
}

struct heads {
	git_oid then, now;
	const git_oid *was, *is; /* NULL: unborn */
	git_tree *then_tree, *now_tree;
	git_diff *between; /* NULL when HEAD is the same */
};

static void tell_head(struct survey *s, const git_oid *head)
{
	static const char heads[] = "refs/heads/";
	char hex[2 * sizeof(git_oid) + 1];
	git_reference *ref = NULL;
	const char *target = NULL;
	struct json *j = fact_new("head");

	json_put_text(j, "oid", head ? git_oid_tostr(hex, sizeof(hex), head) : NULL);
	if (git_reference_lookup(&ref, s->gate.repo, "HEAD") == 0)
		target = git_reference_symbolic_target(ref);
	if (target && strncmp(target, heads, sizeof(heads) - 1) == 0)
		json_put_text(j, "branch", target + sizeof(heads) - 1);
	else
		json_put_null(j, "branch");
	git_reference_free(ref);
	fact_send(&s->facts, j);
}

static int read_heads(struct heads *h, const struct gate *g, const struct state *before,
		      struct err *err)
{
	h->was = parse_oid(&h->then, before->head);
	if (git_reference_name_to_id(&h->now, g->repo, "HEAD") == 0)
		h->is = &h->now;
	if (tree_of(&h->then_tree, g, h->was, err) < 0 || tree_of(&h->now_tree, g, h->is, err) < 0)
		return -1;
	if ((!h->was && !h->is) || (h->was && h->is && git_oid_equal(h->was, h->is)))
		return 0;
	if (git_diff_tree_to_tree(&h->between, g->repo, h->then_tree, h->now_tree, NULL) < 0)
		return gate_err(err, "compare two commits");
	return 0;
}

static void heads_release(struct heads *h)
{
	git_diff_free(h->between);
	git_tree_free(h->then_tree);
	git_tree_free(h->now_tree);
}

static void tell_untracked(struct survey *s)
{
	int64_t told = 0, left_out = s->status.dropped;
	size_t i;

	for (i = 0; i < s->status.n; i++) {
		if (!(s->status.paths[i].flags & STATUS_UNTRACKED))
			continue;
		if (told >= STATUS_LIST ||
		    fact_path(&s->facts, "untracked", NULL, s->status.paths[i].path))
			left_out++;
		else
			told++;
	}
	fact_limit(&s->facts, "untracked files", left_out);
}

static int end(struct survey *s, const char *logs, const struct state *before, int64_t start_us,
	       struct err *err)
{
	struct heads h = {0};
	int64_t bytes = 0;
	struct json *j;
	size_t i;
	int rc = -1;

	if (read_heads(&h, &s->gate, before, err) < 0 ||
	    status_read(&s->status, &s->gate, h.now_tree, logs, err) < 0)
		goto out;
	if (h.between)
		status_add_diff(&s->status, h.between, STATUS_MOVED);
	for (i = 0; i < before->n; i++)
		status_add(&s->status, before->paths[i].path, STATUS_BEFORE);
	status_sort(&s->status);
	tell_head(s, h.is);
	if (commits_tell(&s->facts, &s->gate, h.was, h.is, start_us, err) < 0)
		goto out;
	changes_tell(&s->facts, &s->gate, before, &s->status, h.then_tree, h.now_tree, start_us);
	tell_untracked(s);
	if (diff_tell(&s->facts, &s->gate, &s->status, &bytes, err) < 0)
		goto out;
	j = fact_new("ended");
	json_put_int(j, "diff_bytes", bytes);
	fact_send(&s->facts, j);
	rc = 0;
out:
	heads_release(&h);
	return rc;
}

int survey_end(const struct place *p, const char *logs, int state, int64_t start_us,
	       survey_emit *emit, void *ctx, struct err *err)
{
	struct survey s = {.facts = {.emit = emit, .ctx = ctx}, .gate = {.root = -1}};
	struct state before = {0};
	struct err own = {0};
	int rc = p->why || !p->repo ? 0 : state_read(&before, state, &own);

	if (rc == 0)
		rc = survey_open(&s, p, before.gitdir, &own);
	if (rc == 0)
		rc = end(&s, logs, &before, start_us, &own);
	survey_close(&s, rc, &own);
	state_release(&before);
	if (rc < 0 && err)
		*err = own;
	return rc;
}
