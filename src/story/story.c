/* SPDX-License-Identifier: MIT */
/* The fold from events to commands. It must never take a program's output for a boundary: only
 * marks that the recording keeps apart from output move it, and only where they make sense
 * (story_marks.c). story_commands.c keeps the commands. */
#include "story.h"

#include "story_private.h"

#include "../tape/event.h"
#include "../tape/header.h"
#include "screen.h"
#include "tint.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_LIMIT = 1 << 20 }; /* bytes of what is typed, as of a mark */

/* Text from the screen */

static void take_line(struct story *s, const unsigned char *text, size_t n)
{
	switch (s->state) {
	case STORY_IDLE:
		excerpt_put(&s->loose, text, n);
		break;
	case STORY_PROMPT:
		break;
	case STORY_INPUT:
		if (s->input.len + n + 1 > TEXT_LIMIT)
			break;
		tint_strip(text, n, &s->input);
		buf_putc(&s->input, '\n');
		break;
	case STORY_RUN:
		story_put_line(s, text, n);
		break;
	}
}

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	take_line(ctx, text, n);
}

static void take_word(struct story *s, const char *text)
{
	take_line(s, (const unsigned char *)text, strlen(text));
}

static void on_fullscreen(void *ctx, const unsigned char *text, size_t n)
{
	struct story *s = ctx;
	size_t at = 0;

	if (s->state != STORY_IDLE && s->state != STORY_RUN)
		return;
	if (!n) {
		take_word(s, "[full-screen program]");
		return;
	}
	take_word(s, "[full-screen program; its last screen:]");
	while (at <= n) {
		const unsigned char *newline = at < n ? memchr(text + at, '\n', n - at) : NULL;
		size_t len = newline ? (size_t)(newline - text) - at : n - at;

		take_line(s, text + at, len);
		at += len + 1;
	}
}

static const struct screen_sink screen_sink = {on_line, on_fullscreen};

static void write_screen(void *ctx, const unsigned char *p, size_t n)
{
	struct story *s = ctx;

	screen_write(s->screen, p, n);
}

static void release_held(struct story *s)
{
	screen_write(s->screen, s->eol.held, s->eol.n);
	s->eol.n = 0;
}

/* Moves to another state; what was captured goes to where the old one wants it. */
void story_enter(struct story *s, enum story_state state)
{
	screen_capture_end(s->screen);
	release_held(s);
	s->state = state;
	s->in_ps2 = 0;
	if (state == STORY_INPUT) {
		buf_clear(&s->input);
		s->input_from = 0;
	}
	if (state == STORY_INPUT)
		screen_capture_input(s->screen);
	else if (state != STORY_PROMPT)
		screen_capture_begin(s->screen);
}

void story_flush_loose(struct story *s)
{
	if (s->loose.lines && !excerpt_is_blank(&s->loose) && s->sink.loose)
		s->sink.loose(s->ctx, s->loose_us < 0 ? s->now_us : s->loose_us, &s->loose);
	excerpt_clear(&s->loose);
	s->loose_us = -1;
}

void story_tell_loose(struct story *s, size_t from)
{
	size_t at = from;

	while (at < s->input.len) {
		const unsigned char *line = s->input.data + at;
		const unsigned char *newline = memchr(line, '\n', s->input.len - at);

		excerpt_put(&s->loose, line, (size_t)(newline - line));
		at += (size_t)(newline - line) + 1;
	}
	s->loose_us = s->prompt_us;
	story_flush_loose(s);
}

/* Other events */

static int parse_count(const unsigned char *p, size_t n, int *out)
{
	int value = 0;
	size_t i;

	if (!n || n > 6)
		return -1;
	for (i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	*out = value;
	return 0;
}

static void put_exit(struct story *s, const struct event *e)
{
	enum story_state from;
	int status;

	if (s->has_exit || parse_count(e->data, e->len, &status) < 0)
		return;
	s->has_exit = 1;
	s->exit_status = status;
	story_lose_measured(s);
	if (s->outer)
		story_leave_foreign(s);
	story_leave_levels(s, "eof");
	from = s->state;
	story_enter(s, STORY_IDLE);
	story_whole_program(s, status, "exit");
	story_infer_last(s);
	if (s->open) {
		const char *end = story_last_end(s);

		story_close_command(s, strcmp(end, "eof") ? -1 : status, end);
		story_share_typed(s);
	}
	story_finish_all(s);
	if (from == STORY_IDLE)
		story_flush_loose(s);
}

static void put_lost(struct story *s)
{
	if (s->state != STORY_RUN && s->state != STORY_IDLE)
		return;
	screen_capture_end(s->screen);
	take_word(s, "[steno: output is missing here]");
	screen_capture_begin(s->screen);
}

static void put_printed(struct story *s, const unsigned char *p, size_t n)
{
	uint64_t before = screen_other_marks(s->screen);

	eol_put(&s->eol, p, n, write_screen, s);
	if (s->state == STORY_RUN)
		s->unheard += screen_other_marks(s->screen) - before;
}

/* What the line editor or the terminal shows while a line is typed, and all behind it. */
static void put_typed(struct story *s, const unsigned char *p, size_t n)
{
	size_t line = s->state == STORY_INPUT && s->by_line > 0 ? story_line_end(s, p, n) : 0;

	screen_write(s->screen, p, line ? line : n);
	if (!line)
		return;
	story_infer_start(s);
	if (n > line)
		put_printed(s, p + line, n - line);
}

void story_put_bytes(struct story *s, const unsigned char *p, size_t n)
{
	if (s->state == STORY_IDLE && s->loose_us < 0)
		s->loose_us = s->now_us;
	if (s->state == STORY_IDLE || s->state == STORY_RUN)
		put_printed(s, p, n);
	else
		put_typed(s, p, n);
}

static void put_output(struct story *s, const struct event *e)
{
	if (story_hears_foreign(s))
		story_put_foreign(s, e->data, e->len);
	else
		story_put_bytes(s, e->data, e->len);
}

/* What is read from the terminal at once bears one time. */
static void note_read(struct story *s, const struct event *e)
{
	if ((e->code != EVENT_OUTPUT && e->code != EVENT_MARK) || e->at_us == s->read_us)
		return;
	s->read_before_us = s->read_us;
	s->read_us = e->at_us;
}

void story_put(struct story *s, const struct event *e)
{
	s->now_us = e->at_us;
	note_read(s, e);
	story_tire_measured(s);
	if (e->code == EVENT_MARK || e->code == EVENT_EXIT)
		story_end_osc(s);
	if (e->code != EVENT_OUTPUT && (e->code != EVENT_MARK || !eol_is_whole(&s->eol)))
		release_held(s);
	switch (e->code) {
	case EVENT_OUTPUT:
		put_output(s, e);
		break;
	case EVENT_MARK:
		story_put_mark(s, e);
		break;
	case EVENT_COMMAND:
		story_put_measured(s, e);
		break;
	case EVENT_RESIZE:
		screen_put_size(s->screen, e);
		break;
	case EVENT_EXIT:
		put_exit(s, e);
		break;
	case EVENT_WORDS:
		story_put_words(s, e);
		break;
	case EVENT_LOST:
		put_lost(s);
		/* fall through */
	case EVENT_FACT:
	case EVENT_NOTE:
		if (s->sink.fact)
			s->sink.fact(s->ctx, e);
		break;
	default:
		break;
	}
}

struct story *story_new(const struct header *h, const struct story_sink *sink, void *ctx)
{
	struct story *s = xcalloc(1, sizeof(*s));

	s->sink = *sink;
	s->ctx = ctx;
	s->wall_us = header_has_start(h) ? h->start_us : -1;
	s->untimed = !header_has_times(h);
	s->loose_us = -1;
	s->by_line = s->saved_h = s->shell = s->enters = -1;
	if (h->shell || h->command)
		buf_puts(&s->program, h->shell ? h->shell : h->command);
	s->is_imported = h->imported != NULL;
	s->is_nested = h->nested != NULL;
	s->is_hooked = h->hooks != NULL;
	s->screen = screen_new(h->rows, h->cols, &screen_sink, s);
	screen_capture_begin(s->screen);
	return s;
}

void story_keep_colours(struct story *s)
{
	screen_capture_colours(s->screen);
}

void story_free(struct story *s)
{
	size_t i;

	if (!s)
		return;
	screen_free(s->screen);
	story_release_foreign(s);
	story_release_levels(s);
	story_release_words(s);
	story_release_measured(s);
	story_release_calls(s);
	story_free_entry(s->open);
	for (i = 0; i < s->waits; i++)
		story_free_entry(s->waiting[i]);
	story_free_command(&s->peek);
	excerpt_release(&s->loose);
	excerpt_release(&s->loose_peek);
	buf_release(&s->dir);
	buf_release(&s->input);
	buf_release(&s->typed);
	buf_release(&s->saved);
	buf_release(&s->scratch);
	free(s);
}

void story_end(struct story *s)
{
	enum story_state from;

	story_end_words(s);
	story_end_measured(s, "interrupted");
	story_end_osc(s);
	release_held(s);
	if (s->outer)
		story_leave_foreign(s);
	story_leave_levels(s, "interrupted");
	from = s->state;
	story_enter(s, STORY_IDLE);
	if (!s->has_exit)
		story_whole_program(s, -1, "interrupted");
	story_infer_last(s);
	if (s->open) {
		struct command *c = &s->open->command;

		story_close_command(s, -1, "interrupted");
		c->end_us = -1;
	}
	story_finish_all(s);
	if (from == STORY_IDLE)
		story_flush_loose(s);
}

/* What has been printed so far, final or not. */
static void copy_output(struct story *s, struct excerpt *to, const struct excerpt *from)
{
	size_t at = 0;

	excerpt_copy(to, from);
	buf_clear(&s->scratch);
	screen_capture_peek(s->screen, &s->scratch);
	while (at < s->scratch.len) {
		const unsigned char *line = s->scratch.data + at;
		const unsigned char *newline = memchr(line, '\n', s->scratch.len - at);
		size_t n = newline ? (size_t)(newline - line) : s->scratch.len - at;

		excerpt_put(to, line, n);
		at += n + 1;
	}
}

static void copy_buf(struct buf *to, const struct buf *from)
{
	buf_clear(to);
	buf_put(to, from->data, from->len);
}

/* What it will be, if nothing of it has been told yet. */
static uint32_t number_of(const struct story *s, const struct entry *e)
{
	return e->told ? e->command.seq : s->seq + 1;
}

const struct command *story_running(struct story *s)
{
	struct command kept = s->peek;
	const struct command *c;

	if (!s->open && !s->outer)
		return NULL;
	c = s->open ? &s->open->command : &s->outer->command;
	s->peek = *c;
	s->peek.seq = number_of(s, s->open ? s->open : s->outer);
	s->peek.text = kept.text;
	s->peek.cwd = kept.cwd;
	s->peek.output = kept.output;
	copy_buf(&s->peek.text, &c->text);
	copy_buf(&s->peek.cwd, &c->cwd);
	copy_output(s, &s->peek.output, &c->output);
	return &s->peek;
}

uint32_t story_open(const struct story *s)
{
	return s->open ? number_of(s, s->open) : 0;
}

const struct excerpt *story_loose(struct story *s)
{
	if (s->state != STORY_IDLE)
		return NULL;
	copy_output(s, &s->loose_peek, &s->loose);
	return excerpt_is_blank(&s->loose_peek) ? NULL : &s->loose_peek;
}

int story_exit(const struct story *s, int *status)
{
	if (s->has_exit)
		*status = s->exit_status;
	return s->has_exit;
}

uint64_t story_refused_marks(const struct story *s, enum story_refusal why)
{
	return why == STORY_REFUSED_SECRET ? screen_forged_marks(s->screen) : s->refused[why];
}

uint64_t story_forged_marks(const struct story *s)
{
	uint64_t sum = 0;
	int why;

	for (why = 0; why < STORY_REFUSALS; why++)
		sum += story_refused_marks(s, (enum story_refusal)why);
	return sum;
}

uint64_t story_unheard_marks(const struct story *s)
{
	return s->unheard;
}

uint64_t story_unlisted_commands(const struct story *s)
{
	return s->unlisted;
}
