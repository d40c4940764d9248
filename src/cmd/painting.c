/* SPDX-License-Identifier: MIT */
/* Reads orders until there are no more. A terminal that takes nothing stops this process and nobody
 * else; what it misses meanwhile it does not get later: a frame shows what is. */
#include "painting.h"

#include "../base/buf.h"
#include "../base/io.h"
#include "../live/clock.h"
#include "../live/jail.h"
#include "../live/viewer.h"
#include "../play/mirror.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

enum {
	FRAME_US = 15000, /* from one picture to the next, at least */
	MOST = 1000,	  /* rows and columns, as of a screen */
};

struct painting {
	struct mirror *mirror;
	int terminal;
	int handed_over; /* the terminal is the holder's */
	int64_t painted_at;
	struct buf out;
};

/* Another program may have left the terminal so that it does not block. */
static int flush(struct painting *p)
{
	struct pollfd room = {.fd = p->terminal, .events = POLLOUT};
	size_t at = 0, done;

	while (io_write_all(p->terminal, p->out.data + at, p->out.len - at, &done, NULL) < 0) {
		if (errno != EAGAIN)
			return -1;
		at += done;
		poll(&room, 1, -1);
	}
	buf_clear(&p->out);
	return 0;
}

static void rest(const struct painting *p)
{
	int64_t left = p->painted_at + FRAME_US - clock_mono_us();
	struct timespec t = {.tv_nsec = left * 1000};

	if (left > 0 && left <= FRAME_US)
		nanosleep(&t, NULL);
}

static int obey(struct painting *p, const struct view_order *o, int *done)
{
	*done = 1;
	if (o->kind == VIEW_FRAME)
		rest(p);
	if (o->kind != VIEW_LEAVE && mirror_read(p->mirror, o->at, NULL) < 0)
		return -1;
	if (o->kind == VIEW_FRAME)
		mirror_frame(p->mirror, o->rows, o->cols, &p->out);
	else if (o->kind == VIEW_HANDOVER)
		*done = mirror_hand_over(p->mirror, o->rows, o->cols, &p->out);
	else
		mirror_leave(p->mirror, &p->out);
	p->handed_over = o->kind == VIEW_HANDOVER && *done;
	p->painted_at = clock_mono_us();
	return flush(p);
}

static int between(int n, int least, int most)
{
	return n < least ? least : n > most ? most : n;
}

static int follow_orders(struct painting *p, int in, int out)
{
	struct view_order o;

	while (io_read_full(in, &o, sizeof(o)) == (ssize_t)sizeof(o)) {
		struct view_report r = {.kind = o.kind};

		o.rows = between(o.rows, 1, MOST);
		o.cols = between(o.cols, 1, MOST);
		if (obey(p, &o, &r.done) < 0)
			return 3;
		if (io_write_all(out, &r, sizeof(r), NULL, NULL) < 0)
			break; /* whose terminal it is was killed meanwhile */
	}
	if (!p->handed_over) { /* whose terminal it is was killed; else the holder sees to it */
		mirror_leave(p->mirror, &p->out);
		flush(p);
	}
	return 0;
}

int painting_child(void *ctx, int in, int out)
{
	const struct view_task *task = ctx;
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct painting p = {.terminal = task->terminal};
	int rc;

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGTTOU, &ignore, NULL); /* the last words come from the background */
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGTSTP, &ignore, NULL);
	jail_enter(-1);
	p.mirror = mirror_new(task->cast, task->watches ? 0 : MIRROR_INPUT, NULL);
	if (!p.mirror)
		return 3;
	rc = follow_orders(&p, in, out);
	mirror_free(p.mirror);
	buf_release(&p.out);
	return rc;
}
