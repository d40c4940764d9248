/* SPDX-License-Identifier: MIT */
/* Commits made during a session, told oldest first. The walk goes from the newest back, and not
 * through the whole history, which may hold a million commits. */
#include "changes.h"

#include "../base/json.h"
#include "../base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
	COMMITS_LIST = 1000,
	COMMITS_KEEP = 100000,
	COMMITS_SUBJECT = 4096, /* bytes */
};

struct oids {
	git_oid *at;
	size_t n, cap;
};

static void keep(struct oids *list, const git_oid *oid)
{
	if (list->n == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 64;
		list->at = xrealloc(list->at, list->cap * sizeof(*list->at));
	}
	git_oid_cpy(&list->at[list->n++], oid);
}

/* When its object was stored, if that is a file; else 0. */
static int64_t stored_at(const struct gate *g, const git_oid *oid)
{
	char hex[2 * sizeof(git_oid) + 1];
	struct buf path = {0};
	int64_t us;

	if (g->is_remote)
		return 0;
	git_oid_tostr(hex, sizeof(hex), oid);
	buf_printf(&path, "%sobjects/%.2s/%s", git_repository_commondir(g->repo), hex, hex + 2);
	us = shape_stamp(buf_str(&path));
	buf_release(&path);
	return us;
}

static int64_t second_of(int64_t us)
{
	return us / 1000000 - (us % 1000000 < 0);
}

/* Was it there before? Its own time is in whole seconds only, and a checkout may bring it back. */
static int is_older(const struct gate *g, const git_oid *oid, int64_t start_us)
{
	int64_t us = stored_at(g, oid);

	return us && us < start_us - SHAPE_SLACK_US;
}

static int has(const struct oids *list, const git_oid *oid)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (git_oid_equal(&list->at[i], oid))
			return 1;
	return 0;
}

/* Those that can be reached from a commit, the newest first, down to the time of the start: as long
 * as nothing is sorted or hidden, libgit2 goes no further either. Without those in `without`. */
static int collect(struct oids *list, const struct gate *g, const git_oid *from, int64_t start_us,
		   const struct oids *without)
{
	git_revwalk *walk = NULL;
	git_oid oid;
	int rc = -1, young = 1;

	if (git_revwalk_new(&walk, g->repo) < 0 || git_revwalk_push(walk, from) < 0)
		goto out;
	while (young && list->n < COMMITS_KEEP && git_revwalk_next(&oid, walk) == 0) {
		git_commit *commit = NULL;

		if (git_commit_lookup(&commit, g->repo, &oid) < 0)
			goto out;
		young = git_commit_time(commit) >= second_of(start_us);
		if (young && !is_older(g, &oid, start_us) && !has(without, &oid))
			keep(list, &oid);
		git_commit_free(commit);
	}
	rc = 0;
out:
	git_revwalk_free(walk);
	return rc;
}

static void tell(struct facts *f, const struct gate *g, const git_oid *oid, int64_t epoch_us)
{
	char hex[2 * sizeof(git_oid) + 1];
	git_commit *commit = NULL;
	struct json *j;
	const char *text;
	size_t n;

	if (git_commit_lookup(&commit, g->repo, oid) < 0)
		return;
	text = git_commit_message(commit);
	n = text ? strcspn(text, "\n") : 0;
	if (n > COMMITS_SUBJECT)
		n = COMMITS_SUBJECT - utf8_cut_tail((const unsigned char *)text, COMMITS_SUBJECT);
	j = fact_new(epoch_us < 0 ? "commit" : "made");
	json_put_text(j, "oid", git_oid_tostr(hex, sizeof(hex), oid));
	json_put_bytes(j, "subject", text ? text : "", n);
	if (epoch_us > 0 && stored_at(g, oid) > epoch_us)
		json_put_int(j, "at", stored_at(g, oid) - epoch_us);
	fact_send(f, j);
	git_commit_free(commit);
}

/* epoch_us: -1: as facts of the end. */
static int tell_all(struct facts *f, const struct gate *g, const git_oid *before,
		    const git_oid *head, int64_t start_us, int64_t epoch_us, struct err *err)
{
	struct oids list = {0}, old = {0};
	size_t i;
	int rc = -1;

	if (!head || (before && git_oid_equal(before, head)))
		return 0;
	if ((before && collect(&old, g, before, start_us, &list) < 0) ||
	    collect(&list, g, head, start_us, &old) < 0) {
		gate_err(err, "list the commits");
		goto out;
	}
	for (i = list.n; i > 0 && list.n - i < COMMITS_LIST; i--)
		tell(f, g, &list.at[i - 1], epoch_us);
	fact_limit(f, "commits", list.n > COMMITS_LIST ? (int64_t)list.n - COMMITS_LIST : 0);
	rc = 0;
out:
	free(list.at);
	free(old.at);
	return rc;
}

int commits_tell(struct facts *f, const struct gate *g, const git_oid *before, const git_oid *head,
		 int64_t start_us, struct err *err)
{
	return tell_all(f, g, before, head, start_us, -1, err);
}

int commits_tell_made(struct facts *f, const struct gate *g, const git_oid *before,
		      const git_oid *head, int64_t start_us, int64_t epoch_us, struct err *err)
{
	return tell_all(f, g, before, head, start_us, epoch_us, err);
}
