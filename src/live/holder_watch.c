/* SPDX-License-Identifier: MIT */
/* The watcher's lines into the recording. It may be slow, hang or be killed: it parses names that
 * others choose, and its readers parse what agents write. */
#include "holder_private.h"

#include "clock.h"

#include "../base/err.h"
#include "../tape/event.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RING_US = 100000,  /* it is told of output so often */
	END_US = 8000000,  /* at the end it may take so long */
	MOST_WATCHERS = 5, /* in a session; one that is killed more often than that stays dead */
	NICE = 5,
};

static int watcher_child(void *ctx, int in, int out)
{
	struct holder *h = ctx;
	const struct watcher plan = {
		.program = h->pid,
		.front = h->front,
		.argv = h->s->program.argv,
		.cast = h->is_heir || h->watchers > 1 ? h->s->logs.cast : -1,
		.reader = h->s->reader,
	};

	return watcher_run(&plan, in, out);
}

void holder_start_watcher(struct holder *h)
{
	const int keep[] = {h->s->logs.cast};
	struct err err;

	if (!h->s->reader || h->pid <= 0 || h->watchers == MOST_WATCHERS)
		return;
	h->watchers++;
	memset(&h->words, 0, offsetof(struct facts, line));
	if (child_start(&h->watcher, "steno-watcher", watcher_child, h, keep, 1, &err) < 0)
		h->watcher = (struct child){0, -1, -1};
	else
		setpriority(PRIO_PROCESS, (id_t)h->watcher.pid,
			    getpriority(PRIO_PROCESS, 0) + NICE);
}

static void put_words(void *ctx, const char *words, size_t n)
{
	struct holder *h = ctx;

	if (!control_is_plain((const unsigned char *)words, n))
		return;
	recorder_text(&h->recorder, h->now, EVENT_WORDS, words, n);
	follower_ring(&h->follower, n, h->now);
}

/* Its end is the end of its pipe: then all that it said has been heard. */
static void bury(struct holder *h)
{
	child_close(&h->watcher);
	while (waitpid(h->watcher.pid, NULL, 0) < 0 && errno == EINTR)
		;
	h->watcher.pid = 0;
}

void holder_hear_watcher(struct holder *h)
{
	if (facts_read(&h->words, h->watcher.out, put_words, h))
		return;
	bury(h);
	holder_start_watcher(h);
}

void holder_ring_watcher(struct holder *h)
{
	static const char ring = WATCHER_RING;

	if (h->watcher.in < 0 || h->now - h->rung_at < RING_US)
		return;
	h->rung_at = h->now;
	while (write(h->watcher.in, &ring, 1) < 0 && errno == EINTR)
		;
}

/* The last words an agent wrote are in its log when it has exited, or never. */
void holder_end_watcher(struct holder *h)
{
	int64_t till = clock_mono_us() + END_US, left;

	if (!h->watcher.pid)
		return;
	close(h->watcher.in);
	h->watcher.in = -1;
	while ((left = till - clock_mono_us()) > 0) {
		struct pollfd p = {.fd = h->watcher.out, .events = POLLIN};

		if (poll(&p, 1, (int)(left / 1000) + 1) > 0 &&
		    !facts_read(&h->words, h->watcher.out, put_words, h))
			break;
	}
	if (left <= 0)
		kill(h->watcher.pid, SIGKILL);
	bury(h);
}
