/* SPDX-License-Identifier: MIT */
/* painter: makes a terminal show cells. What it writes are characters and the few sequences listed
 * in painter.c, whatever the cells were made from; nothing of a recording's bytes. */
#ifndef STENO_PAINTER_H
#define STENO_PAINTER_H

struct buf;
struct painter;
struct screen;

/* Of the terminal's size; nothing is known of what it shows. */
struct painter *painter_new(int rows, int cols);
void painter_free(struct painter *p);

/* A picture is begun blank, rows of screens are put into it, and it is ended: what differs from the
 * last one is appended to out. What does not fit is cut off. */
void painter_begin(struct painter *p);
/* Rows [from, from + rows) of s, as rows `to` and on. */
void painter_put(struct painter *p, const struct screen *s, int from, int rows, int to);
/* The cursor's place; else, or outside, it is hidden. */
void painter_put_cursor(struct painter *p, int row, int col);
void painter_end(struct painter *p, struct buf *out);

/* What a terminal gets before the first picture, and after the last. Constant text. */
extern const char painter_open[], painter_close[];

#endif
