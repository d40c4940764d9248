/* SPDX-License-Identifier: MIT */
/* One command, whole: read up to its end, since only that tells its text and how it ended;
 * meanwhile its lines wait in a spool. */
#include "show.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../out/spool.h"
#include "../out/wording.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/source.h"
#include "pager.h"
#include "print.h"
#include "progress.h"
#include "show_changed.h"
#include "target.h"

#include <inttypes.h>
#include <unistd.h>

struct one {
	const struct show *show;
	struct story *story;
	struct spool lines;
	struct buf head;       /* or the text alone */
	uint32_t count;	       /* commands so far */
	int done;	       /* nothing of it will change */
	const char *no_output; /* what to say where there is none */
	struct show_changed changed;
};

static void take_facts(struct one *one, const struct command *c)
{
	const struct show *show = one->show;

	buf_clear(&one->head);
	one->no_output = wording_no_output(c);
	if (show->only_text && c->text.len) {
		buf_put(&one->head, c->text.data, c->text.len);
		buf_putc(&one->head, '\n');
	} else if (!show->only_text && !show->only_output) {
		show_put_head(&one->head, show->recording.name, c,
			      print_wants_colour() ? SHOW_HEAD_COLOURS : 0);
	}
}

static void on_started(void *ctx, const struct command *c)
{
	struct one *one = ctx;

	one->count = c->seq;
	show_changed_started(&one->changed, c);
}

static void on_fact(void *ctx, const struct event *e)
{
	show_changed_fact(&((struct one *)ctx)->changed, e);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct one *one = ctx;

	show_changed_ended(&one->changed, c);
	if (c->seq != one->show->number || one->done)
		return;
	take_facts(one, c);
	one->done = 1;
}

static void on_line(void *ctx, const struct command *c, const unsigned char *text, size_t n)
{
	struct one *one = ctx;

	if (c->seq != one->show->number || one->show->only_text)
		return;
	spool_put(&one->lines, text, n);
	spool_put(&one->lines, "\n", 1);
}

/* It may be running: then what is known is that, and what it printed is on the screen. */
static void end_story(struct one *one)
{
	const struct command *c =
		one->show->recording.is_running ? story_running(one->story) : NULL;

	if (c && c->seq == one->show->number) {
		take_facts(one, c);
		one->done = 1;
	}
	story_end(one->story);
}

/* What it changed is told after its end. */
static int wants_changed(const struct one *one)
{
	return !one->show->only_text && !one->show->only_output;
}

static int is_complete(const struct one *one)
{
	return one->done && (!wants_changed(one) || show_changed_is_complete(&one->changed));
}

static int read_command(struct one *one, struct err *err)
{
	struct source *source = one->show->recording.source;
	struct progress progress;
	struct event e;
	int rc = 1;

	progress_begin(&progress, "show", 0);
	while (!is_complete(one) && (rc = source_next(source, &e, err)) == 1) {
		one->changed.now_us = e.at_us;
		if (!one->done || e.code != EVENT_OUTPUT)
			story_put(one->story, &e);
		progress_step(&progress, source_offset(source), source_size(source));
	}
	if (!rc)
		end_story(one);
	progress_end(&progress);
	if (rc < 0)
		return -1;
	if (one->done)
		return 0;
	err_set(err, "has no command %" PRIu32 ", only %" PRIu32, one->show->number, one->count);
	return 1;
}

static int print(struct one *one, struct err *err)
{
	struct pager pager = {0};
	int rc;

	if (wants_changed(one)) {
		show_changed_put(&one->head, &one->changed, one->show->recording.name,
				 one->show->recording.is_running ? SHOW_CHANGED_RUNNING : 0);
		buf_putc(&one->head, '\n');
		if (!spool_size(&one->lines))
			buf_printf(&one->head, "(%s)\n", one->no_output);
	}
	if (one->show->with_pager)
		pager_begin(&pager);
	rc = io_write_all(STDOUT_FILENO, one->head.data, one->head.len, NULL, err);
	if (!rc)
		rc = spool_write(&one->lines, STDOUT_FILENO, err);
	if (rc && pager.pid)
		rc = 0; /* it was left before the end */
	pager_end(&pager);
	return rc;
}

int show_command(struct show *s, struct err *err)
{
	static const struct story_sink sink = {
		.started = on_started, .ended = on_ended, .fact = on_fact, .line = on_line};
	struct one one = {
		.show = s,
		.changed = {.header = source_header(s->recording.source), .number = s->number}};
	int dir = target_scratch_dir(), rc;

	spool_init(&one.lines, dir);
	one.story = story_new(source_header(s->recording.source), &sink, &one);
	if (s->colours)
		story_keep_colours(one.story);
	rc = read_command(&one, err);
	if (!rc)
		rc = print(&one, err);
	story_free(one.story);
	spool_release(&one.lines);
	buf_release(&one.head);
	show_changed_release(&one.changed);
	io_close(&dir);
	return rc;
}

/* --- as it was --- */

static void count_started(void *ctx, const struct command *c)
{
	*(uint32_t *)ctx = c->seq;
}

int show_raw(struct show *s, struct err *err)
{
	static const struct story_sink sink = {.started = count_started};
	struct source *source = s->recording.source;
	uint32_t count = 0;
	struct story *story = story_new(source_header(source), &sink, &count);
	struct progress progress;
	struct event e;
	int rc = 0, got = 1, is_open = !s->number, was_open = is_open;

	progress_begin(&progress, "show", PROGRESS_STREAM);
	while (!rc && (got = source_next(source, &e, err)) == 1) {
		if (e.code == EVENT_OUTPUT && is_open)
			rc = io_write_all(STDOUT_FILENO, e.data, e.len, NULL, err);
		else if (e.code != EVENT_OUTPUT)
			story_put(story, &e);
		is_open = !s->number || story_open(story) == s->number;
		was_open |= is_open;
		if (count >= s->number && !is_open)
			break; /* it has ended, or has no bytes of its own */
		progress_step(&progress, source_offset(source), source_size(source));
	}
	progress_end(&progress);
	story_free(story);
	if (rc || got < 0)
		return -1;
	if (was_open)
		return 0;
	if (count >= s->number) {
		err_set(err, "what it printed is among the output of others");
		return 1;
	}
	err_set(err, "has no command %" PRIu32 ", only %" PRIu32, s->number, count);
	return 1;
}
