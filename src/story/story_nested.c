/* SPDX-License-Identifier: MIT */
/* Shells within the shell that print marks of our own (`steno --nested`): which of them a mark is
 * of, by its pid (l=), and where the story goes with it. A shell is gone, or stopped, when one
 * around it prints its prompt or starts a command: it need not say so itself. Nothing changes
 * unless the mark can be the next of the shell it says it is of. */
#include "story_private.h"

#include "mark.h"
#include "screen.h"

#include <string.h>

/* Its last number, so that what it printed before cannot be said again. */
static int64_t left_number(const struct story *s, int64_t shell)
{
	size_t n = s->n_left < STORY_LEFT ? s->n_left : STORY_LEFT, i;

	for (i = 0; i < n; i++)
		if (s->left[i].shell == shell)
			return s->left[i].number;
	return 0;
}

static void note_left(struct story *s)
{
	size_t i;

	for (i = 0; i < STORY_LEFT && i < s->n_left; i++)
		if (s->left[i].shell == s->shell)
			break;
	if (i == STORY_LEFT || i == s->n_left)
		i = s->n_left++ % STORY_LEFT;
	s->left[i] = (struct left){s->shell, s->number};
}

static void push(struct story *s, int64_t shell, int64_t number)
{
	struct level *l = &s->levels[s->n_levels++];

	story_enter(s, STORY_PROMPT);
	story_tell_start(s);
	l->shell = s->shell;
	l->number = s->number;
	l->open = s->open;
	l->dir = s->dir;
	l->dir_stale = s->dir_stale;
	memcpy(l->waiting, s->waiting, sizeof(l->waiting));
	l->waits = s->waits;
	l->prompt_status = s->prompt_status;
	l->prompt_h = s->prompt_h;
	l->saved_h = s->saved_h;
	l->eol = s->eol;
	s->shell = shell;
	s->number = number;
	s->open = s->doubtful = NULL;
	s->dir = (struct buf){0};
	s->dir_stale = 0;
	s->waits = s->typed_for = 0;
	s->prompt_h = s->saved_h = s->by_line = -1;
	s->prompt_status = 0;
	s->eol = (struct eol){0};
	story_enter(s, STORY_IDLE);
}

static void close_last(struct story *s, const char *end)
{
	struct command *c;

	story_infer_last(s);
	if (!s->open)
		return;
	c = &s->open->command;
	story_close_command(s, -1, strcmp(end, "eof") ? end : story_last_end(s));
	story_share_typed(s);
	if (!strcmp(end, "interrupted"))
		c->end_us = -1;
}

/* Back to the shell around, whose command goes on. */
static void pop(struct story *s, const char *end)
{
	struct level *l = &s->levels[s->n_levels - 1];
	enum story_state from = s->state;

	note_left(s);
	story_enter(s, STORY_PROMPT);
	if (from == STORY_RUN)
		close_last(s, end);
	story_finish_all(s);
	if (from == STORY_IDLE)
		story_flush_loose(s);
	buf_release(&s->dir);
	s->n_levels--;
	s->shell = l->shell;
	s->number = l->number;
	s->open = l->open;
	s->dir = l->dir;
	s->dir_stale = l->dir_stale;
	memcpy(s->waiting, l->waiting, sizeof(s->waiting));
	s->waits = l->waits;
	s->prompt_status = l->prompt_status;
	s->prompt_h = l->prompt_h;
	s->saved_h = l->saved_h;
	s->eol = l->eol;
	s->typed_for = 0;
	s->by_line = -1;
	s->doubtful = NULL;
	memset(l, 0, sizeof(*l));
	story_enter(s, STORY_RUN);
}

static int is_command_running(const struct story *s)
{
	return s->outer || (s->state == STORY_RUN && s->open && !s->open->foreign);
}

/* What a shell prints first, at its first prompt; ksh E, of no command. */
static int is_first(const struct mark *m)
{
	return m->letter == 'A' || m->letter == 'D' || (m->letter == 'E' && !m->s);
}

/* The first mark of a shell that has taken the place of the one that prints next, by exec, and has its
 * pid: its numbers begin anew. A shell without C has numbers from 1 on. */
static int is_successor(const struct story *s, const struct mark *m)
{
	const struct entry *e = s->outer ? s->outer : s->open;

	return m->level > 0 && m->level == s->shell && is_first(m) && is_command_running(s) &&
	       !e->inferred && (!m->s || m->dir.p);
}

static enum story_refusal step_in(struct story *s, const struct mark *m, int64_t number)
{
	if (!is_first(m) || !is_command_running(s) || s->n_levels == STORY_LEVELS)
		return STORY_REFUSED_STATE;
	if (m->s < number)
		return STORY_REFUSED_NUMBER;
	story_leave_foreign(s);
	push(s, m->level, number);
	return STORY_REFUSALS;
}

static enum story_refusal step_out(struct story *s, const struct mark *m, size_t level)
{
	const struct level *l = &s->levels[level];

	if (m->letter != 'A' && m->letter != 'C' && m->letter != 'D')
		return STORY_REFUSED_STATE;
	if (m->s < l->number + (m->letter == 'C'))
		return STORY_REFUSED_NUMBER;
	story_leave_foreign(s);
	while (s->n_levels > level)
		pop(s, "eof");
	return STORY_REFUSALS;
}

enum story_refusal story_find_level(struct story *s, const struct mark *m)
{
	size_t i;

	if (is_successor(s, m))
		return step_in(s, m, 0);
	if (strchr("RK", m->letter) || m->level == s->shell) /* these are the holder's */
		return STORY_REFUSALS;
	for (i = s->n_levels; i-- > 0;)
		if (s->levels[i].shell == m->level)
			return step_out(s, m, i);
	return step_in(s, m, left_number(s, m->level));
}

void story_set_depth(const struct story *s, struct command *c)
{
	struct command *around;

	c->depth = (uint32_t)s->n_levels;
	if (!s->n_levels)
		return;
	around = &s->levels[s->n_levels - 1].open->command;
	around->holds = 1;
	c->inside = around->seq;
}

void story_leave_levels(struct story *s, const char *end)
{
	while (s->n_levels)
		pop(s, end);
}

void story_release_levels(struct story *s)
{
	size_t i, k;

	for (i = 0; i < s->n_levels; i++) {
		struct level *l = &s->levels[i];

		story_free_entry(l->open);
		for (k = 0; k < l->waits; k++)
			story_free_entry(l->waiting[k]);
		buf_release(&l->dir);
	}
}
