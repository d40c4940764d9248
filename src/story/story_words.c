/* SPDX-License-Identifier: MIT */
/* What was said, and what an agent's log tells. Pieces of a long text are put together here, so
 * that nobody behind has to; whoever sends them may be killed and begin again with the first. */
#include "story_private.h"

#include "../base/json.h"
#include "../tape/event.h"

#include <string.h>

enum { TEXT_MOST = 64 << 20 };
/* What a log says of times is believed within these: the year 9999, 100 years. */
static const int64_t wall_most = INT64_C(253402300799999999), long_most = INT64_C(3155760000000000);

static int same_thread(const struct words *a, const struct words *b)
{
	return !strcmp(a->thread ? a->thread : "", b->thread ? b->thread : "");
}

static void drop(struct unfinished *u)
{
	json_free(u->first);
	buf_release(&u->text);
	memset(u, 0, sizeof(*u));
}

/* Of a command that was not measured the agent's word is all there is. */
static void put_result(struct story *s, const struct words *w)
{
	struct command c = {.src = w->agent ? w->agent : "unknown", .end = "exit"};
	c.seq = ++s->seq;
	c.start_wall_us = s->wall_us + s->now_us;
	if (w->wall_us >= 0 && w->wall_us <= wall_most)
		c.start_wall_us = w->wall_us;
	c.start_us = c.start_wall_us > s->wall_us ? c.start_wall_us - s->wall_us : 0;
	c.end_us = -1;
	if (w->duration_us >= 0 && w->duration_us <= long_most)
		c.end_us = c.start_us + w->duration_us;
	c.has_exit = w->has_exit;
	c.exit_code = w->exit_code;
	if (!w->has_exit && w->duration_us < 0)
		c.end = "interrupted";
	c.text_from = w->cmd ? COMMAND_TEXT_ARGV : COMMAND_TEXT_NONE;
	if (w->cmd)
		buf_put(&c.text, w->cmd, w->cmd_n);
	if (w->cwd)
		buf_puts(&c.cwd, w->cwd);
	if (w->call_id)
		buf_puts(&c.call_id, w->call_id);
	if (s->sink.started)
		s->sink.started(s->ctx, &c);
	story_put_output(s, &c, w);
	if (s->sink.ended)
		s->sink.ended(s->ctx, &c);
	story_free_command(&c);
}

/* FNV-1a */
static uint64_t hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; text && *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h;
}

static void note_turn(struct story *s, const struct words *w)
{
	if (w->role && !strcmp(w->role, "user") && !w->name && w->line >= 0)
		s->turns[s->n_turns++ % STORY_TURNS] =
			(struct turn){hash(w->thread), w->line, w->wall_us};
}

/* A place in another log of the same conversation: which turns these are, if they were heard. 0:
 * none was, so that nothing is to be told. */
static int resolve_undo(const struct story *s, struct words *w)
{
	uint64_t n = s->n_turns < STORY_TURNS ? s->n_turns : STORY_TURNS, thread = hash(w->of), i;

	w->turns = 0;
	w->since_us = -1;
	for (i = s->n_turns - n; i < s->n_turns; i++) {
		const struct turn *t = &s->turns[i % STORY_TURNS];

		if (t->thread != thread || t->line < w->from)
			continue;
		if (!w->turns++)
			w->since_us = t->wall_us;
	}
	return w->turns > 0;
}

static void deliver(struct story *s, const struct words *told)
{
	int is_talk = told->kind == WORDS_SAID || told->kind == WORDS_HARNESS;
	struct words copy = *told, *w = &copy;

	if (w->kind == WORDS_UNDONE && w->from >= 0 && !resolve_undo(s, w))
		return;
	if (w->kind == WORDS_SAID)
		note_turn(s, w);

	s->agent_talks |= w->agent != NULL;
	if (w->kind == WORDS_CALL)
		story_join_call(s, w);
	if (w->kind == WORDS_RESULT && !story_join_result(s, w))
		put_result(s, w);
	else if (w->kind != WORDS_RESULT && s->sink.words && (!is_talk || (w->role && w->text)))
		s->sink.words(s->ctx, s->now_us, w);
}

static void finish(struct story *s, struct unfinished *u, int is_cut)
{
	u->words.text = (const char *)u->text.data;
	u->words.n = u->text.len;
	u->words.is_cut = is_cut;
	deliver(s, &u->words);
	drop(u);
}

/* Of those whose pieces come, the one of this thread; or a free one; or NULL. */
static struct unfinished *find(struct story *s, const struct words *w)
{
	struct unfinished *empty = NULL;
	size_t i;

	for (i = 0; i < STORY_UNFINISHED; i++) {
		if (s->unfinished[i].first && same_thread(&s->unfinished[i].words, w))
			return &s->unfinished[i];
		if (!s->unfinished[i].first)
			empty = &s->unfinished[i];
	}
	return empty;
}

/* The first of several pieces; j is taken. */
static void begin(struct story *s, const struct words *w, struct json *j)
{
	struct unfinished *u = find(s, w);

	if (!u) {
		u = &s->unfinished[0];
		finish(s, u, 1);
	}
	drop(u);
	u->first = j;
	u->words = *w;
	u->next = 1;
	buf_put(&u->text, w->text, w->n);
}

static void go_on(struct story *s, const struct words *w)
{
	struct unfinished *u = find(s, w);

	if (!u || !u->first || w->part != u->next || u->words.kind != w->kind)
		return;
	u->next++;
	if (u->text.len + w->n <= TEXT_MOST)
		buf_put(&u->text, w->text, w->n);
	if (!w->more)
		finish(s, u, 0);
}

void story_put_words(struct story *s, const struct event *e)
{
	struct words w;
	struct json *j = words_parse(&w, e->data, e->len);

	if (!j)
		return;
	if (!w.text)
		w.n = 0;
	if (w.part > 0) {
		go_on(s, &w);
	} else if (w.more) {
		begin(s, &w, j);
		return;
	} else {
		deliver(s, &w);
	}
	json_free(j);
}

void story_end_words(struct story *s)
{
	size_t i;

	for (i = 0; i < STORY_UNFINISHED; i++)
		if (s->unfinished[i].first)
			finish(s, &s->unfinished[i], 1);
}

void story_release_words(struct story *s)
{
	size_t i;

	for (i = 0; i < STORY_UNFINISHED; i++)
		drop(&s->unfinished[i]);
}
