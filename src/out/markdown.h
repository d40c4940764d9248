/* SPDX-License-Identifier: MIT */
/* markdown: foreign text inside a CommonMark (spec.commonmark.org/0.31.2) or GFM document, so that
 * it reads as what it is and can be nothing else.
 *
 * What no reader can see, or what reorders what he sees, is written out everywhere: control
 * characters (\r, \x1B, \x85), and as \u{202E} the line and paragraph separators, bidi controls,
 * zero-width and invisible formatting characters, tags. Joiners (U+200C, U+200D) are kept behind a
 * character that is not ASCII, where scripts and emoji need them. Bytes that are not UTF-8 become
 * U+FFFD. TAB stays in blocks. */
#ifndef STENO_MARKDOWN_H
#define STENO_MARKDOWN_H

#include <stddef.h>

struct buf;

/* Text of a fenced block: newlines stay. Pieces may be put one after the other when each ends with
 * a whole line. */
void markdown_block_text(struct buf *out, const unsigned char *p, size_t n);
/* The longest run of backticks in cleaned text. */
size_t markdown_longest_run(const unsigned char *p, size_t n);
/* The line that opens or closes a block whose longest run is `run`, newline included. info: "" or
 * a word. */
void markdown_fence(struct buf *out, size_t run, const char *info);
/* A whole block: fence, cleaned text, a newline if it lacks one, fence. */
void markdown_block(struct buf *out, const unsigned char *p, size_t n);

/* Text within a line, shown as it is: newline and TAB become \n and \t, and a backslash is put only
 * where a character would otherwise mean something. */
void markdown_inline(struct buf *out, const unsigned char *p, size_t n);
/* As code within a line. */
void markdown_code(struct buf *out, const unsigned char *p, size_t n);

#endif
