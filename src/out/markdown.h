/* SPDX-License-Identifier: MIT */
/* markdown: foreign text inside a CommonMark (spec.commonmark.org/0.31.2) or GFM document, so that
 * it reads as what it is and can be nothing else. It is cleaned (clean.h) everywhere. */
#ifndef STENO_MARKDOWN_H
#define STENO_MARKDOWN_H

#include <stddef.h>

struct buf;

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
