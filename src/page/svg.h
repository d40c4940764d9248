/* SPDX-License-Identifier: MIT */
/* svg: what a terminal shows as a picture of text (SVG 1.1), for a README: no script, nothing from
 * elsewhere. Each piece of text has the length of the columns it has on the terminal, so that fonts
 * and viewers can differ; each character that is not ASCII has a place of its own. */
#ifndef STENO_SVG_H
#define STENO_SVG_H

struct buf;
struct screen;

/* SVG_FRAME: a bar with the title above. SVG_CURSOR: the cursor, unless it is hidden. SVG_FIT: only
 * the rows and columns that show something, instead of the whole screen. */
enum { SVG_FRAME = 1, SVG_CURSOR = 2, SVG_FIT = 4 };

/* Appends the whole file. title: foreign, "" for none; what a viewer says it is. */
void svg_put(struct buf *out, const struct screen *s, const char *title, int flags);

#endif
