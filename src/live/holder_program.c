/* SPDX-License-Identifier: MIT */
/* The program in the pty: its start, the signals it gets, its end. */
#include "holder_private.h"

#include "clock.h"
#include "pty.h"
#include "wire.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/percent.h"
#include "../tape/event.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HANGUP_US = 1000000, /* from SIGHUP to the closing of the pty */
	KILL_US = 2000000,   /* from HUP to TERM, from TERM to KILL */
};

static void start_record(struct holder *h)
{
	struct buf mark = {0};

	buf_printf(&mark, "C;w=%" PRId64 ";s=1;src=argv;cmd=", clock_wall_us());
	percent_put(&mark, h->s->text, strlen(h->s->text));
	buf_puts(&mark, ";d=");
	percent_put(&mark, h->s->cwd, strlen(h->s->cwd));
	recorder_text(&h->recorder, h->now, EVENT_MARK, mark.data, mark.len);
	recorder_text(&h->recorder, h->now, EVENT_LABEL, h->s->text, strlen(h->s->text));
	buf_release(&mark);
}

static void start_failed(struct holder *h, const struct err *err)
{
	char line[WIRE_TEXT];
	int n = snprintf(line, sizeof(line), "steno: cannot %.480s\r\n", err->text);

	h->reaped = 1;
	h->wait_status = (err->code == ENOENT ? 127 : 126) << 8;
	holder_output(h, (unsigned char *)line, (size_t)n);
}

void holder_start_program(struct holder *h)
{
	struct err err;
	int slave = -1;

	if (pty_open(&h->master, &slave, &h->s->modes, &h->s->size, &err) < 0) {
		start_failed(h, &err);
		return;
	}
	h->now = clock_mono_us();
	if (h->s->text)
		start_record(h);
	if (pty_spawn(&h->pid, slave, &h->s->program, &err) < 0)
		start_failed(h, &err);
	close(slave);
}

void holder_send_master(struct holder *h)
{
	struct wire_message m;

	wire_init(&m, WIRE_STARTED);
	m.a = h->pid;
	m.fds[0] = h->master;
	if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

void holder_signal_program(struct holder *h, int n)
{
	pid_t group = h->master >= 0 ? tcgetpgrp(h->master) : -1;

	if (h->reaped || h->pid <= 0)
		return;
	if (group > 0 && group != h->pid)
		kill(-group, n);
	kill(-h->pid, n);
	if (n == SIGHUP || n == SIGTERM)
		kill(-h->pid, SIGCONT);
}

/* Kindly, then firmly. */
void holder_kill_next(struct holder *h)
{
	static const int steps[] = {SIGHUP, SIGTERM, SIGKILL};

	holder_signal_program(h, steps[h->kill_step]);
	h->kill_step += h->kill_step < 2;
	h->kill_at = h->now + KILL_US;
}

/* A shell that was busy when SIGHUP came may have missed it; a pty that is gone it cannot miss. */
static void close_soon(struct holder *h)
{
	holder_tell(h, WIRE_HUNG_UP, 0, 0);
	if (!h->hangup_at)
		h->hangup_at = h->now + HANGUP_US;
}

/* As when a terminal is closed: the signal, a moment to say something, then no terminal. What
 * ignores that goes on without one, and its end is still recorded. */
void holder_hang_up(struct holder *h)
{
	holder_drop_terminal(h);
	h->terminal.paused = 0;
	holder_signal_program(h, SIGHUP);
	close_soon(h);
}

/* A pipe's writer ends when its reader has; a terminal's reader is hung up. */
void holder_lose_terminal(struct holder *h, int why)
{
	h->lost = 0;
	holder_drop_terminal(h);
	if (why == EPIPE && !h->kill_at)
		h->kill_at = h->now;
	else if (why == EIO)
		holder_front_hung_up(h);
	else if (why != EPIPE)
		holder_notice(h, "standard output is not complete: %s", strerror(why));
}

void holder_got_signal(struct holder *h, int n)
{
	if (h->reaped) { /* it is only the terminal that keeps us */
		holder_drop_terminal(h);
	} else if (n == SIGHUP) {
		holder_front_hung_up(h);
	} else if (n == SIGTERM && h->s->text) {
		holder_signal_program(h, SIGTERM);
		h->kill_step = 1;
		h->kill_at = h->now + KILL_US;
	} else if (n == SIGTERM) {
		holder_kill_next(h);
		close_soon(h);
	} else {
		holder_signal_program(h, n);
	}
}

/* The program stays a zombie: should this holder be killed before it has told the exit status, the
 * front inherits it. */
void holder_reap(struct holder *h)
{
	siginfo_t end = {0};
	int n;

	if (!h->reaped && h->pid > 0 &&
	    waitid(P_PID, (id_t)h->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid) {
		n = end.si_status;
		h->reaped = 1;
		h->wait_status = end.si_code == CLD_EXITED ? W_EXITCODE(n, 0) : W_EXITCODE(0, n);
	}
	if (h->looker.child.pid > 0 && waitpid(h->looker.child.pid, &n, WNOHANG) > 0)
		looker_died(&h->looker, n);
	if (h->follower.child.pid > 0 && waitpid(h->follower.child.pid, NULL, WNOHANG) > 0)
		follower_died(&h->follower, h->now);
}
