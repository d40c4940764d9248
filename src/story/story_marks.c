/* SPDX-License-Identifier: MIT */
/* What each mark does, and when it is believed: `rules` says in which states and with which number.
 * Only marks that the recording keeps apart from output come here. */
#include "story_private.h"

#include "../tape/event.h"
#include "mark.h"
#include "screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Each is called in a state that its rule allows and with a number that fits. */

/* Something in the shell ran before the hook that prints D, so D did not know the status. */
static void set_late_status(struct story *s, const struct mark *m)
{
	struct entry *e = s->waits ? s->waiting[s->waits - 1] : NULL;

	if (!e || !e->wants_status || m->s != e->number || m->status < 0)
		return;
	e->command.has_exit = 1;
	e->command.exit_code = (int)m->status;
}

/* The shell has counted commands that it did not announce: both hooks of bash, PS0 and
 * PROMPT_COMMAND, were set anew. What was typed is told, but what it printed only where readline
 * did not say that the line is complete. */
static void tell_unannounced(struct story *s, int64_t n)
{
	char text[160];
	struct event e = {.code = EVENT_NOTE, .at_us = s->now_us, .data = (unsigned char *)text};

	if (n <= 0 || s->by_line > 0)
		return;
	s->unlisted += (uint64_t)n;
	e.len = (size_t)snprintf(text, sizeof(text),
				 "{\"note\":\"not listed, since the shell did not say when they "
				 "began: %" PRId64
				 " command%s; were PS0 and PROMPT_COMMAND set?\"}",
				 n, n == 1 ? "" : "s");
	if (s->sink.fact)
		s->sink.fact(s->ctx, &e);
	story_tell_loose(s, 0);
}

static void on_prompt(struct story *s, const struct mark *m)
{
	enum story_state from = s->state;

	story_enter(s, STORY_PROMPT);
	if (s->open && s->open->inferred) {
		story_infer_end(s, m);
	} else if (from == STORY_RUN) {
		int same = m->s == s->number;

		story_close_command(s, same ? m->status : -1, same ? "exit" : "lost");
		story_share_typed(s);
		s->doubtful = same ? s->waiting[s->waits - 1] : NULL;
	} else {
		set_late_status(s, m);
		story_finish_all(s);
		if (from == STORY_INPUT) {
			story_infer_ahead(s, m);
			tell_unannounced(s, m->s - s->number);
		}
	}
	if (from == STORY_IDLE)
		story_flush_loose(s);
	s->saved_h = -1;
	s->prompt_status = m->status;
	s->prompt_h = m->h;
	if (m->dir.p) {
		mark_decode(m->dir, &s->dir);
		s->dir_stale = 0;
	}
}

static void on_input(struct story *s, const struct mark *m)
{
	int row;

	s->returns = 0;
	s->entered = 0;
	s->keyed = s->stray = 0;
	s->prompt_us = s->now_us;
	screen_cursor(s->screen, &row, &s->prompt_col);
	if (s->in_ps2) {
		if (screen_is_capturing(s->screen))
			screen_capture_skip(s->screen);
		else
			screen_capture_input(s->screen);
		s->in_ps2 = 0;
	} else {
		story_enter(s, STORY_INPUT);
		s->by_line = m->nl;
		s->spoilt = 0;
	}
}

static void on_continuation(struct story *s, const struct mark *m)
{
	(void)m;
	if (s->state == STORY_RUN && (!s->open->inferred || s->open->told)) {
		s->refused[STORY_REFUSED_STATE]++;
		return;
	}
	if (s->state == STORY_RUN)
		story_resume_input(s);
	s->in_ps2 = 1;
}

static void on_enter(struct story *s, const struct mark *m)
{
	int64_t lines = m->lines > 0 ? m->lines : 1;

	story_resume_redrawn(s);
	story_note_reader(s, m);
	s->line_begun = 0;
	if (m->quiet > 0) {
		story_enter_unseen(s);
		return;
	}
	s->unseen &= s->state != STORY_INPUT;
	s->entered += lines;
	if (m->lines > 0)
		s->enters = s->enters > 0 ? s->enters + lines : lines;
}

static void on_key(struct story *s, const struct mark *m)
{
	story_note_reader(s, m);
	story_begin_line(s);
	s->keyed = s->line_begun = 1;
}

static void set_eol(struct story *s, struct mark_text text)
{
	struct buf mark = {0};

	if (text.p) {
		mark_decode(text, &mark);
		eol_set(&s->eol, mark.data, mark.len);
	}
	buf_release(&mark);
}

static void on_start(struct story *s, const struct mark *m)
{
	enum story_state from = s->state;

	story_enter(s, STORY_RUN);
	if (from == STORY_RUN) {
		int next = m->s == s->number + 1;

		story_close_command(s, next ? m->prev : -1, next ? "exit" : "lost");
	} else {
		s->doubtful = NULL;
		story_finish_all(s);
	}
	if (from == STORY_IDLE)
		story_flush_loose(s);
	if (from == STORY_INPUT)
		story_take_typed(s);
	else if (from == STORY_RUN && s->typed_for)
		s->typed_for++;
	else
		s->typed_for = 0;
	set_eol(s, m->eol);
	story_start_command(s, m);
}

/* The true end of a command whose own output held a prompt (`echo "${PS1@P}"`). */
static void reopen_end(struct story *s, const struct mark *m)
{
	struct command *c = &s->doubtful->command;
	size_t at = 0;

	while (at < s->input.len) {
		const unsigned char *line = s->input.data + at;
		const unsigned char *newline = memchr(line, '\n', s->input.len - at);

		excerpt_put(&c->output, line, (size_t)(newline - line));
		if (s->sink.line)
			s->sink.line(s->ctx, c, line, (size_t)(newline - line));
		at += (size_t)(newline - line) + 1;
	}
	c->end_us = s->now_us;
	c->has_exit = m->status >= 0;
	c->exit_code = m->status >= 0 ? (int)m->status : 0;
	s->doubtful = NULL;
}

static void on_end(struct story *s, const struct mark *m)
{
	enum story_state from = s->state;
	int same = m->s == s->number;

	s->dir_stale = 0;
	if (from != STORY_IDLE)
		story_enter(s, STORY_IDLE);
	if (from == STORY_RUN) {
		story_close_command(s, same ? m->status : -1, same ? "exit" : "lost");
		story_share_typed(s);
		s->waiting[s->waits - 1]->wants_status = same && m->status < 0;
	} else if (s->doubtful && same) {
		reopen_end(s, m);
	}
}

static void on_history(struct story *s, const struct mark *m)
{
	size_t i;

	if (s->state != STORY_IDLE && s->by_line <= 0)
		s->refused[STORY_REFUSED_STATE]++;
	else if (s->state != STORY_IDLE)
		story_save_line(s, m);
	for (i = 0; i < s->waits && m->cmd.p && s->state == STORY_IDLE; i++) {
		struct entry *e = s->waiting[i];
		struct command *c = &e->command;

		if (e->number != m->s || c->text_from == COMMAND_TEXT_ARGV)
			continue;
		mark_decode(m->cmd, &c->text);
		while (c->text.len && c->text.data[c->text.len - 1] == '\n')
			c->text.len--;
		c->text_from = COMMAND_TEXT_SHELL;
		c->text_cut = m->cut > 0;
	}
}

static void on_directory(struct story *s, const struct mark *m)
{
	if (m->dir.p)
		mark_decode(m->dir, &s->dir);
}

enum {
	IN_IDLE = 1 << STORY_IDLE,
	IN_PROMPT = 1 << STORY_PROMPT,
	IN_INPUT = 1 << STORY_INPUT,
	IN_RUN = 1 << STORY_RUN
};
enum { IN_ANY = IN_IDLE | IN_PROMPT | IN_INPUT | IN_RUN };
enum number { ANY, SAME, SAME_OR_NONE, SAME_OR_EARLIER, SAME_OR_LATER, LATER };

static const struct rule {
	char letter;
	unsigned states;
	enum number number;
	void (*apply)(struct story *s, const struct mark *m);
} rules[] = {
	{'A', IN_ANY, SAME_OR_LATER, on_prompt},
	{'B', IN_PROMPT | IN_INPUT, SAME_OR_NONE, on_input},
	{'2', IN_INPUT | IN_RUN, SAME_OR_NONE, on_continuation},
	{'K', IN_ANY, ANY, on_key},
	{'R', IN_ANY, ANY, on_enter},
	{'C', IN_ANY, LATER, on_start},
	{'D', IN_ANY, SAME_OR_LATER, on_end},
	{'E', IN_IDLE | IN_INPUT | IN_RUN, SAME_OR_EARLIER, on_history},
	{'P', IN_ANY, SAME, on_directory},
};

static int number_fits(const struct story *s, enum number number, int64_t n)
{
	switch (number) {
	case ANY:
		return 1;
	case SAME_OR_NONE:
		return n == s->number || n < 0;
	case SAME_OR_EARLIER:
		return n >= 0 && n <= s->number;
	case SAME_OR_LATER:
		return n >= s->number;
	case LATER:
		return n > s->number;
	default:
		return n == s->number;
	}
}

void story_put_mark(struct story *s, const struct event *e)
{
	enum story_refusal level;
	struct mark m;
	size_t i;

	if (mark_parse(&m, e->data, e->len) < 0) {
		s->refused[STORY_REFUSED_FORM]++;
		return;
	}
	if (m.letter == 'F') {
		s->refused[STORY_REFUSED_SHELL]++;
		return;
	}
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		if (r->letter != m.letter)
			continue;
		level = story_find_level(s, &m);
		if (level != STORY_REFUSALS) {
			s->refused[level]++;
			return;
		}
		if (!(r->states & 1u << s->state)) {
			s->refused[STORY_REFUSED_STATE]++;
			return;
		}
		if (!number_fits(s, r->number, m.s)) {
			s->refused[STORY_REFUSED_NUMBER]++;
			return;
		}
		if (!strchr("RK", m.letter)) /* the holder's, whoever shows what is typed */
			story_leave_foreign(s);
		s->own |= m.letter == 'A' || (m.letter == 'C' && !mark_text_is(m.src, "argv")) ||
			  (m.letter == 'D' && !s->open);
		r->apply(s, &m);
		if (m.s > s->number)
			s->number = m.s;
		return;
	}
}
