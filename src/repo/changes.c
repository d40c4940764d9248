/* SPDX-License-Identifier: MIT */
/* A change is a difference between the shape of a path at the start and now, however it came
 * about: so a commit, a stash or `git add` changes nothing, and a checkout changes what it does. */
#include "changes.h"

enum { CHANGES_LIST = 10000 };

/* What was dirty then is compared as it was taken down. */
static void find_kept(struct change *c, struct changes *in, const struct shape *kept,
		      const char *path)
{
	int64_t none = 0;

	c->then = *kept;
	shape_of_file(&c->now, in->gate, path, &none);
	if (shape_untouched(&c->now, kept, in->since_us))
		c->now = *kept;
	else if (kept->kind != SHAPE_STAT && kept->as_stored)
		shape_of_content(&c->now, in->gate, path, &in->budget);
	else if (kept->kind != SHAPE_STAT)
		shape_of_file(&c->now, in->gate, path, &in->budget);
}

static const char *word_for(const struct change *c, const struct gate *g)
{
	if (shape_same(&c->then, &c->now, g))
		return NULL;
	if (c->then.kind == SHAPE_NOTHING)
		return "created";
	return c->now.kind == SHAPE_NOTHING ? "removed" : "edited";
}

/* Where the list of the start was cut, an old file that is not in it was there before. */
static int may_be_old(const struct change *c, const struct changes *in)
{
	return in->before->cut && c->now.ctime_us &&
	       c->now.ctime_us < in->since_us - SHAPE_SLACK_US;
}

void change_find(struct change *c, struct changes *in, const struct status_path *path)
{
	const struct shape *kept = state_find(in->before, path->path);

	if (kept) {
		find_kept(c, in, kept, path->path);
	} else {
		shape_of_entry(&c->then, in->then_tree, path->path);
		if (path->flags & STATUS_DIRTY)
			shape_of_content(&c->now, in->gate, path->path, &in->budget);
		else
			shape_of_entry(&c->now, in->now_tree, path->path);
	}
	c->how = !kept && may_be_old(c, in) ? NULL : word_for(c, in->gate);
}

void changes_tell(struct facts *f, struct changes *in, const struct status *now)
{
	int64_t told = 0, left_out = 0;
	struct change c;
	size_t i;

	for (i = 0; i < now->n; i++) {
		change_find(&c, in, &now->paths[i]);
		if (!c.how)
			continue;
		if (told >= CHANGES_LIST || fact_path(f, c.how, NULL, now->paths[i].path))
			left_out++;
		else
			told++;
	}
	fact_limit(f, "files changed", left_out);
}
