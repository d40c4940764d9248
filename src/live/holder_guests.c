/* SPDX-License-Identifier: MIT */
/* Terminals that come to a session and go again, and what is typed at them. Which of them is shown
 * is holder_seats.c's. */
#include "holder_private.h"

#include "tty.h"
#include "wire.h"

#include "../base/calm.h"
#include "../base/io.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	if (h->lost_guest == s)
		h->lost_guest = NULL;
	terminal_release(s->terminal);
	free(s->terminal);
	memset(s, 0, sizeof(*s));
}

int holder_has_guests(const struct holder *h)
{
	int i;

	for (i = SEAT_FRONT + 1; i < HOLDER_SEATS; i++)
		if (seat_has_say(&h->seats[i]))
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

void holder_lose_guest(struct holder *h)
{
	struct peer *p = h->lost_guest->peer;

	h->lost_guest = NULL;
	control_drop(&h->control, p);
}

void holder_count_seats(const struct holder *h, int32_t *terminals, int32_t *watchers)
{
	int i;

	*terminals = *watchers = 0;
	for (i = SEAT_FRONT + 1; i < HOLDER_SEATS; i++) {
		*terminals += seat_has_say(&h->seats[i]);
		*watchers += seat_is_here(&h->seats[i]) && !seat_has_say(&h->seats[i]);
	}
}

/* The last one that could be typed at has gone. */
static void after_leaving(struct holder *h)
{
	holder_arrange(h);
	if (!h->stays && !holder_has_guests(h) && !seat_is_here(&h->seats[SEAT_FRONT]) &&
	    !h->reaped)
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

void holder_dismiss(struct holder *h, struct seat *s)
{
	if (!s->peer)
		return;
	if (s == holder_shown_seat(h))
		holder_stop_showing(h, s);
	s->left = 1;
	io_close(&s->terminal->in); /* what is typed from here on is for others */
	holder_tell_seat(h, s, WIRE_LEFT, 0);
	holder_arrange(h);
}

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
	return holder_is_size(s->rows, s->cols) ? 0 : -1;
}

static struct seat *free_place(struct holder *h)
{
	int i;

	for (i = SEAT_FRONT + 1; i < HOLDER_SEATS; i++)
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

int holder_peer_obey(struct holder *h, struct peer *p, const struct wire_message *m)
{
	struct seat *s = seat_of(h, p);

	return s && !s->left ? holder_seat_obey(h, s, m) : 0;
}

size_t holder_watch_seats(const struct holder *h, struct pollfd *p)
{
	size_t i, used = SEAT_FRONT + 1;

	p[SEAT_FRONT].fd = -1; /* has a side of its own */
	for (i = SEAT_FRONT + 1; i < HOLDER_SEATS; i++) {
		const struct seat *s = &h->seats[i];
		int wants = s->terminal && !s->terminal->paused &&
			    (input_room_typed(&h->input) || !seat_has_say(s));

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
	size_t room = seat_has_say(s) ? input_room_typed(&h->input) : sizeof(bytes), before;
	ssize_t n;
	int leaves;

	if (!room) /* another has typed since it was asked for */
		return;
	n = read(s->terminal->in, bytes, room < sizeof(bytes) ? room : sizeof(bytes));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) { /* hung up; its process is told, too, and goes */
		io_close(&s->terminal->in);
		control_drop(&h->control, s->peer);
		return;
	}
	before = leavekey_find(&s->key, bytes, (size_t)n, &leaves);
	if (seat_has_say(s)) {
		input_type(&h->input, bytes, before);
		holder_typed(h, s);
	} else {
		leaves |= wants_to_leave(bytes, (size_t)n);
	}
	if (!leaves)
		return;
	h->stays |= seat_has_say(s); /* with the key it is the user's wish that the session stays */
	holder_dismiss(h, s);
}

void holder_serve_seats(struct holder *h, const struct pollfd *p)
{
	int i;

	for (i = SEAT_FRONT + 1; i < HOLDER_SEATS; i++)
		if (p[i].revents && h->seats[i].terminal && p[i].fd == h->seats[i].terminal->in)
			read_seat(h, &h->seats[i]);
}

void holder_end_seats(struct holder *h, int status)
{
	int i;

	for (i = SEAT_FRONT + 1; i < HOLDER_SEATS; i++) {
		struct wire_message m;

		if (!h->seats[i].terminal)
			continue;
		h->seats[i].left = 1;
		wire_init(&m, WIRE_EXITED);
		m.a = status;
		control_answer(&h->control, h->seats[i].peer, &m);
	}
}
