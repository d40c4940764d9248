/* SPDX-License-Identifier: MIT */
/* look: pens as classes of CSS. What every page may need is in page.css; rules for the colours of
 * one page beyond the sixteen are made here. */
#ifndef STENO_LOOK_H
#define STENO_LOOK_H

#include "../story/intern.h"

struct buf;
struct pen;

/* Colours that get a rule of their own; later ones share those of colours near to them. */
enum { LOOK_COLOURS = 2048 };

struct look {
	struct intern rules;
};

void look_init(struct look *l);
void look_release(struct look *l);
/* Appends the names of the classes, separated by blanks; nothing for a plain pen. */
void look_classes(struct look *l, const struct pen *pen, struct buf *out);
/* Appends the rules for all that was named so far. */
void look_css(const struct look *l, struct buf *out);

#endif
