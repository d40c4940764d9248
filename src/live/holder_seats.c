/* SPDX-License-Identifier: MIT */
/* Which of the terminals at a session is shown, and what size it has: of its front's and those that
 * were attached (holder_guests.c). At most one of them at a
 * time is *shown*: the holder writes to it what the program prints, byte for byte, so it must have
 * the session's size, and it alone answers the program's queries. The others are painted by a child
 * of their own process, which reads the recording: they are told that it has grown, once, and again
 * when they have seen that. So whoever is slow costs nothing but one message.
 *
 * A painted terminal that could be the shown one becomes it when it has seen everything: the holder
 * says from which byte of the recording on it will write (WIRE_CATCH) and keeps what comes, within
 * the bound of a queue, until the terminal is ready for it (WIRE_SHOW): no byte is shown twice or
 * left out. If the queue overflows, it goes on being painted. */
#include "holder_private.h"

#include "wire.h"

#include <errno.h>

enum { LINGER_US = 1000000 };

int seat_is_here(const struct seat *s)
{
	return s->terminal && (s->terminal->in >= 0 || s->terminal->out >= 0);
}

int seat_has_say(const struct seat *s)
{
	return seat_is_here(s) && s->terminal->in_is_tty && !(s->flags & WIRE_WATCHES);
}

void holder_tell_seat(struct holder *h, const struct seat *s, int kind, int64_t at)
{
	struct wire_message m;

	wire_init(&m, kind);
	m.at = at;
	if (s->peer)
		control_answer(&h->control, s->peer, &m);
	else if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

struct seat *holder_shown_seat(struct holder *h)
{
	int i;

	for (i = 0; i < HOLDER_SEATS; i++)
		if (h->seats[i].terminal && h->seats[i].terminal == h->shown)
			return &h->seats[i];
	return NULL;
}

/* What is not shown yet is in the recording, and will be painted. */
void holder_stop_showing(struct holder *h, struct seat *s)
{
	h->shown = &h->nowhere;
	s->terminal->queue.len = 0;
	s->terminal->holds = 0;
	s->state = SEAT_PAINTED;
	s->told = 0;
	s->seen = 0;
}

static void tell_growth(struct holder *h, struct seat *s, int64_t size)
{
	if (!seat_is_here(s) || s->state != SEAT_PAINTED || s->told || s->terminal->paused ||
	    size <= s->seen)
		return;
	s->told = 1;
	holder_tell_seat(h, s, WIRE_GREW, size);
}

void holder_tell_seats(struct holder *h, int64_t size)
{
	int i;

	for (i = 0; i < HOLDER_SEATS; i++)
		tell_growth(h, &h->seats[i], size);
}

static int fits(const struct holder *h, const struct seat *s)
{
	return seat_has_say(s) && !s->terminal->paused && s->rows == h->s->size.ws_row &&
	       s->cols == h->s->size.ws_col;
}

/* The one to be shown. A pipe or a file is always: it wants every byte. */
static struct seat *choose(struct holder *h)
{
	struct seat *now = holder_shown_seat(h), *front = &h->seats[SEAT_FRONT];
	int i;

	if (seat_is_here(front) && !front->terminal->in_is_tty)
		return front;
	if (now && fits(h, now))
		return now;
	for (i = 0; i < HOLDER_SEATS; i++)
		if (fits(h, &h->seats[i]))
			return &h->seats[i];
	return NULL;
}

/* The front shows from the first byte on; whoever comes later has to catch up. */
static void begin_catching(struct holder *h, struct seat *s, int64_t size)
{
	s->state = SEAT_CATCHING;
	s->told = 0;
	s->terminal->queue.len = 0;
	s->terminal->holds = 1; /* it is being painted */
	s->catch_at = size;
	h->shown = s->terminal;
	holder_tell_seat(h, s, WIRE_CATCH, size);
}

static void rule_size(struct holder *h)
{
	struct seat *latest = NULL;
	int i, rows = 0, cols = 0;

	for (i = 0; i < HOLDER_SEATS; i++) {
		struct seat *s = &h->seats[i];

		if (!seat_has_say(s))
			continue;
		rows = rows && rows < s->rows ? rows : s->rows;
		cols = cols && cols < s->cols ? cols : s->cols;
		if (s->flags & WIRE_LATEST && (!latest || s->used_at > latest->used_at))
			latest = s;
	}
	for (i = 0; latest && i < HOLDER_SEATS; i++)
		if (seat_has_say(&h->seats[i]) && h->seats[i].used_at > latest->used_at)
			latest = &h->seats[i];
	if (latest)
		holder_resize(h, latest->rows, latest->cols);
	else if (rows)
		holder_resize(h, rows, cols);
}

void holder_arrange(struct holder *h)
{
	int64_t size = holder_recording_size(h);
	struct seat *now, *next;

	if (!h->arranged) /* the front alone, from the beginning */
		return;
	rule_size(h);
	now = holder_shown_seat(h);
	next = choose(h);
	if (now && now != next)
		holder_stop_showing(h, now);
	if (next && next != now && next->state == SEAT_PAINTED && next->refused_at != size)
		begin_catching(h, next, size);
	holder_tell_seats(h, size);
}

void holder_shown_failed(struct holder *h, int why)
{
	if (h->shown == &h->terminal)
		h->lost = why;
	else
		h->lost_guest = holder_shown_seat(h);
}

int holder_is_shown(struct holder *h)
{
	if (!h->shown->queue.len)
		return 1;
	if (h->shown == &h->terminal)
		return 0;
	if (!h->linger_till)
		h->linger_till = h->now + LINGER_US;
	return h->now >= h->linger_till;
}

static void seen(struct holder *h, struct seat *s, int64_t at, int refuses)
{
	int64_t size = holder_recording_size(h);

	if (s->state == SEAT_CATCHING && (!refuses || at != s->catch_at))
		return;			 /* from before */
	if (s->state == SEAT_CATCHING) { /* it is not of that size, perhaps */
		s->refused_at = size;
		holder_stop_showing(h, s);
		at = 0;
	}
	s->told = 0;
	s->seen = at;
	if (at >= size)
		holder_arrange(h);
	else
		tell_growth(h, s, size);
}

static void show(struct holder *h, struct seat *s, int64_t at)
{
	if (s->state != SEAT_CATCHING || at != s->catch_at)
		return;
	s->state = SEAT_SHOWN;
	s->terminal->holds = 0;
	if (terminal_flush(s->terminal) < 0)
		holder_shown_failed(h, errno);
}

/* A front that goes on with another holder does not show what it should. */
static void fall_behind(struct holder *h, struct seat *s)
{
	h->arranged = 1;
	if (s == holder_shown_seat(h))
		holder_stop_showing(h, s);
	s->state = SEAT_PAINTED;
	holder_arrange(h);
}

static void resume(struct holder *h, struct seat *s)
{
	s->terminal->paused = 0;
	if (s->peer && s->state == SEAT_SHOWN)
		holder_stop_showing(h, s); /* others have written there meanwhile */
	s->seen = 0;
	s->told = 0;
	holder_arrange(h);
}

static void keep_off(struct holder *h, struct seat *s)
{
	s->terminal->paused = 1;
	if (s->peer && s == holder_shown_seat(h))
		holder_stop_showing(h, s);
	holder_tell_seat(h, s, WIRE_PAUSED, 0);
	if (s->peer)
		holder_arrange(h);
}

int holder_seat_obey(struct holder *h, struct seat *s, const struct wire_message *m)
{
	switch (m->kind) {
	case WIRE_SIZE:
		if (!holder_is_size(m->a, m->b))
			return 1;
		s->rows = m->a;
		s->cols = m->b;
		if (h->arranged)
			holder_arrange(h);
		else
			holder_resize(h, m->a, m->b);
		return 1;
	case WIRE_PAUSE:
		keep_off(h, s);
		return 1;
	case WIRE_RESUME:
		resume(h, s);
		return 1;
	case WIRE_BEHIND:
		fall_behind(h, s);
		return 1;
	case WIRE_LEAVE:
		holder_dismiss(h, s);
		return 1;
	case WIRE_SEEN:
		seen(h, s, m->at, m->a);
		return 1;
	case WIRE_SHOW:
		show(h, s, m->at);
		return 1;
	default:
		return 0;
	}
}

/* The shown terminal takes nothing. It holds the program up if it is alone, as any terminal does;
 * it must not hold up the others, nor may one that is still to catch up. */
int holder_room(struct holder *h, size_t want)
{
	struct seat *s;
	int32_t terminals, watchers;

	if (h->shown == &h->nowhere || terminal_room(h->shown) >= want)
		return 1;
	s = holder_shown_seat(h);
	if (!s || !h->arranged || (seat_is_here(s) && !s->terminal->in_is_tty))
		return 0;
	holder_count_seats(h, &terminals, &watchers);
	if (s->state != SEAT_CATCHING &&
	    terminals + watchers + seat_is_here(&h->seats[SEAT_FRONT]) < 2)
		return 0;
	holder_stop_showing(h, s);
	holder_tell_seats(h, holder_recording_size(h));
	return 1;
}
