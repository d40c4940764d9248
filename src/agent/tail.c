/* SPDX-License-Identifier: MIT */
/* A log that was read before is read again from its start: an agent's meaning depends on what came
 * before. What the recording has of it is then left out. */
#include "tail.h"

#include "agent.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../tape/event.h"
#include "../tape/reader.h"
#include "../tape/words.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
	CHUNK = 64 * 1024,
	LOOK_MS = 200,	 /* where the kernel does not tell of growth */
	CHECK_MS = 5000, /* where it does: network file systems may not */
};

struct place {
	int64_t line, nth;
};

struct tailer {
	const struct tail *plan;
	struct agent *agent;
	int out;
	int failed;
	int has_resumed;
	struct place last; /* of the words that are in the recording */
	/* The settings in effect, to be told before the first words. */
	char *model, *sandbox;
	struct place context;
	int has_context;
};

int tail_notify(int log)
{
	char path[64];
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", log);
	if (fd >= 0 && inotify_add_watch(fd, path, IN_MODIFY) < 0)
		io_close(&fd);
	return fd;
}

/* Not again */

static int is_before(struct place a, struct place b)
{
	return a.line < b.line || (a.line == b.line && a.nth <= b.nth);
}

static int same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* Words of this log that are whole: the last piece is there. */
static void note_recorded(struct tailer *t, const struct words *w)
{
	struct place at = {w->line, w->nth};

	if (!w->more && same(w->agent, agent_info(t->agent)->agent) &&
	    same(w->thread, agent_info(t->agent)->thread) && is_before(t->last, at))
		t->last = at;
}

/* How far the recording got with this log. */
static void resume(struct tailer *t)
{
	struct reader *r = t->plan->cast < 0 ? NULL : reader_new(t->plan->cast, NULL);
	struct event e;

	t->has_resumed = 1;
	while (r && reader_next(r, &e, NULL) == 1) {
		struct words w;
		struct json *j = e.code == EVENT_WORDS ? words_parse(&w, e.data, e.len) : NULL;

		if (j)
			note_recorded(t, &w);
		json_free(j);
	}
	reader_free(r);
}

/* Telling */

static void put_line(void *ctx, const char *data, size_t n)
{
	struct tailer *t = ctx;
	struct buf line = {0};

	buf_put(&line, data, n);
	buf_putc(&line, '\n');
	if (io_write_all(t->out, line.data, line.len, NULL, NULL) < 0)
		t->failed = 1;
	buf_release(&line);
}

static void print(struct tailer *t, const struct words *w)
{
	struct words named = *w;

	if (!t->has_resumed)
		resume(t);
	if (w->name && t->plan->name)
		named.name = t->plan->name;
	if (!is_before((struct place){w->line, w->nth}, t->last))
		words_print(&named, put_line, t);
}

static void keep_context(struct tailer *t, const struct words *w)
{
	free(t->model);
	free(t->sandbox);
	t->model = w->model ? xstrdup(w->model) : NULL;
	t->sandbox = w->sandbox ? xstrdup(w->sandbox) : NULL;
	t->context = (struct place){w->line, w->nth};
	t->has_context = 1;
}

static void print_context(struct tailer *t, int64_t wall_us)
{
	const struct agent_info *info = agent_info(t->agent);
	struct words w;

	t->has_context = 0;
	words_init(&w, WORDS_CONTEXT);
	w.agent = info->agent;
	w.thread = info->thread;
	w.name = info->name;
	w.model = t->model;
	w.sandbox = t->sandbox;
	w.profile = t->plan->profile;
	w.wall_us = wall_us;
	w.line = t->context.line;
	w.nth = t->context.nth;
	print(t, &w);
}

/* A command's own time is that of its beginning, which the agent may have reckoned. */
static int64_t end_of(const struct words *w)
{
	int64_t more = w->kind == WORDS_RESULT && w->duration_us > 0 ? w->duration_us : 0;

	return w->wall_us < 0 ? -1 : w->wall_us + more;
}

static void hear(void *ctx, const struct words *w)
{
	struct tailer *t = ctx;

	if (w->kind == WORDS_CONTEXT) {
		keep_context(t, w);
		return;
	}
	if (end_of(w) >= 0 && end_of(w) < t->plan->since_us)
		return;
	if (t->has_context)
		print_context(t, w->wall_us);
	print(t, w);
}

/* Reading */

/* 1: something was read; 0: there is no more now; -1. */
static int read_some(struct tailer *t)
{
	static char chunk[CHUNK];
	ssize_t n = read(t->plan->log, chunk, sizeof(chunk));

	if (n < 0 && errno == EINTR)
		return 1;
	if (n > 0)
		agent_put(t->agent, chunk, (size_t)n);
	return n < 0 ? -1 : n > 0;
}

/* 1: the log is said to be complete. */
static int wait_for_more(const struct tail *plan, int end)
{
	struct pollfd p[] = {{.fd = end, .events = POLLIN}, {.fd = plan->notify, .events = POLLIN}};
	char events[sizeof(struct inotify_event) + NAME_MAX + 1];

	poll(p, 2, plan->notify < 0 ? LOOK_MS : CHECK_MS);
	if (p[1].revents)
		while (read(plan->notify, events, sizeof(events)) > 0)
			;
	return p[0].revents != 0;
}

int tail_run(const struct tail *plan, int end, int out)
{
	struct tailer t = {.plan = plan, .out = out, .last = {-1, -1}};
	int rc = 0, is_over = 0;

	t.agent = agent_new(hear, &t);
	while (rc >= 0 && !t.failed) {
		rc = read_some(&t);
		if (rc)
			continue;
		if (is_over)
			break;
		is_over = wait_for_more(plan, end);
	}
	if (rc >= 0 && !t.failed)
		agent_end(t.agent);
	free(t.model);
	free(t.sandbox);
	rc = rc < 0 || t.failed ? -1 : 0;
	agent_free(t.agent);
	return rc;
}
