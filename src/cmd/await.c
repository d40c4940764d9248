/* SPDX-License-Identifier: MIT */
/* By marks, which the holder has believed. A prompt comes as D and A: D with a status, or A has
 * it. */
#include "await.h"

#include "../story/mark.h"
#include "../story/screen.h"
#include "../tape/event.h"
#include "../tape/header.h"

#include <string.h>

static void match(struct await *a, const unsigned char *text, size_t n)
{
	if (a->found)
		return;
	buf_clear(&a->line);
	buf_put(&a->line, text, n);
	a->found = regexec(a->regex, buf_str(&a->line), 0, NULL, 0) == 0;
}

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	match(ctx, text, n);
}

static void on_full(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n; /* was looked at while it was there */
}

static const struct screen_sink sink = {on_line, on_full};

void await_init(struct await *a, const struct header *h)
{
	a->status = -1;
	if (a->what != AWAIT_TEXT)
		return;
	a->screen = screen_new(h->rows, h->cols, &sink, a);
	screen_capture_begin(a->screen);
}

void await_release(struct await *a)
{
	screen_free(a->screen);
	buf_release(&a->text);
	buf_release(&a->line);
}

static void found(struct await *a, int64_t status)
{
	a->found = 1;
	a->status = (int)status;
}

/* Where the hook that prints D is gone (PROMPT_COMMAND was set) an A ends a command that had begun,
 * or one that was counted only. A lower number is that of a prompt which a command prints. */
static int ends_alone(const struct await *a, const struct mark *m)
{
	return m->status >= 0 && (a->runs ? m->s >= a->counted : m->s > a->counted);
}

static void put_next(struct await *a, const struct mark *m)
{
	if (m->letter == 'D' && !a->found && !a->pending) {
		a->pending = m->status < 0;
		if (!a->pending)
			found(a, m->status);
	} else if (m->letter == 'A' && !a->found && (a->pending || ends_alone(a, m))) {
		a->pending = 0;
		found(a, m->status);
	}
	if (strchr("ACD", m->letter) && m->s >= a->counted) {
		a->counted = m->s;
		a->runs = m->letter == 'C';
	}
}

static void put_command(struct await *a, const struct mark *m)
{
	if (m->level >= 0)
		return; /* of a shell within the shell, which counts for itself */
	if (m->letter == 'C')
		a->running = m->s;
	if (a->found || m->s < a->number)
		return;
	if (m->s > a->number)
		found(a, -1); /* its own end is missing */
	else if (m->letter == 'D' || m->letter == 'A')
		found(a, m->status);
	if (a->found && a->status < 0 && m->letter == 'D')
		a->found = 0; /* the A that follows has it */
}

static void put_mark(struct await *a, const struct event *e)
{
	struct mark m;

	if (mark_parse(&m, e->data, e->len) < 0)
		return;
	if (a->what == AWAIT_NEXT)
		put_next(a, &m);
	else if (a->what == AWAIT_COMMAND)
		put_command(a, &m);
}

static void put_exit(struct await *a, const struct event *e)
{
	int status = 0;
	size_t i;

	for (i = 0; i < e->len && i < 3; i++)
		status = 10 * status + (e->data[i] - '0');
	a->over = 1;
	if (a->found)
		return;
	if (a->what == AWAIT_EXIT || a->what == AWAIT_NEXT ||
	    (a->what == AWAIT_COMMAND && a->running == a->number))
		found(a, status);
}

static void put_sent(struct await *a)
{
	if (a->what == AWAIT_NEXT || a->what == AWAIT_TEXT) {
		a->found = a->pending = 0;
		a->status = -1;
	}
	if (a->screen)
		screen_capture_begin(a->screen);
}

void await_put(struct await *a, const struct event *e)
{
	switch (e->code) {
	case EVENT_MARK:
		put_mark(a, e);
		break;
	case EVENT_EXIT:
		put_exit(a, e);
		break;
	case EVENT_SENT:
		put_sent(a);
		break;
	case EVENT_OUTPUT:
		if (a->screen)
			screen_write(a->screen, e->data, e->len);
		break;
	case EVENT_RESIZE:
		if (a->screen)
			screen_put_size(a->screen, e);
		break;
	default:
		break;
	}
}

static void look_at_full_screen(struct await *a)
{
	int row;

	for (row = 0; row < screen_rows(a->screen); row++) {
		buf_clear(&a->text);
		screen_row_text(a->screen, row, &a->text);
		match(a, (const unsigned char *)buf_str(&a->text), a->text.len);
	}
}

static void look_at_lines(struct await *a)
{
	const char *at, *end;

	buf_clear(&a->text);
	screen_capture_peek(a->screen, &a->text);
	at = buf_str(&a->text);
	for (; (end = strchr(at, '\n')); at = end + 1)
		match(a, (const unsigned char *)at, (size_t)(end - at));
}

int await_found(struct await *a)
{
	if (a->screen && screen_is_alternate(a->screen))
		look_at_full_screen(a);
	else if (a->screen)
		look_at_lines(a);
	return a->found;
}
