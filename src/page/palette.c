/* SPDX-License-Identifier: MIT */
#include "palette.h"

#include "../story/pen.h"

/* The first sixteen are anybody's choice; these can all be read on a dark ground. */
static const struct rgb ansi[16] = {
	{0x3b, 0x40, 0x48}, {0xf4, 0x70, 0x67}, {0x6c, 0xc6, 0x7b}, {0xdd, 0xb0, 0x4a},
	{0x6c, 0xb0, 0xf8}, {0xcf, 0x9a, 0xf0}, {0x4f, 0xc9, 0xd4}, {0xcd, 0xd3, 0xda},
	{0x85, 0x8d, 0x97}, {0xff, 0x98, 0x90}, {0x93, 0xe0, 0x9e}, {0xf0, 0xcb, 0x6e},
	{0x9d, 0xcc, 0xff}, {0xe2, 0xbd, 0xff}, {0x85, 0xe1, 0xe8}, {0xf4, 0xf7, 0xfa},
};

static unsigned char cube(int level)
{
	return (unsigned char)(level ? 55 + 40 * level : 0);
}

struct rgb palette_rgb(const struct color *color)
{
	int i = color->r;

	if (color->kind == COLOR_RGB)
		return (struct rgb){color->r, color->g, color->b};
	if (i < 16)
		return ansi[i];
	if (i >= 232) {
		unsigned char grey = (unsigned char)(8 + 10 * (i - 232));

		return (struct rgb){grey, grey, grey};
	}
	i -= 16;
	return (struct rgb){cube(i / 36), cube(i / 6 % 6), cube(i % 6)};
}

struct rgb palette_ground(const struct color *color)
{
	static const struct rgb grounds[8] = {
		{0x1c, 0x20, 0x26}, {0xa8, 0x32, 0x2b}, {0x2b, 0x70, 0x3b}, {0x80, 0x60, 0x08},
		{0x1f, 0x5a, 0xa8}, {0x80, 0x3e, 0x9c}, {0x0d, 0x6c, 0x7a}, {0xcd, 0xd3, 0xda},
	};

	return color->kind == COLOR_INDEXED && color->r < 8 ? grounds[color->r]
							    : palette_rgb(color);
}

/* x to the power of 2.4, for x from 0 to 1, within 0.005: libm is not needed for that. */
static double power(double x)
{
	return x * x * (0.305306011 * x + 0.682171111) + 0.012522878 * x;
}

static double luminance(struct rgb c)
{
	return 0.2126 * power(c.r / 255.0) + 0.7152 * power(c.g / 255.0) +
	       0.0722 * power(c.b / 255.0);
}

double palette_contrast(struct rgb a, struct rgb b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

static unsigned char mix(unsigned char from, unsigned char to, int part)
{
	return (unsigned char)(from + (to - from) * part / 16);
}

struct rgb palette_readable(struct rgb text, struct rgb ground)
{
	static const struct rgb black = {0, 0, 0}, white = {255, 255, 255};
	struct rgb to = luminance(ground) > 0.18 ? black : white, got = text;
	int part;

	for (part = 0; part <= 16; part++) {
		got = (struct rgb){mix(text.r, to.r, part), mix(text.g, to.g, part),
				   mix(text.b, to.b, part)};
		if (palette_contrast(got, ground) >= 4.5)
			break;
	}
	return got;
}
