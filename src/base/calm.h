/* SPDX-License-Identifier: MIT */
/* calm: takes a terminal out of whatever state a program's output has left it in, when that is not
 * known: a sequence cut off, the alternate screen, colours, margins, character sets, and all modes
 * that change what it sends. The cursor is at the beginning of the last line then. */
#ifndef STENO_CALM_H
#define STENO_CALM_H

extern const char calm_text[];
/* The title that was put away with CSI 22 ; 0 t. */
extern const char calm_title[];

#endif
