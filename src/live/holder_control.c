/* SPDX-License-Identifier: MIT */
/* What others of the user's processes ask the holder. Nothing of it is parsed here: an event's data
 * was by the client, is bounded and free of control characters, and its reader believes nothing. */
#include "holder_private.h"

#include "clock.h"
#include "wire.h"

#include "../base/err.h"
#include "../tape/event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A shell whose hooks do not speak by then never will. */
enum { READY_US = 10000000 };

/* What may be put into the recording from outside. Everything else is the holder's to know. */
static const char allowed[] = {EVENT_WORDS};

static void gone(void *ctx, struct peer *p)
{
	holder_seat_gone(ctx, p);
}

void holder_open_control(struct holder *h)
{
	struct session *s = h->s;
	struct err err;

	h->control.epoll = -1;
	h->control.gone = gone;
	h->control.ctx = h;
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
	looker_mark(&h->looker, (char)mark[0], h->now);
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
		.front = h->terminal.in >= 0 || h->terminal.out >= 0,
		.command = h->reaped ? 0
			   : s->text ? 1
				     : h->command,
		.began_us = s->start_wall,
	};
	struct wire_message m;

	holder_count_seats(h, &status.terminals, &status.watchers);
	snprintf(status.session, sizeof(status.session), "%.31s", s->logs.session);
	snprintf(status.name, sizeof(status.name), "%.111s", name);
	wire_init(&m, WIRE_STATUS);
	m.len = sizeof(status);
	memcpy(m.data, &status, sizeof(status));
	control_answer(&h->control, p, &m);
}

void holder_answer_ok(struct holder *h, struct peer *p, int a, int64_t at)
{
	struct wire_message m;

	wire_init(&m, WIRE_OK);
	m.a = a;
	m.at = at;
	control_answer(&h->control, p, &m);
}

static void take_event(struct holder *h, struct peer *p, const struct wire_message *m)
{
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
			holder_answer_ok(h, p, 0, 0);
		}
	}
	control_forget(p);
}

int64_t holder_recording_size(const struct holder *h)
{
	struct stat st = {0};

	return fstat(h->s->logs.cast, &st) == 0 ? st.st_size : 0;
}

void holder_tell_growth(struct holder *h)
{
	int i;

	h->told_rings = h->follower.rings;
	if (h->arranged)
		holder_tell_seats(h, holder_recording_size(h));
	for (i = 0; i < CONTROL_PEERS; i++)
		if (h->control.peers[i].follows) {
			control_grew(&h->control, holder_recording_size(h));
			return;
		}
}

static void let_follow(struct holder *h, struct peer *p)
{
	int64_t size = holder_recording_size(h);

	p->follows = 1;
	p->seen = size;
	holder_answer_ok(h, p, 0, size);
}

/* How much was typed is in the recording before it has any effect: `steno wait` counts from there.
 * A shell that is started is not typed at before its first prompt, as long as that is to come. */
static void type(struct holder *h, struct peer *p, const struct wire_message *m)
{
	size_t taken = 0;
	char text[64];
	int n;

	if (h->reaped) {
		control_refuse(&h->control, p, "the program has ended");
		return;
	}
	if (h->now - h->s->start_mono > READY_US)
		input_late(&h->input);
	if (input_room(&h->input) && m->len) {
		if (m->a) {
			n = snprintf(text, sizeof(text), "{\"bytes\":%" PRId64 "}", m->at);
			recorder_text(&h->recorder, h->now, EVENT_SENT, text, (size_t)n);
			follower_ring(&h->follower, 0, h->now);
		}
		taken = input_put(&h->input, m->data, m->len);
	}
	holder_answer_ok(h, p, (int)taken, 0);
}

static void end_program(struct holder *h, struct peer *p)
{
	if (!h->kill_at)
		h->kill_at = h->now;
	holder_answer_ok(h, p, 0, 0);
}

static void attach(struct holder *h, struct peer *p, struct wire_message *m)
{
	if (h->reaped)
		control_refuse(&h->control, p, "the program has ended");
	else
		holder_seat_take(h, p, m);
}

static void obey(void *ctx, struct peer *p, struct wire_message *m)
{
	struct holder *h = ctx;

	if (holder_peer_obey(h, p, m))
		return;
	switch (m->kind) {
	case WIRE_ATTACH:
		attach(h, p, m);
		break;
	case WIRE_STATUS:
		tell_status(h, p);
		break;
	case WIRE_EVENT:
		take_event(h, p, m);
		break;
	case WIRE_FOLLOW:
		let_follow(h, p);
		break;
	case WIRE_SEEN:
		control_seen(&h->control, p, m->at, holder_recording_size(h));
		break;
	case WIRE_SEND:
		type(h, p, m);
		break;
	case WIRE_KILL:
		end_program(h, p);
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
