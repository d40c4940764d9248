/* SPDX-License-Identifier: MIT */
/* From the recording to both files, live or later, by one code path. Live, the recording must not
 * run away from us: no system call for an event or a line; the transcript is written anew as often
 * as costs a twentieth of the time, in which the disk is waited for; else it is waited for only when
 * there is nothing to read. */
#include "scribe.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../story/story.h"
#include "../tape/follow.h"
#include "../tape/reader.h"
#include "desk.h"
#include "provenance.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	STEP_BYTES = 1 << 20,	/* of the recording, between two looks at the clock */
	WATCH_BYTES = 1 << 14,	/* the same when somebody watches: some take a millisecond each */
	REFRESH_SHARE = 20,	/* the transcript may cost one part in so many of the time, */
	REFRESH_US = 200000,	/* is not written more often than this, */
	REFRESH_RATE = 1 << 20, /* nor are more bytes of it in a second */
	SYNC_US = 1000000,	/* while something grows */
	SETTLE_US = 10000,	/* after a command's end: the next may be ending already */
	LAST_TRIES = 5,		/* at the end, when a file cannot be written */
	LAST_PAUSE_MS = 100,
};

/* Following */

struct follow {
	const struct scribe *scribe;
	struct desk desk;
	int64_t till;	    /* so long was the recording when it last rang */
	int complete, gone; /* what the doorbell said */
	int stale;	    /* the transcript is behind */
	int unsynced;	    /* the recording has grown since the last sync */
	int named;	    /* its name is on the disk */
	int64_t refresh_at, sync_at;
	int failed; /* the last step could not write something; then err is kept */
	struct err err;
};

static int64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void ignore_signals(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

static int64_t recorded(const struct follow *f)
{
	struct stat st;

	return fstat(f->scribe->cast, &st) == 0 ? st.st_size : INT64_MAX;
}

/* Waits for the doorbell, at most until the time `until` (INT64_MAX: for ever). */
static void wait_for_ring(struct follow *f, int64_t until)
{
	struct pollfd p = {.fd = f->scribe->doorbell, .events = POLLIN};
	int64_t left = until == INT64_MAX ? -1 : (until - clock_us() + 999) / 1000;
	char rings[256];
	ssize_t n;

	if (left < 0 && until != INT64_MAX)
		left = 0;
	if (poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left) <= 0)
		return;
	n = read(p.fd, rings, sizeof(rings));
	if (n == 0)
		f->gone = 1;
	if (n > 0 && memchr(rings, FOLLOW_COMPLETE, (size_t)n))
		f->complete = 1;
	f->till = f->complete || f->gone ? INT64_MAX : recorded(f);
}

static void report(const struct follow *f)
{
	struct follow_report r = {.worked_in = reader_offset(f->desk.reader)};

	desk_report(&f->desk, &r);
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void refresh(struct follow *f)
{
	int64_t begun = clock_us(), pause, size;
	struct err err;

	if (desk_refresh(&f->desk, &size, &err) < 0) {
		f->failed = 1;
		f->err = err;
	}
	pause = longer((clock_us() - begun) * REFRESH_SHARE, size * 1000000 / REFRESH_RATE);
	f->refresh_at = begun + longer(pause, REFRESH_US);
	f->stale = 0;
}

static void flush(struct follow *f)
{
	struct err err;

	if (provenance_flush(f->desk.provenance, &err) < 0) {
		f->failed = 1;
		f->err = err;
	}
}

/* That the recording is in the folder, and the folder in the one around it. */
static void sync_names(int dir)
{
	int parent = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	io_sync_names(dir, NULL);
	if (parent >= 0)
		io_sync_names(parent, NULL);
	io_close(&parent);
}

/* A failure is not told: the data are written, only not as safe as they could be. The recording comes
 * first: no line should outlive what it was made of. */
static void sync_files(struct follow *f)
{
	if (!f->named)
		sync_names(f->scribe->dir);
	f->named = 1;
	if (f->unsynced)
		io_sync(f->scribe->cast, NULL);
	provenance_sync(f->desk.provenance, NULL);
	f->unsynced = 0;
	f->desk.command_ended = 0;
	f->sync_at = clock_us() + SYNC_US;
}

/* Nothing to read: what else is due, and when to look again. */
static int64_t idle(struct follow *f)
{
	int64_t now = clock_us(), until = INT64_MAX;

	if (f->stale && now >= f->refresh_at)
		refresh(f);
	else if (f->stale)
		until = f->refresh_at;
	if (f->desk.command_ended && f->sync_at > now + SETTLE_US)
		f->sync_at = now + SETTLE_US;
	if (f->unsynced && now >= f->sync_at && recorded(f) - f->till > STEP_BYTES)
		f->sync_at = now + SYNC_US;
	if (f->unsynced && now >= f->sync_at)
		sync_files(f);
	else if (f->unsynced && f->sync_at < until)
		until = f->sync_at;
	if (f->failed && now + SYNC_US < until)
		until = now + SYNC_US;
	return until;
}

/* One step. 1: there is more to read, 0: not now, -1. What is recorded meanwhile is for the next ring:
 * whoever rings knows whether this is a flood, to which a core should be left. */
static int step(struct follow *f, struct err *err)
{
	int64_t before = reader_offset(f->desk.reader), most = f->till - before;
	int rc = desk_read(&f->desk, most < STEP_BYTES ? most : STEP_BYTES, err);

	if (rc < 0)
		return -1;
	if (reader_offset(f->desk.reader) != before)
		f->stale = f->unsynced = 1;
	f->stale |= f->failed;
	f->failed = 0;
	flush(f);
	report(f);
	if (rc && f->stale && !f->gone && clock_us() >= f->refresh_at)
		refresh(f);
	return rc && reader_offset(f->desk.reader) < f->till;
}

/* Opens the desk when the header is there. */
static int begin(struct follow *f, struct err *err)
{
	const struct scribe *s = f->scribe;

	while (desk_open(&f->desk, s->cast, s->dir, s->session, err) < 0) {
		if (err->code != EAGAIN || f->complete || f->gone)
			return -1;
		wait_for_ring(f, INT64_MAX);
	}
	f->desk.report = s->report;
	f->till = f->complete || f->gone ? INT64_MAX : recorded(f);
	f->sync_at = clock_us() + SYNC_US;
	refresh(f);
	return 0;
}

static int write_last(struct desk *d, struct err *err)
{
	if (provenance_flush(d->provenance, err) < 0 ||
	    (provenance_in_doubt(d->provenance) && provenance_settle(d->provenance, err) < 0))
		return -1;
	return desk_publish(d, 0, err);
}

/* All has been read. */
static int finish(struct follow *f, struct err *err)
{
	const struct timespec pause = {.tv_nsec = LAST_PAUSE_MS * 1000000L};
	int tries, rc = -1;

	story_end(f->desk.story);
	for (tries = 0; rc < 0 && tries < LAST_TRIES; tries++) {
		if (tries)
			nanosleep(&pause, NULL);
		rc = write_last(&f->desk, err);
		report(f);
	}
	return rc;
}

int scribe_follow(const struct scribe *s, struct err *err)
{
	struct follow f = {.scribe = s};
	int rc = -1, more;

	ignore_signals();
	if (s->report >= 0)
		io_set_nonblock(s->report);
	if (begin(&f, err) < 0)
		goto out;
	for (;;) {
		int last = f.complete || f.gone;

		more = step(&f, err);
		if (more < 0)
			goto out;
		if (!more && last)
			break;
		if (!more)
			wait_for_ring(&f, idle(&f));
	}
	rc = f.complete ? finish(&f, err) : 1;
	sync_files(&f);
out:
	desk_close(&f.desk);
	return rc;
}

/* Rebuilding */

static int watch(const struct scribe *s, const struct desk *d, int64_t all, struct err *err)
{
	if (!s->watch || !s->watch(s->ctx, reader_offset(d->reader), all))
		return 0;
	return err_set(err, "interrupted");
}

static int desk_read_all(struct desk *d, const struct scribe *s, int flags, struct err *err)
{
	struct stat st;
	int rc;

	if (desk_open(d, s->cast, s->dir, s->session, err) < 0)
		return -1;
	if (fstat(s->cast, &st) < 0)
		return err_sys(err, "look at the recording");
	do {
		rc = desk_read(d, WATCH_BYTES, err);
		if (rc >= 0 && watch(s, d, st.st_size, err) < 0)
			rc = -1;
	} while (rc == 1);
	if (!rc && !(flags & SCRIBE_RUNNING))
		story_end(d->story);
	return rc;
}

int scribe_rebuild(const struct scribe *s, struct err *err)
{
	struct desk d;
	int rc = desk_read_all(&d, s, 0, err);

	if (!rc)
		rc = provenance_settle(d.provenance, err);
	if (!rc)
		rc = desk_publish(&d, 0, err);
	desk_close(&d);
	return rc;
}

int scribe_print(const struct scribe *s, int flags, int fd, struct err *err)
{
	struct desk d;
	int rc = desk_read_all(&d, s, flags, err);

	if (!rc)
		rc = desk_print(&d, flags & SCRIBE_RUNNING ? DESK_RUNNING : 0, fd, err);
	desk_close(&d);
	return rc;
}

int scribe_check(const struct scribe *s, struct err *err)
{
	struct desk d;
	int rc = desk_read_all(&d, s, 0, err);

	if (!rc)
		rc = provenance_check(d.provenance, err);
	if (!rc)
		rc = desk_check_page(&d, err);
	desk_close(&d);
	return rc;
}
