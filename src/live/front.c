/* SPDX-License-Identifier: MIT */
/* The front. Signals are blocked outside its ppoll(2), before the terminal is put in raw mode, so
 * that whatever ends it restores the terminal first. */
#include "front.h"

#include "clock.h"
#include "holder.h"
#include "session.h"
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
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_HOLDERS = 20, SOON_US = 60000000, MOST_NOTICES = 8, PAUSE_MS = 1000 };

struct front {
	struct session *s;
	struct tty *tty;
	int sock;
	int size_due; /* the holder could not take it */
	pid_t holder;
	int holders;	    /* started one soon after the other */
	int64_t started_at; /* the last of them, clock_mono_us() */
	struct legacy legacy;
	struct view_task task;
	struct viewer viewer; /* for when the holder does not write to the terminal */
	int starting;	      /* the program may run, though we do not know it yet */
	int status;
	int exited; /* the program has; the terminal is itself again */
	int done;   /* and the files are written */
	int left;   /* the user does not wait for that */
	int notices;
	char notice[MOST_NOTICES][WIRE_TEXT];
};

static void say(struct front *f, int kind, int a, int b)
{
	struct wire_message m;

	wire_init(&m, kind);
	m.a = a;
	m.b = b;
	wire_send(f->sock, &m, NULL);
}

static void say_size(struct front *f)
{
	struct winsize *size = &f->s->size;
	struct wire_message m;
	int fd = f->tty->fd >= 0 ? f->tty->fd : STDOUT_FILENO;

	if (f->exited || !isatty(fd))
		return;
	tty_size(fd, size);
	f->viewer.rows = size->ws_row;
	f->viewer.cols = size->ws_col;
	wire_init(&m, WIRE_SIZE);
	m.a = size->ws_row;
	m.b = size->ws_col;
	f->size_due = wire_send(f->sock, &m, NULL) < 0 && errno == EAGAIN;
}

static void hand_terminal(struct front *f)
{
	struct wire_message m;

	wire_init(&m, WIRE_TERMINAL);
	if (!f->s->detached) {
		m.fds[0] = STDIN_FILENO;
		m.fds[1] = STDOUT_FILENO;
	}
	wire_send(f->sock, &m, NULL);
	say(f, WIRE_SIZE, f->s->size.ws_row, f->s->size.ws_col);
	if (f->task.terminal >= 0)
		say(f, WIRE_BEHIND, 0, 0);
}

static void become_holder(struct front *f, int sock)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), i;

	setsid();
	for (i = 0; null >= 0 && i <= 2; i++)
		dup2(null, i);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	prctl(PR_SET_NAME, "steno-holder");
	holder_run(f->s, sock, &f->legacy);
}

static void count_holder(struct front *f)
{
	int64_t now = clock_mono_us();

	if (now - f->started_at > SOON_US)
		f->holders = 0;
	f->holders++;
	f->started_at = now;
}

static int start_holder(struct front *f, struct err *err)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "make a socket pair");
	pid = fork();
	if (pid < 0) {
		close(pair[0]);
		close(pair[1]);
		return err_sys(err, "fork");
	}
	if (!pid) {
		close(pair[0]);
		become_holder(f, pair[1]);
	}
	close(pair[1]);
	io_close(&f->sock);
	f->sock = pair[0];
	f->holder = pid;
	f->size_due = 0;
	count_holder(f);
	hand_terminal(f);
	return 0;
}

/* What a killed program may have left on: keypad, cursor keys, mouse, paste brackets, a hidden
 * cursor, colours. The alternate screen is left alone: leaving it when it is not on moves the
 * cursor. */
static void calm_terminal(const struct front *f)
{
	static const char calm[] = "\033[?1l\033>\033[?1000l\033[?1002l\033[?1003l\033[?1006l"
				   "\033[?2004l\033[?25h\033[0m\r\n";

	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (f->tty->fd >= 0 && isatty(STDOUT_FILENO) && poll(&p, 1, 0) > 0)
		io_write_all(STDOUT_FILENO, calm, sizeof(calm) - 1, NULL, NULL);
}

static void program_exited(struct front *f, int status)
{
	f->exited = 1;
	f->status = status;
	f->legacy.reaped = 1;
	f->legacy.wait_status = status << 8;
	viewer_leave(&f->viewer);
	tty_restore(f->tty);
	if (status > 128)
		calm_terminal(f);
}

static void keep_notice(struct front *f, const char *text)
{
	if (f->notices < MOST_NOTICES)
		snprintf(f->notice[f->notices++], WIRE_TEXT, "%.511s", text);
}

/* A description of its own, which does not hold the session's lock. */
static int open_recording(const struct session *s)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->logs.cast);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* There are other terminals, and this is not the one that the holder writes to. */
static void show(struct front *f, const struct wire_message *m)
{
	if (f->task.terminal < 0) {
		f->viewer.rows = f->s->size.ws_row;
		f->viewer.cols = f->s->size.ws_col;
		f->task.cast = open_recording(f->s);
		f->task.terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	viewer_hear(&f->viewer, f->sock, m);
}

static void hear(struct front *f, struct wire_message *m)
{
	switch (m->kind) {
	case WIRE_STARTING:
		f->starting = 1;
		break;
	case WIRE_STARTED:
		f->legacy.pid = m->a;
		io_close(&f->legacy.master);
		f->legacy.master = m->fds[0];
		m->fds[0] = -1;
		if (f->s->started)
			f->s->started(f->s->ctx);
		break;
	case WIRE_HUNG_UP:
		io_close(&f->legacy.master);
		break;
	case WIRE_GREW:
	case WIRE_CATCH:
		show(f, m);
		break;
	case WIRE_NOTICE:
		keep_notice(f, m->data);
		break;
	case WIRE_EXITED:
		program_exited(f, m->a);
		break;
	case WIRE_DONE:
		f->done = 1;
		break;
	default:
		break;
	}
}

/* 0: the holder is there; -1: it is gone. */
static int hear_holder(struct front *f)
{
	struct wire_message m;
	int rc = wire_receive(f->sock, &m), i;

	if (rc == 0)
		return -1;
	if (rc < 0)
		return 0;
	hear(f, &m);
	for (i = 0; i < WIRE_FDS; i++)
		io_close(&m.fds[i]);
	return 0;
}

/* Before its end the holder says that all is done; otherwise it was killed, and the session goes
 * on with another. */
static int holder_died(struct front *f, struct err *err)
{
	if (f->done)
		return 0;
	if (f->starting && !f->legacy.pid)
		return err_set(err, "the process that records ended before it began");
	if (f->holders >= MOST_HOLDERS)
		return err_set(err, "the process that records was killed %d times", f->holders);
	return start_holder(f, err);
}

static void reap(struct front *f)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == f->s->survey.pid)
			f->s->survey.pid = 0;
		if (pid == f->viewer.child.pid)
			viewer_died(&f->viewer, f->sock);
		if (pid != f->legacy.pid)
			continue;
		f->legacy.reaped = 1;
		f->legacy.wait_status = status;
		say(f, WIRE_REAPED, pid, status);
	}
}

static void await_paused(struct front *f)
{
	struct pollfd p = {.fd = f->sock, .events = POLLIN};

	while (poll(&p, 1, PAUSE_MS) > 0) {
		struct wire_message m;

		if (wire_receive(f->sock, &m) <= 0 || m.kind == WIRE_PAUSED)
			return;
		hear(f, &m);
	}
}

static void stop(struct front *f)
{
	say(f, WIRE_PAUSE, 0, 0);
	await_paused(f);
	viewer_leave(&f->viewer);
	tty_restore(f->tty);
	raise(SIGSTOP);
	watched_set(SIGCONT);
}

static void go_on(struct front *f)
{
	if (!f->exited)
		tty_raw(f->tty, NULL);
	say(f, WIRE_RESUME, 0, 0);
	say_size(f);
}

static void heed_signals(struct front *f)
{
	static const int passed[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT};
	size_t i;

	if (watched_take(SIGCHLD))
		reap(f);
	if (watched_take(SIGTSTP))
		stop(f);
	if (watched_take(SIGCONT))
		go_on(f);
	if (watched_take(SIGWINCH) || f->size_due)
		say_size(f);
	for (i = 0; i < sizeof(passed) / sizeof(*passed); i++) {
		if (!watched_take(passed[i]))
			continue;
		if (f->exited && passed[i] != SIGHUP) /* nobody waits then */
			f->left = 1;
		else
			say(f, WIRE_SIGNAL, passed[i], 0);
	}
}

static int loop(struct front *f, struct err *err)
{
	sigset_t none;

	sigemptyset(&none);
	while (!f->done && !f->left) {
		struct pollfd p[2] = {{.fd = f->sock, .events = POLLIN},
				      {.fd = f->viewer.child.out, .events = POLLIN}};

		if (f->size_due)
			p[0].events |= POLLOUT;
		if (ppoll(p, 2, NULL, &none) > 0 && p[0].revents & ~POLLOUT && hear_holder(f) < 0) {
			reap(f);
			if (holder_died(f, err) < 0)
				return -1;
		} else if (p[1].revents) {
			viewer_serve(&f->viewer, f->sock);
		}
		heed_signals(f);
	}
	return 0;
}

static void print_notices(const struct front *f)
{
	int i;

	for (i = 0; i < f->notices; i++)
		fprintf(stderr, "steno: %s\n", f->notice[i]);
	if (f->left && !f->done)
		fputs("steno: the logs are being finished in the background\n", stderr);
}

/* Nobody else would: not every container has an init that does. */
static void reap_ours(struct front *f)
{
	if (f->done)
		while (waitpid(f->holder, NULL, 0) < 0 && errno == EINTR)
			;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int front_run(struct session *s, struct tty *tty, int *status, struct err *err)
{
	struct front f = {.s = s, .tty = tty, .sock = -1, .legacy = {.master = -1}};
	int rc = -1;

	f.task = (struct view_task){.cast = -1, .terminal = -1};
	viewer_init(&f.viewer, s->painter, &f.task);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	watched_begin();
	watched_set(SIGCHLD); /* the survey may have ended before */
	/* raw mode first: in the background this stops, and the holder would not */
	if (tty_raw(tty, err) < 0 || start_holder(&f, err) < 0)
		goto out;
	rc = loop(&f, err);
	*status = f.status;
out:
	viewer_leave(&f.viewer);
	tty_restore(tty);
	if (rc < 0) /* no holder is left to do it */
		logs_current_end(&s->logs);
	reap_ours(&f);
	print_notices(&f);
	io_close(&f.sock);
	io_close(&f.legacy.master);
	io_close(&f.task.cast);
	io_close(&f.task.terminal);
	return rc;
}
