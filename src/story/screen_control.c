/* SPDX-License-Identifier: MIT */
/* The screen's controls and escape sequences: what each of them does, tabs, and how many marks came
 * by. */
#include "screen_private.h"

#include <string.h>

enum { MARK = 7377 }; /* the OSC number of steno's own marks */

/* The next tab stop behind col, or the last column. */
static int stop_behind(const struct screen *s, int col)
{
	int last = s->grid->cols - 1;
	const unsigned char *stop = NULL;

	if (col + 1 < last)
		stop = memchr(s->tabs + col + 1, 1, (size_t)(last - col - 1));
	return stop ? (int)(stop - s->tabs) : last;
}

static int stop_before(const struct screen *s, int col)
{
	const unsigned char *stop = col > 0 ? memrchr(s->tabs, 1, (size_t)col) : NULL;

	return stop ? (int)(stop - s->tabs) : 0;
}

static void tab(struct screen *s, int count)
{
	int col = s->col;

	for (; count > 0; count--)
		col = stop_behind(s, col);
	for (; count < 0; count++)
		col = stop_before(s, col);
	if (col != s->col)
		s->pending = 0;
	s->col = col;
}

static void run_control(struct screen *s, unsigned char c)
{
	switch (c) {
	case '\b':
		if (s->col > 0)
			s->col--;
		s->pending = 0;
		break;
	case '\t':
		tab(s, 1);
		break;
	case '\n':
	case '\v':
	case '\f':
		screen_line_feed(s);
		break;
	case '\r':
		s->col = 0;
		s->pending = 0;
		break;
	case 0x0e:
		screen_shift(s, 1, "\016");
		break;
	case 0x0f:
		screen_shift(s, 0, "\017");
		break;
	default:
		break;
	}
}

static void reverse_index(struct screen *s)
{
	s->by_text = 0;
	s->pending = 0;
	if (s->careful) {
		screen_place(s);
		screen_feed(s, "\033M", 2);
		screen_follow(s);
	} else if (s->row == s->top) {
		screen_scroll(s, s->top, s->bottom, -1);
	} else if (s->row > 0) {
		s->row--;
	}
}

static void run_escape(struct screen *s, const struct token *t)
{
	if (t->mid >= '(' && t->mid <= '+')
		screen_designate(s, t->mid, t->byte);
	if (t->mid)
		return;
	switch (t->byte) {
	case '7':
		screen_save_cursor(s);
		break;
	case '8':
		screen_restore_cursor(s);
		break;
	case 'D':
		grid_use(s->grid, s->row)->flags |= ROW_TOUCHED | ROW_FED;
		screen_line_down(s);
		break;
	case 'E':
		screen_line_feed(s);
		s->col = 0;
		break;
	case 'H':
		s->tabs[s->col] = 1;
		break;
	case 'M':
		reverse_index(s);
		break;
	case 'c':
		screen_reset(s);
		break;
	case 'n':
		screen_shift(s, 2, "\033n");
		break;
	case 'o':
		screen_shift(s, 3, "\033o");
		break;
	default:
		break;
	}
}

static void clear_tabs(struct screen *s, int which)
{
	if (which == 0)
		s->tabs[s->col] = 0;
	else if (which == 3)
		memset(s->tabs, 0, sizeof(s->tabs));
}

static void run_plain_csi(struct screen *s, const struct token *t)
{
	switch (t->byte) {
	case 'm':
		pen_apply(&s->pen, t);
		s->pen_changed = 1;
		break;
	case 'J':
		screen_erase_display(s, token_param(t, 0, 0));
		break;
	case 'K':
		screen_erase_line(s, token_param(t, 0, 0));
		break;
	case 'I':
		tab(s, screen_clamp(token_param(t, 0, 1), 1, s->grid->cols));
		break;
	case 'Z':
		tab(s, -screen_clamp(token_param(t, 0, 1), 1, s->grid->cols));
		break;
	case 'b':
		screen_repeat(s, token_param(t, 0, 1));
		break;
	case 'g':
		clear_tabs(s, token_param(t, 0, 0));
		break;
	case 'r':
		screen_set_margins(s, token_param(t, 0, 0), token_param(t, 1, 0));
		break;
	case 's':
		if (!t->count)
			screen_save_cursor(s);
		break;
	case 'u':
		if (!t->count)
			screen_restore_cursor(s);
		break;
	default:
		screen_edit(s, t);
	}
}

static void run_csi(struct screen *s, const struct token *t)
{
	if (t->mid == '!' && t->byte == 'p' && !t->prefix)
		screen_reset_modes(s);
	if (t->mid)
		return;
	if (t->byte == 'h' || t->byte == 'l')
		screen_set_modes(s, t);
	else if (t->prefix == '?' && t->byte == 'J')
		screen_erase_display(s, token_param(t, 0, 0));
	else if (t->prefix == '?' && t->byte == 'K')
		screen_erase_line(s, token_param(t, 0, 0));
	else if (!t->prefix)
		run_plain_csi(s, t);
}

/* Other people's. A shell that prints some beside ours has that of a start right behind C, or that of
 * an end right before D. */
static void count_other(struct screen *s, const struct token *t)
{
	int context = t->number == 3008;

	if (context ? t->letter == 'e' : t->letter == 'D') {
		s->ends++;
		return;
	}
	s->others += s->ends;
	s->ends = 0;
	if (!s->fresh || !(context ? t->letter == 's' : t->letter == 'C' || t->letter == 'E'))
		s->others++;
}

static void count_mark(struct screen *s, const struct token *t)
{
	if (t->byte != ']')
		return;
	s->forged += t->number == MARK;
	if (t->number == 133 || t->number == 633 || t->number == 3008)
		count_other(s, t);
}

static void note_shown(struct screen *s)
{
	s->fresh = 0;
	s->others += s->ends;
	s->ends = 0;
}

void screen_run(struct screen *s, const struct token *t)
{
	if (t->kind == TOKEN_TEXT || t->kind == TOKEN_CHAR || t->kind == TOKEN_CONTROL)
		note_shown(s);
	switch (t->kind) {
	case TOKEN_NONE:
		break;
	case TOKEN_TEXT:
		screen_put_text(s, t->text, t->len);
		break;
	case TOKEN_CHAR:
		screen_put_char(s, t->cp);
		break;
	case TOKEN_CONTROL:
		run_control(s, t->byte);
		break;
	case TOKEN_ESC:
		run_escape(s, t);
		break;
	case TOKEN_CSI:
		run_csi(s, t);
		break;
	case TOKEN_STRING:
		count_mark(s, t);
		break;
	}
}
