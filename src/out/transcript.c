/* SPDX-License-Identifier: MIT */
/* The transcript's sections. All that comes from elsewhere goes through markdown.h; nothing else
 * may put foreign bytes into the file. */
#include "transcript.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "dialogue.h"
#include "looks.h"
#include "markdown.h"
#include "spool.h"
#include "wording.h"
#include "worktree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_LINE = 1000 }; /* bytes of a command in the list of commands */

struct transcript {
	const struct header *header;
	struct spool body, commands;
	struct worktree changes;
	struct looks looks;
	struct dialogue dialogue;
	struct buf scratch; /* of what is being put */
};

struct transcript *transcript_new(const struct header *h, int dir)
{
	struct transcript *t = xcalloc(1, sizeof(*t));

	t->header = h;
	spool_init(&t->body, dir);
	spool_init(&t->commands, dir);
	worktree_init(&t->changes, &worktree_markdown, h, dir);
	return t;
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	spool_release(&t->body);
	spool_release(&t->commands);
	worktree_release(&t->changes);
	looks_release(&t->looks);
	dialogue_release(&t->dialogue);
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

/* Text blocks */

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
		wording_left_out(&text, t->header->session, &rest, seq);
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

static void put_began(struct buf *out, const struct command *c)
{
	if (c->start_wall_us < 0)
		buf_puts(out, "null");
	else
		wording_time(out, c->start_wall_us);
}

static void put_duration(struct buf *out, const struct command *c)
{
	if (command_took(c) < 0)
		buf_puts(out, "null");
	else
		put_number(out, "", command_took(c) / 1000, "ms");
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
	put_began(out, c);
	buf_puts(out, " | ");
	put_exit(out, c);
	buf_puts(out, " | ");
	put_duration(out, c);
	buf_puts(out, " | ");
	put_cwd(out, c);
	if (c->text_from == COMMAND_TEXT_SCREEN)
		buf_puts(out, " | command text read from the screen");
	if (wording_marks(c->marks))
		buf_printf(out, " | %s", wording_marks(c->marks));
	if (c->inside) {
		buf_puts(out, " | ");
		wording_inside(out, c);
	}
	if (c->end && !strcmp(c->end, "eof"))
		buf_puts(out, " | the shell ended during it");
	if (c->unprompted)
		buf_puts(out, " | " WORDING_UNPROMPTED ": later commands may be in its output");
	if (c->signal)
		buf_printf(out, " | killed by signal %d", c->signal);
	if (c->agent_told && c->agent_us >= 0)
		put_number(out, " | by the agent's own clock ", c->agent_us / 1000, "ms");
	if (c->call_id.len) {
		buf_puts(out, " | call ");
		markdown_inline(out, c->call_id.data, c->call_id.len);
	}
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
		buf_printf(out, "(%s)\n", wording_no_output(c));
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
	put_began(out, c);
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
		wording_size(out, c->text.len - n);
		buf_puts(out, " more]");
	}
	buf_puts(out, " (");
	put_cwd(out, c);
	buf_puts(out, ")\n");
}

void transcript_put_command(struct transcript *t, const struct command *c)
{
	struct buf *out = &t->scratch;

	looks_ended(&t->looks, c);
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

void transcript_put_words(struct transcript *t, int64_t at_us, const struct words *w)
{
	struct buf out = {0};

	dialogue_put(&t->dialogue, w, t->header->start_us + at_us, &out);
	spool_put(&t->body, out.data, out.len);
	buf_release(&out);
}

static void put_note(struct transcript *t, const struct event *e)
{
	struct buf out = {0}, text = {0};

	if (wording_note(&text, e)) {
		buf_puts(&out, "\n> ");
		wording_time(&out, t->header->start_us + e->at_us);
		buf_puts(&out, " steno: ");
		markdown_inline(&out, text.data, text.len);
		buf_putc(&out, '\n');
	}
	spool_put(&t->body, out.data, out.len);
	buf_release(&out);
	buf_release(&text);
}

static void put_look(struct transcript *t)
{
	static const struct looks_form form = {markdown_code, markdown_inline};
	struct buf *out = &t->scratch;

	buf_clear(out);
	buf_puts(out, "\n> ");
	looks_tell(&t->looks, &form, out);
	buf_putc(out, '\n');
	if (t->looks.n || t->looks.left_out)
		spool_put(&t->body, out->data, out->len);
}

void transcript_put_fact(struct transcript *t, const struct event *e)
{
	if (e->code != EVENT_FACT) {
		put_note(t, e);
		return;
	}
	worktree_put(&t->changes, e);
	if (looks_put(&t->looks, e) == LOOKS_LOOKED)
		put_look(t);
}

void transcript_put_started(struct transcript *t, const struct command *c)
{
	looks_started(&t->looks, c);
}

/* The file */

/* The last part of the root's path. */
static const char *repo_name(const char *root)
{
	const char *slash = root ? strrchr(root, '/') : NULL;

	return slash && slash[1] ? slash + 1 : root;
}

/* What was in effect, if the agent has told; else what steno was told. */
static void put_setting(struct buf *out, const struct buf *seen, const char *told)
{
	if (seen->len)
		markdown_inline(out, seen->data, seen->len);
	else
		put_known(out, told);
}

/* Nothing of it was measured. */
static void put_import(struct buf *out, const struct header *h)
{
	buf_puts(out, ", imported by steno ");
	put_known(out, h->steno);
	buf_puts(out, " from ");
	put_bytes(out, h->imported);
	buf_puts(out, "'s own log");
	if (h->imported_from) {
		buf_putc(out, ' ');
		markdown_code(out, (const unsigned char *)h->imported_from,
			      strlen(h->imported_from));
	}
	buf_puts(out, ".\nNothing here was measured: times, exit codes and output are as ");
	put_bytes(out, h->imported);
	buf_puts(out, " wrote them down.\n");
}

static void put_recorder(struct buf *out, const struct header *h)
{
	buf_puts(out, h->made_of ? ", made by steno " : ", recorded by steno ");
	put_known(out, h->steno);
	if (h->made_of) {
		buf_puts(out, " of another program's recording ");
		markdown_code(out, (const unsigned char *)h->made_of, strlen(h->made_of));
	}
	if (h->parent) {
		buf_puts(out, " within ");
		put_bytes(out, h->parent);
	}
	if (h->command) {
		buf_puts(out, " running ");
		markdown_code(out, (const unsigned char *)h->command, strlen(h->command));
	}
	buf_puts(out, ".\n");
	if (wording_times(h))
		buf_printf(out, "%s\n", wording_times(h));
}

static void put_title(const struct transcript *t, struct buf *out)
{
	const struct header *h = t->header;

	buf_puts(out, "# ");
	put_known(out, repo_name(h->root));
	buf_puts(out, " — model: ");
	put_setting(out, &t->dialogue.model, h->model);
	buf_puts(out, ", profile: ");
	put_setting(out, &t->dialogue.profile, h->profile);
	buf_puts(out, ", sandbox: ");
	put_setting(out, &t->dialogue.sandbox, h->sandbox);
	buf_puts(out, "\n\n## Transcript\n\nSession ");
	put_known(out, h->session);
	buf_puts(out, ", begun ");
	if (header_has_start(h))
		wording_time(out, h->start_us);
	else
		buf_puts(out, "at an unknown time");
	buf_puts(out, " in ");
	put_known(out, h->cwd ? h->cwd : h->root);
	if (h->cwd && h->root && strcmp(h->cwd, h->root)) {
		buf_puts(out, " (root: ");
		put_bytes(out, h->root);
		buf_putc(out, ')');
	}
	if (h->imported)
		put_import(out, h);
	else
		put_recorder(out, h);
}

static void put_ending(const struct transcript_now *now, int is_imported, struct buf *out)
{
	if (!is_imported) { /* then nobody saw the end */
		buf_putc(out, '\n');
		wording_end(out, now);
		buf_putc(out, '\n');
	}
	if (now->forged) {
		buf_putc(out, '\n');
		wording_forged(out, now->forged);
		buf_putc(out, '\n');
	}
	if (now->unheard) {
		buf_putc(out, '\n');
		wording_unheard(out, now->unheard);
		buf_putc(out, '\n');
	}
	if (now->skipped) {
		buf_putc(out, '\n');
		wording_skipped(out, now->skipped);
		buf_putc(out, '\n');
	}
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
	size_t i;

	put_title(t, &out);
	if (write_buf(&out, fd, err) < 0 || spool_write(&t->body, fd, err) < 0)
		goto out;
	if (now->running)
		put_section(t, &out, now->running);
	for (i = 0; i < now->n_beside; i++)
		put_section(t, &out, now->beside[i]);
	if (now->loose)
		put_loose(t, &out, now->loose);
	put_ending(now, t->header->imported != NULL, &out);
	buf_puts(&out, "\n## Commands\n");
	if (!spool_size(&t->commands) && !now->running && !now->n_beside)
		buf_printf(&out, "%s\n", wording_no_commands(t->header));
	if (write_buf(&out, fd, err) < 0 || spool_write(&t->commands, fd, err) < 0)
		goto out;
	if (now->running)
		put_entry(&out, now->running);
	for (i = 0; i < now->n_beside; i++)
		put_entry(&out, now->beside[i]);
	if (write_buf(&out, fd, err) < 0)
		goto out;
	rc = worktree_write(&t->changes, now->is_running ? WORKTREE_RUNNING : 0, fd, err);
out:
	buf_release(&out);
	return rc;
}
