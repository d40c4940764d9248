/* SPDX-License-Identifier: MIT */
/* The guest's loop. Signals are blocked outside its ppoll(2), so that whatever ends it leaves the
 * terminal first. */
#include "guest.h"

#include "tty.h"
#include "viewer.h"
#include "watched.h"
#include "wire.h"

#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MS = 10000, LEAVE_MS = 1000, HEIR_MS = 50, HEIR_TRIES = 60 };

struct guest {
	const struct guest_plan *plan;
	struct tty *tty;
	int sock;
	struct view_task task;
	struct viewer viewer;
	int done;
	enum guest_end end;
	int status;
};

static void finish(struct guest *g, enum guest_end end, int status)
{
	if (!g->done) {
		g->end = end;
		g->status = status;
	}
	g->done = 1;
}

static void look_at_size(struct guest *g)
{
	struct winsize size;

	tty_size(STDIN_FILENO, &size);
	g->viewer.rows = size.ws_row;
	g->viewer.cols = size.ws_col;
}

static void say(const struct guest *g, int kind, int a, int b)
{
	struct wire_message m;

	wire_init(&m, kind);
	m.a = a;
	m.b = b;
	wire_send(g->sock, &m, NULL);
}

/* 1: *m is the next message; 0: the holder is gone; -1: it does not come. */
static int hear_soon(const struct guest *g, struct wire_message *m, int ms)
{
	struct pollfd p = {.fd = g->sock, .events = POLLIN};
	int rc;

	while ((rc = poll(&p, 1, ms)) < 0 && errno == EINTR)
		;
	return rc > 0 ? wire_receive(g->sock, m) : -1;
}

static void ask_for_seat(const struct guest *g, struct wire_message *m)
{
	struct wire_seat seat = {.rows = g->viewer.rows,
				 .cols = g->viewer.cols,
				 .flags = g->plan->flags,
				 .key = g->plan->key,
				 .modes = g->tty->saved};

	wire_init(m, WIRE_ATTACH);
	m->len = sizeof(seat);
	memcpy(m->data, &seat, sizeof(seat));
	m->fds[0] = STDIN_FILENO;
	m->fds[1] = STDOUT_FILENO;
}

static int take_seat(struct guest *g, struct err *err)
{
	struct wire_message m;
	int rc = g->plan->connect(g->plan->ctx, &g->sock, err);

	if (rc)
		return rc;
	look_at_size(g);
	ask_for_seat(g, &m);
	if (wire_send(g->sock, &m, err) < 0)
		return -1;
	rc = hear_soon(g, &m, ANSWER_MS);
	if (rc == 1 && m.kind == WIRE_OK)
		return 0;
	if (rc == 1)
		return err_set(err, "%.500s", m.data);
	return err_set(err, rc ? "the session does not answer" : "the session has ended");
}

static void hear(struct guest *g, const struct wire_message *m)
{
	switch (m->kind) {
	case WIRE_GREW:
	case WIRE_CATCH:
		viewer_hear(&g->viewer, g->sock, m);
		break;
	case WIRE_LEFT:
		finish(g, GUEST_LEFT, 0);
		break;
	case WIRE_EXITED:
		finish(g, GUEST_ENDED, m->a);
		break;
	default:
		break;
	}
}

/* The holder was killed: another may go on. */
static void come_again(struct guest *g)
{
	struct err err;
	int tries, rc = 1;

	io_close(&g->sock);
	for (tries = 0; tries < HEIR_TRIES && rc == 1; tries++) {
		rc = take_seat(g, &err);
		if (rc == 1)
			poll(NULL, 0, HEIR_MS);
	}
	if (rc)
		finish(g, GUEST_GONE, 0);
}

static void hear_holder(struct guest *g)
{
	struct wire_message m;
	int rc = wire_receive(g->sock, &m), i;

	if (rc == 0)
		come_again(g);
	if (rc <= 0)
		return;
	hear(g, &m);
	for (i = 0; i < WIRE_FDS; i++)
		io_close(&m.fds[i]);
}

/* Until the holder keeps off the terminal. */
static void await_kind(struct guest *g, int kind)
{
	struct wire_message m;

	while (hear_soon(g, &m, LEAVE_MS) == 1 && m.kind != kind)
		if (m.kind == WIRE_EXITED)
			hear(g, &m);
}

static void stop(struct guest *g)
{
	say(g, WIRE_PAUSE, 0, 0);
	await_kind(g, WIRE_PAUSED);
	viewer_leave(&g->viewer);
	tty_restore(g->tty);
	raise(SIGSTOP);
	watched_set(SIGCONT);
}

static void go_on(struct guest *g)
{
	tty_raw(g->tty, NULL);
	look_at_size(g);
	say(g, WIRE_SIZE, g->viewer.rows, g->viewer.cols);
	say(g, WIRE_RESUME, 0, 0);
}

static void reap(struct guest *g)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == g->viewer.child.pid)
			viewer_died(&g->viewer, g->sock);
}

static void heed_signals(struct guest *g)
{
	static const int deadly[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT};
	size_t i;

	if (watched_take(SIGCHLD))
		reap(g);
	if (watched_take(SIGTSTP))
		stop(g);
	if (watched_take(SIGCONT))
		go_on(g);
	if (watched_take(SIGWINCH)) {
		look_at_size(g);
		say(g, WIRE_SIZE, g->viewer.rows, g->viewer.cols);
	}
	for (i = 0; i < sizeof(deadly) / sizeof(*deadly); i++) {
		if (!watched_take(deadly[i]))
			continue;
		if (!g->done) {
			say(g, WIRE_LEAVE, 0, 0);
			await_kind(g, WIRE_LEFT);
		}
		finish(g, GUEST_SIGNAL, deadly[i]);
	}
}

static void loop(struct guest *g)
{
	sigset_t none;

	sigemptyset(&none);
	while (!g->done) {
		struct pollfd p[2] = {{.fd = g->sock, .events = POLLIN},
				      {.fd = g->viewer.child.out, .events = POLLIN}};

		if (ppoll(p, 2, NULL, &none) > 0) {
			if (p[0].revents)
				hear_holder(g);
			if (p[1].revents && p[1].fd == g->viewer.child.out)
				viewer_serve(&g->viewer, g->sock);
		}
		heed_signals(g);
	}
}

int guest_run(const struct guest_plan *plan, struct tty *tty, enum guest_end *end, int *status,
	      struct err *err)
{
	struct guest g = {.plan = plan, .tty = tty, .sock = -1};
	int rc;

	watched_begin();
	g.task = (struct view_task){.cast = plan->cast,
				    .terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3),
				    .watches = plan->flags & WIRE_WATCHES};
	viewer_init(&g.viewer, plan->paint, &g.task);
	rc = tty_raw(tty, err);
	if (!rc)
		rc = take_seat(&g, err);
	if (!rc)
		loop(&g);
	viewer_leave(&g.viewer);
	tty_restore(tty);
	io_close(&g.sock);
	io_close(&g.task.terminal);
	*end = g.end;
	*status = g.status;
	return rc;
}
