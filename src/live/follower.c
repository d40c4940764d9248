/* SPDX-License-Identifier: MIT */
/* The scribe is expected to die: it runs the libraries that parse what the program prints. */
#include "follower.h"

#include "clock.h"
#include "session.h"

#include "../base/err.h"
#include "../tape/follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	IDLE_US = 3000,	     /* the recording has not grown for so long: nothing is in its way */
	FLOOD = 256 << 10,   /* after so much without such a pause, only such a pause is its end: */
	FLOOD_US = 30000,    /* a busy machine interrupts a flood, and the scribe would, too */
	HURRY_US = 10000,    /* while a command runs its name is wanted soon, */
	OWED_US = 200000,    /* later if it has ended: the next ones come first */
	LATEST_US = 5000000, /* a flood must not keep it waiting longer */
	BACKLOG = 48 << 20,  /* nor leave it more bytes than it works in within a second */
	NICE = 10,	     /* whoever floods and whoever watches come first */
	HANG_US = 20000000,  /* rung and not answered for so long: it hangs */
	MOST_DEATHS = 3,     /* in a row, without getting further */
};

static void start(struct follower *f, int64_t now)
{
	const int keep[] = {f->session->logs.cast, f->session->logs.dir};
	struct err err;

	f->rung = 0;
	f->wanted = 1;
	f->progress_at = now;
	if (child_start(&f->child, "steno-scribe", f->session->scribe, f->session->ctx, keep, 2,
			&err) < 0) {
		f->child = (struct child){0, -1, -1};
		f->gave_up = 1;
		return;
	}
	setpriority(PRIO_PROCESS, (id_t)f->child.pid, getpriority(PRIO_PROCESS, 0) + NICE);
}

void follower_start(struct follower *f, struct session *s,
		    void (*named)(void *ctx, int64_t began, const char *name), void *ctx,
		    int64_t now)
{
	memset(f, 0, sizeof(*f));
	f->session = s;
	f->named = named;
	f->ctx = ctx;
	f->grown_at = f->rung_at = now;
	start(f, now);
}

static void say(struct follower *f, char what)
{
	while (write(f->child.in, &what, 1) < 0 && errno == EINTR)
		;
}

static int64_t due_at(const struct follower *f)
{
	int64_t due = f->grown_at + (f->burst < FLOOD ? IDLE_US : FLOOD_US);

	if (f->running_at && f->running_at + HURRY_US < due)
		due = f->running_at + HURRY_US;
	if (f->owed_at && f->owed_at + OWED_US < due)
		due = f->owed_at + OWED_US;
	if (f->rung_at + LATEST_US < due)
		due = f->rung_at + LATEST_US;
	return f->backlog >= BACKLOG ? f->rung_at : due;
}

static void ring(struct follower *f, int64_t now)
{
	if (!f->wanted || f->rung || f->child.in < 0 || now < due_at(f))
		return;
	say(f, FOLLOW_GROWN);
	f->rung = 1;
	f->wanted = 0;
	f->backlog = 0;
	f->running_at = f->owed_at = 0;
	f->rung_at = f->progress_at = now;
}

void follower_ring(struct follower *f, size_t grown, int64_t now)
{
	if (now - f->grown_at >= FLOOD_US)
		f->burst = 0;
	f->wanted = 1;
	f->rings++;
	f->grown_at = now;
	f->burst += grown;
	f->backlog += grown;
	ring(f, now);
}

void follower_began(struct follower *f, int64_t now)
{
	f->running_at = now;
	if (!f->owed_at)
		f->owed_at = now;
}

void follower_ended(struct follower *f)
{
	f->running_at = 0;
}

static void take_report(struct follower *f, struct follow_report *r, int64_t now)
{
	if (r->worked_in > f->worked_in) {
		f->deaths = 0;
		f->worked_in = r->worked_in;
	}
	f->progress_at = now;
	f->rung = 0;
	r->name[sizeof(r->name) - 1] = '\0';
	if (r->began)
		f->named(f->ctx, r->began, r->name);
}

/* 0: its pipe is closed. */
static int read_reports(struct follower *f, int64_t now)
{
	struct follow_report r;
	ssize_t n;

	while ((n = read(f->child.out, &r, sizeof(r))) == (ssize_t)sizeof(r))
		take_report(f, &r, now);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void follower_answer(struct follower *f, int64_t now)
{
	if (!read_reports(f, now)) {
		close(f->child.out);
		f->child.out = -1;
	}
	ring(f, now);
}

void follower_died(struct follower *f, int64_t now)
{
	f->child.pid = 0;
	child_close(&f->child);
	if (++f->deaths >= MOST_DEATHS)
		f->gave_up = 1;
	else
		start(f, now);
}

int64_t follower_check(struct follower *f, int64_t now)
{
	ring(f, now);
	if (f->wanted && !f->rung && f->child.in >= 0)
		return due_at(f);
	if (!f->rung || !f->child.pid)
		return INT64_MAX;
	if (now - f->progress_at >= HANG_US) {
		kill(f->child.pid, SIGKILL);
		f->progress_at = now;
	}
	return f->progress_at + HANG_US;
}

/* Until the scribe has ended: 1 and its wait status, or 0: it hung and was killed. */
static int await_end(struct follower *f, int *status)
{
	for (;;) {
		struct pollfd p = {.fd = f->child.out, .events = POLLIN};
		int64_t now = clock_mono_us();

		if (f->child.out < 0 || !read_reports(f, now))
			break;
		if (now - f->progress_at > HANG_US) {
			kill(f->child.pid, SIGKILL);
			break;
		}
		poll(&p, 1, 1000);
	}
	while (waitpid(f->child.pid, status, 0) < 0)
		if (errno != EINTR)
			return 0;
	return WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
}

int follower_finish(struct follower *f)
{
	int64_t now = clock_mono_us();

	f->gave_up = 0;
	for (f->deaths = 0; f->deaths < MOST_DEATHS; f->deaths++) {
		int status = 0, done;

		if (!f->child.pid)
			start(f, now);
		if (!f->child.pid)
			return -1;
		f->progress_at = clock_mono_us();
		say(f, FOLLOW_COMPLETE);
		done = await_end(f, &status);
		child_close(&f->child);
		f->child.pid = 0;
		if (done)
			return 0;
	}
	return -1;
}
