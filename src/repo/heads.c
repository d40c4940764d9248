/* SPDX-License-Identifier: MIT */
/* What the surveys share: the way in and out, and HEAD then and now. */
#include "survey_private.h"

#include "../base/err.h"
#include "../base/json.h"

#include <stdlib.h>
#include <string.h>

int survey_open(struct survey *s, const struct place *p, const char *gitdir, struct err *err)
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

int survey_close(struct survey *s, int rc, const char *fact, const struct err *why)
{
	struct json *j;

	if (rc < 0) {
		j = fact_new(fact);
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

struct json *heads_fact(const struct heads *h, const char *fact)
{
	char hex[2 * sizeof(git_oid) + 1];
	struct json *j = fact_new(fact);

	json_put_text(j, "oid", h->is ? git_oid_tostr(hex, sizeof(hex), h->is) : NULL);
	json_put_text(j, "branch", h->branch);
	return j;
}

static int is_at_same_commit(const struct heads *h)
{
	return h->was && h->is ? git_oid_equal(h->was, h->is) : !h->was && !h->is;
}

int heads_moved(const struct heads *h, const struct state *before)
{
	return !is_at_same_commit(h) || strcmp(h->branch ? h->branch : "", before->branch) != 0;
}

int heads_read(struct heads *h, const struct gate *g, const struct state *before, struct err *err)
{
	h->branch = gate_branch(g->repo);
	h->was = gate_oid(&h->then, before->head);
	if (git_reference_name_to_id(&h->now, g->repo, "HEAD") == 0)
		h->is = &h->now;
	if (gate_tree(&h->then_tree, g, h->was, err) < 0 ||
	    gate_tree(&h->now_tree, g, h->is, err) < 0)
		return -1;
	if (is_at_same_commit(h))
		return 0;
	if (git_diff_tree_to_tree(&h->between, g->repo, h->then_tree, h->now_tree, NULL) < 0)
		return gate_err(err, "compare two commits");
	return 0;
}

void heads_release(struct heads *h)
{
	git_diff_free(h->between);
	git_tree_free(h->then_tree);
	git_tree_free(h->now_tree);
	free(h->branch);
}
