/* SPDX-License-Identifier: MIT */
/* html: foreign text inside of HTML or XML, cleaned (out/clean.h) and escaped: it is right between
 * tags and in quoted attributes. */
#ifndef STENO_HTML_H
#define STENO_HTML_H

#include <stddef.h>

struct buf;

/* Newline and TAB stay. */
void html_block(struct buf *out, const void *p, size_t n);
/* On one line. */
void html_line(struct buf *out, const void *p, size_t n);
void html_text(struct buf *out, const char *text); /* as html_line; NULL is "unknown" */
/* In <code>, on one line. */
void html_code(struct buf *out, const unsigned char *p, size_t n);
/* Appends text that is clean, escaped. */
void html_escape(struct buf *out, const void *p, size_t n);

/* Appends the inside of a <script> that is no JavaScript: JSON in which no byte can end it or begin
 * a comment, since < > & stand in strings only, as < and the like. */
void html_json(struct buf *out, const void *p, size_t n);

#endif
