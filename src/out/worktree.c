/* SPDX-License-Identifier: MIT */
/* What changed in the working tree. Never says "no files" without git having said so: a session
 * that still runs, or that ended without a survey, is told as such. */
#include "worktree.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "clean.h"
#include "markdown.h"

#include <inttypes.h>
#include <string.h>

static const char *const titles[WORKTREE_LISTS] = {
	[WORKTREE_CREATED] = "Created",	     [WORKTREE_EDITED] = "Edited",
	[WORKTREE_REMOVED] = "Removed",	     [WORKTREE_UNTRACKED] = "Untracked (git status)",
	[WORKTREE_COMMITS] = "Commits made", [WORKTREE_BEFORE] = "Already dirty before the session",
};

void worktree_init(struct worktree *c, const struct worktree_form *form, const struct header *h,
		   int dir)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->form = form;
	c->header = h;
	for (i = 0; i < WORKTREE_LISTS; i++)
		spool_init(&c->lists[i], dir);
	spool_init(&c->cuts, dir);
	spool_init(&c->diff, dir);
}

void worktree_release(struct worktree *c)
{
	size_t i;

	for (i = 0; i < WORKTREE_LISTS; i++)
		spool_release(&c->lists[i]);
	spool_release(&c->cuts);
	spool_release(&c->diff);
	buf_release(&c->head);
	buf_release(&c->branch);
	buf_release(&c->why);
}

static void put_item(const struct worktree *c, struct spool *s, const struct buf *item)
{
	spool_put(s, c->form->item[0], strlen(c->form->item[0]));
	spool_put(s, item->data, item->len);
	spool_put(s, c->form->item[1], strlen(c->form->item[1]));
}

static void put_text(const struct worktree *c, struct buf *out, const char *text)
{
	c->form->text(out, (const unsigned char *)text, strlen(text));
}

static void put_code(const struct worktree *c, struct buf *out, const char *text)
{
	c->form->code(out, (const unsigned char *)text, strlen(text));
}

static void put_path(struct worktree *c, enum worktree_list list, const struct json *fact)
{
	const char *status = json_get_text(fact, "status");
	struct buf item = {0};
	const char *path;
	size_t n = 0;

	path = json_get_bytes(fact, "path", &n);
	if (!path)
		return;
	c->form->code(&item, (const unsigned char *)path, n);
	if (list == WORKTREE_BEFORE && status) {
		buf_puts(&item, " (");
		put_text(c, &item, status);
		buf_putc(&item, ')');
	}
	put_item(c, &c->lists[list], &item);
	buf_release(&item);
}

static void put_commit(struct worktree *c, const struct json *fact)
{
	const char *oid = json_get_text(fact, "oid");
	struct buf item = {0};
	const char *subject;
	size_t n = 0;

	subject = json_get_bytes(fact, "subject", &n);
	if (!oid)
		return;
	put_code(c, &item, oid);
	buf_putc(&item, ' ');
	c->form->text(&item, (const unsigned char *)(subject ? subject : ""), n);
	put_item(c, &c->lists[WORKTREE_COMMITS], &item);
	buf_release(&item);
}

static void put_diff(struct worktree *c, const struct json *fact)
{
	struct buf text = {0};
	const char *p;
	size_t n = 0, run;

	p = json_get_bytes(fact, "text", &n);
	if (!p)
		return;
	clean_block(&text, (const unsigned char *)p, n);
	run = markdown_longest_run(text.data, text.len);
	/* A run may go on from one piece into the next; the sum is no shorter than it. */
	if (text.len && text.data[0] == '`')
		c->diff_run += run;
	else if (run > c->diff_run)
		c->diff_run = run;
	spool_put(&c->diff, text.data, text.len);
	buf_release(&text);
}

static void put_cut(struct worktree *c, const struct json *fact)
{
	const char *what = json_get_text(fact, "what");
	struct buf item = {0};

	buf_printf(&item, "%" PRId64 " left out of: ", json_get_int(fact, "left_out", 0));
	put_text(c, &item, what ? what : "");
	put_item(c, &c->cuts, &item);
	buf_release(&item);
}

static void copy_text(struct buf *to, int *has, const char *text)
{
	buf_clear(to);
	*has = text != NULL;
	if (text)
		buf_puts(to, text);
}

/* The first fact of the end: another one, from a session that was gone on with, replaces it. */
static void put_head(struct worktree *c, const struct json *fact)
{
	size_t i;

	for (i = 0; i < WORKTREE_BEFORE; i++)
		spool_clear(&c->lists[i]);
	spool_clear(&c->diff);
	c->diff_run = 0;
	c->ended = c->unreadable = 0;
	copy_text(&c->head, &c->has_head, json_get_text(fact, "oid"));
	copy_text(&c->branch, &c->has_branch, json_get_text(fact, "branch"));
}

static void put_before(struct worktree *c, const struct json *fact)
{
	if (c->begun)
		spool_clear(&c->lists[WORKTREE_BEFORE]);
	c->begun = 0;
	put_path(c, WORKTREE_BEFORE, fact);
}

static void put_fact(struct worktree *c, const struct json *fact, const char *name)
{
	if (!strcmp(name, "before")) {
		put_before(c, fact);
	} else if (!strcmp(name, "begun")) {
		c->begun = 1;
	} else if (!strcmp(name, "head")) {
		put_head(c, fact);
	} else if (!strcmp(name, "commit")) {
		put_commit(c, fact);
	} else if (!strcmp(name, "created")) {
		put_path(c, WORKTREE_CREATED, fact);
	} else if (!strcmp(name, "edited")) {
		put_path(c, WORKTREE_EDITED, fact);
	} else if (!strcmp(name, "removed")) {
		put_path(c, WORKTREE_REMOVED, fact);
	} else if (!strcmp(name, "untracked")) {
		put_path(c, WORKTREE_UNTRACKED, fact);
	} else if (!strcmp(name, "diff")) {
		put_diff(c, fact);
	} else if (!strcmp(name, "limit")) {
		put_cut(c, fact);
	} else if (!strcmp(name, "ended")) {
		c->ended = 1;
	} else if (!strcmp(name, "unreadable")) {
		copy_text(&c->why, &c->unreadable, json_get_text(fact, "why"));
		c->unreadable = 1;
	}
}

void worktree_put(struct worktree *c, const struct event *e)
{
	struct json *fact = json_parse(e->data, e->len, NULL);
	const char *name = fact ? json_get_text(fact, "fact") : NULL;

	if (name)
		put_fact(c, fact, name);
	json_free(fact);
}

static void put_place(const struct worktree *c, struct buf *out, const char *oid,
		      const char *branch)
{
	if (oid)
		put_code(c, out, oid);
	else
		buf_puts(out, "no commit yet");
	if (branch) {
		buf_puts(out, " on ");
		put_code(c, out, branch);
	} else {
		buf_puts(out, ", no branch");
	}
	buf_puts(out, c->form->entry[1]);
}

static void put_heads(const struct worktree *c, struct buf *out)
{
	struct buf head = {0}, branch = {0};

	buf_printf(out, "%sHEAD at the start: ", c->form->entry[0]);
	if (c->header->git_head || c->header->git_branch)
		put_place(c, out, c->header->git_head, c->header->git_branch);
	else /* git could not be asked: even a HEAD without a commit has a branch */
		buf_printf(out, "not known%s", c->form->entry[1]);
	if (c->ended) {
		buf_put(&head, c->head.data, c->head.len);
		buf_put(&branch, c->branch.data, c->branch.len);
		buf_printf(out, "%sHEAD at the end: ", c->form->entry[0]);
		put_place(c, out, c->has_head ? buf_str(&head) : NULL,
			  c->has_branch ? buf_str(&branch) : NULL);
	}
	buf_release(&head);
	buf_release(&branch);
}

static int write_buf(struct buf *out, int fd, struct err *err)
{
	int rc = io_write_all(fd, out->data, out->len, NULL, err);

	buf_clear(out);
	return rc;
}

static int write_list(const struct worktree *c, const struct spool *s, const char *title, int fd,
		      struct err *err)
{
	const char *const *form = c->form->list;
	struct buf out = {0};
	int rc = -1;

	if (!spool_size(s))
		return 0;
	buf_printf(&out, "%s%s%s", form[0], title, form[1]);
	if (write_buf(&out, fd, err) == 0 && spool_write(s, fd, err) == 0)
		rc = io_write_all(fd, form[2], strlen(form[2]), NULL, err);
	buf_release(&out);
	return rc;
}

static int has_changes(const struct worktree *c)
{
	return spool_size(&c->lists[WORKTREE_CREATED]) || spool_size(&c->lists[WORKTREE_EDITED]) ||
	       spool_size(&c->lists[WORKTREE_REMOVED]) || spool_size(&c->lists[WORKTREE_COMMITS]) ||
	       spool_size(&c->cuts);
}

static int write_fenced_diff(const struct worktree *c, int fd, struct err *err)
{
	struct buf out = {0};
	unsigned char last = '\n';
	size_t n;
	int rc = -1;

	buf_puts(&out, "\n");
	markdown_fence(&out, c->diff_run, "diff");
	if (write_buf(&out, fd, err) < 0 || spool_write(&c->diff, fd, err) < 0 ||
	    spool_read(&c->diff, spool_size(&c->diff) - 1, &last, 1, &n, err) < 0)
		goto out;
	if (last != '\n')
		buf_putc(&out, '\n');
	markdown_fence(&out, c->diff_run, "");
	rc = write_buf(&out, fd, err);
out:
	buf_release(&out);
	return rc;
}

const struct worktree_form worktree_markdown = {
	.title = "\n## Changes\n",
	.paragraph = {"", "\n\n"},
	.entry = {"- ", "\n"},
	.list = {"- ", ":\n", ""},
	.item = {"  - ", "\n"},
	.text = markdown_inline,
	.code = markdown_code,
	.own = ", beside this one and listed nowhere else",
	.write_diff = write_fenced_diff,
};

static int write_diff(const struct worktree *c, int fd, struct err *err)
{
	int has = spool_size(&c->diff) > 0, rc;
	struct buf out = {0};

	buf_printf(&out, "%sgit diff --no-ext-diff:%s%s", c->form->entry[0],
		   has ? "" : " (no changes tracked)", c->form->entry[1]);
	rc = write_buf(&out, fd, err);
	buf_release(&out);
	return rc == 0 && has ? c->form->write_diff(c, fd, err) : rc;
}

/* Why there is no list of changes; NULL if there is one. */
static const char *what_is_missing(const struct worktree *c, int flags)
{
	if (c->header->imported)
		return "Nobody looked at the files: which changed is known only as far as the "
		       "agent's own log tells, above.";
	if (!c->header->repo && !c->unreadable && !c->ended)
		return "Not a git working tree: changes of files were not tracked.";
	if (c->unreadable)
		return "git could not be asked: ";
	if (!c->ended && flags & WORKTREE_RUNNING)
		return "The session is still running: its changes are listed when it ends.";
	if (!c->ended)
		return "The session ended without a look at git: what changed is not known.";
	return NULL;
}

static int write_files(const struct worktree *c, int fd, struct err *err)
{
	struct buf out = {0};
	size_t i;
	int rc = -1;

	if (!has_changes(c))
		buf_printf(&out, "%sNo files were changed.%s", c->form->paragraph[0],
			   c->form->paragraph[1]);
	put_heads(c, &out);
	if (write_buf(&out, fd, err) < 0)
		goto out;
	for (i = 0; i < WORKTREE_LISTS; i++)
		if (write_list(c, &c->lists[i], titles[i], fd, err) < 0)
			goto out;
	if (write_list(c, &c->cuts, "Cut", fd, err) < 0)
		goto out;
	rc = 0;
out:
	buf_release(&out);
	return rc;
}

static int write_missing(const struct worktree *c, const char *missing, int fd, struct err *err)
{
	struct buf out = {0};
	int rc;

	buf_printf(&out, "%s%s", c->form->paragraph[0], missing);
	if (c->unreadable)
		c->form->text(&out, c->why.data, c->why.len);
	buf_puts(&out, c->form->paragraph[1]);
	if (c->header->repo)
		put_heads(c, &out);
	rc = write_buf(&out, fd, err);
	if (!rc)
		rc = write_list(c, &c->lists[WORKTREE_BEFORE], titles[WORKTREE_BEFORE], fd, err);
	buf_release(&out);
	return rc;
}

/* The logs themselves are no change of the session's; their folder is the one this file is in. */
static int write_own(const struct worktree *c, int fd, struct err *err)
{
	const char *session = c->header->session ? c->header->session : "session";
	struct buf out = {0}, name = {0};
	int rc;

	buf_printf(&out, "%ssteno's own files%s: ", c->form->entry[0], c->form->own);
	buf_printf(&name, "%s.md", session);
	c->form->code(&out, name.data, name.len);
	buf_clear(&name);
	buf_printf(&name, "%s.cast", session);
	buf_puts(&out, ", ");
	c->form->code(&out, name.data, name.len);
	buf_puts(&out, ", ");
	put_code(c, &out, "provenance.jsonl");
	buf_puts(&out, c->form->entry[1]);
	rc = write_buf(&out, fd, err);
	buf_release(&name);
	buf_release(&out);
	return rc;
}

int worktree_write(const struct worktree *c, int flags, int fd, struct err *err)
{
	const char *missing = what_is_missing(c, flags);

	if (io_write_all(fd, c->form->title, strlen(c->form->title), NULL, err) < 0)
		return -1;
	if (missing)
		return write_missing(c, missing, fd, err) < 0 ? -1 : write_own(c, fd, err);
	if (write_files(c, fd, err) < 0 || write_own(c, fd, err) < 0)
		return -1;
	return write_diff(c, fd, err);
}
