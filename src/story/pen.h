/* SPDX-License-Identifier: MIT */
/* pen: the colours and attributes that text is written with, as SGR sets them. */
#ifndef STENO_PEN_H
#define STENO_PEN_H

struct buf;
struct token;

enum color_kind { COLOR_DEFAULT, COLOR_INDEXED, COLOR_RGB };

struct color {
	unsigned char kind; /* enum color_kind */
	unsigned char r;    /* or the index: 0 to 15 ANSI, 16 to 255 as in xterm */
	unsigned char g, b;
};

enum underline {
	UNDERLINE_NONE,
	UNDERLINE_SINGLE,
	UNDERLINE_DOUBLE,
	UNDERLINE_CURLY,
	UNDERLINE_DOTTED,
	UNDERLINE_DASHED,
};

/* Bytes only, without padding: pens are compared as memory. */
struct pen {
	struct color fg, bg;
	unsigned char bold, faint, italic, blink, reverse, conceal, strike;
	unsigned char underline; /* enum underline */
};

/* Applies CSI ... m (ECMA-48 8.3.117; colours also in the forms of ITU-T T.416 and xterm). */
void pen_apply(struct pen *pen, const struct token *sgr);
/* Appends the CSI ... m that makes any pen this one; at most PEN_MOST bytes. */
enum { PEN_MOST = 64 };
void pen_print(const struct pen *pen, struct buf *out);
/* Whether a blank written with it can be told from one that was never written. */
int pen_shows_blanks(const struct pen *pen);

#endif
