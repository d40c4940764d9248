/* SPDX-License-Identifier: MIT */
/* A look: what differs from the state that the look before left, and a new state for the next. The
 * user may have gone on meanwhile. So a file that was touched since the look began is left as it
 * was then, in the new state too; what the next look finds is whole. */
#include "survey.h"

#include "../base/err.h"
#include "../base/json.h"
#include "changes.h"
#include "survey_private.h"

#include <string.h>
#include <sys/stat.h>

enum { LOOK_LIST = 1000 };

struct look {
	struct survey survey;
	const struct survey_look *plan;
	struct changes changes;
	struct heads heads;
	struct buf state; /* for the next look */
	int has_times;	  /* files are stamped by this machine's clock, and nobody has set it */
	int64_t told, left_out;
};

/* When a path was changed, by the session's clock; -1: not known. */
struct moment {
	int64_t at;   /* its file was touched last */
	int64_t till; /* it was there, or gone, at the latest */
	int64_t born; /* its file was not there before */
};

/* A file keeps its time when a folder above it gets another name. So what is new below a folder
 * that the commit does not have has been there since that was touched last, at the latest. */
static int64_t new_folders_touched(const struct look *l, const char *path)
{
	const char *slash = strchr(path, '/');
	struct buf folder = {0};
	int64_t latest = 0;

	for (; slash && slash[1]; slash = strchr(slash + 1, '/')) {
		git_tree_entry *entry = NULL;
		int64_t at = 0;

		buf_clear(&folder);
		buf_put(&folder, path, (size_t)(slash - path));
		if (!l->heads.then_tree ||
		    git_tree_entry_bypath(&entry, l->heads.then_tree, buf_str(&folder)) < 0) {
			buf_puts(&folder, "/.");
			at = shape_folder_touched(&l->survey.gate, buf_str(&folder));
		}
		latest = at > latest ? at : latest;
		git_tree_entry_free(entry);
	}
	buf_release(&folder);
	return latest;
}

/* -1: not known; or the look before should have seen it, but the path was another then. */
static int64_t session_time(const struct look *l, int64_t wall)
{
	int64_t at = wall - l->plan->wall_us;

	return wall && at >= l->plan->since_us ? at : -1;
}

static void find_moment(const struct look *l, const struct change *c, const char *path,
			struct moment *m)
{
	const struct gate *g = &l->survey.gate;
	int64_t folders;

	*m = (struct moment){-1, -1, -1};
	if (!l->has_times || c->now.kind == SHAPE_REPO)
		return;
	if (c->now.kind == SHAPE_NOTHING) {
		m->till = session_time(l, shape_folder_touched(g, path));
		return;
	}
	m->at = session_time(l, shape_touched(g, path));
	m->born = m->at < 0 ? -1 : session_time(l, shape_born(g, path));
	folders = c->then.kind == SHAPE_NOTHING ? new_folders_touched(l, path) : 0;
	m->till = session_time(l, folders);
	if (m->till <= m->at + SHAPE_SLACK_US)
		m->till = -1;
}

static void tell_change(struct look *l, const struct change *c, const char *path,
			const struct moment *m)
{
	struct json *j;

	if (l->told >= LOOK_LIST) {
		l->left_out++;
		return;
	}
	j = fact_new("changed");
	json_put_text(j, "how", c->how);
	fact_put_path(j, path);
	if (m->at >= 0)
		json_put_int(j, "at", m->at);
	if (m->till >= 0)
		json_put_int(j, "till", m->till);
	if (m->born > l->plan->since_us)
		json_put_int(j, "born", m->born);
	if (fact_send(&l->survey.facts, j))
		l->left_out++;
	else
		l->told++;
}

static void take_path(struct look *l, const struct status_path *path)
{
	int64_t until = l->plan->until_us;
	struct moment m = {-1, -1, -1};
	struct change c;
	int later;

	change_find(&c, &l->changes, path);
	if (c.how)
		find_moment(l, &c, path->path, &m);
	later = m.at >= until || m.till >= until;
	if (c.how && !later)
		tell_change(l, &c, path->path, &m);
	if (later)
		state_put_path(&l->state, path->path, &c.then);
	else if (path->flags & STATUS_DIRTY)
		state_put_path(&l->state, path->path, &c.now);
}

/* git notes down when HEAD moves, in a file that is touched by little else. */
static void tell_moved(struct look *l)
{
	struct json *j = heads_fact(&l->heads, "moved");
	struct buf log = {0};
	int64_t at = -1;

	buf_printf(&log, "%slogs/HEAD", git_repository_path(l->survey.gate.repo));
	if (l->has_times)
		at = session_time(l, shape_stamp(buf_str(&log)));
	if (at >= 0 && at < l->plan->until_us)
		json_put_int(j, "at", at);
	fact_send(&l->survey.facts, j);
	buf_release(&log);
}

static int look(struct look *l, const char *logs, const struct state *before, struct err *err)
{
	struct survey *s = &l->survey;
	struct heads *h = &l->heads;
	struct status *now = &s->status;
	char hex[2 * sizeof(git_oid) + 1];
	size_t i;

	if (heads_read(h, &s->gate, before, err) < 0 ||
	    status_read(now, &s->gate, h->now_tree, logs, err) < 0)
		return -1;
	if (h->between)
		status_add_diff(now, h->between, STATUS_MOVED);
	for (i = 0; i < before->n; i++)
		status_add(now, before->paths[i].path, STATUS_BEFORE);
	status_sort(now);
	if (heads_moved(h, before))
		tell_moved(l);
	if (commits_tell_made(&s->facts, &s->gate, h->was, h->is, l->changes.since_us,
			      l->has_times ? l->plan->wall_us : 0, err) < 0)
		return -1;
	l->changes.then_tree = h->then_tree;
	l->changes.now_tree = h->now_tree;
	state_put_head(&l->state, git_repository_path(s->gate.repo),
		       h->is ? git_oid_tostr(hex, sizeof(hex), h->is) : NULL, h->branch,
		       before->cut || now->dropped);
	for (i = 0; i < now->n; i++)
		take_path(l, &now->paths[i]);
	fact_limit(&s->facts, "files that commands changed", l->left_out);
	return state_write(l->plan->state, &l->state, err);
}

static void tell_looked(struct look *l)
{
	struct json *j = fact_new("looked");

	json_put_int(j, "since", l->plan->since_us);
	json_put_int(j, "until", l->plan->until_us);
	fact_send(&l->survey.facts, j);
}

/* The state of the look before, or of the beginning. */
static int read_before(struct state *before, const struct survey_look *plan, struct err *err)
{
	struct stat st;

	if (fstat(plan->state, &st) < 0)
		return err_sys(err, "read the state");
	return state_read(before, st.st_size ? plan->state : plan->begun, err);
}

int survey_look(const struct place *p, const char *logs, const struct survey_look *plan,
		survey_emit *emit, void *ctx, struct err *err)
{
	struct look l = {.survey = {.facts = {.emit = emit, .ctx = ctx}, .gate = {.root = -1}},
			 .plan = plan};
	struct state before = {0};
	struct err own = {0};
	int rc = p->why || !p->repo ? 0 : read_before(&before, plan, &own);

	if (rc == 0)
		rc = survey_open(&l.survey, p, before.gitdir, &own);
	if (rc == 0) {
		l.has_times = !plan->clock_was_set && !l.survey.gate.is_remote;
		l.changes = (struct changes){.gate = &l.survey.gate,
					     .before = &before,
					     .since_us = plan->wall_us + plan->since_us,
					     .budget = CHANGES_BUDGET};
		rc = look(&l, logs, &before, &own);
	}
	if (rc == 0)
		tell_looked(&l);
	heads_release(&l.heads);
	survey_close(&l.survey, rc, "blind", &own);
	state_release(&before);
	buf_release(&l.state);
	if (rc < 0 && err)
		*err = own;
	return rc;
}
