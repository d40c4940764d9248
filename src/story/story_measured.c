/* SPDX-License-Identifier: MIT */
/* Commands measured outside their shells. Any number of them run at the same time, beside the one
 * that the shell's marks tell of. What is reported is foreign: an end without a beginning, a second
 * beginning and pieces of nobody's are passed over, and what waits is bounded. */
#include "story_private.h"

#include "../tape/event.h"
#include "mark.h"
#include "wrapper.h"

#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MOST = 1 << 20,
	WORD_MOST = 256,
	RESULT_US = 10000000, /* so late an agent's log may come */
};
/* Times are believed within these: the year 9999, 100 years. */
static const int64_t wall_most = INT64_C(253402300799999999), long_most = INT64_C(3155760000000000);

static void free_measured(struct measured *m)
{
	story_free_command(&m->command);
	free(m);
}

static size_t find(const struct story *s, const struct mark *mark)
{
	size_t i;

	for (i = 0; i < s->n_measured; i++)
		if (mark_text_is(mark->id, s->measured[i]->id))
			break;
	return i;
}

/* Nothing will change any more of the i-th. */
static void finish(struct story *s, size_t i)
{
	struct measured *m = s->measured[i];

	s->n_measured--;
	memmove(s->measured + i, s->measured + i + 1, (s->n_measured - i) * sizeof(*s->measured));
	if (m->is_begun && !m->is_harness) {
		story_join_told(s, m);
		if (s->sink.ended)
			s->sink.ended(s->ctx, &m->command);
	}
	free_measured(m);
}

static void end(struct story *s, size_t i, const char *how)
{
	if (!s->measured[i]->has_ended)
		s->measured[i]->command.end = how;
	finish(s, i);
}

/* Makes room by giving up the one that was first heard of, if need be. */
static struct measured *add(struct story *s, const struct mark *mark)
{
	struct measured *m;

	if (s->n_measured == STORY_BESIDE)
		end(s, 0, "lost");
	m = xcalloc(1, sizeof(*m));
	memcpy(m->id, mark->id.p, mark->id.n);
	m->command.src = "sh-c";
	m->command.end_us = m->command.pid = m->command.agent_us = -1;
	m->command.text_from = COMMAND_TEXT_NONE;
	s->measured[s->n_measured++] = m;
	return m;
}

static void append(struct buf *to, struct mark_text piece, size_t most)
{
	struct buf decoded = {0};

	if (!piece.p)
		return;
	mark_decode(piece, &decoded);
	if (to->len + decoded.len <= most)
		buf_put(to, decoded.data, decoded.len);
	buf_release(&decoded);
}

static void on_piece(struct measured *m, const struct mark *mark)
{
	struct command *c = &m->command;

	if (m->is_begun)
		return;
	append(&c->text, mark->cmd, TEXT_MOST);
	append(&c->cwd, mark->dir, TEXT_MOST);
	if (mark->cmd.p)
		c->text_from = COMMAND_TEXT_ARGV;
}

/* From what is run to what was asked for. */
static void unwrap(struct measured *m)
{
	struct command *c = &m->command;
	struct buf asked = {0};

	switch (wrapper_read(c->agent.len ? buf_str(&c->agent) : NULL, c->text.data, c->text.len,
			     &asked)) {
	case WRAPPER_ASKED:
		buf_release(&c->text);
		c->text = asked;
		c->unwrapped = 1;
		return;
	case WRAPPER_HARNESS:
		m->is_harness = 1;
		break;
	case WRAPPER_NONE:
		break;
	}
	buf_release(&asked);
}

static void on_begin(struct story *s, struct measured *m, const struct mark *mark)
{
	struct command *c = &m->command;

	if (m->is_begun)
		return;
	on_piece(m, mark);
	m->is_begun = 1;
	append(&c->agent, mark->agent, WORD_MOST);
	append(&c->call_id, mark->call, WORD_MOST);
	unwrap(m);
	if (m->is_harness)
		return;
	story_join_begun(s, m);
	c->seq = ++s->seq;
	c->start_us = s->now_us;
	c->start_wall_us = s->wall_us + s->now_us;
	if (mark->wall_us >= 0 && mark->wall_us <= wall_most)
		c->start_wall_us = mark->wall_us;
	c->earliest_us = c->start_wall_us - s->wall_us;
	c->text_cut = mark->cut > 0;
	c->pid = mark->pid;
	c->on_terminal = mark->tty > 0;
	if (s->sink.started)
		s->sink.started(s->ctx, c);
}

static void on_end(struct story *s, size_t i, const struct mark *mark)
{
	struct measured *m = s->measured[i];
	struct command *c = &m->command;

	if (!m->is_begun || m->has_ended)
		return;
	if (mark->us >= 0 && mark->us <= long_most)
		c->end_us = c->start_us + mark->us;
	c->signal = mark->signal > 0 && mark->signal <= 64 ? (int)mark->signal : 0;
	c->has_exit = c->signal || mark->status >= 0;
	c->exit_code = c->signal ? 128 + c->signal : c->has_exit ? (int)mark->status : 0;
	c->end = "exit";
	m->has_ended = 1;
	m->ended_us = s->now_us;
	if (m->is_harness || c->agent_told || !c->agent.len || !s->agent_talks)
		finish(s, i);
}

void story_finish_measured(struct story *s, struct measured *m)
{
	size_t i = 0;

	while (s->measured[i] != m)
		i++;
	finish(s, i);
}

void story_tire_measured(struct story *s)
{
	size_t i = 0;

	while (i < s->n_measured) {
		const struct measured *m = s->measured[i];

		if (m->has_ended && s->now_us - m->ended_us > RESULT_US)
			finish(s, i);
		else
			i++;
	}
}

void story_put_measured(struct story *s, const struct event *e)
{
	struct mark mark;
	size_t i;

	if (s->has_exit)
		return;
	if (mark_parse(&mark, e->data, e->len) < 0 || mark.id.n != sizeof(s->measured[0]->id) - 1) {
		s->refused[STORY_REFUSED_FORM]++;
		return;
	}
	i = find(s, &mark);
	if (mark.letter == 'E') {
		if (i < s->n_measured)
			on_end(s, i, &mark);
		return;
	}
	if (i == s->n_measured) {
		add(s, &mark);
		i = s->n_measured - 1;
	}
	if (mark.letter == 'B')
		on_begin(s, s->measured[i], &mark);
	else if (mark.letter == 'T')
		on_piece(s->measured[i], &mark);
}

void story_lose_measured(struct story *s)
{
	size_t i = 0;

	while (i < s->n_measured)
		if (s->measured[i]->has_ended)
			i++;
		else
			end(s, i, "lost");
}

void story_end_measured(struct story *s, const char *how)
{
	while (s->n_measured)
		end(s, 0, how);
}

void story_release_measured(struct story *s)
{
	while (s->n_measured)
		free_measured(s->measured[--s->n_measured]);
}

const struct command *story_beside(const struct story *s, size_t i)
{
	size_t at;

	if (i < s->n_levels)
		return &s->levels[i].open->command;
	i -= s->n_levels;
	for (at = 0; at < s->n_measured; at++)
		if (s->measured[at]->is_begun && !s->measured[at]->is_harness && i-- == 0)
			return &s->measured[at]->command;
	return NULL;
}
