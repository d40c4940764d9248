/* SPDX-License-Identifier: MIT */
/* The holder's side of the wire to the front. */
#include "holder_private.h"

#include "tty.h"
#include "wire.h"

#include "../base/io.h"
#include "../tape/event.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

void holder_tell(struct holder *h, int kind, int a, int b)
{
	struct wire_message m;

	wire_init(&m, kind);
	m.a = a;
	m.b = b;
	if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

void holder_notice(struct holder *h, const char *fmt, ...)
{
	struct wire_message m;
	char text[WIRE_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	wire_init(&m, WIRE_NOTICE);
	wire_text(&m, text);
	if (h->sock >= 0)
		wire_send(h->sock, &m, NULL);
}

int holder_is_size(int rows, int cols)
{
	return rows > 0 && cols > 0 && rows <= 0xffff && cols <= 0xffff;
}

void holder_resize(struct holder *h, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	char text[32];
	int n;

	if (!holder_is_size(rows, cols) ||
	    (size.ws_row == h->s->size.ws_row && size.ws_col == h->s->size.ws_col))
		return;
	h->s->size = size;
	n = snprintf(text, sizeof(text), "%dx%d", cols, rows);
	recorder_text(&h->recorder, h->now, EVENT_RESIZE, text, (size_t)n);
	follower_ring(&h->follower, 0, h->now);
	if (h->master >= 0)
		ioctl(h->master, TIOCSWINSZ, &size);
}

/* Its parent was the front, which is no more. */
void holder_program_vanished(struct holder *h)
{
	h->reaped = 1;
	h->status_unknown = 1;
}

static void front_is_gone(struct holder *h)
{
	io_close(&h->sock);
	tty_undo_raw(h->terminal.in, &h->s->modes);
	holder_front_hung_up(h);
	if (h->is_heir && h->pidfd < 0 && !h->reaped)
		holder_program_vanished(h);
}

static void obey(struct holder *h, struct wire_message *m)
{
	if (holder_seat_obey(h, &h->seats[0], m))
		return;
	switch (m->kind) {
	case WIRE_TERMINAL:
		terminal_use(&h->terminal, m->fds[0], m->fds[1]);
		m->fds[0] = m->fds[1] = -1;
		break;
	case WIRE_SIGNAL:
		holder_got_signal(h, m->a);
		break;
	case WIRE_REAPED:
		if (m->a == h->pid && !h->reaped) {
			h->reaped = 1;
			h->wait_status = m->b;
		}
		break;
	default:
		break;
	}
}

void holder_hear_front(struct holder *h)
{
	struct wire_message m;
	int rc = wire_receive(h->sock, &m), i;

	if (rc == 0) {
		front_is_gone(h);
		return;
	}
	if (rc < 0)
		return;
	obey(h, &m);
	for (i = 0; i < WIRE_FDS; i++)
		io_close(&m.fds[i]);
}
