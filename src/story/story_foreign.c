/* SPDX-License-Identifier: MIT */
/* Other people's marks, where the shell has none of ours: at the top when none has come, and inside
 * of a program that is the session itself or that has taken the shell's place (exec), or of any if
 * that is asked for. While our own hooks are live they change nothing else. What they tell is never
 * verified, and says so. */
#include "story_private.h"

#include "mark.h"
#include "screen.h"

#include "../tape/event.h"
#include "../tape/header.h"

#include <string.h>

static int is_foreign(const struct entry *e)
{
	return e && e->foreign;
}

/* The next word from *at on, between blanks, as it is spelt; its length, 0 at the end. */
static size_t next_word(const struct buf *text, size_t *at, const unsigned char **word)
{
	size_t from = *at;

	while (from < text->len && strchr(" \t\n", text->data[from]))
		from++;
	for (*at = from; *at < text->len && !strchr(" \t\n", text->data[*at]);)
		++*at;
	*word = text->data + from;
	return *at - from;
}

static int is_exec(const struct command *c, size_t *at)
{
	const unsigned char *word;

	*at = 0;
	return next_word(&c->text, at, &word) == 4 && !memcmp(word, "exec", 4);
}

int story_is_exec(const struct command *c)
{
	size_t at;

	return is_exec(c, &at);
}

static int is_shells_name(const unsigned char *word, size_t n)
{
	static const char *const names[] = {
		"bash",	 "zsh",	   "fish",	 "sh",	     "dash",	    "ksh",  "ksh93",
		"mksh",	 "ash",	   "csh",	 "tcsh",     "nu",	    "pwsh", "elvish",
		"xonsh", "$SHELL", "\"$SHELL\"", "${SHELL}", "\"${SHELL}\""};
	const unsigned char *slash = memrchr(word, '/', n);
	size_t i;

	if (slash) {
		n -= (size_t)(slash + 1 - word);
		word = slash + 1;
	}
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (n == strlen(names[i]) && !memcmp(word, names[i], n))
			return 1;
	return 0;
}

/* Nothing but options stands behind the shell's name, and none with a command. */
static int has_become_a_shell(const struct command *c)
{
	const unsigned char *word;
	size_t at, n;
	int is = 0;

	if (!is_exec(c, &at))
		return 0;
	while ((n = next_word(&c->text, &at, &word))) {
		if (!is)
			is = is_shells_name(word, n);
		else if (*word != '-' || (word[1] != '-' && memchr(word, 'c', n)))
			return 0;
	}
	return is;
}

void story_note_exec(struct command *c)
{
	if ((!c->marks || !strcmp(c->marks, "inferred")) && !c->holds &&
	    strcmp(c->end, "exit") != 0 && has_become_a_shell(c))
		c->marks = "none";
}

/* Does the open command stand for all that follows? */
static int has_taken_over(const struct story *s)
{
	if (!s->open || s->open->inferred)
		return 0;
	return s->is_nested || !strcmp(s->open->command.src, "argv") ||
	       story_is_exec(&s->open->command);
}

int story_hears_foreign(const struct story *s)
{
	return s->outer || is_foreign(s->open) || !s->own || has_taken_over(s);
}

/* Back to where we were, in which nothing of theirs is open. */
static void leave(struct story *s, int64_t status, const char *end)
{
	enum story_state state = s->outer ? STORY_RUN : STORY_IDLE;

	if (s->state != state || is_foreign(s->open))
		story_enter(s, state == STORY_RUN ? STORY_PROMPT : state);
	if (is_foreign(s->open)) {
		story_close_command(s, status, end);
		story_finish_all(s);
	}
	s->typed_for = 0;
	if (!s->outer)
		return;
	s->open = s->outer;
	s->outer = NULL;
	story_enter(s, STORY_RUN);
}

void story_leave_foreign(struct story *s)
{
	if (s->outer || is_foreign(s->open))
		leave(s, -1, "eof");
}

/* The command that they are inside of waits. */
static void step_inside(struct story *s)
{
	if (s->state != STORY_RUN || is_foreign(s->open))
		return;
	story_enter(s, STORY_PROMPT);
	story_finish_all(s);
	story_tell_start(s);
	s->outer = s->open;
	s->open = NULL;
}

static void on_prompt(struct story *s)
{
	int idle = s->state == STORY_IDLE;

	if (is_foreign(s->open))
		leave(s, -1, "exit");
	step_inside(s);
	story_enter(s, STORY_PROMPT);
	if (idle)
		story_flush_loose(s);
}

static void on_input(struct story *s)
{
	if (s->state != STORY_PROMPT && s->state != STORY_INPUT)
		return;
	if (s->in_ps2 && screen_is_capturing(s->screen))
		screen_capture_skip(s->screen);
	else if (s->in_ps2)
		screen_capture_input(s->screen);
	else
		story_enter(s, STORY_INPUT);
	s->in_ps2 = 0;
	s->by_line = -1;
}

static void set_text(struct story *s, const struct buf *text)
{
	struct command *c = &s->open->command;

	buf_clear(&c->text);
	buf_put(&c->text, text->data, text->len);
	while (c->text.len && c->text.data[c->text.len - 1] == '\n')
		c->text.len--;
	c->text_from = COMMAND_TEXT_SHELL;
}

static void on_start(struct story *s, const struct foreign *f)
{
	struct mark m = {.letter = 'C', .s = s->number, .wall_us = -1, .cut = -1};
	const struct buf *dir = f->dir.len ? &f->dir : &s->foreign_dir;
	enum story_state from;

	if (is_foreign(s->open))
		leave(s, -1, "exit");
	step_inside(s);
	from = s->state;
	story_enter(s, STORY_RUN);
	if (from == STORY_IDLE)
		story_flush_loose(s);
	s->typed_for = 0;
	if (from == STORY_INPUT)
		story_take_typed(s);
	story_open_command(s, &m);
	s->open->foreign = 1;
	s->open->command.marks = f->marks;
	if (s->outer) {
		s->open->command.inside = s->outer->command.seq;
		s->open->command.depth++;
		s->outer->command.holds = 1;
	}
	buf_clear(&s->open->command.cwd);
	buf_put(&s->open->command.cwd, dir->data, dir->len);
	if (f->has_text)
		set_text(s, &f->text);
	else if (s->has_foreign_text)
		set_text(s, &s->foreign_text);
	s->has_foreign_text = 0;
	buf_clear(&s->context);
	buf_put(&s->context, f->context.data, f->context.len);
	story_tell_start(s);
}

static void keep(struct buf *to, const struct buf *from)
{
	buf_clear(to);
	buf_put(to, from->data, from->len);
}

/* Marks of one kind tell of boundaries; those of 3008 only as long as there are no others. */
static int is_heard(struct story *s, const struct foreign *f)
{
	int replaces =
		s->foreign_marks && !strcmp(s->foreign_marks, "osc3008") && !is_foreign(s->open);

	if (!s->foreign_marks || replaces)
		s->foreign_marks = f->marks;
	if (strcmp(s->foreign_marks, f->marks) != 0)
		return 0;
	/* of a program inside the command, which has marks of its own */
	return !is_foreign(s->open) || !s->context.len || !f->context.len ||
	       (s->context.len == f->context.len &&
		!memcmp(s->context.data, f->context.data, s->context.len));
}

/* A shell that has our hooks may print such marks, too: then a command would be told twice, or one
 * that its start-up files run would be told. Another shell, within it or in its place, has shown a
 * prompt before it starts a command; OSC 3008 has no prompts. */
static int is_the_shells(const struct story *s, const struct foreign *f)
{
	if (!strcmp(f->marks, "osc3008"))
		return 0;
	if (!s->own)
		return s->is_hooked && s->state == STORY_IDLE;
	return !s->outer && s->open && !is_foreign(s->open) &&
	       strcmp(s->open->command.src, "argv") != 0;
}

/* VS Code's scripts print E with nothing in it, C, and D without a status when nothing was run: an
 * empty line, ^C, in bash a comment. */
static int is_nothing(const struct story *s, const struct foreign *f)
{
	return s->has_foreign_text && !s->foreign_text.len && !f->has_text &&
	       !strcmp(f->marks, "osc633") && !is_foreign(s->open);
}

static void put_boundary(struct story *s, const struct foreign *f)
{
	switch (f->kind) {
	case FOREIGN_PROMPT:
		s->has_foreign_text = 0; /* nushell tells what it ran behind D */
		on_prompt(s);
		break;
	case FOREIGN_CONTINUATION:
		s->in_ps2 = s->state == STORY_INPUT;
		break;
	case FOREIGN_INPUT:
		on_input(s);
		break;
	case FOREIGN_START:
		if (is_nothing(s, f))
			s->has_foreign_text = 0;
		else if (!is_the_shells(s, f))
			on_start(s, f);
		break;
	case FOREIGN_END:
		s->has_foreign_text = 0;
		if (s->outer || is_foreign(s->open))
			leave(s, f->status, "exit");
		break;
	default:
		break;
	}
}

static int on_command(void *ctx, const unsigned char *p, size_t n)
{
	struct story *s = ctx;
	const struct foreign *f = &s->foreign;

	if (!story_hears_foreign(s) || foreign_parse(&s->foreign, p, n) < 0)
		return 0;
	if (f->kind == FOREIGN_DIRECTORY && f->text.len && f->text.data[0] == '/')
		keep(&s->foreign_dir, &f->text);
	if (f->kind == FOREIGN_TEXT)
		keep(&s->foreign_text, &f->text);
	s->has_foreign_text |= f->kind == FOREIGN_TEXT;
	if (f->marks && is_heard(s, f))
		put_boundary(s, f);
	return 1;
}

static void on_output(void *ctx, const unsigned char *p, size_t n)
{
	story_put_bytes(ctx, p, n);
}

static const struct osc_sink osc_sink = {on_output, on_command};

void story_put_foreign(struct story *s, const unsigned char *p, size_t n)
{
	osc_put(&s->osc, p, n, &osc_sink, s);
}

void story_end_osc(struct story *s)
{
	osc_end(&s->osc, &osc_sink, s);
}

void story_release_foreign(struct story *s)
{
	story_free_entry(s->outer);
	osc_release(&s->osc);
	foreign_release(&s->foreign);
	buf_release(&s->foreign_dir);
	buf_release(&s->foreign_text);
	buf_release(&s->context);
	buf_release(&s->program);
}

static void replay(struct story *s, const unsigned char *p, size_t n)
{
	while (n) {
		const unsigned char *newline = memchr(p, '\n', n);
		size_t len = newline ? (size_t)(newline - p) : n;

		if (s->sink.line)
			s->sink.line(s->ctx, &s->open->command, p, len);
		len += newline != NULL;
		p += len;
		n -= len;
	}
}

/* No mark at all has come: all of it is one command. */
void story_whole_program(struct story *s, int64_t status, const char *end)
{
	struct mark m = {.letter = 'C', .wall_us = s->wall_us, .cut = -1};
	int64_t now = s->now_us;
	struct excerpt_rest rest;
	struct command *c;

	if (s->own || s->is_imported || s->seq || s->open || s->foreign_marks ||
	    (!s->program.len && !s->loose.lines))
		return;
	s->now_us = 0;
	story_open_command(s, &m);
	s->now_us = now;
	c = &s->open->command;
	c->src = "argv";
	c->marks = "none";
	buf_put(&c->text, s->program.data, s->program.len);
	c->text_from = c->text.len ? COMMAND_TEXT_ARGV : COMMAND_TEXT_NONE;
	excerpt_copy(&c->output, &s->loose);
	excerpt_clear(&s->loose);
	story_tell_start(s);
	replay(s, c->output.head.data, c->output.head.len);
	excerpt_rest(&c->output, &rest);
	replay(s, rest.tail, rest.n);
	story_close_command(s, status, end);
	story_finish_all(s);
}
