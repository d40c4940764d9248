/* SPDX-License-Identifier: MIT */
/* What others of the user's processes ask the holder. Nothing of it is parsed here: an event's data
 * was by the client, is bounded and free of control characters, and its reader believes nothing. */
#include "holder_private.h"

#include "clock.h"
#include "wire.h"

#include "../base/err.h"
#include "../tape/event.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What may be put into the recording from outside. Everything else is the holder's to know. */
static const char allowed[] = {EVENT_WORDS};

void holder_open_control(struct holder *h)
{
	struct session *s = h->s;
	struct err err;

	h->control.epoll = -1;
	if (s->rundir >= 0 &&
	    control_open(&h->control, s->rundir, s->logs.session, s->id, &err) < 0)
		holder_notice(h, "the session could not be reached by others: %s", err.text);
}

/* The number behind "s=" of a mark; the shell's own count. */
static int number_of(const unsigned char *mark, size_t n)
{
	const unsigned char *at = memmem(mark, n, ";s=", 3);
	int number = 0;

	for (at = at ? at + 3 : mark + n; at < mark + n && *at >= '0' && *at <= '9'; at++)
		if (number < 100000000)
			number = 10 * number + (*at - '0');
	return number;
}

void holder_count_mark(struct holder *h, const unsigned char *mark, size_t n)
{
	if (mark[0] == 'C') {
		h->command = number_of(mark, n);
		h->name[0] = '\0';
	} else if (mark[0] == 'A' || mark[0] == 'D') {
		h->command = 0;
	}
}

static void tell_status(struct holder *h, struct peer *p)
{
	const struct session *s = h->s;
	const char *name = s->text ? s->text : h->name;
	struct wire_status status = {
		.holder = getpid(),
		.program = h->reaped ? 0 : h->pid,
		.rows = s->size.ws_row,
		.cols = s->size.ws_col,
		.terminals = h->terminal.in_is_tty,
		.command = h->reaped ? 0
			   : s->text ? 1
				     : h->command,
		.began_us = s->start_wall,
	};
	struct wire_message m;

	snprintf(status.session, sizeof(status.session), "%.31s", s->logs.session);
	snprintf(status.name, sizeof(status.name), "%.111s", name);
	wire_init(&m, WIRE_STATUS);
	m.len = sizeof(status);
	memcpy(m.data, &status, sizeof(status));
	control_answer(&h->control, p, &m);
}

static void take_event(struct holder *h, struct peer *p, const struct wire_message *m)
{
	struct wire_message done;

	if (!control_piece(&h->control, p, m))
		return;
	if (m->a <= 0 || m->a > 127 || !memchr(allowed, m->a, sizeof(allowed)))
		control_refuse(&h->control, p, "an event of this kind is not taken");
	else if (!control_is_plain(p->event, p->event_len))
		control_refuse(&h->control, p, "the event is not a JSON object");
	else {
		recorder_text(&h->recorder, h->now, (char)m->a, p->event, p->event_len);
		follower_ring(&h->follower, p->event_len, h->now);
		if (h->recorder.failing) {
			control_refuse(&h->control, p, h->recorder.why);
		} else {
			wire_init(&done, WIRE_OK);
			control_answer(&h->control, p, &done);
		}
	}
	control_forget(p);
}

static void obey(void *ctx, struct peer *p, struct wire_message *m)
{
	struct holder *h = ctx;

	switch (m->kind) {
	case WIRE_STATUS:
		tell_status(h, p);
		break;
	case WIRE_EVENT:
		take_event(h, p, m);
		break;
	default:
		control_refuse(&h->control, p, "the request is not known");
		break;
	}
}

void holder_serve_control(struct holder *h)
{
	h->now = clock_mono_us(); /* events bear the time of their arrival */
	control_serve(&h->control, h->now, obey, h);
}
