/* SPDX-License-Identifier: MIT */
/* The holder. Its way of a byte: read the pty, take steno's marks out, write the recording, write
 * the terminal. Its loop never waits for one side only: both directions have a bounded queue, and
 * whoever has no room is not read from. It must never run libvterm, libgit2 or jansson. */
#include "holder.h"

#include "clock.h"
#include "facts.h"
#include "follower.h"
#include "input.h"
#include "recorder.h"
#include "session.h"
#include "terminal.h"
#include "tty.h"
#include "wire.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/percent.h"
#include "../base/utf8.h"
#include "../tape/event.h"
#include "../tape/reader.h"
#include "../tape/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	READ_SIZE = WRITER_CHUNK - 4, /* and the beginning of a character from the last time */
	NOTICE_ROOM = 1024,
	CARRY_US = 50000,     /* a cut character waits so long for its rest */
	QUIET_US = 20000,     /* a pty without any program on it is looked at so often */
	BASELINE_US = 200000, /* the program waits so long for the survey */
	LATE_US = 10000000,   /* and at the end so much longer */
	SURVEY_US = 60000000, /* the last survey may take so long */
	HANGUP_US = 1000000,  /* from SIGHUP to the closing of the pty */
	KILL_US = 2000000,    /* from HUP to TERM, from TERM to KILL */
	MARK_STAMP = 64,
	UNNAMED = 16,	      /* commands whose name may still come */
	NAME_US = 1000000,    /* a name that comes later would stand in the wrong place */
	DRAIN_MOST = 4 << 20, /* bytes read after the program's end, if others go on printing */
};

struct holder {
	struct session *s;
	int sock;   /* to the front; -1 when it is gone */
	int master; /* -1 when all was read after the program's end */
	pid_t pid;
	int pidfd; /* of a program that is not our child; -1 */
	int reaped, wait_status;
	int status_unknown; /* it ended, and nobody who knows how is left */
	struct recorder recorder;
	struct scanner *scanner;
	struct terminal terminal;
	struct input input;
	struct follower follower;
	struct child survey;
	struct facts facts;
	int64_t now;	    /* clock_mono_us() of this turn of the loop */
	int64_t carry_at;   /* when the cut character came */
	int64_t quiet_till; /* the pty is not looked at before */
	int64_t kill_at;    /* the next step of ending the program; 0: none */
	int kill_step;
	int64_t hangup_at; /* the pty is closed; 0: never */
	int lost; /* errno of the terminal that could not be written to, until it is dropped */
	int told_failing;
	int is_heir;	   /* of a holder that was killed */
	int exit_recorded; /* by that one */
	int shell_ready;   /* its first mark has come: it has read the hooks */
	size_t drained;
	size_t carry; /* bytes of a cut character at the front of `bytes` */
	unsigned char bytes[WRITER_CHUNK];
	char mark[MARK_STAMP + SCANNER_MARK];
	int64_t unnamed[UNNAMED]; /* when they began, by the wall clock; 0: none */
	unsigned int next_unnamed;
};

static volatile sig_atomic_t got_child, got_term;

static void on_signal(int n)
{
	if (n == SIGCHLD)
		got_child = 1;
	else
		got_term = 1;
}

/* Telling the user */

static void tell_front(struct holder *h, int kind, int a, int b)
{
	struct wire_message m = {.kind = kind, .a = a, .b = b, .fds = {-1, -1}};

	if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

static void notice(struct holder *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void notice(struct holder *h, const char *fmt, ...)
{
	struct wire_message m = {.kind = WIRE_NOTICE, .fds = {-1, -1}};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m.text, sizeof(m.text), fmt, ap);
	va_end(ap);
	if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

static void show_failing(struct holder *h)
{
	char line[256];
	int n;

	if (h->recorder.failing == h->told_failing)
		return;
	h->told_failing = h->recorder.failing;
	if (h->recorder.failing)
		n = snprintf(line, sizeof(line),
			     "\r\n[steno: the recording has stopped: %s; the session goes on]\r\n",
			     h->recorder.why);
	else
		n = snprintf(line, sizeof(line), "\r\n[steno: recording again]\r\n");
	terminal_write(&h->terminal, line, (size_t)n);
}

/* From the pty to the recording to the terminal */

static void drop_terminal(struct holder *h)
{
	terminal_use(&h->terminal, -1, -1);
	h->terminal.queue.len = 0;
}

static void show(struct holder *h, const unsigned char *data, size_t n)
{
	if (terminal_write(&h->terminal, data, n) < 0)
		h->lost = errno;
}

static void on_output(void *ctx, const unsigned char *data, size_t n)
{
	struct holder *h = ctx;

	recorder_bytes(&h->recorder, h->now, EVENT_OUTPUT, data, n);
	show(h, data, n);
}

/* The wall clock goes in right behind the letter: d= may be anything up to the end. */
static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct holder *h = ctx;
	int64_t wall;
	size_t used = 1;

	if (!n)
		return;
	if (!h->shell_ready)
		hooks_remove(&h->s->hooks);
	h->shell_ready = 1;
	input_mark(&h->input, (char)data[0]);
	h->mark[0] = (char)data[0];
	if (data[0] == 'C') {
		wall = clock_wall_us();
		used += (size_t)snprintf(h->mark + 1, MARK_STAMP, ";w=%" PRId64, wall);
		h->unnamed[h->next_unnamed++ % UNNAMED] = wall;
	}
	memcpy(h->mark + used, data + 1, n - 1);
	recorder_text(&h->recorder, h->now, EVENT_MARK, h->mark, used + n - 1);
}

static const struct scanner_sink scanner_sink = {on_output, on_mark};

static void scan(struct holder *h, size_t n)
{
	h->carry = utf8_cut_tail(h->bytes, n);
	scanner_put(h->scanner, h->bytes, n - h->carry, &scanner_sink, h);
	memmove(h->bytes, h->bytes + n - h->carry, h->carry);
	h->carry_at = h->now;
}

/* The rest of a cut character did not come: it was none. */
static void flush_carry(struct holder *h)
{
	size_t n = h->carry;

	h->carry = 0;
	if (n)
		scanner_put(h->scanner, h->bytes, n, &scanner_sink, h);
}

static void close_master(struct holder *h)
{
	flush_carry(h);
	scanner_end(h->scanner, &scanner_sink, h);
	io_close(&h->master);
}

static void read_master(struct holder *h)
{
	ssize_t n = read(h->master, h->bytes + h->carry, READ_SIZE);

	if (n < 0 && errno == EINTR)
		return;
	h->now = clock_mono_us();
	if (n > 0) {
		scan(h, h->carry + (size_t)n);
		follower_ring(&h->follower, h->now);
		h->drained += h->reaped ? (size_t)n : 0;
	}
	if (h->reaped && (n <= 0 || h->drained > DRAIN_MOST))
		close_master(h);
	else if (n <= 0 && !(n < 0 && errno == EAGAIN))
		h->quiet_till = h->now + QUIET_US;
}

/* The scribe has read a command's name off the screen: a chapter for players. */
static void on_name(void *ctx, int64_t began, const char *name)
{
	struct holder *h = ctx;
	size_t i;

	for (i = 0; i < UNNAMED; i++) {
		if (h->unnamed[i] != began)
			continue;
		h->unnamed[i] = 0;
		if (clock_wall_us() - began < NAME_US)
			recorder_text(&h->recorder, h->now, EVENT_LABEL, name, strlen(name));
	}
}

/* The program */

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
	int n = snprintf(line, sizeof(line), "steno: cannot run %.480s\r\n", err->text);

	h->reaped = 1;
	h->wait_status = (err->code == ENOENT ? 127 : 126) << 8;
	on_output(h, (unsigned char *)line, (size_t)n);
}

static void start_program(struct holder *h)
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

static void send_master(struct holder *h)
{
	struct wire_message m = {.kind = WIRE_STARTED, .a = h->pid, .fds = {h->master, -1}};

	if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

static void signal_program(struct holder *h, int n)
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
static void kill_next(struct holder *h)
{
	static const int steps[] = {SIGHUP, SIGTERM, SIGKILL};

	signal_program(h, steps[h->kill_step]);
	h->kill_step += h->kill_step < 2;
	h->kill_at = h->now + KILL_US;
}

/* As when a terminal is closed: the signal, a moment to say something, then no terminal. What
 * ignores that goes on without one, and its end is still recorded. */
static void hang_up(struct holder *h)
{
	drop_terminal(h);
	h->terminal.paused = 0;
	signal_program(h, SIGHUP);
	tell_front(h, WIRE_HUNG_UP, 0, 0);
	if (!h->hangup_at)
		h->hangup_at = h->now + HANGUP_US;
}

/* A pipe's writer ends when its reader has; a terminal's reader is hung up. */
static void lose_terminal(struct holder *h, int why)
{
	h->lost = 0;
	drop_terminal(h);
	if (why == EPIPE && !h->kill_at)
		h->kill_at = h->now;
	else if (why == EIO)
		hang_up(h);
	else if (why != EPIPE)
		notice(h, "standard output is not complete: %s", strerror(why));
}

static void front_got_signal(struct holder *h, int n)
{
	if (h->reaped) /* it is only the terminal that keeps us */
		drop_terminal(h);
	else if (n == SIGHUP)
		hang_up(h);
	else if (n == SIGTERM && h->s->text) {
		signal_program(h, SIGTERM);
		h->kill_step = 1;
		h->kill_at = h->now + KILL_US;
	} else if (n == SIGTERM)
		kill_next(h);
	else
		signal_program(h, n);
}

/* The program stays a zombie: should this holder be killed before it has told the exit status, the
 * front inherits it. */
static void reap(struct holder *h)
{
	siginfo_t end = {0};
	int n;

	got_child = 0;
	if (!h->reaped && h->pid > 0 &&
	    waitid(P_PID, (id_t)h->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid) {
		n = end.si_status;
		h->reaped = 1;
		h->wait_status = end.si_code == CLD_EXITED ? W_EXITCODE(n, 0) : W_EXITCODE(0, n);
	}
	if (h->follower.child.pid > 0 && waitpid(h->follower.child.pid, NULL, WNOHANG) > 0)
		follower_died(&h->follower, h->now);
}

/* The front */

static void resize(struct holder *h, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	char text[32];
	int n;

	if (rows <= 0 || cols <= 0 || rows > 0xFFFF || cols > 0xFFFF ||
	    (size.ws_row == h->s->size.ws_row && size.ws_col == h->s->size.ws_col))
		return;
	h->s->size = size;
	n = snprintf(text, sizeof(text), "%dx%d", cols, rows);
	recorder_text(&h->recorder, h->now, EVENT_RESIZE, text, (size_t)n);
	follower_ring(&h->follower, h->now);
	if (h->master >= 0)
		ioctl(h->master, TIOCSWINSZ, &size);
}

/* Its parent was the front, which is no more. */
static void program_vanished(struct holder *h)
{
	h->reaped = 1;
	h->status_unknown = 1;
}

static void front_is_gone(struct holder *h)
{
	io_close(&h->sock);
	tty_undo_raw(h->terminal.in, &h->s->modes);
	hang_up(h);
	if (h->is_heir && h->pidfd < 0 && !h->reaped)
		program_vanished(h);
}

static void obey(struct holder *h, struct wire_message *m)
{
	switch (m->kind) {
	case WIRE_TERMINAL:
		terminal_use(&h->terminal, m->fds[0], m->fds[1]);
		m->fds[0] = m->fds[1] = -1;
		break;
	case WIRE_SIZE:
		resize(h, m->a, m->b);
		break;
	case WIRE_PAUSE:
		h->terminal.paused = 1;
		tell_front(h, WIRE_PAUSED, 0, 0);
		break;
	case WIRE_RESUME:
		h->terminal.paused = 0;
		break;
	case WIRE_SIGNAL:
		front_got_signal(h, m->a);
		break;
	case WIRE_REAPED:
		if (m->a == h->pid && !h->reaped) {
			h->reaped = 1;
			h->wait_status = m->b;
		}
		break;
	default:
		break;
	}
}

static void hear_front(struct holder *h)
{
	struct wire_message m;
	int rc = wire_receive(h->sock, &m), i;

	if (rc == 0) {
		front_is_gone(h);
		return;
	}
	if (rc < 0)
		return;
	obey(h, &m);
	for (i = 0; i < WIRE_FDS; i++)
		io_close(&m.fds[i]);
}

/* The survey */

static void put_fact(void *ctx, const char *fact, size_t n)
{
	struct holder *h = ctx;

	recorder_text(&h->recorder, h->now, EVENT_FACT, fact, n);
}

static void hear_survey(struct holder *h)
{
	if (facts_read(&h->facts, h->survey.out, put_fact, h))
		return;
	child_close(&h->survey);
	follower_ring(&h->follower, h->now);
}

/* Until the survey has said all, but not longer than `most`. 1: it has. */
static int await_survey(struct holder *h, int64_t most)
{
	int64_t till = clock_mono_us() + most;

	while (h->survey.out >= 0) {
		struct pollfd p = {.fd = h->survey.out, .events = POLLIN};
		int64_t left;

		h->now = clock_mono_us();
		left = till - h->now;
		if (left <= 0)
			return 0;
		if (poll(&p, 1, (int)(left / 1000) + 1) > 0)
			hear_survey(h);
	}
	return 1;
}

static void stop_survey(struct holder *h, const char *why)
{
	char fact[256];
	int n = snprintf(fact, sizeof(fact), "{\"fact\":\"unreadable\",\"why\":\"%s\"}", why);

	if (h->survey.pid > 0)
		kill(h->survey.pid, SIGKILL);
	child_close(&h->survey);
	put_fact(h, fact, (size_t)n);
}

static void survey_end(struct holder *h)
{
	const int keep[] = {h->s->survey_state};
	struct err err;

	if (!h->s->survey_end)
		return;
	if (!await_survey(h, LATE_US))
		stop_survey(h, "git took too long when the session began");
	memset(&h->facts, 0, offsetof(struct facts, line));
	if (child_start(&h->survey, "steno-survey", h->s->survey_end, h->s->ctx, keep, 1, &err) < 0)
		stop_survey(h, "no process for git could be started");
	else if (!await_survey(h, SURVEY_US))
		stop_survey(h, "git took too long");
}

/* The loop */

enum { SIDE_FRONT, SIDE_MASTER, SIDE_IN, SIDE_OUT, SIDE_SCRIBE, SIDE_SURVEY, SIDE_END, SIDE_COUNT };

static void watch(const struct holder *h, struct pollfd p[SIDE_COUNT])
{
	int has_room = terminal_room(&h->terminal) >= READ_SIZE + NOTICE_ROOM + 4;
	int quiet = h->now < h->quiet_till && !h->reaped;

	p[SIDE_FRONT] = (struct pollfd){.fd = h->sock, .events = POLLIN};
	p[SIDE_MASTER].fd = quiet ? -1 : h->master;
	p[SIDE_MASTER].events =
		(short)((has_room ? POLLIN : 0) | (input_waiting(&h->input) ? POLLOUT : 0));
	if (!p[SIDE_MASTER].events)
		p[SIDE_MASTER].fd = -1;
	p[SIDE_IN].fd = h->terminal.paused || !input_wants(&h->input) ? -1 : h->terminal.in;
	p[SIDE_IN].events = POLLIN;
	p[SIDE_OUT].fd = h->terminal.paused || !h->terminal.queue.len ? -1 : h->terminal.out;
	p[SIDE_OUT].events = POLLOUT;
	p[SIDE_SCRIBE] = (struct pollfd){.fd = h->follower.child.out, .events = POLLIN};
	p[SIDE_SURVEY] = (struct pollfd){.fd = h->survey.out, .events = POLLIN};
	p[SIDE_END].fd = h->sock >= 0 || h->reaped ? -1 : h->pidfd; /* a front would tell */
	p[SIDE_END].events = POLLIN;
}

static void earlier(int64_t *till, int64_t when)
{
	if (when < *till)
		*till = when;
}

/* Does what is due; returns when the next thing is. */
static int64_t keep_time(struct holder *h)
{
	int64_t next = follower_check(&h->follower, h->now);

	if (h->carry && h->now - h->carry_at >= CARRY_US)
		flush_carry(h);
	if (h->carry)
		earlier(&next, h->carry_at + CARRY_US);
	if (h->kill_at && !h->reaped && h->now >= h->kill_at)
		kill_next(h);
	if (h->kill_at && !h->reaped)
		earlier(&next, h->kill_at);
	if (h->hangup_at && h->master >= 0 && h->now >= h->hangup_at)
		close_master(h);
	if (h->hangup_at && h->master >= 0)
		earlier(&next, h->hangup_at);
	if (h->now < h->quiet_till)
		earlier(&next, h->quiet_till);
	earlier(&next, input_time(&h->input, h->master, h->now));
	return next;
}

static void serve(struct holder *h, const struct pollfd p[SIDE_COUNT])
{
	if (p[SIDE_FRONT].revents)
		hear_front(h);
	if (p[SIDE_IN].revents & POLLHUP && h->terminal.in_is_tty)
		h->lost = EIO;
	else if (p[SIDE_IN].revents && h->terminal.in >= 0 && p[SIDE_IN].fd == h->terminal.in)
		input_read(&h->input, h->terminal.in, h->terminal.in_is_tty);
	if (h->master >= 0 && input_waiting(&h->input))
		input_flush(&h->input, h->master);
	if (p[SIDE_MASTER].fd >= 0 && p[SIDE_MASTER].revents & (POLLIN | POLLHUP | POLLERR) &&
	    p[SIDE_MASTER].events & POLLIN)
		read_master(h);
	if (p[SIDE_OUT].revents && terminal_flush(&h->terminal) < 0)
		h->lost = errno;
	if (p[SIDE_SCRIBE].revents)
		follower_answer(&h->follower, h->now);
	if (p[SIDE_SURVEY].revents)
		hear_survey(h);
	if (p[SIDE_END].revents)
		program_vanished(h);
	show_failing(h);
}

static int is_over(const struct holder *h)
{
	return h->reaped && h->master < 0 && !h->terminal.queue.len;
}

/* What has happened and what is due; returns when the next thing is. */
static int64_t catch_up(struct holder *h)
{
	h->now = clock_mono_us();
	if (got_child)
		reap(h);
	if (got_term) {
		got_term = 0;
		front_got_signal(h, SIGTERM);
	}
	if (h->lost)
		lose_terminal(h, h->lost);
	return keep_time(h);
}

static void await(struct holder *h, int64_t next)
{
	struct pollfd p[SIDE_COUNT];
	struct timespec wait = {0};
	sigset_t none;

	sigemptyset(&none);
	if (next > h->now && next != INT64_MAX) {
		wait.tv_sec = (next - h->now) / 1000000;
		wait.tv_nsec = (next - h->now) % 1000000 * 1000;
	}
	watch(h, p);
	if (h->reaped && h->master >= 0 && p[SIDE_MASTER].events & POLLIN)
		read_master(h);
	else if (ppoll(p, SIDE_COUNT, next == INT64_MAX ? NULL : &wait, &none) > 0)
		serve(h, p);
}

static void loop(struct holder *h)
{
	for (;;) {
		int64_t next = catch_up(h);

		if (is_over(h))
			return;
		await(h, next);
	}
}

/* Beginning and end */

static void set_signals(void)
{
	static const int ignored[] = {SIGHUP,  SIGINT,	SIGQUIT, SIGPIPE,
				      SIGXFSZ, SIGTTIN, SIGTTOU, SIGTSTP};
	struct sigaction flag = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	sigaction(SIGCHLD, &flag, NULL);
	sigaction(SIGTERM, &flag, NULL);
	for (i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		sigaction(ignored[i], &ignore, NULL);
}

/* The time of the last event, if another holder began this recording; whether it got to the
 * program's end. */
static int64_t last_time(struct holder *h)
{
	struct reader *r = reader_new(h->s->logs.cast, NULL);
	struct event e;
	int64_t last = 0;

	while (r && reader_next(r, &e, NULL) == 1) {
		last = e.at_us;
		h->exit_recorded |= e.code == EVENT_EXIT;
	}
	reader_free(r);
	return last;
}

static void take_over(struct holder *h, const struct legacy *legacy)
{
	static const char why[] = "the process that recorded was killed";

	h->master = legacy->master;
	h->pid = legacy->pid;
	h->reaped = legacy->reaped;
	h->wait_status = legacy->wait_status;
	h->is_heir = 1;
	h->pidfd = (int)syscall(__NR_pidfd_open, h->pid, 0);
	ioctl(h->master, TIOCGWINSZ, &h->s->size); /* as the one before left it */
	h->now = clock_mono_us();
	if (!h->exit_recorded)
		recorder_lost(&h->recorder, h->now, why);
}

static void prepare(struct holder *h, struct session *s, int sock, const struct legacy *legacy)
{
	struct err err;

	memset(h, 0, offsetof(struct holder, bytes));
	memset(h->unnamed, 0, sizeof(h->unnamed));
	h->next_unnamed = 0;
	h->s = s;
	h->sock = sock;
	h->master = h->pidfd = -1;
	h->survey = legacy->pid ? (struct child){0, -1, -1} : s->survey;
	h->scanner = scanner_new(s->nonce);
	h->recorder.start_us = s->start_mono;
	h->recorder.writer = writer_new(s->logs.cast, last_time(h), &err);
	if (!h->scanner || !h->recorder.writer || terminal_init(&h->terminal, -1, -1) < 0 ||
	    input_init(&h->input, s->hooks.shell != NULL) < 0) {
		notice(h, "out of memory");
		_exit(3);
	}
	h->now = clock_mono_us();
	follower_start(&h->follower, s, on_name, h, h->now);
	if (legacy->pid)
		input_late(&h->input);
}

static void record_exit(struct holder *h, int status)
{
	char text[64];
	int n;

	if (h->s->text) {
		n = snprintf(text, sizeof(text), "D;s=1;st=%d", status);
		recorder_text(&h->recorder, h->now, EVENT_MARK, text, (size_t)n);
	}
	n = snprintf(text, sizeof(text), "%d", status);
	recorder_text(&h->recorder, h->now, EVENT_EXIT, text, (size_t)n);
}

static void finish(struct holder *h)
{
	int status = pty_exit_status(h->wait_status);

	h->now = clock_mono_us();
	hooks_remove(&h->s->hooks);
	if (!h->exit_recorded && !h->status_unknown)
		record_exit(h, status);
	tell_front(h, WIRE_EXITED, status, 0);
	survey_end(h);
	if (follower_finish(&h->follower) < 0)
		notice(h, "the transcript is not complete; `steno rebuild %s` makes it again",
		       h->s->logs.session);
	if (h->recorder.failing)
		notice(h, "the recording is not complete: %s", h->recorder.why);
	logs_current_end(&h->s->logs);
	tell_front(h, WIRE_DONE, 0, 0);
}

void holder_run(struct session *s, int sock, const struct legacy *legacy)
{
	struct holder *h = malloc(sizeof(*h));

	if (!h)
		_exit(3);
	set_signals();
	prepare(h, s, sock, legacy);
	if (legacy->pid)
		take_over(h, legacy);
	hear_front(h); /* the terminal */
	hear_front(h); /* its size */
	if (!legacy->pid) {
		await_survey(h, BASELINE_US);
		tell_front(h, WIRE_STARTING, 0, 0);
		start_program(h);
	}
	send_master(h);
	loop(h);
	finish(h);
	_exit(0);
}
