/* SPDX-License-Identifier: MIT */
/* print: pieces of a listing for a terminal. Whatever is foreign goes through here, so that nothing
 * of it acts on the terminal or passes for something else. */
#ifndef STENO_PRINT_H
#define STENO_PRINT_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct folder;

enum print_colour { PRINT_PLAIN, PRINT_NAME, PRINT_BAD, PRINT_GOOD, PRINT_WARN, PRINT_DIM };

/* Whether colours are wanted on standard output: a terminal that is not "dumb", no NO_COLOR
 * (no-color.org). */
int print_wants_colour(void);
/* Begins and ends a colour; nothing if `on` is 0. */
void print_colour(struct buf *out, int on, enum print_colour colour);
void print_plain(struct buf *out, int on);

/* Foreign text within a line: control characters and what is not seen or reorders what is seen are
 * written out (see out/markdown.h), newline and TAB as \n and \t. */
void print_text(struct buf *out, const void *text, size_t n);
/* JSON with the same characters as \uXXXX, which says the same; for a terminal. */
void print_json(struct buf *out, const char *json, size_t n);

/* "14ms", "3.2s", "4m07s", "2h05m", "3d04h" */
void print_span(struct buf *out, int64_t us);
/* "512", "2.1K", "64M": bytes, by 1024 */
void print_size(struct buf *out, int64_t bytes);
/* A directory: relative to base if that is not NULL and it is there or below ("." for itself), else
 * below ~, else as it is. */
void print_path(struct buf *out, const char *path, size_t n, const char *base);
/* The name by which `steno show` finds a session, as a shell reads it: in other folders than the
 * one here with the path. */
void print_session(struct buf *out, const struct folder *f, const char *name);

/* "steno: <what>" as a line on standard error. */
void print_failure(const char *what);

/* How many columns cleaned text takes, nearly: its characters. */
size_t print_width(const char *text);

#endif
