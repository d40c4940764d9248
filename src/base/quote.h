/* SPDX-License-Identifier: MIT */
/* quote: text made safe for where it goes, and back. */
#ifndef STENO_QUOTE_H
#define STENO_QUOTE_H

#include <stddef.h>

struct buf;

/* One word as sh(1) would read it back: as it is if it needs nothing, else in single quotes. */
void quote_shell(struct buf *out, const char *word);
/* The same, but always in single quotes: zsh reads more into a bare word (=name). */
void quote_single(struct buf *out, const char *word);
/* In single quotes as fish reads them: \\ and \' are one character there. */
void quote_fish(struct buf *out, const char *word);
/* Text with a backslash in front of each character of `special`; the quotes are the caller's. */
void quote_escape(struct buf *out, const char *text, const char *special);
#define QUOTE_DOUBLE "$`\\\"" /* what is special within double quotes (POSIX XCU 2.2.3) */

/* One character of $'...' (bash's manual, "ANSI-C Quoting"), as bash and zsh write them: p is
 * behind its backslash, n bytes are there. How many of them it took; 0, and nothing is put: it
 * is none of theirs. */
size_t quote_undo_ansi(struct buf *out, const unsigned char *p, size_t n);

#endif
