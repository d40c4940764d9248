/* SPDX-License-Identifier: MIT */
/* screen_private: for the tests of screen.c. */
#ifndef STENO_SCREEN_PRIVATE_H
#define STENO_SCREEN_PRIVATE_H

struct screen;

/* From here on all text and line feeds go through libvterm: the same result, slowly. */
void screen_be_careful(struct screen *s);

#endif
