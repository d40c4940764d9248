/* SPDX-License-Identifier: MIT */
/* The holder. Its way of a byte: read the pty, take steno's marks out, write the recording, write
 * the terminal. Its loop never waits for one side only: both directions have a bounded queue, and
 * whoever has no room is not read from. It must never run libvterm, libgit2 or jansson. */
#include "holder.h"
#include "holder_private.h"

#include "clock.h"
#include "nest.h"
#include "wire.h"

#include "../base/err.h"
#include "../tape/event.h"
#include "../tape/reader.h"
#include "../tape/writer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NOTICE_ROOM = 1024,
	BASELINE_US = 200000, /* the program waits so long for the survey */
};

static volatile sig_atomic_t got_child, got_term;

static void on_signal(int n)
{
	if (n == SIGCHLD)
		got_child = 1;
	else
		got_term = 1;
}

/* The loop */

enum {
	SIDE_FRONT,
	SIDE_MASTER,
	SIDE_IN,
	SIDE_OUT,
	SIDE_SCRIBE,
	SIDE_SURVEY,
	SIDE_WATCHER,
	SIDE_LOOK,
	SIDE_END,
	SIDE_CONTROL,
	SIDE_INBOX,
	SIDE_COUNT
};
enum { SIDES = SIDE_COUNT + HOLDER_SEATS };

static void watch(struct holder *h, struct pollfd p[SIDES])
{
	int has_room = holder_room(h, HOLDER_READ + NOTICE_ROOM + 4);
	int quiet = h->now < h->quiet_till && !h->reaped;

	p[SIDE_FRONT] = (struct pollfd){.fd = h->sock, .events = POLLIN};
	p[SIDE_MASTER].fd = quiet ? -1 : h->master;
	p[SIDE_MASTER].events =
		(short)((has_room ? POLLIN : 0) | (input_waiting(&h->input) ? POLLOUT : 0));
	if (!p[SIDE_MASTER].events)
		p[SIDE_MASTER].fd = -1;
	p[SIDE_IN].fd = h->terminal.paused || !input_wants(&h->input) ? -1 : h->terminal.in;
	p[SIDE_IN].events = POLLIN;
	p[SIDE_OUT].fd =
		!h->shown->queue.len || h->shown->paused || h->shown->holds ? -1 : h->shown->out;
	p[SIDE_OUT].events = POLLOUT;
	p[SIDE_SCRIBE] = (struct pollfd){.fd = h->follower.child.out, .events = POLLIN};
	p[SIDE_SURVEY] = (struct pollfd){.fd = h->survey.out, .events = POLLIN};
	p[SIDE_WATCHER] = (struct pollfd){.fd = h->watcher.out, .events = POLLIN};
	p[SIDE_LOOK] = (struct pollfd){.fd = h->looker.child.out, .events = POLLIN};
	p[SIDE_END].fd = h->sock >= 0 || h->reaped ? -1 : h->pidfd; /* a front would tell */
	p[SIDE_END].events = POLLIN;
	p[SIDE_CONTROL] = (struct pollfd){.fd = h->control.epoll, .events = POLLIN};
	p[SIDE_INBOX] = (struct pollfd){.fd = h->s->inbox, .events = POLLIN};
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

	if (h->now >= holder_carry_due(h))
		holder_flush_carry(h);
	earlier(&next, holder_carry_due(h));
	if (h->kill_at && !h->reaped && h->now >= h->kill_at)
		holder_kill_next(h);
	if (h->kill_at && !h->reaped)
		earlier(&next, h->kill_at);
	if (h->hangup_at && h->master >= 0 && h->now >= h->hangup_at)
		holder_close_master(h);
	if (h->hangup_at && h->master >= 0)
		earlier(&next, h->hangup_at);
	if (h->now >= control_due(&h->control))
		holder_serve_control(h);
	if (h->now < h->quiet_till)
		earlier(&next, h->quiet_till);
	if (h->survey.out < 0)
		earlier(&next, looker_check(&h->looker, h->now));
	earlier(&next, input_time(&h->input, h->master, h->now));
	earlier(&next, control_due(&h->control));
	if (h->linger_till > h->now)
		earlier(&next, h->linger_till);
	return next;
}

static void read_front(struct holder *h)
{
	input_read(&h->input, h->terminal.in, h->terminal.in_is_tty);
	if (h->arranged)
		holder_typed(h, &h->seats[0]);
}

static void serve(struct holder *h, const struct pollfd p[SIDES])
{
	if (p[SIDE_FRONT].revents)
		holder_hear_front(h);
	if (p[SIDE_IN].revents & POLLHUP && h->terminal.in_is_tty)
		h->lost = EIO;
	else if (p[SIDE_IN].revents && h->terminal.in >= 0 && p[SIDE_IN].fd == h->terminal.in)
		read_front(h);
	if (h->master >= 0 && input_waiting(&h->input))
		holder_type(h);
	if (p[SIDE_INBOX].revents) /* first: a command's start comes before what it prints */
		holder_hear_inbox(h);
	if (p[SIDE_MASTER].fd >= 0 && p[SIDE_MASTER].revents & (POLLIN | POLLHUP | POLLERR) &&
	    p[SIDE_MASTER].events & POLLIN)
		holder_read(h);
	if (p[SIDE_OUT].revents && terminal_flush(h->shown) < 0)
		holder_shown_failed(h, errno);
	if (p[SIDE_SCRIBE].revents)
		follower_answer(&h->follower, h->now);
	if (p[SIDE_SURVEY].revents)
		holder_hear_survey(h);
	if (p[SIDE_WATCHER].revents)
		holder_hear_watcher(h);
	if (p[SIDE_LOOK].revents && h->looker.child.out >= 0)
		holder_hear_look(h);
	if (p[SIDE_END].revents)
		holder_program_vanished(h);
	if (h->arranged)
		holder_serve_seats(h, p + SIDE_COUNT);
	if (p[SIDE_CONTROL].revents)
		holder_serve_control(h);
	holder_show_failing(h);
	if (h->follower.rings != h->told_rings)
		holder_tell_growth(h);
}

static int is_over(struct holder *h)
{
	return h->reaped && h->master < 0 && holder_is_shown(h);
}

/* What has happened and what is due; returns when the next thing is. */
static int64_t catch_up(struct holder *h)
{
	h->now = clock_mono_us();
	if (got_child) {
		got_child = 0;
		holder_reap(h);
	}
	if (got_term) {
		got_term = 0;
		holder_got_signal(h, SIGTERM);
	}
	if (h->lost)
		holder_lose_terminal(h, h->lost);
	if (h->lost_guest)
		holder_lose_guest(h);
	return keep_time(h);
}

static void await(struct holder *h, int64_t next)
{
	struct pollfd p[SIDES];
	struct timespec wait = {0};
	nfds_t n = SIDE_COUNT;
	sigset_t none;

	sigemptyset(&none);
	if (next > h->now && next != INT64_MAX) {
		wait.tv_sec = (next - h->now) / 1000000;
		wait.tv_nsec = (next - h->now) % 1000000 * 1000;
	}
	watch(h, p);
	if (h->arranged)
		n += holder_watch_seats(h, p + SIDE_COUNT);
	if (h->reaped && h->master >= 0 && p[SIDE_MASTER].events & POLLIN)
		holder_read(h);
	else if (ppoll(p, n, next == INT64_MAX ? NULL : &wait, &none) > 0)
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
	looker_stop(&h->looker, why);
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
	h->watcher = (struct child){0, -1, -1};
	h->front = getppid();
	h->nowhere.in = h->nowhere.out = -1;
	h->shown = &h->terminal;
	h->seats[0] = (struct seat){.terminal = &h->terminal};
	h->stays = s->detached;
	h->survey = legacy->pid ? (struct child){0, -1, -1} : s->survey;
	h->scanner = scanner_new(s->nonce);
	h->recorder.start_us = s->start_mono;
	h->recorder.writer = writer_new(s->logs.cast, last_time(h), &err);
	if (!h->scanner || !h->recorder.writer || longhand_init(&h->longhand, s->hooks.lines) < 0 ||
	    longhand_init(&h->inner_longhand, s->hooks.nest ? nest_lines(s->hooks.nest) : NULL) <
		    0 ||
	    terminal_init(&h->terminal, -1, -1) < 0 ||
	    input_init(&h->input, s->hooks.shell != NULL) < 0) {
		holder_notice(h, "out of memory");
		_exit(3);
	}
	looker_init(&h->looker, s, holder_put_look, h);
	holder_open_control(h);
	h->now = clock_mono_us();
	follower_start(&h->follower, s, holder_name, h, h->now);
	if (legacy->pid) {
		input_late(&h->input);
		longhand_late(&h->longhand);
		longhand_late(&h->inner_longhand);
	}
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
	holder_hear_inbox(h);
	holder_tell(h, WIRE_EXITED, status, 0);
	holder_end_seats(h, status);
	holder_end_watcher(h); /* at the time of the exit, before it */
	if (!h->exit_recorded && !h->status_unknown)
		record_exit(h, status);
	holder_tell_growth(h);
	control_shut(&h->control);
	holder_survey_end(h);
	if (follower_finish(&h->follower) < 0)
		holder_notice(h,
			      "the transcript is not complete; `steno rebuild %s` makes it again",
			      h->s->logs.session);
	if (h->recorder.failing)
		holder_notice(h, "the recording is not complete: %s", h->recorder.why);
	logs_current_end(&h->s->logs);
	measure_remove(&h->s->measure);
	if (h->s->inbox >= 0)
		unlinkat(h->s->rundir, h->s->inbox_name, 0);
	logs_end(&h->s->logs); /* before whoever waits for it sees the end */
	control_close(&h->control);
	holder_tell(h, WIRE_DONE, 0, 0);
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
	holder_hear_front(h); /* the terminal */
	holder_hear_front(h); /* its size */
	if (!legacy->pid) {
		holder_await_survey(h, BASELINE_US);
		holder_tell(h, WIRE_STARTING, 0, 0);
		holder_start_program(h);
	}
	holder_send_master(h);
	holder_start_watcher(h);
	loop(h);
	finish(h);
	_exit(0);
}
