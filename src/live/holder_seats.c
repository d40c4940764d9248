/* SPDX-License-Identifier: MIT */
/* The terminals at a session: its front's, and those that were attached. At most one of them at a
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

#include "tty.h"
#include "wire.h"

#include "../base/calm.h"
#include "../base/io.h"
#include "../tape/event.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FRONT = 0, LINGER_US = 1000000 };

static int is_here(const struct seat *s)
{
	return s->terminal && (s->terminal->in >= 0 || s->terminal->out >= 0);
}

/* It is typed at, and so has a say in the size. */
static int has_say(const struct seat *s)
{
	return is_here(s) && s->terminal->in_is_tty && !(s->flags & WIRE_WATCHES);
}

static void tell(struct holder *h, const struct seat *s, int kind, int64_t at)
{
	struct wire_message m;

	wire_init(&m, kind);
	m.at = at;
	if (s->peer)
		control_answer(&h->control, s->peer, &m);
	else if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

static struct seat *shown(struct holder *h)
{
	int i;

	for (i = 0; i < HOLDER_SEATS; i++)
		if (h->seats[i].terminal && h->seats[i].terminal == h->shown)
			return &h->seats[i];
	return NULL;
}

/* What is not shown yet is in the recording, and will be painted. */
static void stop_showing(struct holder *h, struct seat *s)
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
	if (!is_here(s) || s->state != SEAT_PAINTED || s->told || s->terminal->paused ||
	    size <= s->seen)
		return;
	s->told = 1;
	tell(h, s, WIRE_GREW, size);
}

void holder_tell_seats(struct holder *h, int64_t size)
{
	int i;

	for (i = 0; i < HOLDER_SEATS; i++)
		tell_growth(h, &h->seats[i], size);
}

static int fits(const struct holder *h, const struct seat *s)
{
	return has_say(s) && !s->terminal->paused && s->rows == h->s->size.ws_row &&
	       s->cols == h->s->size.ws_col;
}

/* The one to be shown. A pipe or a file is always: it wants every byte. */
static struct seat *choose(struct holder *h)
{
	struct seat *now = shown(h), *front = &h->seats[FRONT];
	int i;

	if (is_here(front) && !front->terminal->in_is_tty)
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
	tell(h, s, WIRE_CATCH, size);
}

static void rule_size(struct holder *h)
{
	struct seat *latest = NULL;
	int i, rows = 0, cols = 0;

	for (i = 0; i < HOLDER_SEATS; i++) {
		struct seat *s = &h->seats[i];

		if (!has_say(s))
			continue;
		rows = rows && rows < s->rows ? rows : s->rows;
		cols = cols && cols < s->cols ? cols : s->cols;
		if (s->flags & WIRE_LATEST && (!latest || s->used_at > latest->used_at))
			latest = s;
	}
	for (i = 0; latest && i < HOLDER_SEATS; i++)
		if (has_say(&h->seats[i]) && h->seats[i].used_at > latest->used_at)
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
	now = shown(h);
	next = choose(h);
	if (now && now != next)
		stop_showing(h, now);
	if (next && next != now && next->state == SEAT_PAINTED && next->refused_at != size)
		begin_catching(h, next, size);
	holder_tell_seats(h, size);
}

/* --- who is there --- */

static struct seat *seat_of(struct holder *h, const struct peer *p)
{
	int i;

	for (i = 0; i < HOLDER_SEATS; i++)
		if (h->seats[i].peer == p && h->seats[i].terminal)
			return &h->seats[i];
	return NULL;
}

static void free_seat(struct holder *h, struct seat *s)
{
	if (h->shown == s->terminal)
		h->shown = &h->nowhere;
	if (h->typed == s)
		h->typed = NULL;
	terminal_release(s->terminal);
	free(s->terminal);
	memset(s, 0, sizeof(*s));
}

int holder_has_guests(const struct holder *h)
{
	int i;

	for (i = FRONT + 1; i < HOLDER_SEATS; i++)
		if (has_say(&h->seats[i]))
			return 1;
	return 0;
}

/* What is said to a front whose terminal is gone, and what to a session then. */
void holder_front_hung_up(struct holder *h)
{
	holder_drop_terminal(h);
	if (h->stays || holder_has_guests(h))
		holder_arrange(h);
	else
		holder_hang_up(h);
}

/* A write to the shown terminal has failed; seen to when it is not in use. */
void holder_shown_failed(struct holder *h, int why)
{
	if (h->shown == &h->terminal)
		h->lost = why;
	else
		h->lost_guest = 1;
}

void holder_lose_guest(struct holder *h)
{
	struct seat *s = shown(h);

	h->lost_guest = 0;
	if (s && s->peer)
		control_drop(&h->control, s->peer);
}

/* The program has ended: a terminal that still has to take its last words is waited for, a guest's
 * not for long. */
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

void holder_count_seats(const struct holder *h, int32_t *terminals, int32_t *watchers)
{
	int i;

	*terminals = *watchers = 0;
	for (i = FRONT + 1; i < HOLDER_SEATS; i++) {
		*terminals += has_say(&h->seats[i]);
		*watchers += is_here(&h->seats[i]) && !has_say(&h->seats[i]);
	}
}

/* The last one that could be typed at has gone. */
static void after_leaving(struct holder *h)
{
	holder_arrange(h);
	if (!h->stays && !holder_has_guests(h) && !is_here(&h->seats[FRONT]) && !h->reaped)
		holder_hang_up(h);
}

/* Its process has ended without leaving: killed, or its terminal was hung up. */
static void clean_up(struct seat *s)
{
	struct pollfd p = {.fd = s->terminal->out, .events = POLLOUT};

	if (s->state != SEAT_PAINTED && !s->terminal->cautious && poll(&p, 1, 0) > 0 &&
	    p.revents == POLLOUT) {
		ssize_t n = write(p.fd, calm_text, strlen(calm_text));

		n = n < 0 ? n : write(p.fd, calm_title, strlen(calm_title));
		(void)n; /* a terminal that takes nothing is lost */
	}
	tty_undo_raw(s->terminal->in, &s->modes);
}

void holder_seat_gone(struct holder *h, struct peer *p)
{
	struct seat *s = seat_of(h, p);

	if (!s)
		return;
	if (!s->left)
		clean_up(s);
	free_seat(h, s);
	after_leaving(h);
}

/* By the key (it is the user's wish then that the session stays), or since its process ends. */
static void leave(struct holder *h, struct seat *s, int by_key)
{
	if (!s->peer)
		return;
	if (s == shown(h))
		stop_showing(h, s);
	s->left = 1;
	h->stays |= by_key && has_say(s);
	io_close(&s->terminal->in); /* what is typed from here on is for others */
	tell(h, s, WIRE_LEFT, 0);
	holder_arrange(h);
}

/* --- what they want --- */

static int take_options(struct seat *s, const struct wire_message *m)
{
	struct wire_seat options;

	if (m->len != sizeof(options))
		return -1;
	memcpy(&options, m->data, sizeof(options));
	s->rows = options.rows;
	s->cols = options.cols;
	s->flags = options.flags;
	s->key.key = options.key & 0x1f;
	s->modes = options.modes;
	return s->rows < 1 || s->cols < 1 || s->rows > 0xffff || s->cols > 0xffff ? -1 : 0;
}

static struct seat *free_place(struct holder *h)
{
	int i;

	for (i = FRONT + 1; i < HOLDER_SEATS; i++)
		if (!h->seats[i].terminal)
			return &h->seats[i];
	return NULL;
}

void holder_seat_take(struct holder *h, struct peer *p, struct wire_message *m)
{
	struct seat new = {.peer = p, .state = SEAT_PAINTED, .used_at = h->now}, *s;
	const char *why = NULL;

	s = free_place(h);
	if (seat_of(h, p))
		why = "this is attached already";
	else if (!s)
		why = "as many terminals are attached as can be";
	else if (take_options(&new, m) < 0 || m->fds[1] < 0 || !isatty(m->fds[0]) ||
		 !isatty(m->fds[1]))
		why = "that is no terminal";
	else if (!(new.terminal = calloc(1, sizeof(*new.terminal))) ||
		 terminal_init(new.terminal, m->fds[0], m->fds[1]) < 0)
		why = "out of memory";
	if (why) {
		free(new.terminal);
		control_refuse(&h->control, p, why);
		return;
	}
	m->fds[0] = m->fds[1] = -1;
	*s = new;
	p->follows = 1; /* it is told in other ways, but must not be sent away */
	p->told = 1;
	h->arranged = 1;
	holder_answer_ok(h, p, 0, 0);
	holder_arrange(h);
}

static void seen(struct holder *h, struct seat *s, int64_t at, int refuses)
{
	int64_t size = holder_recording_size(h);

	if (s->state == SEAT_CATCHING && (!refuses || at != s->catch_at))
		return;			 /* from before */
	if (s->state == SEAT_CATCHING) { /* it is not of that size, perhaps */
		s->refused_at = size;
		stop_showing(h, s);
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
	if (s == shown(h))
		stop_showing(h, s);
	s->state = SEAT_PAINTED;
	holder_arrange(h);
}

static void resume(struct holder *h, struct seat *s)
{
	s->terminal->paused = 0;
	if (s->peer && s->state == SEAT_SHOWN)
		stop_showing(h, s); /* others have written there meanwhile */
	s->seen = 0;
	s->told = 0;
	holder_arrange(h);
}

static void keep_off(struct holder *h, struct seat *s)
{
	s->terminal->paused = 1;
	if (s->peer && s == shown(h))
		stop_showing(h, s);
	tell(h, s, WIRE_PAUSED, 0);
	if (s->peer)
		holder_arrange(h);
}

int holder_seat_obey(struct holder *h, struct seat *s, const struct wire_message *m)
{
	switch (m->kind) {
	case WIRE_SIZE:
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
		leave(h, s, 0);
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

int holder_peer_obey(struct holder *h, struct peer *p, const struct wire_message *m)
{
	struct seat *s = seat_of(h, p);

	return s && !s->left ? holder_seat_obey(h, s, m) : 0;
}

/* --- the loop --- */

/* The shown terminal takes nothing. It holds the program up if it is alone, as any terminal does; it
 * must not hold up the others, nor may one that is still to catch up. */
int holder_room(struct holder *h, size_t want)
{
	struct seat *s;
	int32_t terminals, watchers;

	if (h->shown == &h->nowhere || terminal_room(h->shown) >= want)
		return 1;
	s = shown(h);
	if (!s || !h->arranged || (is_here(s) && !s->terminal->in_is_tty))
		return 0;
	holder_count_seats(h, &terminals, &watchers);
	if (s->state != SEAT_CATCHING && terminals + watchers + is_here(&h->seats[FRONT]) < 2)
		return 0;
	stop_showing(h, s);
	holder_tell_seats(h, holder_recording_size(h));
	return 1;
}

size_t holder_watch_seats(const struct holder *h, struct pollfd *p)
{
	size_t i, used = FRONT + 1;

	p[FRONT].fd = -1; /* has a side of its own */
	for (i = FRONT + 1; i < HOLDER_SEATS; i++) {
		const struct seat *s = &h->seats[i];
		int wants = s->terminal && !s->terminal->paused &&
			    (input_room_typed(&h->input) || !has_say(s));

		p[i] = (struct pollfd){.fd = wants ? s->terminal->in : -1, .events = POLLIN};
		used = s->terminal ? i + 1 : used;
	}
	return used;
}

/* A watcher may leave with the keys that would interrupt or quit, since he cannot type. */
static int wants_to_leave(const unsigned char *p, size_t n)
{
	return memchr(p, 3, n) || memchr(p, 'q', n);
}

void holder_typed(struct holder *h, struct seat *s)
{
	int is_other = h->typed != s;

	s->used_at = h->now;
	h->typed = s;
	if (is_other && h->arranged)
		holder_arrange(h);
}

static void read_seat(struct holder *h, struct seat *s)
{
	unsigned char bytes[4096];
	size_t room = has_say(s) ? input_room_typed(&h->input) : sizeof(bytes), before;
	ssize_t n = read(s->terminal->in, bytes, room < sizeof(bytes) ? room : sizeof(bytes));
	int leaves;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) { /* hung up; its process is told, too, and goes */
		io_close(&s->terminal->in);
		control_drop(&h->control, s->peer);
		return;
	}
	before = leavekey_find(&s->key, bytes, (size_t)n, &leaves);
	if (has_say(s)) {
		input_type(&h->input, bytes, before);
		holder_typed(h, s);
	} else {
		leaves |= wants_to_leave(bytes, (size_t)n);
	}
	if (leaves)
		leave(h, s, 1);
}

void holder_serve_seats(struct holder *h, const struct pollfd *p)
{
	int i;

	for (i = FRONT + 1; i < HOLDER_SEATS; i++)
		if (p[i].revents && h->seats[i].terminal && p[i].fd == h->seats[i].terminal->in)
			read_seat(h, &h->seats[i]);
}

void holder_end_seats(struct holder *h, int status)
{
	int i;

	for (i = FRONT + 1; i < HOLDER_SEATS; i++) {
		struct wire_message m;

		if (!h->seats[i].terminal)
			continue;
		h->seats[i].left = 1;
		wire_init(&m, WIRE_EXITED);
		m.a = status;
		control_answer(&h->control, h->seats[i].peer, &m);
	}
}
