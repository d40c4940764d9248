/* SPDX-License-Identifier: MIT */
/* palette: terminal colours as red, green and blue. */
#ifndef STENO_PALETTE_H
#define STENO_PALETTE_H

struct color;

struct rgb {
	unsigned char r, g, b;
};

/* color->kind is not COLOR_DEFAULT. 0 to 15 as a terminal on a dark ground has them, 16 to 255 as
 * in xterm (256colres.pl). */
struct rgb palette_rgb(const struct color *color);
/* The same as the ground of text: of the first eight, what bright text can be read on. */
struct rgb palette_ground(const struct color *color);
/* Contrast of two colours by WCAG 2.2 (relative luminance): 1 to 21. */
double palette_contrast(struct rgb a, struct rgb b);
/* Text in this colour on that ground, moved towards black or white until the contrast is at least
 * 4.5 (WCAG 2.2, 1.4.3). */
struct rgb palette_readable(struct rgb text, struct rgb ground);

#endif
