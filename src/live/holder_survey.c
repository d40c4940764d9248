/* SPDX-License-Identifier: MIT */
/* The survey's facts into the recording. A survey may be slow, hang or die: libgit2 reads foreign
 * files. */
#include "holder_private.h"

#include "clock.h"

#include "../base/err.h"
#include "../tape/event.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum {
	LATE_US = 10000000, /* the first survey may take so much longer when the session is over */
	SURVEY_US = 60000000, /* the last survey may take so long */
};

static void put_fact(void *ctx, const char *fact, size_t n)
{
	struct holder *h = ctx;

	recorder_text(&h->recorder, h->now, EVENT_FACT, fact, n);
}

void holder_hear_survey(struct holder *h)
{
	if (facts_read(&h->facts, h->survey.out, put_fact, h))
		return;
	child_close(&h->survey);
	follower_ring(&h->follower, 0, h->now);
}

void holder_put_look(void *ctx, const char *fact, size_t n)
{
	struct holder *h = ctx;

	h->now = clock_mono_us(); /* what it tells had happened by then */
	put_fact(h, fact, n);
}

void holder_hear_look(struct holder *h)
{
	looker_hear(&h->looker, h->now);
	if (h->looker.child.out < 0)
		follower_ring(&h->follower, 0, h->now);
}

/* Until the survey has said all, but not longer than `most`. 1: it has. */
int holder_await_survey(struct holder *h, int64_t most)
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
			holder_hear_survey(h);
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

void holder_survey_end(struct holder *h)
{
	const int keep[] = {h->s->survey_state};
	struct err err;

	if (!h->s->survey_end)
		return;
	if (!holder_await_survey(h, LATE_US))
		stop_survey(h, "git took too long when the session began");
	else
		looker_finish(&h->looker);
	memset(&h->facts, 0, offsetof(struct facts, line));
	if (child_start(&h->survey, "steno-survey", h->s->survey_end, h->s->ctx, keep, 1, &err) < 0)
		stop_survey(h, "no process for git could be started");
	else if (!holder_await_survey(h, SURVEY_US))
		stop_survey(h, "git took too long");
}
