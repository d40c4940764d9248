/* SPDX-License-Identifier: MIT */
/* The loop of the watcher. It looks when the session shows that something happens, a few times
 * more after that, and never so often that it costs more than a share of the time: an idle shell is
 * left alone. */
#include "watcher.h"

#include "blend.h"
#include "clock.h"
#include "facts.h"
#include "jail.h"
#include "proc.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	READERS = 64,
	SOON_US = 50000,  /* after a ring */
	REST_US = 200000, /* between two looks, however much it rings */
	SHARE = 50,	  /* a look may cost one part in so many of the time */
	HURRY = 10,	  /* while logs may come */
	STEPS = 4,	  /* looks after a ring, the pause getting longer: 50, 100, 400, 1600 ms */
	HOLD_US = 300000, /* a line of one log waits for earlier ones of others */
	END_US = 5000000, /* the readers may take so long at the end */
};

struct reader {
	struct child child; /* pid 0: free */
	struct facts *facts;
	pid_t owner;
	uint64_t owner_age;
	int is_ending;
	struct blend_place place;
};

struct watch {
	const struct watcher *plan;
	struct hunt hunt;
	struct reader readers[READERS];
	struct blend blend;
	int in, out;
	int64_t looked_at, look_at; /* INT64_MAX: when something rings */
	pid_t newest;		    /* process at the last look */
	int64_t cost;		    /* of the last look */
	int step;
	int is_over;
	int is_ending; /* what is in the logs by now is all */
	int is_broken; /* nobody listens any more */
};

/* When to look */

static int64_t pause_of(const struct watch *w)
{
	int64_t pause = w->step ? (int64_t)SOON_US << (2 * w->step - 1) : SOON_US;

	return pause > w->cost * SHARE ? pause : w->cost * SHARE;
}

static void plan_look(struct watch *w)
{
	int64_t pause = w->step < STEPS ? pause_of(w) : INT64_MAX, hunger = hunt_hunger(&w->hunt);

	if (hunger < w->cost * SHARE)
		hunger = w->cost * SHARE;
	if (hunger < pause)
		pause = hunger;
	w->look_at = pause == INT64_MAX ? INT64_MAX : w->looked_at + pause;
}

static void ring(struct watch *w)
{
	int64_t soon;

	w->step = 0;
	soon = clock_mono_us() + pause_of(w);
	if (soon < w->looked_at + REST_US)
		soon = w->looked_at + REST_US;
	if (soon < w->look_at)
		w->look_at = soon;
}

/* A log may have come, which is not to be gone again. */
static void hurry(struct watch *w)
{
	int64_t soon = w->looked_at + w->cost * HURRY;

	if (soon < w->look_at)
		w->look_at = soon;
}

/* Readers */

static void pass_on(void *ctx, const char *line, size_t n)
{
	struct watch *w = ctx;
	struct buf whole = {0};

	buf_put(&whole, line, n);
	buf_putc(&whole, '\n');
	if (io_write_all(w->out, whole.data, whole.len, NULL, NULL) < 0)
		w->is_broken = 1;
	buf_release(&whole);
}

struct hearing {
	struct watch *watch;
	struct reader *reader;
};

static void take_line(void *ctx, const char *line, size_t n)
{
	struct hearing *h = ctx;

	blend_put(&h->watch->blend, &h->reader->place, line, n, clock_mono_us());
	ring(h->watch); /* an agent that says something may start others */
}

static void start_reader(void *ctx, const struct quarry *q)
{
	struct watch *w = ctx;
	struct watcher_log log = {*q, w->plan->cast};
	const int keep[] = {q->log, w->plan->cast};
	struct reader *r = w->readers;
	struct err err;

	while (r < w->readers + READERS && r->child.pid)
		r++;
	if (r < w->readers + READERS &&
	    child_start(&r->child, "steno-words", w->plan->reader, &log, keep, 2, &err) == 0) {
		r->facts = xcalloc(1, sizeof(*r->facts));
		r->owner = q->owner;
		r->owner_age = q->owner_age;
		r->is_ending = 0;
	}
	close(q->log);
}

static void hear(struct watch *w, struct reader *r)
{
	struct hearing hearing = {w, r};

	if (facts_read(r->facts, r->child.out, take_line, &hearing))
		return;
	child_close(&r->child);
	while (waitpid(r->child.pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(r->facts);
	memset(r, 0, sizeof(*r));
}

static void end_reader(struct reader *r)
{
	if (r->child.pid && !r->is_ending)
		io_close(&r->child.in);
	r->is_ending = 1;
}

/* A log whose agent is gone is complete. */
static void end_orphans(struct watch *w)
{
	size_t i;

	for (i = 0; i < READERS; i++)
		if (w->readers[i].child.pid && !w->readers[i].is_ending &&
		    !proc_lives(w->readers[i].owner, w->readers[i].owner_age))
			end_reader(&w->readers[i]);
}

static int count_readers(const struct watch *w)
{
	int n = 0;
	size_t i;

	for (i = 0; i < READERS; i++)
		n += w->readers[i].child.pid != 0;
	return n;
}

/* Looking */

static void look(struct watch *w)
{
	int64_t begun = clock_mono_us();

	w->newest = proc_newest();
	end_orphans(w); /* before the look: one that ends now is looked at once more */
	hunt_look(&w->hunt, start_reader, w);
	w->looked_at = clock_mono_us();
	w->cost = w->looked_at - begun;
	w->step += w->step < STEPS;
	plan_look(w);
}

/* Where there is no agent, one cannot end; nor can one have come without a process or a thread that is
 * new: then nobody has to look for it, however much is printed or typed. */
static int may_be_news(const struct watch *w)
{
	pid_t newest = w->hunt.n_agents ? -1 : proc_newest();

	return newest < 0 || newest != w->newest;
}

static void hear_holder(struct watch *w)
{
	char rings[256];
	ssize_t n = read(w->in, rings, sizeof(rings));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0 && !memchr(rings, WATCHER_END, (size_t)n)) {
		if (may_be_news(w))
			ring(w);
		return;
	}
	w->is_over = 1;
	w->is_broken |= getppid() != w->hunt.self; /* it was killed: an heir has its own watcher */
}

/* The loop */

static int wait_ms(int64_t till)
{
	int64_t left = till - clock_mono_us();

	if (till == INT64_MAX)
		return -1;
	return left <= 0 ? 0 : left / 1000 >= INT32_MAX ? INT32_MAX : (int)(left / 1000) + 1;
}

/* One log alone waits for nobody; in the end all are waited for. Returns when the next line is to
 * be passed on. */
static int64_t pass_lines(struct watch *w)
{
	int64_t hold = count_readers(w) > 1 ? HOLD_US : 0;

	if (w->is_ending && count_readers(w)) {
		blend_take(&w->blend, -1, pass_on, w); /* too many only */
		return INT64_MAX;
	}
	blend_take(&w->blend, w->is_ending ? INT64_MAX : clock_mono_us() - hold, pass_on, w);
	return blend_came(&w->blend) == INT64_MAX ? INT64_MAX : blend_came(&w->blend) + hold;
}

/* poll(2) refuses more places than descriptors may be open, also free ones. */
static size_t readers_in_use(const struct watch *w)
{
	size_t n = READERS;

	while (n && !w->readers[n - 1].child.pid)
		n--;
	return n;
}

/* Serves what comes until `till`. */
static void serve(struct watch *w, int64_t till)
{
	struct pollfd p[2 + READERS] = {{.fd = w->is_over ? -1 : w->in, .events = POLLIN},
					{.fd = w->hunt.notify, .events = POLLIN}};
	struct pollfd *of_readers = p + 2;
	size_t n = readers_in_use(w), i;
	int64_t next = pass_lines(w);

	if (next < till)
		till = next;
	for (i = 0; i < n; i++)
		of_readers[i] = (struct pollfd){
			.fd = w->readers[i].child.pid ? w->readers[i].child.out : -1,
			.events = POLLIN};
	if (poll(p, 2 + n, wait_ms(till)) <= 0)
		return;
	for (i = 0; i < n; i++)
		if (of_readers[i].revents)
			hear(w, &w->readers[i]);
	if (p[0].revents)
		hear_holder(w);
	if (p[1].revents) {
		hunt_heard(&w->hunt);
		hurry(w);
	}
}

/* All that is in the logs by now. */
static void finish(struct watch *w)
{
	int64_t till = clock_mono_us() + END_US;
	size_t i;

	if (!w->is_broken)
		hunt_end(&w->hunt, start_reader, w);
	for (i = 0; i < READERS; i++)
		end_reader(&w->readers[i]);
	w->is_ending = 1;
	while (count_readers(w) && clock_mono_us() < till && !w->is_broken)
		serve(w, till);
	for (i = 0; i < READERS; i++)
		if (w->readers[i].child.pid)
			kill(w->readers[i].child.pid, SIGKILL);
	blend_take(&w->blend, INT64_MAX, pass_on, w);
	blend_release(&w->blend);
}

int watcher_run(const struct watcher *plan, int in, int out)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	jail_calls();
	w->plan = plan;
	w->in = in;
	w->out = out;
	hunt_init(&w->hunt, plan->program, plan->front, getppid());
	hunt_expect(&w->hunt, plan->argv);
	ring(w);
	while (!w->is_over && !w->is_broken) {
		if (clock_mono_us() >= w->look_at)
			look(w);
		serve(w, w->look_at);
	}
	finish(w);
	hunt_release(&w->hunt);
	free(w);
	return 0;
}
