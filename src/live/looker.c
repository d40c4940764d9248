/* SPDX-License-Identifier: MIT */
/* A look reads what anybody may have put into the repository, by libgit2: it is expected to die or
 * to hang. Half of one counts for nothing, and its state may be half written: so it is the last. */
#include "looker.h"

#include "clock.h"
#include "session.h"

#include "../base/err.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
	PAUSE_US = 50000,   /* from the prompt to the look: the next command may be there already */
	SHARE = 20,	    /* looks may cost one part in so many of the time */
	MOST_US = 10000000, /* a look may take so long */
	STEP_US = 5000,	    /* a clock that is off by more was set */
	NICE = 10,
};

void looker_init(struct looker *l, struct session *s,
		 void (*put)(void *ctx, const char *fact, size_t n), void *ctx)
{
	memset(l, 0, sizeof(*l));
	l->session = s;
	l->child = (struct child){0, -1, -1};
	l->over = !s->look;
	l->wall_us = s->start_wall;
	l->put = put;
	l->ctx = ctx;
}

void looker_mark(struct looker *l, char kind, int64_t now)
{
	if (kind == 'C') {
		l->owed = 1;
		l->idle_at = 0;
	} else if ((kind == 'A' || kind == 'D') && !l->idle_at) {
		l->idle_at = now;
	}
}

void looker_owe(struct looker *l, int64_t now)
{
	if (!l->owed || !l->idle_at)
		l->idle_at = now;
	l->owed = 1;
}

void looker_stop(struct looker *l, const char *why)
{
	char fact[256];
	int n = snprintf(fact, sizeof(fact), "{\"fact\":\"blind\",\"why\":\"%s\"}", why);

	if (l->over)
		return;
	l->over = 1;
	if (l->child.pid)
		kill(l->child.pid, SIGKILL);
	child_close(&l->child);
	l->put(l->ctx, fact, (size_t)n);
}

static void write_plan(struct looker *l)
{
	struct look_plan *plan = &l->session->look_plan;
	int64_t wall_us;

	plan->since_us = l->since_us;
	plan->until_us = clock_mono_us() - l->session->start_mono;
	wall_us = clock_wall_us() - plan->until_us;
	plan->wall_us = wall_us;
	plan->clock_was_set = llabs(wall_us - l->wall_us) > STEP_US;
	l->since_us = plan->until_us;
	l->wall_us = wall_us;
}

static void start(struct looker *l, int64_t now)
{
	struct session *s = l->session;
	const int keep[] = {s->survey_state, s->look_state};
	struct err err;

	write_plan(l);
	l->owed = 0;
	l->began_at = now;
	l->facts.len = 0;
	l->facts.overlong = 0;
	if (child_start(&l->child, "steno-look", s->look, s->ctx, keep, 2, &err) < 0) {
		l->child = (struct child){0, -1, -1};
		looker_stop(l, "no process for a look at the files could be started");
		return;
	}
	setpriority(PRIO_PROCESS, (id_t)l->child.pid, getpriority(PRIO_PROCESS, 0) + NICE);
}

/* When the next look is due. */
static int64_t due_at(const struct looker *l)
{
	int64_t due = l->idle_at + PAUSE_US;

	if (l->over || l->child.pid || !l->owed || !l->idle_at)
		return INT64_MAX;
	return due > l->earliest ? due : l->earliest;
}

int64_t looker_check(struct looker *l, int64_t now)
{
	if (l->child.out >= 0 && now >= l->began_at + MOST_US)
		looker_stop(l, "a look at the files took too long");
	if (now >= due_at(l))
		start(l, now);
	return l->child.out >= 0 ? l->began_at + MOST_US : due_at(l);
}

void looker_hear(struct looker *l, int64_t now)
{
	if (facts_read(&l->facts, l->child.out, l->put, l->ctx))
		return;
	child_close(&l->child);
	l->earliest = l->began_at + SHARE * (now - l->began_at);
}

/* One that could not look has said so. */
void looker_died(struct looker *l, int wait_status)
{
	l->child.pid = 0;
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 1)
		l->over = 1;
	else if (wait_status)
		looker_stop(l, "a look at the files failed");
}

static void await_end(struct looker *l)
{
	int status;

	while (l->child.out >= 0) {
		struct pollfd p = {.fd = l->child.out, .events = POLLIN};
		int64_t left = l->began_at + MOST_US - clock_mono_us();

		if (left <= 0) { /* whoever hangs may not even be killed */
			looker_stop(l, "a look at the files took too long");
			return;
		}
		if (poll(&p, 1, (int)(left / 1000) + 1) > 0)
			looker_hear(l, clock_mono_us());
	}
	while (l->child.pid) {
		if (waitpid(l->child.pid, &status, 0) == l->child.pid)
			looker_died(l, status);
		else if (errno != EINTR)
			l->child.pid = 0;
	}
}

void looker_finish(struct looker *l)
{
	if (l->over)
		return;
	await_end(l);
	if (l->over || !l->owed)
		return;
	start(l, clock_mono_us());
	await_end(l);
}
