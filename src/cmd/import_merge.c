/* SPDX-License-Identifier: MIT */
#include "import_merge.h"

#include "../agent/agent.h"
#include "../base/buf.h"
#include "../tape/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024 };

struct event_line {
	struct event_line *next;
	int64_t at_us;
	size_t n;
	char data[];
};

struct log {
	int fd;
	const char *name;
	struct agent *agent;
	struct event_line *first, *last; /* what it has told and nobody has heard */
	int64_t at_us;
	int is_over;
};

struct import_merge {
	struct log **logs;
	size_t n;
};

struct import_merge *import_merge_new(void)
{
	return xcalloc(1, sizeof(struct import_merge));
}

void import_merge_free(struct import_merge *m)
{
	size_t i;

	for (i = 0; m && i < m->n; i++) {
		struct log *l = m->logs[i];

		while (l->first) {
			struct event_line *line = l->first;

			l->first = line->next;
			free(line);
		}
		agent_free(l->agent);
		free(l);
	}
	if (m)
		free(m->logs);
	free(m);
}

static void put_line(void *ctx, const char *data, size_t n)
{
	struct event_line *line = xmalloc(sizeof(*line) + n);
	struct log *l = ctx;

	*line = (struct event_line){.at_us = l->at_us, .n = n};
	memcpy(line->data, data, n);
	if (l->first)
		l->last->next = line;
	else
		l->first = line;
	l->last = line;
}

/* The log's own times, where it has them, as long as they do not go back. */
static void hear(void *ctx, const struct words *w)
{
	struct words named = *w;
	int64_t at = w->wall_us;
	struct log *l = ctx;

	if (at >= 0 && w->kind == WORDS_RESULT && w->duration_us > 0)
		at += w->duration_us;
	if (at > l->at_us)
		l->at_us = at;
	if (w->name && l->name)
		named.name = l->name;
	words_print(&named, put_line, l);
}

void import_merge_add(struct import_merge *m, int fd, const char *name)
{
	struct log *l = xcalloc(1, sizeof(*l));

	l->fd = fd;
	l->name = name;
	l->at_us = -1;
	l->agent = agent_new(hear, l);
	m->logs = xrealloc(m->logs, (m->n + 1) * sizeof(*m->logs));
	m->logs[m->n++] = l;
}

/* Until it has told something, or has nothing to tell. */
static int read_on(struct log *l)
{
	static char chunk[CHUNK];

	while (!l->first && !l->is_over) {
		ssize_t n = read(l->fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n > 0) {
			agent_put(l->agent, chunk, (size_t)n);
			continue;
		}
		agent_end(l->agent);
		l->is_over = 1;
	}
	return 0;
}

/* The log whose next line is the earliest; of equals the first. NULL: they are all told. */
static struct log *find_next(const struct import_merge *m)
{
	struct log *next = NULL;
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->logs[i]->first && (!next || m->logs[i]->first->at_us < next->first->at_us))
			next = m->logs[i];
	return next;
}

int import_merge_run(struct import_merge *m,
		     void (*put)(void *ctx, int64_t at_us, const char *data, size_t n), void *ctx)
{
	struct event_line *line;
	struct log *next;
	size_t i;

	for (;;) {
		for (i = 0; i < m->n; i++)
			if (read_on(m->logs[i]) < 0)
				return -1;
		next = find_next(m);
		if (!next)
			return 0;
		line = next->first;
		next->first = line->next;
		put(ctx, line->at_us, line->data, line->n);
		free(line);
	}
}

struct agent_info import_merge_info(const struct import_merge *m)
{
	struct agent_info all = *agent_info(m->logs[0]->agent);
	size_t i;

	for (i = 1; i < m->n; i++) {
		const struct agent_info *info = agent_info(m->logs[i]->agent);

		all.lines += info->lines;
		all.unknown += info->unknown;
		all.bad += info->bad;
		all.too_long += info->too_long;
	}
	return all;
}
