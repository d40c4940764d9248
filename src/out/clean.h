/* SPDX-License-Identifier: MIT */
/* clean: foreign text as a reader can see it. What no reader can see, or what reorders what he
 * sees, is written out: control characters (\r, \x1B, \x85), and as \u{202E} the line and paragraph
 * separators, bidi controls, zero-width and invisible formatting characters, tags. Joiners (U+200C,
 * U+200D) are kept behind a character that is not ASCII, where scripts and emoji need them. Bytes
 * that are not UTF-8 become U+FFFD. */
#ifndef STENO_CLEAN_H
#define STENO_CLEAN_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* Whether a character that is no control character is one of those; a joiner is not. */
int clean_is_unseen(uint32_t cp);
/* Newline and TAB stay. Pieces may be put one after the other when each ends with a whole line. */
void clean_block(struct buf *out, const unsigned char *p, size_t n);
/* On one line: newline and TAB become \n and \t. */
void clean_line(struct buf *out, const unsigned char *p, size_t n);

#endif
