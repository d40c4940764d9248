/* SPDX-License-Identifier: MIT */
/* The transcript's sections. All that comes from elsewhere goes through markdown.h; nothing else
 * may put foreign bytes into the file. */
#include "transcript.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../base/stamp.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "worktree.h"
#include "markdown.h"
#include "spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LINE = 1000 }; /* bytes of a command in the list of commands */

struct transcript {
	const struct header *header;
	struct spool body, commands;
	struct worktree changes;
	struct buf scratch; /* of what is being put */
};

struct transcript *transcript_new(const struct header *h, int dir)
{
	struct transcript *t = xcalloc(1, sizeof(*t));

	t->header = h;
	spool_init(&t->body, dir);
	spool_init(&t->commands, dir);
	worktree_init(&t->changes, h, dir);
	return t;
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	spool_release(&t->body);
	spool_release(&t->commands);
	worktree_release(&t->changes);
	buf_release(&t->scratch);
	free(t);
}

static void put_bytes(struct buf *out, const char *text)
{
	markdown_inline(out, (const unsigned char *)text, strlen(text));
}

static void put_known(struct buf *out, const char *text)
{
	put_bytes(out, text && *text ? text : "unknown");
}

static void put_number(struct buf *out, const char *before, int64_t n, const char *behind)
{
	buf_puts(out, before);
	buf_put_number(out, n);
	buf_puts(out, behind);
}

/* 1234567 as 1,234,567. */
static void put_count(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), i;

	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_putc(out, ',');
		buf_putc(out, (unsigned char)digits[i]);
	}
}

static void put_size(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB"};
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		buf_printf(out, "%" PRIu64 " bytes", bytes);
		return;
	}
	while (i < 3 && bytes / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	buf_printf(out, "%" PRIu64 ".%" PRIu64 " %s", bytes / unit, bytes % unit * 10 / unit,
		   units[i]);
}

static void put_time(struct buf *out, int64_t wall_us)
{
	char iso[STAMP_ISO_LEN + 1];

	stamp_iso(wall_us, iso);
	buf_puts(out, iso);
}

/* Text blocks */

/* seq 0: no command has all of it. */
static void put_left_out(const struct transcript *t, struct buf *out,
			 const struct excerpt_rest *rest, uint32_t seq)
{
	buf_puts(out, "[... ");
	if (rest->lines) {
		put_count(out, rest->lines);
		buf_puts(out, rest->lines == 1 ? " line (" : " lines (");
		put_size(out, rest->bytes);
		buf_puts(out, ")");
	} else {
		put_size(out, rest->bytes);
	}
	if (seq)
		buf_printf(out, " left out; all of it: steno show %s:%" PRIu32 " ...]\n",
			   t->header->session ? t->header->session : "SESSION", seq);
	else
		buf_puts(out, " left out; all of it is in the recording ...]\n");
}

static void put_excerpt(const struct transcript *t, struct buf *out, const struct excerpt *e,
			uint32_t seq)
{
	struct buf text = {0};
	struct excerpt_rest rest;

	excerpt_rest(e, &rest);
	if (!rest.n && !rest.bytes) {
		markdown_block(out, e->head.data, e->head.len);
		return;
	}
	buf_put(&text, e->head.data, e->head.len);
	if (rest.bytes) {
		if (text.len && text.data[text.len - 1] != '\n')
			buf_putc(&text, '\n');
		put_left_out(t, &text, &rest, seq);
	}
	buf_put(&text, rest.tail, rest.n);
	markdown_block(out, text.data, text.len);
	buf_release(&text);
}

/* Commands */

static void put_typed(struct buf *out, const struct command *c)
{
	struct buf text = {0};

	if (c->text_from == COMMAND_TEXT_NONE)
		buf_puts(&text, "(the text of this command is not known)");
	else
		buf_puts(&text, "$ ");
	buf_put(&text, c->text.data, c->text.len);
	markdown_block(out, text.data, text.len);
	buf_release(&text);
}

/* exit=0, exit=null (interrupted) */
static void put_exit(struct buf *out, const struct command *c)
{
	if (!c->end)
		buf_puts(out, "exit=null (running)");
	else if (!c->has_exit)
		buf_printf(out, "exit=null (%s)", strcmp(c->end, "exit") ? c->end : "not seen");
	else
		put_number(out, "exit=", c->exit_code, "");
}

static void put_duration(struct buf *out, const struct command *c)
{
	if (c->end_us < 0)
		buf_puts(out, "null");
	else
		put_number(out, "", (c->end_us - c->start_us) / 1000, "ms");
}

static void put_cwd(struct buf *out, const struct command *c)
{
	buf_puts(out, "cwd=");
	if (c->cwd.len)
		markdown_inline(out, c->cwd.data, c->cwd.len);
	else
		buf_puts(out, "unknown");
}

static void put_details(struct buf *out, const struct command *c)
{
	put_time(out, c->start_wall_us);
	buf_puts(out, " | ");
	put_exit(out, c);
	buf_puts(out, " | ");
	put_duration(out, c);
	buf_puts(out, " | ");
	put_cwd(out, c);
	if (c->text_from == COMMAND_TEXT_SCREEN)
		buf_puts(out, " | command text read from the screen");
	if (c->end && !strcmp(c->end, "eof"))
		buf_puts(out, " | the shell ended during it");
}

static void put_section(const struct transcript *t, struct buf *out, const struct command *c)
{
	put_number(out, "\n### Command ", c->seq, "\n");
	put_typed(out, c);
	put_details(out, c);
	buf_puts(out, "\n\n");
	if (c->output.lines)
		put_excerpt(t, out, &c->output, c->seq);
	else
		buf_puts(out, c->end ? "(no output)\n" : "(no output yet)\n");
}

/* How much of a text goes into one line; at a character. */
static size_t line_length(const struct buf *text)
{
	size_t n = text->len;

	if (n <= TEXT_LINE)
		return n;
	n = TEXT_LINE;
	while (n && (text->data[n] & 0xC0) == 0x80)
		n--;
	return n;
}

static void put_entry(struct buf *out, const struct command *c)
{
	size_t n = line_length(&c->text);

	buf_puts(out, "- ");
	put_time(out, c->start_wall_us);
	buf_puts(out, " | ");
	put_exit(out, c);
	buf_puts(out, " | ");
	put_duration(out, c);
	buf_puts(out, " | ");
	if (c->text_from == COMMAND_TEXT_NONE)
		buf_puts(out, "(text not known)");
	markdown_inline(out, c->text.data, n);
	if (n < c->text.len) {
		buf_puts(out, " [... ");
		put_size(out, c->text.len - n);
		buf_puts(out, " more]");
	}
	buf_puts(out, " (");
	put_cwd(out, c);
	buf_puts(out, ")\n");
}

void transcript_put_command(struct transcript *t, const struct command *c)
{
	struct buf *out = &t->scratch;

	buf_clear(out);
	put_section(t, out, c);
	spool_put(&t->body, out->data, out->len);
	buf_clear(out);
	put_entry(out, c);
	spool_put(&t->commands, out->data, out->len);
}

/* What else happened */

static void put_loose(const struct transcript *t, struct buf *out, const struct excerpt *text)
{
	buf_puts(out, "\n### Between commands\n");
	put_excerpt(t, out, text, 0);
}

void transcript_put_loose(struct transcript *t, int64_t at_us, const struct excerpt *text)
{
	struct buf out = {0};

	(void)at_us;
	put_loose(t, &out, text);
	spool_put(&t->body, out.data, out.len);
	buf_release(&out);
}

static void put_role(struct buf *out, const char *role)
{
	if (!strcmp(role, "user"))
		buf_puts(out, "User");
	else if (!strcmp(role, "assistant"))
		buf_puts(out, "Assistant");
	else
		put_bytes(out, role);
}

void transcript_put_words(struct transcript *t, int64_t at_us, const char *role, const char *text,
			  size_t n)
{
	struct buf out = {0};

	(void)at_us;
	buf_puts(&out, "\n### ");
	put_role(&out, role);
	buf_putc(&out, '\n');
	markdown_block(&out, (const unsigned char *)text, n);
	spool_put(&t->body, out.data, out.len);
	buf_release(&out);
}

static void put_lost(struct buf *out, const struct json *j)
{
	const char *why = json_get_text(j, "why");
	int64_t bytes = json_get_int(j, "bytes", -1);

	if (bytes < 0) {
		buf_puts(out, "output");
	} else {
		put_count(out, (uint64_t)bytes);
		buf_puts(out, bytes == 1 ? " byte of output" : " bytes of output");
	}
	buf_puts(out, " could not be recorded here");
	if (why) {
		buf_puts(out, ": ");
		put_bytes(out, why);
	}
}

static void put_note(struct transcript *t, const struct event *e)
{
	struct json *j = json_parse(e->data, e->len, NULL);
	const char *note = json_get_text(j, "note");
	struct buf out = {0};

	if (j && (e->code == EVENT_LOST || note)) {
		buf_puts(&out, "\n> ");
		put_time(&out, t->header->start_us + e->at_us);
		buf_puts(&out, " steno: ");
		if (e->code == EVENT_LOST)
			put_lost(&out, j);
		else
			put_bytes(&out, note);
		buf_putc(&out, '\n');
	}
	spool_put(&t->body, out.data, out.len);
	buf_release(&out);
	json_free(j);
}

void transcript_put_fact(struct transcript *t, const struct event *e)
{
	if (e->code == EVENT_FACT)
		worktree_put(&t->changes, e);
	else
		put_note(t, e);
}

/* The file */

/* The last part of the root's path. */
static const char *repo_name(const char *root)
{
	const char *slash = root ? strrchr(root, '/') : NULL;

	return slash && slash[1] ? slash + 1 : root;
}

static void put_title(const struct transcript *t, struct buf *out)
{
	const struct header *h = t->header;

	buf_puts(out, "# ");
	put_known(out, repo_name(h->root));
	buf_puts(out, " — model: ");
	put_known(out, h->model);
	buf_puts(out, ", profile: ");
	put_known(out, h->profile);
	buf_puts(out, ", sandbox: ");
	put_known(out, h->sandbox);
	buf_puts(out, "\n\n## Transcript\n\nSession ");
	put_known(out, h->session);
	buf_puts(out, ", begun ");
	put_time(out, h->start_us);
	buf_puts(out, " in ");
	put_known(out, h->cwd ? h->cwd : h->root);
	if (h->cwd && h->root && strcmp(h->cwd, h->root)) {
		buf_puts(out, " (root: ");
		put_bytes(out, h->root);
		buf_putc(out, ')');
	}
	buf_puts(out, ", recorded by steno ");
	put_known(out, h->steno);
	if (h->command) {
		buf_puts(out, " running ");
		markdown_code(out, (const unsigned char *)h->command, strlen(h->command));
	}
	buf_puts(out, ".\n");
}

static void put_counted(struct buf *out, uint64_t n, const char *one, const char *many)
{
	if (!n)
		return;
	buf_putc(out, '\n');
	put_count(out, n);
	buf_printf(out, " %s\n", n == 1 ? one : many);
}

static void put_ending(const struct transcript_now *now, struct buf *out)
{
	if (now->has_exit)
		buf_printf(out, "\nThe session ended with exit status %d.\n", now->exit_status);
	else if (now->is_running)
		buf_puts(out, "\nThe session is still running.\n");
	else
		buf_puts(out, "\nThe recording breaks off here: how the session ended was not "
			      "seen.\n");
	put_counted(out, now->forged,
		    "mark of a command's boundary was not believed: forged, replayed or out of "
		    "place.",
		    "marks of commands' boundaries were not believed: forged, replayed or out of "
		    "place.");
	put_counted(out, now->skipped, "line of the recording is damaged and was passed over.",
		    "lines of the recording are damaged and were passed over.");
}

/* A shell without hooks may have run any number of commands that nobody told of. */
static void put_no_commands(const struct transcript *t, struct buf *out)
{
	if (t->header->hooks || t->header->command)
		buf_puts(out, "No commands were executed.\n");
	else
		buf_puts(out, "Which commands were executed is not known: steno has no hooks for "
			      "this shell.\n");
}

static int write_buf(struct buf *out, int fd, struct err *err)
{
	int rc = io_write_all(fd, out->data, out->len, NULL, err);

	buf_clear(out);
	return rc;
}

int transcript_write(const struct transcript *t, const struct transcript_now *now, int fd,
		     struct err *err)
{
	struct buf out = {0};
	int rc = -1;

	put_title(t, &out);
	if (write_buf(&out, fd, err) < 0 || spool_write(&t->body, fd, err) < 0)
		goto out;
	if (now->running)
		put_section(t, &out, now->running);
	if (now->loose)
		put_loose(t, &out, now->loose);
	put_ending(now, &out);
	buf_puts(&out, "\n## Commands\n");
	if (!spool_size(&t->commands) && !now->running)
		put_no_commands(t, &out);
	if (write_buf(&out, fd, err) < 0 || spool_write(&t->commands, fd, err) < 0)
		goto out;
	if (now->running)
		put_entry(&out, now->running);
	if (write_buf(&out, fd, err) < 0)
		goto out;
	rc = worktree_write(&t->changes, now->is_running ? WORKTREE_RUNNING : 0, fd, err);
out:
	buf_release(&out);
	return rc;
}
