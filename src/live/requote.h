/* SPDX-License-Identifier: MIT */
/* requote: what bash's ${name@Q} made of a value, undone (bash's manual, "Shell Parameter Expansion"
 * and "ANSI-C Quoting"): 'text', with ' as '\'', or $'text', in which a backslash stands before what
 * cannot be printed. */
#ifndef STENO_REQUOTE_H
#define STENO_REQUOTE_H

#include <stddef.h>

struct buf;

/* Appends the value to out. -1: it is no such text, or has a NUL; out may have some of it then. */
int requote_undo(struct buf *out, const unsigned char *text, size_t n);

#endif
