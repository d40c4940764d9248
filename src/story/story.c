/* SPDX-License-Identifier: MIT */
/* The fold from events to commands. It must never take a program's output for a boundary: only
 * marks that the recording keeps apart from output move it, and only where they make sense.
 *
 * A command that has ended is kept back until the next prompt, since its text comes from the
 * shell's history (E marks) after its end. */
#include "story.h"

#include "../base/json.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "mark.h"
#include "screen.h"

#include <stdlib.h>
#include <string.h>

enum state { IDLE, PROMPT, INPUT, RUN };

enum {
	WAITING = 64,	      /* ended commands of one paste that still wait for their text */
	TEXT_LIMIT = 1 << 20, /* bytes of a command's text, as of a mark */
};

struct entry {
	struct command command;
	int64_t number;	  /* the shell's */
	int wants_status; /* its D could not say; the A behind it does */
};

struct story {
	struct story_sink sink;
	void *ctx;
	struct screen *screen;
	int64_t wall_us; /* when the recording began */
	int64_t now_us;	 /* time of the last event */

	enum state state;
	int64_t number;	  /* of the last mark that was believed */
	int in_ps2;	  /* a continuation prompt is being printed */
	struct buf dir;	  /* the shell's directory, by P */
	int dir_stale;	  /* a command began since, and D has not come to say P again */
	struct buf input; /* what is on the screen between B and C */
	struct buf typed; /* the last of it that started commands */
	size_t typed_for; /* how many */
	uint64_t refused;

	uint32_t seq;
	struct entry *open;
	struct entry *waiting[WAITING];
	size_t waits;
	struct entry *doubtful; /* ended by an A without D, which may have been a false one */

	struct excerpt loose;
	int64_t loose_us; /* -1: nothing printed yet */
	int has_exit, exit_status;

	struct command peek;
	struct excerpt loose_peek;
	struct buf scratch; /* of the peeks */
};

/* Text from the screen */

static void take_line(struct story *s, const unsigned char *text, size_t n)
{
	switch (s->state) {
	case IDLE:
		excerpt_put(&s->loose, text, n);
		break;
	case PROMPT:
		break;
	case INPUT:
		if (s->input.len + n + 1 > TEXT_LIMIT)
			break;
		buf_put(&s->input, text, n);
		buf_putc(&s->input, '\n');
		break;
	case RUN:
		excerpt_put(&s->open->command.output, text, n);
		if (s->sink.line)
			s->sink.line(s->ctx, &s->open->command, text, n);
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

	if (s->state != IDLE && s->state != RUN)
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

/* Moves to another state; what was captured goes to where the old one wants it. */
static void enter(struct story *s, enum state state)
{
	screen_capture_end(s->screen);
	s->state = state;
	s->in_ps2 = 0;
	if (state == INPUT)
		buf_clear(&s->input);
	if (state == INPUT)
		screen_capture_input(s->screen);
	else if (state != PROMPT)
		screen_capture_begin(s->screen);
}

static void flush_loose(struct story *s)
{
	if (s->loose.lines && !excerpt_is_blank(&s->loose) && s->sink.loose)
		s->sink.loose(s->ctx, s->loose_us < 0 ? s->now_us : s->loose_us, &s->loose);
	excerpt_clear(&s->loose);
	s->loose_us = -1;
}

/* Commands */

static void command_release(struct command *c)
{
	buf_release(&c->text);
	buf_release(&c->cwd);
	excerpt_release(&c->output);
}

static void entry_free(struct entry *e)
{
	if (!e)
		return;
	command_release(&e->command);
	free(e);
}

/* The oldest command that waits is final now. */
static void finish_oldest(struct story *s)
{
	struct entry *e = s->waiting[0];

	if (s->doubtful == e)
		s->doubtful = NULL;
	s->waits--;
	memmove(s->waiting, s->waiting + 1, s->waits * sizeof(s->waiting[0]));
	if (s->sink.ended)
		s->sink.ended(s->ctx, &e->command);
	entry_free(e);
}

static void finish_all(struct story *s)
{
	while (s->waits)
		finish_oldest(s);
}

/* The open command has ended now; status -1: not known. The caller has moved on from RUN. */
static void close_command(struct story *s, int64_t status, const char *end)
{
	struct command *c = &s->open->command;

	c->end_us = s->now_us;
	c->end = end;
	c->has_exit = status >= 0;
	c->exit_code = status >= 0 ? (int)status : 0;
	if (s->waits == WAITING)
		finish_oldest(s);
	s->waiting[s->waits++] = s->open;
	s->open = NULL;
}

/* A C whose directory would need encoding says none: then P has said it. */
static void set_cwd(const struct story *s, struct command *c, struct mark_text dir)
{
	if (dir.n)
		mark_decode(dir, &c->cwd);
	else if (!s->dir_stale)
		buf_put(&c->cwd, s->dir.data, s->dir.len);
}

/* What was typed, as it stands on the screen. */
static void take_typed(struct story *s)
{
	size_t n = s->input.len, at = 0;

	while (n && (s->input.data[n - 1] == '\n' || s->input.data[n - 1] == ' '))
		n--;
	while (at < n && s->input.data[at] == '\n')
		at++;
	buf_clear(&s->typed);
	if (at < n)
		buf_put(&s->typed, s->input.data + at, n - at);
	buf_clear(&s->input);
	s->typed_for = 1;
}

static void set_screen_text(struct command *c, const unsigned char *p, size_t n)
{
	buf_clear(&c->text);
	buf_put(&c->text, p, n);
	c->text_from = n ? COMMAND_TEXT_SCREEN : COMMAND_TEXT_NONE;
}

static size_t count_lines(const struct buf *b)
{
	size_t lines = b->len > 0, i;

	for (i = 0; i < b->len; i++)
		lines += b->data[i] == '\n';
	return lines;
}

/* Several commands came from one paste, and nothing else follows from it. If it has as many lines
 * as there were commands, each had one: a command takes at least a line. */
static void share_typed(struct story *s)
{
	size_t at = 0, i;

	if (s->typed_for > 1 && s->typed_for <= s->waits &&
	    count_lines(&s->typed) == s->typed_for) {
		for (i = s->waits - s->typed_for; i < s->waits; i++) {
			const unsigned char *line = s->typed.data + at;
			const unsigned char *newline = memchr(line, '\n', s->typed.len - at);
			size_t n = newline ? (size_t)(newline - line) : s->typed.len - at;

			set_screen_text(&s->waiting[i]->command, line, n);
			at += n + 1;
		}
	}
	s->typed_for = 0;
}

static void start_command(struct story *s, const struct mark *m)
{
	struct entry *e = xcalloc(1, sizeof(*e));
	struct command *c = &e->command;

	c->seq = ++s->seq;
	c->src = mark_text_is(m->src, "argv") ? "argv" : "shell";
	c->start_us = s->now_us;
	c->end_us = -1;
	c->start_wall_us = m->wall_us >= 0 ? m->wall_us : s->wall_us + s->now_us;
	set_cwd(s, c, m->dir);
	s->dir_stale = 1;
	e->number = m->s;
	if (m->cmd.p) {
		mark_decode(m->cmd, &c->text);
		c->text_from = COMMAND_TEXT_ARGV;
	} else if (s->typed_for == 1) {
		set_screen_text(c, s->typed.data, s->typed.len);
	}
	s->open = e;
	if (s->sink.started)
		s->sink.started(s->ctx, c);
}

/* Marks. Each is called in a state that `rules` allows and with a number that fits. */

/* Something in the shell ran before the hook that prints D, so D did not know the status. */
static void set_late_status(struct story *s, const struct mark *m)
{
	struct entry *e = s->waits ? s->waiting[s->waits - 1] : NULL;

	if (!e || !e->wants_status || m->s != e->number || m->status < 0)
		return;
	e->command.has_exit = 1;
	e->command.exit_code = (int)m->status;
}

static void on_prompt(struct story *s, const struct mark *m)
{
	enum state from = s->state;

	enter(s, PROMPT);
	if (from == RUN) {
		int same = m->s == s->number;

		close_command(s, same ? m->status : -1, same ? "exit" : "lost");
		share_typed(s);
		s->doubtful = same ? s->waiting[s->waits - 1] : NULL;
	} else {
		set_late_status(s, m);
		finish_all(s);
	}
	if (from == IDLE)
		flush_loose(s);
}

static void on_input(struct story *s, const struct mark *m)
{
	(void)m;
	if (s->in_ps2) {
		if (screen_is_capturing(s->screen))
			screen_capture_skip(s->screen);
		else
			screen_capture_input(s->screen);
		s->in_ps2 = 0;
	} else {
		enter(s, INPUT);
	}
}

static void on_continuation(struct story *s, const struct mark *m)
{
	(void)m;
	s->in_ps2 = 1;
}

static void on_start(struct story *s, const struct mark *m)
{
	enum state from = s->state;

	enter(s, RUN);
	if (from == RUN) {
		int next = m->s == s->number + 1;

		close_command(s, next ? m->prev : -1, next ? "exit" : "lost");
	} else {
		s->doubtful = NULL;
		finish_all(s);
	}
	if (from == IDLE)
		flush_loose(s);
	if (from == INPUT)
		take_typed(s);
	else if (from == RUN && s->typed_for)
		s->typed_for++;
	else
		s->typed_for = 0;
	start_command(s, m);
}

/* The true end of a command whose own output held a prompt (`echo "${PS1@P}"`). */
static void reopen_end(struct story *s, const struct mark *m)
{
	struct command *c = &s->doubtful->command;
	size_t at = 0;

	while (at < s->input.len) {
		const unsigned char *line = s->input.data + at;
		const unsigned char *newline = memchr(line, '\n', s->input.len - at);

		excerpt_put(&c->output, line, (size_t)(newline - line));
		at += (size_t)(newline - line) + 1;
	}
	c->end_us = s->now_us;
	c->has_exit = m->status >= 0;
	c->exit_code = m->status >= 0 ? (int)m->status : 0;
	s->doubtful = NULL;
}

static void on_end(struct story *s, const struct mark *m)
{
	enum state from = s->state;
	int same = m->s == s->number;

	s->dir_stale = 0;
	if (from != IDLE)
		enter(s, IDLE);
	if (from == RUN) {
		close_command(s, same ? m->status : -1, same ? "exit" : "lost");
		share_typed(s);
		s->waiting[s->waits - 1]->wants_status = same && m->status < 0;
	} else if (s->doubtful && same) {
		reopen_end(s, m);
	}
}

static void on_history(struct story *s, const struct mark *m)
{
	size_t i;

	for (i = 0; i < s->waits && m->cmd.p; i++) {
		struct entry *e = s->waiting[i];
		struct command *c = &e->command;

		if (e->number != m->s || c->text_from == COMMAND_TEXT_ARGV)
			continue;
		mark_decode(m->cmd, &c->text);
		while (c->text.len && c->text.data[c->text.len - 1] == '\n')
			c->text.len--;
		c->text_from = COMMAND_TEXT_SHELL;
		c->text_cut = m->cut > 0;
	}
}

static void on_directory(struct story *s, const struct mark *m)
{
	if (m->dir.p)
		mark_decode(m->dir, &s->dir);
}

enum { IN_IDLE = 1 << IDLE, IN_PROMPT = 1 << PROMPT, IN_INPUT = 1 << INPUT, IN_RUN = 1 << RUN };
enum { IN_ANY = IN_IDLE | IN_PROMPT | IN_INPUT | IN_RUN };
enum number { SAME, SAME_OR_EARLIER, SAME_OR_LATER, LATER };

static const struct rule {
	char letter;
	unsigned states;
	enum number number;
	void (*apply)(struct story *s, const struct mark *m);
} rules[] = {
	{'A', IN_ANY, SAME_OR_LATER, on_prompt}, {'B', IN_PROMPT | IN_INPUT, SAME, on_input},
	{'2', IN_INPUT, SAME, on_continuation},	 {'C', IN_ANY, LATER, on_start},
	{'D', IN_ANY, SAME_OR_LATER, on_end},	 {'E', IN_IDLE, SAME_OR_EARLIER, on_history},
	{'P', IN_ANY, SAME, on_directory},
};

static int number_fits(const struct story *s, enum number number, int64_t n)
{
	switch (number) {
	case SAME_OR_EARLIER:
		return n >= 0 && n <= s->number;
	case SAME_OR_LATER:
		return n >= s->number;
	case LATER:
		return n > s->number;
	default:
		return n == s->number;
	}
}

static void put_mark(struct story *s, const struct event *e)
{
	struct mark m;
	size_t i;

	if (mark_parse(&m, e->data, e->len) < 0) {
		s->refused++;
		return;
	}
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		if (r->letter != m.letter)
			continue;
		if (!(r->states & 1u << s->state) || !number_fits(s, r->number, m.s)) {
			s->refused++;
			return;
		}
		r->apply(s, &m);
		if (m.s > s->number)
			s->number = m.s;
		return;
	}
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

static void put_resize(struct story *s, const struct event *e)
{
	const unsigned char *x = e->len ? memchr(e->data, 'x', e->len) : NULL;
	int cols, rows;

	if (!x || parse_count(e->data, (size_t)(x - e->data), &cols) < 0 ||
	    parse_count(x + 1, e->len - (size_t)(x - e->data) - 1, &rows) < 0)
		return;
	screen_resize(s->screen, rows, cols);
}

static void put_exit(struct story *s, const struct event *e)
{
	enum state from = s->state;
	int status;

	if (s->has_exit || parse_count(e->data, e->len, &status) < 0)
		return;
	s->has_exit = 1;
	s->exit_status = status;
	enter(s, IDLE);
	if (from == RUN) {
		close_command(s, status, "eof");
		share_typed(s);
	}
	finish_all(s);
	if (from == IDLE)
		flush_loose(s);
}

static void put_words(struct story *s, const struct event *e)
{
	struct json *j = json_parse(e->data, e->len, NULL);
	const char *role, *text;
	size_t n = 0;

	if (!j)
		return;
	role = json_get_text(j, "role");
	text = json_get_bytes(j, "text", &n);
	if (role && text && s->sink.words)
		s->sink.words(s->ctx, e->at_us, role, text, n);
	json_free(j);
}

static void put_lost(struct story *s)
{
	if (s->state != RUN && s->state != IDLE)
		return;
	screen_capture_end(s->screen);
	take_word(s, "[steno: output is missing here]");
	screen_capture_begin(s->screen);
}

void story_put(struct story *s, const struct event *e)
{
	s->now_us = e->at_us;
	switch (e->code) {
	case EVENT_OUTPUT:
		if (s->state == IDLE && s->loose_us < 0)
			s->loose_us = e->at_us;
		screen_write(s->screen, e->data, e->len);
		break;
	case EVENT_MARK:
		put_mark(s, e);
		break;
	case EVENT_RESIZE:
		put_resize(s, e);
		break;
	case EVENT_EXIT:
		put_exit(s, e);
		break;
	case EVENT_WORDS:
		put_words(s, e);
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
	s->wall_us = h->start_us;
	s->loose_us = -1;
	s->screen = screen_new(h->rows, h->cols, &screen_sink, s);
	screen_capture_begin(s->screen);
	return s;
}

void story_free(struct story *s)
{
	size_t i;

	if (!s)
		return;
	screen_free(s->screen);
	entry_free(s->open);
	for (i = 0; i < s->waits; i++)
		entry_free(s->waiting[i]);
	command_release(&s->peek);
	excerpt_release(&s->loose);
	excerpt_release(&s->loose_peek);
	buf_release(&s->dir);
	buf_release(&s->input);
	buf_release(&s->typed);
	buf_release(&s->scratch);
	free(s);
}

void story_end(struct story *s)
{
	enum state from = s->state;

	enter(s, IDLE);
	if (from == RUN) {
		struct command *c = &s->open->command;

		close_command(s, -1, "interrupted");
		c->end_us = -1;
	}
	finish_all(s);
	if (from == IDLE)
		flush_loose(s);
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

const struct command *story_running(struct story *s)
{
	struct command kept = s->peek;
	const struct command *c;

	if (!s->open)
		return NULL;
	c = &s->open->command;
	s->peek = *c;
	s->peek.text = kept.text;
	s->peek.cwd = kept.cwd;
	s->peek.output = kept.output;
	copy_buf(&s->peek.text, &c->text);
	copy_buf(&s->peek.cwd, &c->cwd);
	copy_output(s, &s->peek.output, &c->output);
	return &s->peek;
}

const struct excerpt *story_loose(struct story *s)
{
	if (s->state != IDLE)
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

uint64_t story_forged_marks(const struct story *s)
{
	return s->refused + screen_forged_marks(s->screen);
}
