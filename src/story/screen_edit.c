/* SPDX-License-Identifier: MIT */
/* The sequences that erase, insert, delete, scroll and move the cursor. What libvterm gets of them is
 * clamped here. */
#include "screen_private.h"

#include <string.h>

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

void screen_erase_display(struct screen *s, int how)
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

void screen_erase_line(struct screen *s, int how)
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
	int a = screen_clamp(token_param(t, 0, 1), 1,
			     rule->takes <= LINES  ? rows
			     : rule->takes == COLS ? cols
						   : SCREEN_MOST);
	int b = rule->takes == PLACES ? screen_clamp(token_param(t, 1, 1), 1, SCREEN_MOST) : -1;

	/* Behind the last column there is nothing to insert, delete or erase (as for EL). */
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

void screen_edit(struct screen *s, const struct token *t)
{
	size_t i;

	if (memchr("ABEF", t->byte, 4)) {
		move_rows(s, (char)t->byte, screen_clamp(token_param(t, 0, 1), 1, s->grid->rows));
		return;
	}
	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].final == (char)t->byte)
			run_rule(s, &rules[i], t);
}
