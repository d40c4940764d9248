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
#include "lines.h"

#include <errno.h>
#include <stdlib.h>

/* Times stay where adding one to a wall clock cannot overflow. */
#define CLOCK_MAX (100 * LINE_INTERVAL_MAX)

_Static_assert((int)READER_LINE == (int)LINES_LONGEST, "lines are cut by lines.c");

struct reader {
	struct header header;
	struct lines lines; /* its `skipped` counts all that was passed over */

	struct buf text;  /* a line's data when something in it was escaped */
	struct buf exact; /* what a 'b' held */
	int has_exact;	  /* a 'b' waits for its event */
	int64_t exact_us, exact_end;

	int64_t clock_us; /* sum of the intervals */
	int64_t last_us;  /* time of the last event given */
	uint64_t backwards;
	int64_t offset;
};

static int read_header(struct reader *r, struct err *err)
{
	const unsigned char *line;
	size_t n;
	int got = lines_next(&r->lines, &line, &n, err);

	if (got < 0)
		return -1;
	if (!got && r->lines.too_long)
		return err_set(err, "the recording's header is too long");
	if (!got) {
		err_set(err, "the recording's header is not complete");
		if (err)
			err->code = EAGAIN;
		return -1;
	}
	if (r->lines.skipped)
		return err_set(err, "the recording's header is too long");
	if (header_parse(&r->header, line, n, err) < 0)
		return -1;
	lines_done(&r->lines, n + 1);
	r->offset = (int64_t)n + 1;
	return 0;
}

struct reader *reader_new(int fd, struct err *err)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	lines_init(&r->lines, fd);
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
	lines_release(&r->lines);
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
	r->exact_end = lines_offset(&r->lines);
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
	give(r, e, r->clock_us, lines_offset(&r->lines));
}

int reader_next(struct reader *r, struct event *e, struct err *err)
{
	for (;;) {
		const unsigned char *p;
		enum line_kind kind;
		struct line l;
		size_t n;
		int got = lines_next(&r->lines, &p, &n, err);

		if (got <= 0)
			return got;
		kind = line_parse(&l, p, n, &r->text);
		if (r->has_exact && kind != LINE_COMMENT &&
		    (kind == LINE_BAD || !is_its_event(r, &l))) {
			give_alone(r, e);
			return 1;
		}
		lines_done(&r->lines, n + 1);
		r->backwards += kind == LINE_EVENT && l.is_negative;
		if (kind == LINE_EVENT && l.code != EVENT_BYTES) {
			give_line(r, e, &l);
			return 1;
		}
		if (kind == LINE_BAD || (kind == LINE_EVENT && hold(r, &l) < 0))
			r->lines.skipped++;
	}
}

uint64_t reader_skipped(const struct reader *r)
{
	return r->lines.skipped;
}

uint64_t reader_backwards(const struct reader *r)
{
	return r->backwards;
}

int64_t reader_offset(const struct reader *r)
{
	return r->offset;
}

int reader_torn(const struct reader *r)
{
	return lines_torn(&r->lines) || r->has_exact;
}
