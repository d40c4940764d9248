/* SPDX-License-Identifier: MIT */
/* Following. A line is final when it cannot change any more, which on a screen is late; so lines
 * are told as soon as the cursor has gone on below them, and remembered. One that turns out to have
 * changed since is told again when it is final, or when nothing has moved for a while: a progress
 * display of several lines is not told once for each of its pictures. */
#include "show.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/clock.h"
#include "../story/screen.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/source.h"
#include "print.h"
#include "vigil.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	CALM_US = 1000000, /* what has been on the screen so long may as well be told */
};

struct follow {
	const struct show *show;
	const struct header *header;
	struct story *story; /* says where commands begin and end */
	struct screen *screen;
	uint32_t count;		 /* commands so far */
	int has_begun, is_apart; /* the command; its output is told apart */
	int is_over;		 /* nothing more is to be told */
	struct buf told;	 /* lines that have been told and are not final */
	int held;		 /* what is told next may change: wait */
	int moved;		 /* since the last look */
	int has_exit;
	int64_t moved_us; /* when it moved last */
	struct vigil vigil;
};

/* --- lines --- */

/* The length of the first line of b from `at` on, newline included. */
static size_t line_at(const struct buf *b, size_t at)
{
	const unsigned char *newline = memchr(b->data + at, '\n', b->len - at);

	return newline ? (size_t)(newline - b->data) - at + 1 : b->len - at;
}

/* Takes the first of the lines told; true if it was this one. */
static int take_told(struct follow *f, const unsigned char *text, size_t n)
{
	size_t len = line_at(&f->told, 0);
	int same = len == n + 1 && !memcmp(f->told.data, text, n);

	memmove(f->told.data, f->told.data + len, f->told.len - len);
	f->told.len -= len;
	return same;
}

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	struct follow *f = ctx;

	if (!f->told.len)
		f->held = 0;
	else if (take_told(f, text, n))
		return;
	fwrite(text, 1, n, stdout);
	putchar('\n');
}

static void on_fullscreen(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	if (!n) {
		puts("[full-screen program]");
		return;
	}
	puts("[full-screen program; its last screen:]");
	fwrite(text, 1, n, stdout);
	putchar('\n');
}

/* How much of what was told stands at the beginning of `lines` as it was. */
static size_t common(const struct buf *told, const struct buf *lines)
{
	size_t at = 0;

	while (at < told->len && at < lines->len) {
		size_t n = line_at(told, at);

		if (n != line_at(lines, at) || memcmp(told->data + at, lines->data + at, n) != 0)
			break;
		at += n;
	}
	return at;
}

/* Tells what the cursor has left. */
static void tell_above(struct follow *f)
{
	struct buf lines = {0};
	size_t same;

	screen_capture_peek_above(f->screen, &lines);
	same = common(&f->told, &lines);
	if (same < f->told.len && same < lines.len) {
		f->told.len = same;
		f->held = 1;
	}
	if (clock_mono_us() - f->moved_us >= CALM_US)
		f->held = 0;
	if (!f->held && same < lines.len) {
		fwrite(lines.data + same, 1, lines.len - same, stdout);
		buf_put(&f->told, lines.data + same, lines.len - same);
	}
	buf_release(&lines);
}

/* The rest of what is captured, if anything is. */
static void tell_all(struct follow *f)
{
	screen_capture_end(f->screen);
	buf_clear(&f->told);
}

/* --- events --- */

static void on_started(void *ctx, const struct command *c)
{
	struct follow *f = ctx;
	const struct show *s = f->show;
	struct buf head = {0};

	f->count = c->seq;
	if (c->seq != s->number)
		return;
	if (!s->only_output)
		show_put_head(&head, s->recording.name, c,
			      SHOW_HEAD_BEGUN | (print_wants_colour() ? SHOW_HEAD_COLOURS : 0));
	fwrite(head.data ? head.data : (const unsigned char *)"", 1, head.len, stdout);
	if (head.len)
		putchar('\n');
	buf_release(&head);
	f->has_begun = 1;
	f->is_apart = story_open(f->story) == c->seq;
	if (f->is_apart)
		screen_capture_begin(f->screen);
}

/* What an agent's own log tells of a command that has no place on the screen. */
static void on_told(void *ctx, const struct command *c, const unsigned char *text, size_t n)
{
	const struct follow *f = ctx;

	if (c->seq != f->show->number || f->is_apart)
		return;
	fwrite(text, 1, n, stdout);
	putchar('\n');
}

static void on_ended(void *ctx, const struct command *c)
{
	struct follow *f = ctx;
	struct buf tail = {0};

	if (c->seq != f->show->number)
		return;
	f->is_over = 1;
	tell_all(f);
	if (f->show->only_output)
		return;
	show_put_tail(&tail, c, print_wants_colour() ? SHOW_HEAD_COLOURS : 0);
	fwrite(tail.data, 1, tail.len, stdout);
	buf_release(&tail);
}

static void put_lost(struct follow *f)
{
	if (!screen_is_capturing(f->screen))
		return;
	tell_all(f);
	puts("[steno: output is missing here]");
	screen_capture_begin(f->screen);
}

static void put_event(struct follow *f, const struct event *e)
{
	int was_open = f->show->number && story_open(f->story) == f->show->number;

	f->moved = 1;
	if (e->code == EVENT_OUTPUT)
		screen_write(f->screen, e->data, e->len);
	else if (e->code == EVENT_RESIZE)
		screen_put_size(f->screen, e);
	else if (e->code == EVENT_LOST)
		put_lost(f);
	else if (e->code == EVENT_EXIT)
		f->has_exit = 1;
	story_put(f->story, e);
	if (was_open && story_open(f->story) != f->show->number)
		tell_all(f);
}

/* --- waiting --- */

static int wait_for_more(struct follow *f, struct err *err)
{
	const struct timespec pause = {.tv_nsec = VIGIL_LOOK_US * 1000L};

	if (f->moved)
		f->moved_us = clock_mono_us();
	tell_above(f);
	if (fflush(stdout) || ferror(stdout))
		return err_sys(err, "write the output");
	f->moved = 0;
	nanosleep(&pause, NULL);
	return 0;
}

static int read_on(struct follow *f, struct err *err)
{
	struct event e;
	int rc;

	while (!f->is_over) {
		rc = source_next(f->show->recording.source, &e, err);
		if (rc < 0)
			return -1;
		if (rc)
			put_event(f, &e);
		else if (f->has_exit || (!f->moved && !vigil_goes_on(&f->vigil)))
			break;
		else if (wait_for_more(f, err) < 0)
			return -1;
	}
	tell_all(f);
	return 0;
}

/* How it ended, if not as it should. */
static int conclude(struct follow *f, struct err *err)
{
	const struct show *s = f->show;
	int broke_off = !f->is_over && !f->has_exit && f->header->version;

	story_end(f->story);
	if (fflush(stdout) || ferror(stdout))
		return err_sys(err, "write the output");
	if (broke_off)
		fprintf(stderr, "steno: %s: the recording breaks off: whoever recorded is gone\n",
			s->recording.name);
	if (!s->number || f->has_begun)
		return 0;
	err_set(err, "has no command %" PRIu32 ", only %" PRIu32, s->number, f->count);
	return 1;
}

int show_follow(struct show *s, struct err *err)
{
	static const struct screen_sink sink = {on_line, on_fullscreen};
	static const struct story_sink commands = {
		.started = on_started, .ended = on_ended, .line = on_told};
	const struct header *h = source_header(s->recording.source);
	struct follow f = {.show = s, .header = h};
	int rc;

	vigil_init(&f.vigil, s->recording.session.name ? s->recording.session.cast : -1);
	f.story = story_new(h, &commands, &f);
	f.screen = screen_new(h->rows, h->cols, &sink, &f);
	if (s->colours)
		screen_capture_colours(f.screen);
	if (!s->number)
		screen_capture_begin(f.screen);
	rc = read_on(&f, err);
	if (!rc)
		rc = conclude(&f, err);
	screen_free(f.screen);
	story_free(f.story);
	buf_release(&f.told);
	return rc;
}
