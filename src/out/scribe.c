/* SPDX-License-Identifier: MIT */
/* From the recording to both files, live or later, by one code path. Live, the recording must not
 * run away from us: no system call for an event or a line; the transcript is written anew as often
 * as costs a twentieth of the time; the disk is waited for only when there is nothing to read. */
#include "scribe.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/utf8.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/follow.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "provenance.h"
#include "transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	STEP_BYTES = 1 << 20,  /* of the recording, between two looks at the clock */
	WATCH_BYTES = 1 << 14, /* the same when somebody watches: some take a millisecond each */
	REFRESH_SHARE = 20,    /* the transcript may cost one part in so many of the time */
	REFRESH_US = 20000,    /* but is not written more often than this */
	SYNC_US = 1000000,     /* while something grows */
	SETTLE_US = 10000,     /* after a command's end: the next may be ending already */
	LAST_TRIES = 5,	       /* at the end, when a file cannot be written */
	LAST_PAUSE_MS = 100,
};

/* Everything that is made from one recording. */
struct desk {
	int cast, dir;
	const char *session;
	struct reader *reader;
	struct story *story;
	struct transcript *transcript;
	struct provenance *provenance;
	int report;	   /* for follow_reports, or -1 */
	int command_ended; /* since the last sync */
};

static void send_report(const struct desk *d, const struct follow_report *r)
{
	if (d->report >= 0)
		while (write(d->report, r, sizeof(*r)) < 0 && errno == EINTR)
			;
}

/* A program's own name is there already: whoever recorded knew it. */
static void on_started(void *ctx, const struct command *c)
{
	struct desk *d = ctx;
	struct follow_report r = {.worked_in = reader_offset(d->reader), .began = c->start_wall_us};
	size_t n = c->text.len < sizeof(r.name) - 1 ? c->text.len : sizeof(r.name) - 1;

	transcript_put_started(d->transcript, c);
	if (!n || c->text_from == COMMAND_TEXT_ARGV)
		return;
	memcpy(r.name, c->text.data, n - utf8_cut_tail(c->text.data, n));
	send_report(d, &r);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct desk *d = ctx;

	transcript_put_command(d->transcript, c);
	provenance_put(d->provenance, c);
	d->command_ended = 1;
}

static void on_loose(void *ctx, int64_t at_us, const struct excerpt *text)
{
	transcript_put_loose(((struct desk *)ctx)->transcript, at_us, text);
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	transcript_put_words(((struct desk *)ctx)->transcript, at_us, w);
}

static void on_fact(void *ctx, const struct event *e)
{
	transcript_put_fact(((struct desk *)ctx)->transcript, e);
}

static const struct story_sink desk_sink = {.started = on_started,
					    .ended = on_ended,
					    .loose = on_loose,
					    .words = on_words,
					    .fact = on_fact};

/* -1 with err->code EAGAIN: the header is not there yet. */
static int desk_open(struct desk *d, int cast, int dir, const char *session, struct err *err)
{
	const struct header *h;

	memset(d, 0, sizeof(*d));
	d->cast = cast;
	d->dir = dir;
	d->session = session;
	d->report = -1;
	d->reader = reader_new(cast, err);
	if (!d->reader)
		return -1;
	h = reader_header(d->reader);
	d->transcript = transcript_new(h, dir);
	d->provenance = provenance_new(h, dir);
	d->story = story_new(h, &desk_sink, d);
	return 0;
}

static void desk_close(struct desk *d)
{
	story_free(d->story);
	provenance_free(d->provenance);
	transcript_free(d->transcript);
	if (d->reader)
		reader_free(d->reader);
	memset(d, 0, sizeof(*d));
}

/* Works in about `most` bytes of the recording. 1: there may be more, 0: no more now, -1. */
static int desk_read(struct desk *d, int64_t most, struct err *err)
{
	int64_t until = reader_offset(d->reader) + most;
	struct event e;
	int rc = 1;

	while (rc == 1 && reader_offset(d->reader) < until) {
		rc = reader_next(d->reader, &e, err);
		if (rc == 1)
			story_put(d->story, &e);
	}
	return rc;
}

/* The transcript */

struct page {
	struct desk *desk;
	int is_running;
};

static int write_page(void *ctx, int fd, struct err *err)
{
	const struct command *beside[STORY_BESIDE];
	struct page *page = ctx;
	struct desk *d = page->desk;
	struct transcript_now now = {
		.is_running = page->is_running,
		.forged = story_forged_marks(d->story),
		.unheard = story_unheard_marks(d->story),
		.skipped = reader_skipped(d->reader),
	};

	now.running = story_running(d->story);
	now.beside = beside;
	while (now.n_beside < STORY_BESIDE &&
	       (beside[now.n_beside] = story_beside(d->story, now.n_beside)))
		now.n_beside++;
	if (!now.running && page->is_running)
		now.loose = story_loose(d->story);
	now.has_exit = story_exit(d->story, &now.exit_status);
	return transcript_write(d->transcript, &now, fd, err);
}

static void page_name(const struct desk *d, char name[NAME_MAX + 1])
{
	snprintf(name, NAME_MAX + 1, "%s.md", d->session);
}

static int desk_publish(struct desk *d, int is_running, struct err *err)
{
	struct page page = {d, is_running};
	char name[NAME_MAX + 1];

	page_name(d, name);
	return io_replace_file(d->dir, name, write_page, &page, err);
}

/* Following */

struct follow {
	const struct scribe *scribe;
	struct desk desk;
	int complete, gone; /* what the doorbell said */
	int stale;	    /* the transcript is behind */
	int unsynced;	    /* the recording has grown since the last sync */
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
}

static void report(const struct follow *f)
{
	struct follow_report r = {.worked_in = reader_offset(f->desk.reader)};

	send_report(&f->desk, &r);
}

static void refresh(struct follow *f)
{
	int64_t begun = clock_us(), cost;
	struct err err;

	if (desk_publish(&f->desk, 1, &err) < 0) {
		f->failed = 1;
		f->err = err;
	}
	cost = clock_us() - begun;
	f->refresh_at = begun + cost * REFRESH_SHARE;
	if (f->refresh_at < begun + REFRESH_US)
		f->refresh_at = begun + REFRESH_US;
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

/* A failure is not told: the data are written, only not as safe as they could be. */
static void sync_files(struct follow *f)
{
	provenance_sync(f->desk.provenance, NULL);
	if (f->unsynced)
		fdatasync(f->scribe->cast);
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
	if (f->unsynced && now >= f->sync_at)
		sync_files(f);
	else if (f->unsynced && f->sync_at < until)
		until = f->sync_at;
	if (f->failed && now + SYNC_US < until)
		until = now + SYNC_US;
	return until;
}

/* One step. 1: there is more to read, 0: not now, -1. */
static int step(struct follow *f, struct err *err)
{
	int64_t before = reader_offset(f->desk.reader);
	int rc = desk_read(&f->desk, STEP_BYTES, err);

	if (rc < 0)
		return -1;
	if (reader_offset(f->desk.reader) != before)
		f->stale = f->unsynced = 1;
	f->stale |= f->failed;
	f->failed = 0;
	flush(f);
	report(f);
	if (rc && f->stale && clock_us() >= f->refresh_at)
		refresh(f);
	return rc;
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
	f->sync_at = clock_us() + SYNC_US;
	refresh(f);
	return 0;
}

static int write_last(struct desk *d, int is_running, struct err *err)
{
	if (provenance_flush(d->provenance, err) < 0 ||
	    (provenance_in_doubt(d->provenance) && provenance_settle(d->provenance, err) < 0))
		return -1;
	return desk_publish(d, is_running, err);
}

/* All has been read. */
static int finish(struct follow *f, struct err *err)
{
	const struct timespec pause = {.tv_nsec = LAST_PAUSE_MS * 1000000L};
	int status, tries, rc = -1;
	int over = f->complete || story_exit(f->desk.story, &status);

	if (over)
		story_end(f->desk.story);
	for (tries = 0; rc < 0 && tries < LAST_TRIES; tries++) {
		if (tries)
			nanosleep(&pause, NULL);
		rc = write_last(&f->desk, !over, err);
		report(f);
	}
	sync_files(f);
	return rc < 0 ? -1 : !over;
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
	rc = finish(&f, err);
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

	if (!rc) {
		struct page page = {&d, flags & SCRIBE_RUNNING};

		rc = write_page(&page, fd, err);
	}
	desk_close(&d);
	return rc;
}

/* 0: the files hold the same; 1: *line is where they begin to differ; -1. */
static int compare(int a, int b, uint64_t *line, struct err *err)
{
	char x[16384], y[sizeof(x)];
	ssize_t n, m, i;

	*line = 1;
	do {
		n = io_read_full(a, x, sizeof(x));
		m = io_read_full(b, y, sizeof(y));
		if (n < 0 || m < 0)
			return err_sys(err, "read");
		for (i = 0; i < n && i < m && x[i] == y[i]; i++)
			*line += x[i] == '\n';
		if (i < n || i < m)
			return 1;
	} while (n > 0);
	return 0;
}

static int check_page(struct desk *d, struct err *err)
{
	struct page page = {d, 0};
	char name[NAME_MAX + 1];
	int want, have = -1, rc = -1;
	uint64_t line = 0;

	page_name(d, name);
	want = io_open_nameless(d->dir);
	if (want < 0) {
		err_sys(err, "make a temporary file");
		goto out;
	}
	if (write_page(&page, want, err) < 0)
		goto out;
	have = io_open_file(d->dir, name, O_RDONLY, err);
	if (have < 0) {
		rc = err->code == ENOENT ? 1 : -1;
		goto out;
	}
	lseek(want, 0, SEEK_SET);
	rc = compare(want, have, &line, err);
	if (rc == 1)
		err_set(err, "%s: differs from line %llu on", name, (unsigned long long)line);
out:
	io_close(&want);
	io_close(&have);
	return rc;
}

int scribe_check(const struct scribe *s, struct err *err)
{
	struct desk d;
	int rc = desk_read_all(&d, s, 0, err);

	if (!rc)
		rc = provenance_check(d.provenance, err);
	if (!rc)
		rc = check_page(&d, err);
	desk_close(&d);
	return rc;
}
