/* SPDX-License-Identifier: MIT */
/* The reader of a recording. The file may end anywhere, may still grow, and may have been made by
 * somebody who wishes us ill: no line can do more than be passed over.
 *
 * A 'b' without its event after it is the trace of a write that broke off (a full disk, a killed
 * process). Its bytes are output all the same, but its interval does not count, since whoever
 * went on with the recording has measured from the last whole event. */
#include "reader.h"

#include "../base/base64.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "event.h"
#include "header.h"
#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };
/* Times stay where adding one to a wall clock cannot overflow. */
#define CLOCK_MAX (100 * LINE_INTERVAL_MAX)

struct reader {
	int fd;
	struct header header;
	struct buf in;	 /* what was read; in.len bytes, of which `at` are done with */
	size_t at, seen; /* no newline in at..seen */
	int64_t behind;	 /* offset in the file of in.data + in.len */
	int too_long;	 /* within a line of more than READER_LINE bytes */

	struct buf text;  /* a line's data when something in it was escaped */
	struct buf exact; /* what a 'b' held */
	int has_exact;	  /* a 'b' waits for its event */
	int64_t exact_us, exact_end;

	int64_t clock_us; /* sum of the intervals */
	int64_t last_us;  /* time of the last event given */
	int64_t offset;
	uint64_t skipped;
};

/* Nothing more to read: 0, unless the file is shorter than what was read of it. */
static int at_end(const struct reader *r, struct err *err)
{
	struct stat st;

	if (fstat(r->fd, &st) < 0)
		return err_sys(err, "look at the recording");
	if (S_ISREG(st.st_mode) && st.st_size < r->behind)
		return err_set(err, "the recording has become shorter");
	return 0;
}

/* Reads more behind what is there. 1, 0 at the end, -1. */
static int fill(struct reader *r, struct err *err)
{
	ssize_t got;

	if (r->at) {
		r->in.len -= r->at;
		r->seen -= r->at;
		memmove(r->in.data, r->in.data + r->at, r->in.len);
		r->at = 0;
	}
	if (r->in.cap - r->in.len < CHUNK / 2)
		buf_reserve(&r->in, CHUNK);
	do
		got = pread(r->fd, r->in.data + r->in.len, r->in.cap - r->in.len, r->behind);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(err, "read the recording");
	if (!got)
		return at_end(r, err);
	r->in.len += (size_t)got;
	r->behind += got;
	return 1;
}

static void done_with(struct reader *r, size_t n)
{
	r->at += n;
	r->seen = r->at;
}

/* Drops the n bytes of a line, or of a piece of one, that is too long. */
static void drop(struct reader *r, size_t n, int whole)
{
	done_with(r, n);
	r->too_long = !whole;
	r->skipped += (uint64_t)whole;
}

/* The next whole line, without its newline; it stays the next until done_with(r, *n + 1). */
static int find_line(struct reader *r, const unsigned char **line, size_t *n, struct err *err)
{
	for (;;) {
		size_t rest = r->in.len - r->seen;
		const unsigned char *from = r->in.data + r->at, *newline = NULL;
		int got;

		if (rest)
			newline = memchr(r->in.data + r->seen, '\n', rest);
		if (newline && !r->too_long && newline - from <= READER_LINE) {
			*line = from;
			*n = (size_t)(newline - from);
			r->seen = r->at + *n;
			return 1;
		}
		if (newline) {
			drop(r, (size_t)(newline - from) + 1, 1);
			continue;
		}
		r->seen = r->in.len;
		if (r->too_long || r->in.len - r->at > READER_LINE)
			drop(r, r->in.len - r->at, 0);
		got = fill(r, err);
		if (got <= 0)
			return got;
	}
}

static int read_header(struct reader *r, struct err *err)
{
	const unsigned char *line;
	size_t n;
	int got = find_line(r, &line, &n, err);

	if (got < 0)
		return -1;
	if (!got && r->too_long)
		return err_set(err, "the recording's header is too long");
	if (!got) {
		err_set(err, "the recording's header is not complete");
		if (err)
			err->code = EAGAIN;
		return -1;
	}
	if (r->skipped)
		return err_set(err, "the recording's header is too long");
	if (header_parse(&r->header, line, n, err) < 0)
		return -1;
	done_with(r, n + 1);
	r->offset = (int64_t)n + 1;
	return 0;
}

struct reader *reader_new(int fd, struct err *err)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->fd = fd;
	buf_reserve(&r->in, CHUNK);
	if (read_header(r, err) < 0) {
		reader_free(r);
		return NULL;
	}
	return r;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	header_release(&r->header);
	buf_release(&r->in);
	buf_release(&r->text);
	buf_release(&r->exact);
	free(r);
}

const struct header *reader_header(const struct reader *r)
{
	return &r->header;
}

static int64_t later(int64_t clock_us, int64_t interval_us)
{
	return clock_us < CLOCK_MAX - interval_us ? clock_us + interval_us : CLOCK_MAX;
}

/* Keeps a 'b' until the next line says what it belongs to. -1 if it holds no base64. */
static int hold(struct reader *r, const struct line *l)
{
	buf_clear(&r->exact);
	buf_reserve(&r->exact, l->len + 1);
	if (base64_decode(l->data, l->len, r->exact.data, &r->exact.len) < 0)
		return -1;
	r->has_exact = 1;
	r->exact_us = l->interval_us;
	r->exact_end = r->behind - (int64_t)(r->in.len - r->at);
	return 0;
}

static int is_its_event(const struct reader *r, const struct line *l)
{
	return (l->code == EVENT_OUTPUT || l->code == EVENT_INPUT) &&
	       line_is_lossy(r->exact.data, r->exact.len, l->data, l->len);
}

static void give(struct reader *r, struct event *e, int64_t at_us, int64_t end)
{
	if (at_us > r->last_us)
		r->last_us = at_us;
	e->at_us = r->last_us;
	r->offset = end;
}

static void give_alone(struct reader *r, struct event *e)
{
	e->code = EVENT_OUTPUT;
	e->data = r->exact.data;
	e->len = r->exact.len;
	r->has_exact = 0;
	give(r, e, later(r->clock_us, r->exact_us), r->exact_end);
}

static void give_line(struct reader *r, struct event *e, const struct line *l)
{
	e->code = l->code;
	e->data = r->has_exact ? r->exact.data : l->data;
	e->len = r->has_exact ? r->exact.len : l->len;
	if (r->has_exact)
		r->clock_us = later(r->clock_us, r->exact_us);
	r->has_exact = 0;
	r->clock_us = later(r->clock_us, l->interval_us);
	give(r, e, r->clock_us, r->behind - (int64_t)(r->in.len - r->at));
}

int reader_next(struct reader *r, struct event *e, struct err *err)
{
	for (;;) {
		const unsigned char *p;
		enum line_kind kind;
		struct line l;
		size_t n;
		int got = find_line(r, &p, &n, err);

		if (got <= 0)
			return got;
		kind = line_parse(&l, p, n, &r->text);
		if (r->has_exact && kind != LINE_COMMENT &&
		    (kind == LINE_BAD || !is_its_event(r, &l))) {
			give_alone(r, e);
			return 1;
		}
		done_with(r, n + 1);
		if (kind == LINE_EVENT && l.code != EVENT_BYTES) {
			give_line(r, e, &l);
			return 1;
		}
		if (kind == LINE_BAD || (kind == LINE_EVENT && hold(r, &l) < 0))
			r->skipped++;
	}
}

uint64_t reader_skipped(const struct reader *r)
{
	return r->skipped;
}

int64_t reader_offset(const struct reader *r)
{
	return r->offset;
}

int reader_torn(const struct reader *r)
{
	int open = r->at < r->in.len && r->in.data[r->in.len - 1] != '\n';

	return open || r->too_long || r->has_exact;
}
