/* SPDX-License-Identifier: MIT */
/* Commands of shells that can print a mark with their prompt and no other (B with nl): one begins
 * with the line feed that ends what was typed, and ends with the next prompt. Whether the line was
 * a command at all can only be told then: nothing may be said of one that was none. */
#include "story_private.h"

#include "mark.h"
#include "screen.h"
#include "width.h"

#include "../base/utf8.h"

#include <string.h>

/* Values of nl: who shows what is typed? */
enum {
	NL_EDITOR = 1,	/* a line editor, on one line of the screen */
	NL_WRAPS = 2,	/* one that wraps a long line with two carriage returns and a line feed */
	NL_SCROLLS = 4, /* one that shows a part of a long line, with < > or * at the right end */
	NL_ECHO = 3,	/* the terminal: at once, even if the shell reads it only later */
};

enum { REDRAW_US = 50000 }; /* a line editor that draws anew has done so by then */

/* Without an Enter, a line feed is the editor's that draws anew, or another program's. */
static int is_entered(const struct story *s)
{
	return s->by_line == NL_ECHO ? s->entered > 0 : s->enters != 0;
}

/* What programs read meanwhile is not known: but with a line entered since B, all before is
 * past. */
static void take_enter(struct story *s)
{
	if (s->enters > 0)
		s->enters = (s->entered && s->entered < s->enters ? s->entered : s->enters) - 1;
}

/* Could this line feed be a line editor's own? */
static int is_editors(const struct story *s)
{
	return s->by_line == NL_EDITOR || (s->by_line == NL_WRAPS && s->returns >= 2);
}

/* The first key is typed: what stands behind the prompt is not, if it cannot be a line editor's that
 * shows what was typed ahead, or draws anew. */
void story_begin_line(struct story *s)
{
	size_t from = s->input.len;
	int row;

	if (s->state != STORY_INPUT || s->keyed || s->by_line <= 0)
		return;
	if (s->by_line != NL_ECHO && (s->line_begun || !s->stray))
		return;
	screen_capture_end(s->screen);
	story_tell_loose(s, from);
	s->input.len = from;
	s->stray = 0;
	screen_capture_input(s->screen);
	screen_cursor(s->screen, &row, &s->prompt_col);
}

/* Behind the line feed that ends what is typed: how much of p that is; 0: it goes on. */
size_t story_line_end(struct story *s, const unsigned char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int ends =
			p[i] == '\n' && (s->by_line != NL_WRAPS || s->returns < 2) && is_entered(s);

		s->stray |= p[i] == '\n' && !ends && !is_editors(s);
		s->returns = p[i] == '\r' ? s->returns + 1 : 0;
		if (ends)
			return i + 1;
	}
	return 0;
}

/* A line that ends in the last columns with the sign that there is more. */
static int is_scrolled(const struct story *s)
{
	const struct buf *t = &s->typed;
	size_t at = 0;

	while (s->by_line == NL_SCROLLS && at < t->len) {
		const unsigned char *line = t->data + at;
		const unsigned char *newline = memchr(line, '\n', t->len - at);
		size_t n = newline ? (size_t)(newline - line) : t->len - at;

		if (n && n + (size_t)s->prompt_col + 2 >= (size_t)screen_cols(s->screen) &&
		    strchr("<>*", line[n - 1]))
			return 1;
		at += n + 1;
	}
	return 0;
}

static size_t count_columns(const unsigned char *p, size_t n)
{
	size_t at = 0, columns = 0;

	while (at < n) {
		uint32_t cp = UTF8_REPLACEMENT;
		size_t used = utf8_decode(p + at, n - at, &cp);

		columns += (size_t)width_of(cp);
		at += used ? used : 1;
	}
	return columns;
}

/* Each row of the screen but the last is full: it may have ended in blanks. */
static void join_rows(struct story *s)
{
	size_t row = (size_t)(screen_cols(s->screen) - s->prompt_col), at = s->input_from;
	struct buf line = {0};

	while (at < s->input.len) {
		const unsigned char *p = s->input.data + at;
		size_t n = (size_t)((const unsigned char *)memchr(p, '\n', s->input.len - at) - p);
		size_t columns = count_columns(p, n);

		buf_put(&line, p, n);
		for (at += n + 1; at < s->input.len && columns < row; columns++)
			buf_putc(&line, ' ');
		row = (size_t)screen_cols(s->screen);
	}
	buf_putc(&line, '\n');
	s->input.len = s->input_from;
	buf_put(&s->input, line.data, line.len);
	buf_release(&line);
}

/* The history has the line: its text, and that it was no empty one. */
void story_save_line(struct story *s, const struct mark *m)
{
	if (m->h < 0 || m->h == s->prompt_h || !m->cmd.n)
		return;
	mark_decode(m->cmd, &s->saved);
	s->saved_h = m->h;
}

static void take_saved(struct story *s)
{
	struct command *c = &s->open->command;

	if (s->saved_h < 0)
		return;
	buf_clear(&c->text);
	buf_put(&c->text, s->saved.data, s->saved.len);
	c->text_from = COMMAND_TEXT_SHELL;
}

static int ends_with(const struct buf *text, const char *word)
{
	size_t n = strlen(word);

	return text->len >= n && !memcmp(text->data + text->len - n, word, n);
}

static int may_be_none(const struct buf *text)
{
	return !text->len || text->data[0] == '#' || ends_with(text, "^C") || ends_with(text, "^D");
}

static void set_no_text(struct command *c)
{
	buf_clear(&c->text);
	c->text_from = COMMAND_TEXT_NONE;
}

void story_infer_start(struct story *s)
{
	struct mark m = {.letter = 'C', .s = s->number, .wall_us = -1, .cut = -1};

	take_enter(s);
	story_enter(s, STORY_RUN);
	s->doubtful = NULL;
	story_finish_all(s);
	if (s->by_line == NL_WRAPS)
		join_rows(s);
	story_take_typed(s);
	story_open_command(s, &m);
	s->open->inferred = 1;
	s->open->command.marks = "inferred";
	s->spoilt |= s->stray;
	s->open->spoilt = s->spoilt;
	if (is_scrolled(s) || (s->spoilt && !may_be_none(&s->open->command.text))) {
		set_no_text(&s->open->command);
		s->open->unreadable = 1;
	}
}

/* No line feed will end such a line. Without a key it was empty. */
void story_enter_unseen(struct story *s)
{
	int keyed = s->keyed;

	s->unseen = s->state != STORY_INPUT;
	if (!s->unseen || s->enters < 0)
		s->enters = 0;
	if (s->unseen || s->by_line <= 0)
		return;
	screen_capture_end(s->screen);
	buf_clear(&s->input);
	s->input_from = 0;
	story_infer_start(s);
	set_no_text(&s->open->command);
	s->open->unreadable = keyed;
}

/* The line is not complete: a continuation prompt has come. */
void story_resume_input(struct story *s)
{
	screen_capture_end(s->screen);
	s->state = STORY_INPUT;
	buf_clear(&s->input);
	buf_put(&s->input, s->typed.data, s->typed.len);
	if (s->typed.len)
		buf_putc(&s->input, '\n');
	s->input_from = s->input.len;
	s->typed_for = 0;
	story_forget_command(s);
}

void story_resume_redrawn(struct story *s)
{
	struct buf text = {0};

	if (s->state == STORY_RUN && s->open->inferred && !s->open->told &&
	    s->by_line == NL_EDITOR && !s->entered && screen_capture_again(s->screen, &text)) {
		s->state = STORY_INPUT;
		buf_clear(&s->input);
		buf_put(&s->input, text.data, text.len);
		buf_putc(&s->input, '\n');
		s->input_from = 0;
		s->typed_for = 0;
		story_forget_command(s);
	}
	buf_release(&text);
}

/* An empty line, a comment, and what ends in a ^C or ^D as it is shown may turn out to be none; so
 * may any while a line editor could be drawing anew. What was printed is of another program
 * then. */
int story_is_doubted(const struct story *s)
{
	const struct entry *e = s->open;
	const struct buf *text = &e->command.text;

	if (!e->inferred || e->told || e->unreadable)
		return 0;
	return (s->by_line != NL_ECHO && s->now_us - e->command.start_us < REDRAW_US) ||
	       may_be_none(text);
}

/* m: the prompt behind it. An empty line, a comment, a line that was given up with ^C, and a prompt
 * that was only drawn again run nothing. */
static int was_run(const struct story *s, const struct mark *m)
{
	const struct command *c = &s->open->command;
	int quiet = excerpt_is_blank(&c->output), unsaved = m->h >= 0 && m->h == s->prompt_h;

	if (s->open->told)
		return 1;
	if (m->s == s->open->number)
		return 0;
	if (m->status == 130 && (unsaved || (quiet && ends_with(&c->text, "^C"))))
		return 0;
	if (!c->text.len && !s->open->unreadable)
		return m->status != s->prompt_status && !unsaved;
	return s->open->unreadable || c->text.data[0] != '#' || m->status != s->prompt_status ||
	       memchr(c->text.data, '\n', c->text.len);
}

void story_infer_end(struct story *s, const struct mark *m)
{
	int next = m->s == s->number + 1;

	take_saved(s);
	if (!was_run(s, m)) {
		excerpt_copy(&s->loose, &s->open->command.output);
		story_forget_command(s);
		s->typed_for = 0;
		story_flush_loose(s);
		return;
	}
	if (s->open->spoilt && s->saved_h < 0)
		set_no_text(&s->open->command);
	story_close_command(s, next ? m->status : -1, next ? "exit" : "lost");
	story_share_typed(s);
	story_finish_all(s);
}

/* A line that was typed ahead, and so shown, before the prompt: its text is not here, unless the
 * history has it. If not, and it printed nothing and changed nothing, it is not known whether it
 * was a command. */
void story_infer_ahead(struct story *s, const struct mark *m)
{
	struct mark start = {.letter = 'C', .s = s->number, .wall_us = -1, .cut = -1};
	int64_t now = s->now_us;
	int saved = s->prompt_h >= 0 && m->h > s->prompt_h; /* entered by another key, such as ^O */
	size_t at = 0;

	if (s->by_line <= 0 || m->s == s->number || m->status == 130)
		return;
	if (s->saved_h < 0 && !saved &&
	    ((s->by_line != NL_ECHO && !s->unseen) || s->entered ||
	     (!s->input.len && m->status == s->prompt_status)))
		return;
	s->typed_for = 0;
	s->now_us = s->prompt_us;
	story_open_command(s, &start);
	s->now_us = now;
	s->open->inferred = 1;
	s->open->command.marks = "inferred";
	while (at < s->input.len) {
		const unsigned char *line = s->input.data + at;
		const unsigned char *newline = memchr(line, '\n', s->input.len - at);

		story_put_line(s, line, (size_t)(newline - line));
		at += (size_t)(newline - line) + 1;
	}
	take_saved(s);
	story_close_command(s, m->status, "exit");
	story_finish_all(s);
}

/* A line editor that reads is at a prompt, unless ksh93's `read` uses it; what is typed ahead of a prompt
 * that is on its way finds it, too. Without an editor `read` looks like a prompt, and a key may be typed
 * ahead. */
void story_note_reader(struct story *s, const struct mark *m)
{
	int is_prompt = s->by_line == NL_ECHO ? m->reader > 0 && m->letter == 'R' : m->reader == 2;

	if (s->state == STORY_RUN && s->open->inferred && is_prompt)
		s->open->overrun = 1;
}

/* No prompt has come behind it although the shell was at one, or may have been: PS1 was set anew. */
const char *story_last_end(struct story *s)
{
	struct entry *e = s->open;

	if (!e->overrun || story_is_exec(&e->command))
		return "eof";
	e->command.unprompted = 1;
	return "lost";
}

/* The session ends. mksh shows the end of its input as it shows a ^C. */
void story_infer_last(struct story *s)
{
	const struct command *c = s->open ? &s->open->command : NULL;

	if (!c || !s->open->inferred || s->open->told || s->open->unreadable)
		return;
	if (!c->text.len || (excerpt_is_blank(&c->output) && ends_with(&c->text, "^D")))
		story_forget_command(s);
}
