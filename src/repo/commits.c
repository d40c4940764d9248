/* SPDX-License-Identifier: MIT */
/* Commits made during a session, told oldest first. The walk goes from the newest back, children
 * before parents even within one second. */
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

static int64_t second_of(int64_t us)
{
	return us / 1000000 - (us % 1000000 < 0);
}

static int collect(struct oids *list, const struct gate *g, git_revwalk *walk, int64_t start_us)
{
	git_oid oid;

	while (list->n < COMMITS_KEEP && git_revwalk_next(&oid, walk) == 0) {
		git_commit *commit = NULL;

		if (git_commit_lookup(&commit, g->repo, &oid) < 0)
			return -1;
		if (git_commit_time(commit) >= second_of(start_us))
			keep(list, &oid);
		git_commit_free(commit);
	}
	return 0;
}

static void tell(struct facts *f, const struct gate *g, const git_oid *oid)
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
	j = fact_new("commit");
	json_put_text(j, "oid", git_oid_tostr(hex, sizeof(hex), oid));
	json_put_bytes(j, "subject", text ? text : "", n);
	fact_send(f, j);
	git_commit_free(commit);
}

int commits_tell(struct facts *f, const struct gate *g, const git_oid *before, const git_oid *head,
		 int64_t start_us, struct err *err)
{
	struct oids list = {0};
	git_revwalk *walk = NULL;
	size_t i;
	int rc = -1;

	if (!head || (before && git_oid_equal(before, head)))
		return 0;
	if (git_revwalk_new(&walk, g->repo) < 0 || git_revwalk_push(walk, head) < 0 ||
	    (before && git_revwalk_hide(walk, before) < 0) ||
	    git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME) < 0 ||
	    collect(&list, g, walk, start_us) < 0) {
		gate_err(err, "list the commits");
		goto out;
	}
	for (i = list.n; i > 0 && list.n - i < COMMITS_LIST; i--)
		tell(f, g, &list.at[i - 1]);
	fact_limit(f, "commits", list.n > COMMITS_LIST ? (int64_t)list.n - COMMITS_LIST : 0);
	rc = 0;
out:
	git_revwalk_free(walk);
	free(list.at);
	return rc;
}
