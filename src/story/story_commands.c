/* SPDX-License-Identifier: MIT */
/* The book-keeping of commands: the one that is open, and those that have ended. These are kept
 * back until the next prompt, since their text comes from the shell's history (E marks) after their
 * end, or else from the screen. */
#include "story_private.h"

#include "mark.h"

#include <stdlib.h>
#include <string.h>

/* Whoever prints more is a command, or a program that is not quiet for one. */
enum { HELD_MOST = 64 * 1024 };

void story_free_command(struct command *c)
{
	buf_release(&c->text);
	buf_release(&c->cwd);
	excerpt_release(&c->output);
	buf_release(&c->call_id);
	buf_release(&c->agent);
}

void story_free_entry(struct entry *e)
{
	if (!e)
		return;
	story_free_command(&e->command);
	buf_release(&e->held);
	free(e);
}

/* The oldest command that waits is final now. */
static void finish_oldest(struct story *s)
{
	struct entry *e = s->waiting[0];

	if (s->doubtful == e)
		s->doubtful = NULL;
	s->waits--;
	memmove(s->waiting, s->waiting + 1, s->waits * sizeof(s->waiting[0]));
	story_note_exec(&e->command);
	if (s->sink.ended)
		s->sink.ended(s->ctx, &e->command);
	story_free_entry(e);
}

void story_finish_all(struct story *s)
{
	while (s->waits)
		finish_oldest(s);
}

static void tell_line(const struct story *s, const unsigned char *text, size_t n)
{
	if (s->sink.line)
		s->sink.line(s->ctx, &s->open->command, text, n);
}

void story_tell_start(struct story *s)
{
	struct entry *e = s->open;
	size_t at = 0;

	if (e->told)
		return;
	e->told = 1;
	e->command.seq = ++s->seq;
	if (s->sink.started)
		s->sink.started(s->ctx, &e->command);
	while (at < e->held.len) {
		const unsigned char *line = e->held.data + at;
		const unsigned char *newline = memchr(line, '\n', e->held.len - at);

		tell_line(s, line, (size_t)(newline - line));
		at += (size_t)(newline - line) + 1;
	}
	buf_release(&e->held);
}

void story_put_line(struct story *s, const unsigned char *text, size_t n)
{
	struct entry *e = s->open;

	excerpt_put(&e->command.output, text, n);
	if (story_is_doubted(s) && e->held.len + n < HELD_MOST) {
		buf_put(&e->held, text, n);
		buf_putc(&e->held, '\n');
		return;
	}
	story_tell_start(s);
	tell_line(s, text, n);
}

/* The open command has ended now; status -1: not known. The caller has moved on from STORY_RUN. */
void story_close_command(struct story *s, int64_t status, const char *end)
{
	struct command *c = &s->open->command;

	story_tell_start(s);
	c->end_us = s->now_us;
	c->end = end;
	c->has_exit = status >= 0;
	c->exit_code = status >= 0 ? (int)status : 0;
	if (s->waits == STORY_WAITING)
		finish_oldest(s);
	s->waiting[s->waits++] = s->open;
	s->open = NULL;
}

int64_t command_took(const struct command *c)
{
	if (c->untimed || c->end_us < 0 || (c->end && !strcmp(c->end, "lost")))
		return -1;
	return c->end_us - c->start_us;
}

/* A C whose directory would need encoding says none: then P has said it. */
static void set_cwd(const struct story *s, struct command *c, struct mark_text dir)
{
	if (dir.n)
		mark_decode(dir, &c->cwd);
	else if (!s->dir_stale)
		buf_put(&c->cwd, s->dir.data, s->dir.len);
}

/* What was typed, as it stands on the screen. */
void story_take_typed(struct story *s)
{
	size_t n = s->input.len, at = 0;

	while (n && (s->input.data[n - 1] == '\n' || s->input.data[n - 1] == ' '))
		n--;
	while (at < n && s->input.data[at] == '\n')
		at++;
	buf_clear(&s->typed);
	if (at < n)
		buf_put(&s->typed, s->input.data + at, n - at);
	buf_clear(&s->input);
	s->typed_for = 1;
}

static void set_screen_text(struct command *c, const unsigned char *p, size_t n)
{
	buf_clear(&c->text);
	buf_put(&c->text, p, n);
	c->text_from = n ? COMMAND_TEXT_SCREEN : COMMAND_TEXT_NONE;
}

static size_t count_lines(const struct buf *b)
{
	size_t lines = b->len > 0, i;

	for (i = 0; i < b->len; i++)
		lines += b->data[i] == '\n';
	return lines;
}

/* Several commands came from one paste, and nothing else follows from it. If it has as many lines
 * as there were commands, each had one: a command takes at least a line. */
void story_share_typed(struct story *s)
{
	size_t at = 0, i;

	if (s->typed_for > 1 && s->typed_for <= s->waits &&
	    count_lines(&s->typed) == s->typed_for) {
		for (i = s->waits - s->typed_for; i < s->waits; i++) {
			const unsigned char *line = s->typed.data + at;
			const unsigned char *newline = memchr(line, '\n', s->typed.len - at);
			size_t n = newline ? (size_t)(newline - line) : s->typed.len - at;

			set_screen_text(&s->waiting[i]->command, line, n);
			at += n + 1;
		}
	}
	s->typed_for = 0;
}

void story_open_command(struct story *s, const struct mark *m)
{
	struct entry *e = xcalloc(1, sizeof(*e));
	struct command *c = &e->command;

	c->src = mark_text_is(m->src, "argv") ? "argv" : "shell";
	c->start_us = s->now_us;
	c->earliest_us = s->read_before_us;
	c->end_us = -1;
	c->untimed = s->untimed;
	c->start_wall_us = m->wall_us >= 0 || s->untimed ? m->wall_us : s->wall_us + s->now_us;
	set_cwd(s, c, m->dir);
	story_set_depth(s, c);
	s->dir_stale = 1;
	e->number = m->s;
	if (m->cmd.p) {
		mark_decode(m->cmd, &c->text);
		c->text_cut = m->cut > 0;
		c->text_from = strcmp(c->src, "argv") ? COMMAND_TEXT_SHELL : COMMAND_TEXT_ARGV;
	} else if (s->typed_for == 1) {
		set_screen_text(c, s->typed.data, s->typed.len);
	}
	s->open = e;
}

void story_start_command(struct story *s, const struct mark *m)
{
	story_open_command(s, m);
	story_tell_start(s);
}

void story_forget_command(struct story *s)
{
	story_free_entry(s->open);
	s->open = NULL;
	s->dir_stale = 0;
}
