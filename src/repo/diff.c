/* SPDX-License-Identifier: MIT */
/* The text of a diff, streamed. The lines are libgit2's; the header of each file is made here,
 * because libgit2's differs from git's in many small ways (a TAB behind names with a space, empty
 * files, core.quotePath, the length of object names, files that are only intended to be added).
 * Known to differ still: what an external filter or textconv would have changed (they are never
 * run), working-tree-encoding, unmerged files (git shows a combined diff), empty files
 * only intended to be added, diff.orderFile. */
#include "diff.h"

#include "../base/err.h"
#include "../base/json.h"
#include "../base/utf8.h"
#include "abbrev.h"

#include <string.h>

enum {
	DIFF_MAX = 8 << 20,
	DIFF_PIECE = SURVEY_FACT - 64, /* the rest is for the fact around the text */
};

struct text {
	struct facts *facts;
	struct buf piece;
	size_t cost; /* of the piece in JSON */
	int64_t told, left_out, not_utf8;
	int full; /* DIFF_MAX was reached: only count */
};

struct printer {
	struct text text;
	struct buf line;
	const struct status *now;
	git_repository *repo;
	git_odb *odb;
	size_t abbrev;
	int quoting;	 /* for fact_quote() */
	int blank_plain; /* diff.suppressBlankEmpty */
	const char *old_prefix, *new_prefix;
	struct buf old_name, new_name; /* of the file being printed, as its lines show them */
	int64_t unmerged, unreadable;  /* files */
};

/* The text, cut into facts */

/* An upper bound of a byte's size in JSON: \u00XX, an escape, or U+FFFD. */
static size_t cost_of(unsigned char c)
{
	if (c < 0x20)
		return c == '\n' || c == '\t' ? 2 : 6;
	if (c == '"' || c == '\\')
		return 2;
	return c >= 0x7f ? 3 : 1;
}

static void count_bad_bytes(struct text *t)
{
	const unsigned char *p = t->piece.data;
	size_t n = t->piece.len, at = 0;
	uint32_t cp;

	while ((at += utf8_valid_prefix(p + at, n - at)) < n) {
		size_t used = utf8_decode(p + at, n - at, &cp);

		used = used ? used : n - at;
		t->not_utf8 += (int64_t)used;
		at += used;
	}
}

static void flush(struct text *t)
{
	struct json *j;

	if (!t->piece.len)
		return;
	count_bad_bytes(t);
	j = fact_new("diff");
	json_put_bytes(j, "text", t->piece.data, t->piece.len);
	fact_send(t->facts, j);
	t->told += (int64_t)t->piece.len;
	buf_clear(&t->piece);
	t->cost = 0;
}

/* A line longer than a piece is cut between two characters. */
static void put_long(struct text *t, const unsigned char *p, size_t n)
{
	while (n) {
		size_t cost = 0, len = 0;

		while (len < n && cost + cost_of(p[len]) <= DIFF_PIECE)
			cost += cost_of(p[len++]);
		if (len < n)
			len -= utf8_cut_tail(p, len);
		buf_put(&t->piece, p, len);
		flush(t);
		p += len;
		n -= len;
	}
}

static void put_line(struct text *t, const unsigned char *p, size_t n)
{
	size_t cost = 0, i;

	if (t->full || t->told + (int64_t)t->piece.len + (int64_t)n > DIFF_MAX) {
		t->full = 1;
		t->left_out += (int64_t)n;
		return;
	}
	for (i = 0; i < n && cost <= DIFF_PIECE; i++)
		cost += cost_of(p[i]);
	if (t->cost + cost > DIFF_PIECE)
		flush(t);
	if (cost > DIFF_PIECE) {
		put_long(t, p, n);
		return;
	}
	buf_put(&t->piece, p, n);
	t->cost += cost;
}

/* The header of one file */

static int is_intended(const struct printer *p, const char *path)
{
	const git_index_entry *e = git_index_get_bypath(p->now->index, path, 0);

	return e && (e->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD);
}

/* Which side is not there? `-N`ew files are in the index as empty ones, but git shows them as
 * new. */
static void sides(const struct printer *p, const git_diff_delta *d, int *is_new, int *is_gone)
{
	*is_gone = d->status == GIT_DELTA_DELETED;
	*is_new = d->status == GIT_DELTA_ADDED ||
		  (d->status == GIT_DELTA_MODIFIED && is_intended(p, d->new_file.path));
}

static void put_index_line(struct printer *p, const git_diff_delta *d, int is_new)
{
	static const git_oid zero;
	const git_oid *old_id = is_new ? &zero : &d->old_file.id;
	char old_text[ABBREV_MAX + 1], new_text[ABBREV_MAX + 1];

	if (git_oid_equal(old_id, &d->new_file.id))
		return;
	abbrev_oid(old_text, p->odb, old_id, p->abbrev);
	abbrev_oid(new_text, p->odb, &d->new_file.id, p->abbrev);
	buf_printf(&p->line, "index %s..%s", old_text, new_text);
	if (!is_new && d->old_file.mode == d->new_file.mode)
		buf_printf(&p->line, " %06o", (unsigned)d->old_file.mode);
	buf_putc(&p->line, '\n');
}

static void name_sides(struct printer *p, const git_diff_delta *d, int is_new, int is_gone)
{
	buf_clear(&p->old_name);
	buf_clear(&p->new_name);
	fact_quote(&p->old_name, p->old_prefix, d->old_file.path, p->quoting);
	fact_quote(&p->new_name, p->new_prefix, d->new_file.path, p->quoting);
	buf_printf(&p->line, "diff --git %s %s\n", buf_str(&p->old_name), buf_str(&p->new_name));
	if (is_new) {
		buf_clear(&p->old_name);
		buf_puts(&p->old_name, "/dev/null");
	}
	if (is_gone) {
		buf_clear(&p->new_name);
		buf_puts(&p->new_name, "/dev/null");
	}
}

static void flush_lines(struct printer *p)
{
	const unsigned char *at = p->line.data, *end = at + p->line.len;

	while (at < end) {
		const unsigned char *lf = memchr(at, '\n', (size_t)(end - at));
		const unsigned char *next = lf ? lf + 1 : end;

		put_line(&p->text, at, (size_t)(next - at));
		at = next;
	}
	buf_clear(&p->line);
}

static void put_header(struct printer *p, const git_diff_delta *d)
{
	int is_new, is_gone;

	if (d->status == GIT_DELTA_CONFLICTED) {
		buf_puts(&p->line, "* Unmerged path ");
		fact_quote(&p->line, "", d->new_file.path ? d->new_file.path : d->old_file.path,
			   p->quoting);
		buf_putc(&p->line, '\n');
		p->unmerged++;
		flush_lines(p);
		return;
	}
	sides(p, d, &is_new, &is_gone);
	name_sides(p, d, is_new, is_gone);
	if (is_new)
		buf_printf(&p->line, "new file mode %06o\n", (unsigned)d->new_file.mode);
	else if (is_gone)
		buf_printf(&p->line, "deleted file mode %06o\n", (unsigned)d->old_file.mode);
	else if (d->old_file.mode != d->new_file.mode)
		buf_printf(&p->line, "old mode %06o\nnew mode %06o\n", (unsigned)d->old_file.mode,
			   (unsigned)d->new_file.mode);
	put_index_line(p, d, is_new);
	flush_lines(p);
}

/* "--- a/x" and "+++ b/x", which stand before the first hunk only; once printed, the names go. */
static void put_names(struct printer *p)
{
	const char *old_name = buf_str(&p->old_name), *new_name = buf_str(&p->new_name);

	if (!p->old_name.len)
		return;
	buf_printf(&p->line, "--- %s%s\n", old_name, strchr(old_name, ' ') ? "\t" : "");
	buf_printf(&p->line, "+++ %s%s\n", new_name, strchr(new_name, ' ') ? "\t" : "");
	buf_clear(&p->old_name);
	buf_clear(&p->new_name);
	flush_lines(p);
}

static void put_binary(struct printer *p)
{
	if (!p->old_name.len)
		return;
	buf_printf(&p->line, "Binary files %s and ", buf_str(&p->old_name));
	buf_printf(&p->line, "%s differ\n", buf_str(&p->new_name));
	flush_lines(p);
}

/* libgit2 calls a submodule dirty for its untracked files too, git does not
 * (diff.ignoreSubmodules): how many bytes of the line are to stay? */
static size_t without_dirty(const struct printer *p, const git_diff_delta *d,
			    const git_diff_line *line)
{
	static const char dirty[] = "-dirty\n";
	size_t n = line->content_len, m = sizeof(dirty) - 1;
	unsigned int status = 0;

	if (d->new_file.mode != GIT_FILEMODE_COMMIT || n < m ||
	    memcmp(line->content + n - m, dirty, m) != 0 ||
	    git_submodule_status(&status, p->repo, d->new_file.path,
				 GIT_SUBMODULE_IGNORE_UNTRACKED) < 0)
		return n;
	return GIT_SUBMODULE_STATUS_IS_WD_DIRTY(status) ? n : n - m;
}

static void put_content(struct printer *p, const git_diff_delta *d, const git_diff_line *line)
{
	size_t n = without_dirty(p, d, line);
	int blank = line->origin == GIT_DIFF_LINE_CONTEXT && line->content_len == 1 &&
		    line->content[0] == '\n';

	if (line->origin == GIT_DIFF_LINE_ADDITION || line->origin == GIT_DIFF_LINE_DELETION ||
	    (line->origin == GIT_DIFF_LINE_CONTEXT && !(blank && p->blank_plain)))
		buf_putc(&p->line, (unsigned char)line->origin);
	buf_put(&p->line, line->content, n);
	if (n < line->content_len)
		buf_putc(&p->line, '\n');
	/* The "\ No newline at end of file" that ends such a line comes as a line of its own. */
	put_line(&p->text, p->line.data, p->line.len);
	buf_clear(&p->line);
}

static int print(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line,
		 void *ctx)
{
	struct printer *p = ctx;

	(void)hunk;
	switch (line->origin) {
	case GIT_DIFF_LINE_FILE_HDR:
		put_header(p, delta);
		break;
	case GIT_DIFF_LINE_BINARY:
		put_binary(p);
		break;
	case GIT_DIFF_LINE_HUNK_HDR:
		put_names(p);
		put_content(p, delta, line);
		break;
	default:
		put_content(p, delta, line);
	}
	return 0;
}

/* What git's configuration says of the form: prefixes, quotes, lengths. */
static void read_form(struct printer *p)
{
	git_config *config = NULL;

	p->old_prefix = "a/";
	p->new_prefix = "b/";
	p->quoting = FACT_QUOTE_HIGH;
	p->abbrev = 7;
	if (git_repository_config_snapshot(&config, p->repo) == 0) {
		if (gate_flag(config, "diff.noprefix", 0)) {
			p->old_prefix = p->new_prefix = "";
		} else if (gate_flag(config, "diff.mnemonicprefix", 0)) {
			p->old_prefix = "i/";
			p->new_prefix = "w/";
		}
		if (!gate_flag(config, "core.quotepath", 1))
			p->quoting = 0;
		p->blank_plain = gate_flag(config, "diff.suppressblankempty", 0);
		p->abbrev = abbrev_length(p->repo, config);
	}
	git_config_free(config);
}

static void put_patch(struct printer *p, git_diff *diff, size_t i)
{
	const git_diff_delta *d = git_diff_get_delta(diff, i);
	git_patch *patch = NULL;

	if (d->status == GIT_DELTA_UNTRACKED)
		return;
	if (git_patch_from_diff(&patch, diff, i) < 0)
		p->unreadable++; /* gone meanwhile, or not for us to read */
	else if (patch)
		git_patch_print(patch, print, p);
	git_patch_free(patch);
}

static void tell_limits(struct printer *p)
{
	fact_limit(p->text.facts, "bytes of the diff", p->text.left_out);
	fact_limit(p->text.facts, "bytes of the diff that are not UTF-8", p->text.not_utf8);
	fact_limit(p->text.facts, "combined diffs of unmerged files", p->unmerged);
	fact_limit(p->text.facts, "files that could not be read for the diff", p->unreadable);
}

int diff_tell(struct facts *f, const struct gate *g, const struct status *now, int64_t *bytes,
	      struct err *err)
{
	struct printer p = {.text = {.facts = f}, .now = now, .repo = g->repo};
	size_t i, n = git_diff_num_deltas(now->worktree);
	int rc = -1;

	if (git_repository_odb(&p.odb, g->repo) < 0) {
		gate_err(err, "open the objects");
		goto out;
	}
	read_form(&p);
	for (i = 0; i < n; i++)
		put_patch(&p, now->worktree, i);
	flush(&p.text);
	tell_limits(&p);
	*bytes = p.text.told;
	rc = 0;
out:
	git_odb_free(p.odb);
	buf_release(&p.old_name);
	buf_release(&p.new_name);
	buf_release(&p.line);
	buf_release(&p.text.piece);
	return rc;
}
