/* SPDX-License-Identifier: MIT */
/* A change is a difference between the shape of a path at the start and now, however it came
 * about: so a commit, a stash or `git add` changes nothing, and a checkout changes what it does. */
#include "changes.h"

enum { CHANGES_LIST = 10000 };

static const int64_t read_budget = (int64_t)256 << 20;

struct pair {
	struct shape then, now;
};

static void shapes_of(struct pair *p, const struct gate *g, const struct state *before,
		      const struct status_path *path, git_tree *then_tree, git_tree *now_tree,
		      int64_t start_us, int64_t *budget)
{
	const struct shape *kept = state_find(before, path->path);
	int64_t none = 0;

	if (kept) {
		p->then = *kept;
		shape_of_file(&p->now, g, path->path, &none);
		if (shape_untouched(&p->now, kept, start_us))
			p->now = *kept;
		else if (kept->kind != SHAPE_STAT)
			shape_of_file(&p->now, g, path->path, budget);
		return;
	}
	shape_of_entry(&p->then, then_tree, path->path);
	if (path->flags & STATUS_DIRTY)
		shape_of_content(&p->now, g, path->path, budget);
	else
		shape_of_entry(&p->now, now_tree, path->path);
}

static const char *word_for(const struct pair *p, const struct gate *g)
{
	if (shape_same(&p->then, &p->now, g))
		return NULL;
	if (p->then.kind == SHAPE_NOTHING)
		return "created";
	return p->now.kind == SHAPE_NOTHING ? "removed" : "edited";
}

/* Where the list of the start was cut, an old file that is not in it was there before. */
static int may_be_old(const struct pair *p, const struct state *before, int64_t start_us)
{
	return before->cut && p->now.ctime_us && p->now.ctime_us < start_us - SHAPE_SLACK_US;
}

void changes_tell(struct facts *f, const struct gate *g, const struct state *before,
		  const struct status *now, git_tree *then_tree, git_tree *now_tree,
		  int64_t start_us)
{
	int64_t budget = read_budget, told = 0, left_out = 0;
	size_t i;

	for (i = 0; i < now->n; i++) {
		const char *word;
		struct pair p;

		shapes_of(&p, g, before, &now->paths[i], then_tree, now_tree, start_us, &budget);
		word = word_for(&p, g);
		if (!word ||
		    (!state_find(before, now->paths[i].path) && may_be_old(&p, before, start_us)))
			continue;
		if (told >= CHANGES_LIST || fact_path(f, word, NULL, now->paths[i].path))
			left_out++;
		else
			told++;
	}
	fact_limit(f, "files changed", left_out);
}
