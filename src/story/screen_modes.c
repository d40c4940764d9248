/* SPDX-License-Identifier: MIT */
/* The screen's modes and what goes with them: character sets, the saved cursor, margins, the
 * alternate screen; and resets, which undo all of it. */
#include "screen_private.h"

#include <string.h>

enum { TAB = 8 };

void screen_shift(struct screen *s, int set, const char *bytes)
{
	if (s->shift == set)
		return;
	s->shift = set;
	screen_feed(s, bytes, strlen(bytes));
}

static struct saved *saved_here(struct screen *s)
{
	return &s->saved[s->grid == &s->alternate];
}

void screen_save_cursor(struct screen *s)
{
	*saved_here(s) = (struct saved){s->row, s->col, s->pending, 1, s->pen};
}

void screen_restore_cursor(struct screen *s)
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

void screen_designate(struct screen *s, unsigned char which, unsigned char set)
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
void screen_reset_modes(struct screen *s)
{
	unsigned char which;

	for (which = '('; which <= '+'; which++)
		screen_designate(s, which, 'B');
	screen_shift(s, 0, "\017");
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
	screen_reset_modes(s);
	screen_wipe(s, &s->primary);
	screen_wipe(s, &s->alternate);
	memset(s->saved, 0, sizeof(s->saved));
	s->row = s->col = s->pending = 0;
	s->last = 0;
	for (i = 0; i + TAB <= SCREEN_MOST; i += TAB)
		memcpy(s->tabs + i, stop, TAB);
}

/* 1049 and its kin: xterm's ctlseqs, "Alternate Screen Buffer". */
static void set_alternate(struct screen *s, int mode, int on)
{
	if (on) {
		if (mode == 1049 && s->grid == &s->primary)
			screen_save_cursor(s);
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
		screen_restore_cursor(s);
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
			screen_save_cursor(s);
		else
			screen_restore_cursor(s);
		break;
	case 2004:
		if (!on)
			end_input(s);
		break;
	default:
		break;
	}
}

void screen_set_modes(struct screen *s, const struct token *t)
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
void screen_set_margins(struct screen *s, int top, int bottom)
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
