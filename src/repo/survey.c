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
#include "survey_private.h"

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
	int64_t budget = CHANGES_BUDGET, told = 0, left_out = 0;
	struct buf state = {0};
	git_tree *tree = NULL;
	struct json *j;
	git_oid oid;
	size_t i;
	int rc = -1;

	if (gate_tree(&tree, &s->gate, gate_oid(&oid, p->head), err) < 0 ||
	    status_read(&s->status, &s->gate, tree, logs, err) < 0)
		goto out;
	status_sort(&s->status);
	left_out = s->status.dropped;
	state_put_head(&state, git_repository_path(s->gate.repo), p->head, p->branch,
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
	survey_close(&s, rc, "unreadable", &own);
	if (rc < 0 && err)
		*err = own;
	return rc;
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

	if (heads_read(&h, &s->gate, before, err) < 0 ||
	    status_read(&s->status, &s->gate, h.now_tree, logs, err) < 0)
		goto out;
	if (h.between)
		status_add_diff(&s->status, h.between, STATUS_MOVED);
	for (i = 0; i < before->n; i++)
		status_add(&s->status, before->paths[i].path, STATUS_BEFORE);
	status_sort(&s->status);
	fact_send(&s->facts, heads_fact(&h, "head"));
	if (commits_tell(&s->facts, &s->gate, h.was, h.is, start_us, err) < 0)
		goto out;
	changes_tell(&s->facts,
		     &(struct changes){.gate = &s->gate,
				       .before = before,
				       .then_tree = h.then_tree,
				       .now_tree = h.now_tree,
				       .since_us = start_us,
				       .budget = CHANGES_BUDGET},
		     &s->status);
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
	survey_close(&s, rc, "unreadable", &own);
	state_release(&before);
	if (rc < 0 && err)
		*err = own;
	return rc;
}
