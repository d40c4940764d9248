/* SPDX-License-Identifier: MIT */
/* markup: a small strict reader of what steno writes for browsers. It knows the elements and the
 * attributes that are steno's; whatever else there is came from somewhere else. */
#ifndef STENO_MARKUP_H
#define STENO_MARKUP_H

struct buf;

enum { MARKUP_AT = 41 };

/* NULL, or what is wrong with a page: a foreign element or attribute, elements that are not closed
 * in order, a control character. at: where, as a string. */
const char *markup_html(const struct buf *page, char at[MARKUP_AT]);
/* The same of a picture. */
const char *markup_svg(const struct buf *picture, char at[MARKUP_AT]);

#endif
