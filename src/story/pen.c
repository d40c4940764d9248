/* SPDX-License-Identifier: MIT */
/* SGR. What is not known is passed over; a colour that is cut short changes nothing. */
#include "pen.h"

#include "../base/buf.h"
#include "token.h"

#include <stdint.h>
#include <string.h>

static int value_at(const struct token *t, int i)
{
	return token_param(t, i, 0);
}

static int is_sub(const struct token *t, int i)
{
	return i < t->count && (t->subs >> i & 1u) != 0;
}

static struct color indexed(int index)
{
	return (struct color){COLOR_INDEXED, (unsigned char)index, 0, 0};
}

/* Parameters from `i` on are a mode (2 or 5) and `n - 1` or more numbers. */
static void read_color(struct color *color, const struct token *t, int i, int n)
{
	int mode = n > 0 ? value_at(t, i) : 0;

	if (mode == 5 && n >= 2 && value_at(t, i + 1) <= 255)
		*color = indexed(value_at(t, i + 1));
	else if (mode == 2 && n >= 4)
		*color = (struct color){COLOR_RGB, (unsigned char)value_at(t, i + n - 3),
					(unsigned char)value_at(t, i + n - 2),
					(unsigned char)value_at(t, i + n - 1)};
}

/* 38 or 48 stands at i. Returns how many parameters behind it belong to it. */
static int apply_color(struct color *color, const struct token *t, int i)
{
	int n = 0;

	while (is_sub(t, i + 1 + n))
		n++;
	if (n) {
		/* 2:space:r:g:b and behind it perhaps a tolerance, or 2:r:g:b as xterm takes it. */
		int rgb = value_at(t, i + 1) == 2;

		read_color(color, t, i + 1, rgb && n > 5 ? 5 : n);
		return n;
	}
	n = value_at(t, i + 1) == 2 ? 4 : value_at(t, i + 1) == 5 ? 2 : 1;
	if (i + n < t->count)
		read_color(color, t, i + 1, n);
	return n;
}

static void apply_attribute(struct pen *pen, int value)
{
	switch (value) {
	case 0:
		memset(pen, 0, sizeof(*pen));
		break;
	case 1:
		pen->bold = 1;
		break;
	case 2:
		pen->faint = 1;
		break;
	case 3:
		pen->italic = 1;
		break;
	case 4:
		pen->underline = UNDERLINE_SINGLE;
		break;
	case 5:
	case 6:
		pen->blink = 1;
		break;
	case 7:
		pen->reverse = 1;
		break;
	case 8:
		pen->conceal = 1;
		break;
	case 9:
		pen->strike = 1;
		break;
	case 21:
		pen->underline = UNDERLINE_DOUBLE;
		break;
	case 22:
		pen->bold = pen->faint = 0;
		break;
	case 23:
		pen->italic = 0;
		break;
	case 24:
		pen->underline = UNDERLINE_NONE;
		break;
	case 25:
		pen->blink = 0;
		break;
	case 27:
		pen->reverse = 0;
		break;
	case 28:
		pen->conceal = 0;
		break;
	case 29:
		pen->strike = 0;
		break;
	case 39:
		memset(&pen->fg, 0, sizeof(pen->fg));
		break;
	case 49:
		memset(&pen->bg, 0, sizeof(pen->bg));
		break;
	default:
		break;
	}
}

void pen_apply(struct pen *pen, const struct token *t)
{
	int i;

	if (!t->count)
		apply_attribute(pen, 0);
	for (i = 0; i < t->count; i++) {
		int value = value_at(t, i);

		if (is_sub(t, i))
			continue;
		if (value == 38)
			i += apply_color(&pen->fg, t, i);
		else if (value == 48)
			i += apply_color(&pen->bg, t, i);
		else if (value == 58)
			i += apply_color(&(struct color){0}, t, i);
		else if (value == 4 && is_sub(t, i + 1))
			pen->underline = value_at(t, i + 1) <= UNDERLINE_DASHED
						 ? (unsigned char)value_at(t, i + 1)
						 : UNDERLINE_SINGLE;
		else if (value >= 30 && value <= 37)
			pen->fg = indexed(value - 30);
		else if (value >= 40 && value <= 47)
			pen->bg = indexed(value - 40);
		else if (value >= 90 && value <= 97)
			pen->fg = indexed(value - 90 + 8);
		else if (value >= 100 && value <= 107)
			pen->bg = indexed(value - 100 + 8);
		else
			apply_attribute(pen, value);
	}
}

static void put_color(struct buf *out, const struct color *c, int base)
{
	if (c->kind == COLOR_RGB)
		buf_printf(out, ";%d;2;%d;%d;%d", base + 8, c->r, c->g, c->b);
	else if (c->kind == COLOR_INDEXED && c->r < 8)
		buf_printf(out, ";%d", base + c->r);
	else if (c->kind == COLOR_INDEXED && c->r < 16)
		buf_printf(out, ";%d", base + 60 + c->r - 8);
	else if (c->kind == COLOR_INDEXED)
		buf_printf(out, ";%d;5;%d", base + 8, c->r);
}

static void put_underline(struct buf *out, int underline)
{
	if (underline == UNDERLINE_SINGLE)
		buf_puts(out, ";4");
	else if (underline == UNDERLINE_DOUBLE)
		buf_puts(out, ";21");
	else if (underline)
		buf_printf(out, ";4:%d", underline);
}

void pen_print(const struct pen *pen, struct buf *out)
{
	/* SGR 1 to 9. */
	const unsigned char flags[] = {pen->bold,    pen->faint,   pen->italic, 0, pen->blink, 0,
				       pen->reverse, pen->conceal, pen->strike};
	size_t i;

	buf_puts(out, "\033[0");
	for (i = 0; i < sizeof(flags); i++)
		if (flags[i])
			buf_printf(out, ";%d", (int)i + 1);
	put_underline(out, pen->underline);
	put_color(out, &pen->fg, 30);
	put_color(out, &pen->bg, 40);
	buf_putc(out, 'm');
}

int pen_shows_blanks(const struct pen *pen)
{
	return pen->bg.kind != COLOR_DEFAULT || pen->reverse || pen->underline || pen->strike;
}
