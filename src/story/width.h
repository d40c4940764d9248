/* SPDX-License-Identifier: MIT */
/* width: how many columns of a terminal a character takes. Libraries differ in this, and from one
 * version to the next; what is made from a recording must not. So the table is our own, of one
 * version of Unicode (width_pages.c says which). */
#ifndef STENO_WIDTH_H
#define STENO_WIDTH_H

#include <stdint.h>

/* 0: it stands with the character before it; 1 or 2. Characters that East Asian fonts may have wide
 * (ambiguous ones) take one column, as in any terminal that was not told otherwise. */
int width_of(uint32_t cp);

#endif
