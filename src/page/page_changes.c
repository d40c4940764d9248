/* SPDX-License-Identifier: MIT */
/* How the section about files looks. */
#include "page_private.h"

#include "../base/io.h"
#include "../out/wording.h"
#include "html.h"

#include <string.h>

enum { FOLD_BYTES = 24000, PIECE = 16384, LINE_MOST = 65536 };

static int begins(const struct buf *line, const char *with)
{
	size_t n = strlen(with);

	return line->len >= n && !memcmp(line->data, with, n);
}

static const char *line_class(const struct buf *line)
{
	static const struct {
		const char *begin, *class;
	} kinds[] = {{"diff ", "file"}, {"+++ ", "name"}, {"--- ", "name"}, {"index ", "name"},
		     {"@@", "hunk"},	{"+", "add"},	  {"-", "del"}};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (begins(line, kinds[i].begin))
			return kinds[i].class;
	return NULL;
}

/* The line without its newline; the text is clean already. */
static void put_line(const struct buf *line, struct buf *out)
{
	const char *class = line_class(line);

	if (class)
		buf_printf(out, "<span class=\"%s\">", class);
	html_escape(out, line->data, line->len);
	if (class)
		buf_puts(out, "</span>");
}

/* Takes in a piece of the diff; a line that goes on in the next one stays in `line`. */
static void put_piece(struct buf *line, const unsigned char *p, size_t n, struct buf *out)
{
	while (n) {
		const unsigned char *newline = memchr(p, '\n', n);
		size_t used = newline ? (size_t)(newline - p) : n;

		buf_put(line, p, used);
		if (newline || line->len > LINE_MOST) {
			put_line(line, out);
			buf_clear(line);
		}
		if (newline) {
			buf_putc(out, '\n');
			used++;
		}
		p += used;
		n -= used;
	}
}

static int write_lines(const struct worktree *c, int fd, struct err *err)
{
	struct buf line = {0}, out = {0};
	unsigned char piece[PIECE];
	uint64_t at = 0;
	size_t got;
	int rc;

	do {
		rc = spool_read(&c->diff, at, piece, sizeof(piece), &got, err);
		if (rc < 0)
			break;
		put_piece(&line, piece, got, &out);
		at += got;
		if (!got)
			put_line(&line, &out);
		rc = io_write_all(fd, out.data, out.len, NULL, err);
		buf_clear(&out);
	} while (!rc && got);
	buf_release(&line);
	buf_release(&out);
	return rc;
}

static int write_text(const char *text, int fd, struct err *err)
{
	return io_write_all(fd, text, strlen(text), NULL, err);
}

static int write_diff(const struct worktree *c, int fd, struct err *err)
{
	uint64_t size = spool_size(&c->diff);
	struct buf open = {0};
	int rc;

	if (size > FOLD_BYTES) {
		buf_puts(&open, "<details class=\"fold\"><summary>The diff (");
		wording_size(&open, size);
		buf_puts(&open, ")</summary>\n");
	}
	buf_puts(&open, "<pre class=\"diff\">\n");
	rc = io_write_all(fd, open.data, open.len, NULL, err);
	buf_release(&open);
	if (!rc)
		rc = write_lines(c, fd, err);
	return rc ? rc : write_text(size > FOLD_BYTES ? "</pre></details>\n" : "</pre>\n", fd, err);
}

static void put_line_text(struct buf *out, const unsigned char *p, size_t n)
{
	html_line(out, p, n);
}

const struct worktree_form page_changes_form = {
	.title = "<section class=\"changes\" id=\"changes\">\n<h2>Changes</h2>\n",
	.paragraph = {"<p>", "</p>\n"},
	.entry = {"<p>", "</p>\n"},
	.list = {"<h3>", "</h3>\n<ul>\n", "</ul>\n"},
	.item = {"<li>", "</li>\n"},
	.own = ", listed nowhere else",
	.text = put_line_text,
	.code = html_code,
	.write_diff = write_diff,
};
