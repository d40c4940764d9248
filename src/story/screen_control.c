/* SPDX-License-Identifier: MIT */
/* The screen's controls and escape sequences. What libvterm gets of them is clamped here. */
#include "screen_private.h"

#include <string.h>

enum {
	TAB = 8,
	MARK = 7377, /* the OSC number of steno's own marks */
};

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

static void shift_to(struct screen *s, int set, const char *bytes)
{
	if (s->shift == set)
		return;
	s->shift = set;
	screen_feed(s, bytes, strlen(bytes));
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
		shift_to(s, 1, "\016");
		break;
	case 0x0f:
		shift_to(s, 0, "\017");
		break;
	default:
		break;
	}
}

static struct saved *saved_here(struct screen *s)
{
	return &s->saved[s->grid == &s->alternate];
}

static void save_cursor(struct screen *s)
{
	*saved_here(s) = (struct saved){s->row, s->col, s->pending, 1, s->pen};
}

static void restore_cursor(struct screen *s)
{
	const struct saved *saved = saved_here(s);

	s->row = saved->row;
	s->col = saved->col;
	s->pending = saved->pending;
	s->pen = saved->pen;
	s->pen_changed = 1;
	if (s->origin)
		s->row = screen_clamp(s->row, s->top, s->bottom - 1);
}

static void designate(struct screen *s, unsigned char which, unsigned char set)
{
	char bytes[3] = {'\033', (char)which, 'B'};

	if (set == '0' || set == 'A')
		bytes[2] = (char)set;
	if (s->charset[which - '('] == (unsigned char)bytes[2])
		return;
	s->charset[which - '('] = (unsigned char)bytes[2];
	screen_feed(s, bytes, sizeof(bytes));
}

static int has_margins(const struct screen *s)
{
	return s->top != 0 || s->bottom != s->grid->rows;
}

/* What a soft reset (DECSTR) and a full one have in common. */
static void reset_modes(struct screen *s)
{
	unsigned char which;

	for (which = '('; which <= '+'; which++)
		designate(s, which, 'B');
	shift_to(s, 0, "\017");
	if (s->insert || s->origin || has_margins(s))
		screen_feed(s, "\033[4l\033[?6l\033[r", 12);
	s->top = 0;
	s->bottom = s->grid->rows;
	s->insert = s->newline = s->origin = s->hidden = 0;
	s->autowrap = 1;
	memset(&s->pen, 0, sizeof(s->pen));
	s->pen_changed = 1;
	memset(saved_here(s), 0, sizeof(*s->saved));
}

static void leave_alternate(struct screen *s)
{
	if (s->grid == &s->primary)
		return;
	if (s->capture.on)
		screen_give_full(s);
	s->grid = &s->primary;
}

static void enter_alternate(struct screen *s)
{
	if (s->grid == &s->alternate)
		return;
	screen_before_wipe(s);
	buf_clear(&s->full);
	s->grid = &s->alternate;
}

void screen_reset(struct screen *s)
{
	static const unsigned char stop[TAB] = {1};
	int i;

	leave_alternate(s);
	screen_before_wipe(s);
	reset_modes(s);
	screen_wipe(s, &s->primary);
	screen_wipe(s, &s->alternate);
	memset(s->saved, 0, sizeof(s->saved));
	s->row = s->col = s->pending = 0;
	s->last = 0;
	for (i = 0; i + TAB <= SCREEN_MOST; i += TAB)
		memcpy(s->tabs + i, stop, TAB);
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
		designate(s, t->mid, t->byte);
	if (t->mid)
		return;
	switch (t->byte) {
	case '7':
		save_cursor(s);
		break;
	case '8':
		restore_cursor(s);
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
		shift_to(s, 2, "\033n");
		break;
	case 'o':
		shift_to(s, 3, "\033o");
		break;
	default:
		break;
	}
}

/* 1049 and its kin: xterm's ctlseqs, "Alternate Screen Buffer". */
static void set_alternate(struct screen *s, int mode, int on)
{
	if (on) {
		if (mode == 1049 && s->grid == &s->primary)
			save_cursor(s);
		enter_alternate(s);
		if (mode == 1049) {
			screen_before_wipe(s);
			screen_wipe(s, &s->alternate);
		}
		return;
	}
	if (mode == 1047 && s->grid == &s->alternate) {
		screen_before_wipe(s);
		screen_wipe(s, &s->alternate);
	}
	leave_alternate(s);
	if (mode == 1049 && s->saved[0].is_set)
		restore_cursor(s);
}

static void end_input(struct screen *s)
{
	if (!s->capture.input || !screen_captures(s))
		return;
	capture_all(&s->capture, s->grid, &s->clusters);
	s->capture.on = 0;
}

static void set_private_mode(struct screen *s, int mode, int on)
{
	switch (mode) {
	case 6:
		s->origin = on;
		screen_feed_csi(s, '?', 6, -1, on ? 'h' : 'l');
		screen_follow(s);
		s->pending = 0;
		break;
	case 7:
		s->autowrap = on;
		s->pending = 0;
		break;
	case 25:
		s->hidden = !on;
		break;
	case 47:
	case 1047:
	case 1049:
		set_alternate(s, mode, on);
		break;
	case 1048:
		if (on)
			save_cursor(s);
		else
			restore_cursor(s);
		break;
	case 2004:
		if (!on)
			end_input(s);
		break;
	default:
		break;
	}
}

static void set_modes(struct screen *s, const struct token *t)
{
	int on = t->byte == 'h', i;

	for (i = 0; i < t->count; i++) {
		if (t->prefix == '?') {
			set_private_mode(s, t->params[i], on);
		} else if (!t->prefix && t->params[i] == 4) {
			s->insert = on;
			screen_feed_csi(s, 0, 4, -1, on ? 'h' : 'l');
		} else if (!t->prefix && t->params[i] == 20) {
			s->newline = on;
		}
	}
}

/* DECSTBM. A region has two rows at least, or it is not set. */
static void set_margins(struct screen *s, int top, int bottom)
{
	if (bottom <= 0 || bottom > s->grid->rows)
		bottom = s->grid->rows;
	top = top > 0 ? top : 1;
	if (top >= bottom)
		return;
	s->top = top - 1;
	s->bottom = bottom;
	screen_feed_csi(s, 0, top, bottom, 'r');
	screen_follow(s);
	s->pending = 0;
}

static int param(const struct token *t, int i, int fallback)
{
	return i < t->count && t->params[i] != TOKEN_MISSING ? t->params[i] : fallback;
}

/* ED, by libvterm or by ourselves. */
static void clear_display(struct screen *s, int how)
{
	int rows = s->grid->rows, cols = s->grid->cols;

	if (s->careful) {
		screen_place(s);
		screen_feed_csi(s, 0, how, -1, 'J');
	} else if (how == 0) {
		screen_erase(s, s->row, s->row + 1, s->col, cols);
		screen_erase(s, s->row + 1, rows, 0, cols);
	} else if (how == 1) {
		screen_erase(s, 0, s->row, 0, cols);
		screen_erase(s, s->row, s->row + 1, 0, s->col + 1);
	} else {
		screen_erase(s, 0, rows, 0, cols);
	}
}

static void erase_display(struct screen *s, int how)
{
	int at_home = !s->row && !s->col && !s->pending;

	if (how > 2 || how < 0)
		return;
	if (how == 2 || (how == 0 && at_home) || (how == 1 && s->row == s->grid->rows - 1))
		screen_before_wipe(s);
	s->clearing = 1;
	if (how == 0 && s->pending)
		screen_erase(s, s->row + 1, s->grid->rows, 0, s->grid->cols);
	else
		clear_display(s, how);
	s->clearing = 0;
}

static void erase_line(struct screen *s, int how)
{
	if (how > 2 || how < 0)
		return;
	/* The cursor is behind the last column: nothing is right of it. xterm would erase what has
	 * just been written, and grep --color lose it; VTE does not (bugzilla.gnome.org 740789). */
	if (how == 0 && s->pending)
		return;
	if (s->careful) {
		screen_place(s);
		screen_feed_csi(s, 0, how, -1, 'K');
		return;
	}
	screen_erase(s, s->row, s->row + 1, how == 0 ? s->col : 0,
		     how == 1 ? s->col + 1 : s->grid->cols);
}

/* What libvterm gets of the sequences that take one count or one or two places. */
struct rule {
	char final;
	enum { ROWS, LINES, COLS, PLACE, PLACES } takes;
	int moves; /* the cursor, and so ends a pending wrap */
};

static const struct rule rules[] = {
	{'@', COLS, 0},	  /* ICH */
	{'C', COLS, 1},	  /* CUF */
	{'D', COLS, 1},	  /* CUB */
	{'G', PLACE, 1},  /* CHA */
	{'H', PLACES, 1}, /* CUP */
	{'L', LINES, 0},  /* IL */
	{'M', LINES, 0},  /* DL */
	{'P', COLS, 0},	  /* DCH */
	{'S', ROWS, 0},	  /* SU */
	{'T', ROWS, 0},	  /* SD */
	{'X', COLS, 0},	  /* ECH */
	{'`', PLACE, 1},  /* HPA */
	{'a', COLS, 1},	  /* HPR */
	{'d', PLACE, 1},  /* VPA */
	{'e', ROWS, 1},	  /* VPR */
	{'f', PLACES, 1}, /* HVP */
	{'j', COLS, 1},	  /* HPB */
	{'k', ROWS, 1},	  /* VPB */
};

/* CUU, CUD, CNL, CPL: a margin stops them, unless they begin behind it. libvterm's go past it. */
static void move_rows(struct screen *s, char final, int n)
{
	int is_up = final == 'A' || final == 'F';
	int least = s->row < s->top ? 0 : s->top;
	int most = s->row < s->bottom ? s->bottom - 1 : s->grid->rows - 1;

	s->row = is_up ? screen_clamp(s->row - n, least, s->row)
		       : screen_clamp(s->row + n, s->row, most);
	if (final == 'E' || final == 'F')
		s->col = 0;
	s->pending = 0;
}

/* IL, DL, SU, SD, ICH, DCH and ECH, as libvterm does them: those that move what is at the cursor
 * need it between the margins. */
static void edit(struct screen *s, char final, int n)
{
	int row = s->row, col = s->col, cols = s->grid->cols;
	int is_between = row >= s->top && row < s->bottom;

	if (final == 'S' || final == 'T')
		screen_scroll(s, s->top, s->bottom, final == 'S' ? n : -n);
	else if (final == 'X')
		screen_erase(s, row, row + 1, col, col + n < cols ? col + n : cols);
	else if (is_between && (final == 'L' || final == 'M'))
		screen_scroll(s, row, s->bottom, final == 'M' ? n : -n);
	else if (is_between)
		grid_shift(s->grid, row, col, cols, final == 'P' ? n : -n, screen_blank(s));
}

static void run_rule(struct screen *s, const struct rule *rule, const struct token *t)
{
	int rows = s->grid->rows, cols = s->grid->cols;
	int a = screen_clamp(param(t, 0, 1), 1,
			     rule->takes <= LINES  ? rows
			     : rule->takes == COLS ? cols
						   : SCREEN_MOST);
	int b = rule->takes == PLACES ? screen_clamp(param(t, 1, 1), 1, SCREEN_MOST) : -1;

	/* Behind the last column there is nothing to insert, delete or erase (see erase_line). */
	if (s->pending && rule->takes == COLS && !rule->moves)
		return;
	if (rule->final == 'T' && t->count > 1)
		return; /* xterm's mouse highlighting */
	s->by_text = rule->final == 'S';
	if (!rule->moves && !s->careful) {
		edit(s, rule->final, a);
	} else {
		screen_place(s);
		screen_feed_csi(s, 0, a, b, rule->final);
		screen_follow(s);
		if (rule->moves)
			s->pending = 0;
	}
	if (rule->takes == LINES && s->row >= s->top && s->row < s->bottom) {
		s->col = 0; /* as in xterm and VTE; libvterm and tmux leave it */
		s->pending = 0;
	}
}

static void run_rules(struct screen *s, const struct token *t)
{
	size_t i;

	if (memchr("ABEF", t->byte, 4)) {
		move_rows(s, (char)t->byte, screen_clamp(param(t, 0, 1), 1, s->grid->rows));
		return;
	}
	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].final == (char)t->byte)
			run_rule(s, &rules[i], t);
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
		erase_display(s, param(t, 0, 0));
		break;
	case 'K':
		erase_line(s, param(t, 0, 0));
		break;
	case 'I':
		tab(s, screen_clamp(param(t, 0, 1), 1, s->grid->cols));
		break;
	case 'Z':
		tab(s, -screen_clamp(param(t, 0, 1), 1, s->grid->cols));
		break;
	case 'b':
		screen_repeat(s, param(t, 0, 1));
		break;
	case 'g':
		clear_tabs(s, param(t, 0, 0));
		break;
	case 'r':
		set_margins(s, param(t, 0, 0), param(t, 1, 0));
		break;
	case 's':
		if (!t->count)
			save_cursor(s);
		break;
	case 'u':
		if (!t->count)
			restore_cursor(s);
		break;
	default:
		run_rules(s, t);
	}
}

static void run_csi(struct screen *s, const struct token *t)
{
	if (t->mid == '!' && t->byte == 'p' && !t->prefix)
		reset_modes(s);
	if (t->mid)
		return;
	if (t->byte == 'h' || t->byte == 'l')
		set_modes(s, t);
	else if (t->prefix == '?' && t->byte == 'J')
		erase_display(s, param(t, 0, 0));
	else if (t->prefix == '?' && t->byte == 'K')
		erase_line(s, param(t, 0, 0));
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
