/* SPDX-License-Identifier: MIT */
/* Lines behind a head of number and length each. A million of them must cost next to no memory, and
 * reading them in order no system call each: a window of the spool is kept, and one line in so many
 * has its place noted. */
#include "ledger.h"

#include "../base/err.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW = 2 * LEDGER_LINE, STRIDE = 64 };

/* STRIDE lines, or the last ones. */
struct ledger_stop {
	uint64_t at;
	uint32_t least, most;
};

struct head {
	uint32_t seq, n;
};

void ledger_init(struct ledger *l, int dir)
{
	memset(l, 0, sizeof(*l));
	spool_init(&l->spool, dir);
}

void ledger_release(struct ledger *l)
{
	spool_release(&l->spool);
	buf_release(&l->window);
	free(l->stops);
	memset(l, 0, sizeof(*l));
}

static void put_stop(struct ledger *l, uint32_t seq)
{
	if (l->nstops == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->stops = xrealloc(l->stops, l->cap * sizeof(*l->stops));
	}
	l->stops[l->nstops++] = (struct ledger_stop){spool_size(&l->spool), seq, seq};
}

void ledger_put(struct ledger *l, uint32_t seq, const unsigned char *text, size_t n)
{
	struct head head = {seq, (uint32_t)n};
	struct ledger_stop *stop;

	if (n > LEDGER_LINE)
		bug("a line of %zu bytes", n);
	if (l->count++ % STRIDE == 0)
		put_stop(l, seq);
	stop = &l->stops[l->nstops - 1];
	stop->least = seq < stop->least ? seq : stop->least;
	stop->most = seq > stop->most ? seq : stop->most;
	spool_put(&l->spool, &head, sizeof(head));
	spool_put(&l->spool, text, n);
}

/* n bytes from `at` on, in the window; NULL if they could not be read. */
static const unsigned char *look(struct ledger *l, uint64_t at, size_t n, struct err *err)
{
	struct buf *w = &l->window;

	if (at < l->window_at || at + n > l->window_at + w->len) {
		buf_clear(w);
		buf_reserve(w, WINDOW);
		l->window_at = at;
		if (spool_read(&l->spool, at, w->data, WINDOW, &w->len, err) < 0) {
			buf_clear(w);
			return NULL;
		}
	}
	if (n > w->len - (size_t)(at - l->window_at)) {
		err_set(err, "a temporary file has become shorter");
		return NULL;
	}
	return w->data + (at - l->window_at);
}

uint64_t ledger_end(const struct ledger *l)
{
	return spool_size(&l->spool);
}

int ledger_next(struct ledger *l, uint64_t *at, struct ledger_line *line, struct err *err)
{
	const unsigned char *p;
	struct head head;

	if (*at >= ledger_end(l))
		return 0;
	p = look(l, *at, sizeof(head), err);
	if (!p)
		return -1;
	memcpy(&head, p, sizeof(head));
	p = look(l, *at, sizeof(head) + head.n, err);
	if (!p)
		return -1;
	*at += sizeof(head) + head.n;
	*line = (struct ledger_line){head.seq, p + sizeof(head), head.n};
	return 1;
}

/* Among the lines from *at to end. 1, 0, -1. */
static int find_between(struct ledger *l, uint64_t at, uint64_t end, uint32_t seq,
			struct ledger_line *line, struct err *err)
{
	int got = 1;

	while (at < end && (got = ledger_next(l, &at, line, err)) == 1)
		if (line->seq == seq)
			return 1;
	return got < 0 ? -1 : 0;
}

int ledger_find(struct ledger *l, uint32_t seq, struct ledger_line *line, struct err *err)
{
	size_t i;
	int got = 0;

	for (i = l->nstops; i-- > 0 && !got;) {
		const struct ledger_stop *stop = &l->stops[i];
		uint64_t end = i + 1 < l->nstops ? stop[1].at : ledger_end(l);

		if (stop->least <= seq && seq <= stop->most)
			got = find_between(l, stop->at, end, seq, line, err);
	}
	return got;
}
