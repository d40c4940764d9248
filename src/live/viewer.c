/* SPDX-License-Identifier: MIT */
/* The child parses what the program printed, so it may die; then another begins anew, a few
 * times. */
#include "viewer.h"

#include "wire.h"

#include "../base/calm.h"
#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LEAVE_MS = 500, MOST_DEATHS = 3 };

void viewer_init(struct viewer *v, child_main *run, struct view_task *task)
{
	memset(v, 0, sizeof(*v));
	v->run = run;
	v->ctx = task;
	v->child = (struct child){0, -1, -1};
}

static int start(struct viewer *v)
{
	const struct view_task *task = v->ctx;
	const int keep[] = {task->cast, task->terminal};

	if (v->child.pid)
		return 0;
	if (!v->run || v->deaths >= MOST_DEATHS)
		return -1;
	return child_start(&v->child, "steno-painter", v->run, v->ctx, keep, 2, NULL);
}

static void say(int sock, int kind, int a, int64_t at)
{
	struct wire_message m;

	wire_init(&m, kind);
	m.a = a;
	m.at = at;
	wire_send(sock, &m, NULL);
}

/* Without a picture, too, the session can be typed at and seen from here on. */
static void answer(int sock, const struct view_order *o, int done)
{
	if (o->kind == VIEW_HANDOVER && done)
		say(sock, WIRE_SHOW, 0, o->at);
	else if (o->kind != VIEW_LEAVE)
		say(sock, WIRE_SEEN, o->kind == VIEW_HANDOVER, o->at);
}

static int order(struct viewer *v, const struct view_order *o)
{
	if (start(v) < 0 || write(v->child.in, o, sizeof(*o)) != (ssize_t)sizeof(*o))
		return -1;
	v->now = *o;
	v->has_terminal = o->kind != VIEW_LEAVE;
	return 0;
}

void viewer_hear(struct viewer *v, int sock, const struct wire_message *m)
{
	struct view_order o = {.kind = m->kind == WIRE_GREW ? VIEW_FRAME : VIEW_HANDOVER,
			       .rows = v->rows,
			       .cols = v->cols,
			       .at = m->at};

	if (v->now.kind != VIEW_NONE)
		v->next = o; /* a later one makes an earlier one pointless */
	else if (order(v, &o) < 0 && o.kind == VIEW_HANDOVER)
		answer(sock, &o, 1);
}

/* 1: got one, 0: there is none now, -1: there will be none any more. */
static int take_report(const struct viewer *v, struct view_report *r)
{
	ssize_t n = read(v->child.out, r, sizeof(*r));

	if (n == (ssize_t)sizeof(*r))
		return 1;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static void order_next(struct viewer *v, int sock)
{
	struct view_order o = v->next;

	v->next.kind = VIEW_NONE;
	if (o.kind != VIEW_NONE && order(v, &o) < 0 && o.kind == VIEW_HANDOVER)
		answer(sock, &o, 1);
}

void viewer_serve(struct viewer *v, int sock)
{
	struct view_report r;
	int rc = v->child.out < 0 ? 0 : take_report(v, &r);

	if (rc < 0)
		io_close(&v->child.out); /* waitpid(2) will tell the rest */
	if (rc <= 0)
		return;
	if (v->next.kind == VIEW_NONE)
		answer(sock, &v->now, r.done);
	v->now.kind = VIEW_NONE;
	order_next(v, sock);
}

void viewer_died(struct viewer *v, int sock)
{
	struct view_order o = v->next.kind != VIEW_NONE ? v->next : v->now;

	v->child.pid = 0;
	child_close(&v->child);
	v->now.kind = v->next.kind = VIEW_NONE;
	v->deaths++;
	if (o.kind != VIEW_NONE && order(v, &o) < 0 && o.kind == VIEW_HANDOVER)
		answer(sock, &o, 1);
}

/* Until the child has said that it has left the terminal, but not for long. */
static int await_left(struct viewer *v)
{
	struct pollfd p = {.fd = v->child.out, .events = POLLIN};
	struct view_report r;

	while (v->child.out >= 0 && poll(&p, 1, LEAVE_MS) > 0 && take_report(v, &r) == 1)
		if (r.kind == VIEW_LEAVE)
			return 1;
	return 0;
}

static void calm(const struct view_task *task)
{
	struct pollfd p = {.fd = task->terminal, .events = POLLOUT};

	if (poll(&p, 1, 0) <= 0 || !(p.revents & POLLOUT))
		return;
	io_write_all(task->terminal, calm_text, strlen(calm_text), NULL, NULL);
	io_write_all(task->terminal, calm_title, strlen(calm_title), NULL, NULL);
}

void viewer_leave(struct viewer *v)
{
	const struct view_order o = {.kind = VIEW_LEAVE};

	if (v->has_terminal && (!v->child.pid || order(v, &o) < 0 || !await_left(v))) {
		if (v->child.pid)
			kill(v->child.pid, SIGKILL);
		calm(v->ctx);
	}
	child_close(&v->child);
	if (v->child.pid)
		waitpid(v->child.pid, NULL, 0);
	v->child = (struct child){0, -1, -1};
	v->now.kind = v->next.kind = VIEW_NONE;
	v->has_terminal = 0;
}
