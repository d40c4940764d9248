/* SPDX-License-Identifier: MIT */
/* A page has a light and a dark side. Text in a colour on the page's own ground is made readable on
 * both; where the program chose a ground, too, both are as it said, but for text without a colour,
 * which is dark or light as the ground asks for. */
#include "look.h"

#include "../base/buf.h"
#include "../story/pen.h"
#include "palette.h"

#include <string.h>

/* Of page.css: --block. */
static const struct rgb light = {0xf5, 0xf3, 0xee}, dark = {0x0f, 0x11, 0x15};

enum { TEXT = 'f', TEXT_ON_GROUND = 't', GROUND = 'g' };

struct rule {
	unsigned char kind;
	struct rgb rgb;
};

void look_init(struct look *l)
{
	intern_init(&l->rules, sizeof(struct rule), 4 * LOOK_COLOURS);
}

void look_release(struct look *l)
{
	intern_release(&l->rules);
}

/* When there are many rules, a colour becomes one of 512. */
static struct rgb coarse(struct rgb c)
{
	return (struct rgb){(unsigned char)(c.r & 0xe0), (unsigned char)(c.g & 0xe0),
			    (unsigned char)(c.b & 0xe0)};
}

static void put_rule(struct look *l, int kind, struct rgb rgb, struct buf *out)
{
	struct rule rule = {(unsigned char)kind, l->rules.count < LOOK_COLOURS ? rgb : coarse(rgb)};

	intern_put(&l->rules, &rule);
	buf_printf(out, "%c%02x%02x%02x ", kind, rule.rgb.r, rule.rgb.g, rule.rgb.b);
}

static void put_on_ground(struct look *l, const struct color *fg, const struct color *bg,
			  struct buf *out)
{
	static const struct rgb black = {0x14, 0x16, 0x1a}, white = {0xf4, 0xf7, 0xfa};
	struct rgb ground = palette_ground(bg), text;

	if (fg->kind != COLOR_DEFAULT)
		text = palette_rgb(fg);
	else if (palette_contrast(black, ground) > palette_contrast(white, ground))
		text = black;
	else
		text = white;
	put_rule(l, GROUND, ground, out);
	put_rule(l, TEXT_ON_GROUND, text, out);
}

static void put_colours(struct look *l, const struct pen *pen, struct buf *out)
{
	const struct color *fg = pen->reverse ? &pen->bg : &pen->fg;
	const struct color *bg = pen->reverse ? &pen->fg : &pen->bg;

	if (bg->kind != COLOR_DEFAULT)
		put_on_ground(l, fg, bg, out);
	else if (pen->reverse)
		buf_puts(out, "inv ");
	else if (fg->kind == COLOR_INDEXED && fg->r < 16)
		buf_printf(out, "c%d ", fg->r);
	else if (fg->kind != COLOR_DEFAULT)
		put_rule(l, TEXT, palette_rgb(fg), out);
}

void look_classes(struct look *l, const struct pen *pen, struct buf *out)
{
	static const char *const underlines[] = {"", "u ", "u u2 ", "u u3 ", "u u4 ", "u u5 "};
	size_t before = out->len;

	put_colours(l, pen, out);
	if (pen->bold)
		buf_puts(out, "b ");
	if (pen->faint)
		buf_puts(out, "dim ");
	if (pen->italic)
		buf_puts(out, "i ");
	if (pen->underline <= UNDERLINE_DASHED)
		buf_puts(out, underlines[pen->underline]);
	if (pen->strike)
		buf_puts(out, "s ");
	if (pen->conceal)
		buf_puts(out, "hid ");
	if (out->len > before)
		out->len--;
}

static void put_css(const struct rule *rule, struct rgb c, struct buf *out)
{
	buf_printf(out, ".%c%02x%02x%02x{%s:#%02x%02x%02x}\n", rule->kind, rule->rgb.r, rule->rgb.g,
		   rule->rgb.b, rule->kind == GROUND ? "background" : "color", c.r, c.g, c.b);
}

void look_css(const struct look *l, struct buf *out)
{
	uint32_t i;

	for (i = 0; i < l->rules.count; i++) {
		const struct rule *rule = intern_get(&l->rules, i);
		int is_text = rule->kind == TEXT;

		put_css(rule, is_text ? palette_readable(rule->rgb, light) : rule->rgb, out);
	}
	buf_puts(out, "@media screen and (prefers-color-scheme:dark){\n");
	for (i = 0; i < l->rules.count; i++) {
		const struct rule *rule = intern_get(&l->rules, i);

		if (rule->kind == TEXT)
			put_css(rule, palette_readable(rule->rgb, dark), out);
	}
	buf_puts(out, "}\n");
}
