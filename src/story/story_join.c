/* SPDX-License-Identifier: MIT */
/* A command that was measured is one that the agent asked for: by the call's id where the agent
 * tells it to its shells, else by its text, the oldest first. The log comes later than the report:
 * a result comes when its command has been reported, or was not measured. */
#include "story_private.h"

#include <stdio.h>
#include <string.h>

void story_put_output(struct story *s, struct command *c, const struct words *w)
{
	const unsigned char *p = (const unsigned char *)w->text, *end = p ? p + w->n : p;

	while (p < end) {
		const unsigned char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((newline ? newline : end) - p);

		excerpt_put(&c->output, p, n);
		if (s->sink.line)
			s->sink.line(s->ctx, c, p, n);
		p = newline ? newline + 1 : end;
	}
}

static int has_text(const struct command *c, const void *text, size_t n)
{
	return c->text.len == n && (!n || !memcmp(c->text.data, text, n));
}

static int is_called(const struct command *c, const char *id)
{
	return c->call_id.len == strlen(id) && !memcmp(c->call_id.data, id, c->call_id.len);
}

static struct measured *find_called(struct story *s, const char *id)
{
	size_t i;

	for (i = 0; i < s->n_measured; i++)
		if (s->measured[i]->is_begun && is_called(&s->measured[i]->command, id))
			return s->measured[i];
	return NULL;
}

/* One of an agent's that nobody has named. */
static struct measured *find_nameless(struct story *s, const struct words *w)
{
	size_t i;

	for (i = 0; i < s->n_measured; i++) {
		struct command *c = &s->measured[i]->command;

		if (s->measured[i]->is_begun && c->agent.len && !c->call_id.len &&
		    has_text(c, w->text, w->n))
			return s->measured[i];
	}
	return NULL;
}

void story_join_call(struct story *s, const struct words *w)
{
	struct measured *m;
	struct call *call;

	if (!w->call_id || !*w->call_id || strlen(w->call_id) >= STORY_CALL_ID ||
	    find_called(s, w->call_id))
		return;
	m = find_nameless(s, w);
	if (m) {
		buf_puts(&m->command.call_id, w->call_id);
		return;
	}
	call = &s->calls[s->next_call++ % STORY_CALLS];
	buf_clear(&call->text);
	buf_put(&call->text, w->text, w->text ? w->n : 0);
	snprintf(call->id, sizeof(call->id), "%s", w->call_id);
}

void story_join_begun(struct story *s, struct measured *m)
{
	struct command *c = &m->command;
	size_t i;

	if (!c->agent.len || c->call_id.len)
		return;
	for (i = 0; i < STORY_CALLS; i++) {
		struct call *call = &s->calls[(s->next_call + i) % STORY_CALLS];

		if (!call->id[0] || !has_text(c, call->text.data, call->text.len))
			continue;
		buf_puts(&c->call_id, call->id);
		call->id[0] = '\0';
		return;
	}
}

static int was_told(const struct story *s, const char *id)
{
	size_t i;

	for (i = 0; i < STORY_TOLD; i++)
		if (!strcmp(s->told[i], id))
			return 1;
	return 0;
}

void story_join_told(struct story *s, const struct measured *m)
{
	const struct buf *id = &m->command.call_id;
	char *told = s->told[s->next_told % STORY_TOLD];

	if (!id->len || id->len >= STORY_CALL_ID)
		return;
	s->next_told++;
	memcpy(told, id->data, id->len);
	told[id->len] = '\0';
}

int story_join_result(struct story *s, const struct words *w)
{
	struct measured *m;
	struct command *c;

	if (s->is_imported || !w->call_id || !*w->call_id)
		return 0;
	m = find_called(s, w->call_id);
	if (!m)
		return was_told(s, w->call_id);
	c = &m->command;
	if (!c->agent_told)
		story_put_output(s, c, w);
	c->agent_told = 1;
	if (w->duration_us >= 0)
		c->agent_us = w->duration_us;
	if (m->has_ended)
		story_finish_measured(s, m);
	return 1;
}

void story_release_calls(struct story *s)
{
	size_t i;

	for (i = 0; i < STORY_CALLS; i++)
		buf_release(&s->calls[i].text);
}
