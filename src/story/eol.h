/* SPDX-License-Identifier: MIT */
/* eol: what zsh prints behind the output of a command, before any of its hooks can print a mark, so
 * that the prompt begins in the first column (its option PROMPT_SP): a string (PROMPT_EOL_MARK, in
 * inverse; it stays visible behind output that no newline ended), spaces to the end of the line, a
 * carriage return, spaces over the string, a carriage return (zsh 5.9, Src/utils.c, preprompt). */
#ifndef STENO_EOL_H
#define STENO_EOL_H

#include <stddef.h>

enum { EOL_MARK = 256, EOL_HELD = 2048 };

/* Zero-initialise: then the string is what zsh has by default, for a user's or for root's shell. */
struct eol {
	unsigned char mark[EOL_MARK];
	size_t mark_len;
	int is_set; /* mark says what the string is */
	unsigned char held[EOL_HELD];
	size_t n;
};

/* The string is this one from here on; a longer one than EOL_MARK is never found. */
void eol_set(struct eol *e, const unsigned char *mark, size_t n);
/* More output: what may yet become such an end is held; all before it is given, in order, in one
 * call or two. The same in sum, however the output is cut. */
void eol_put(struct eol *e, const unsigned char *p, size_t n,
	     void (*give)(void *ctx, const unsigned char *p, size_t n), void *ctx);
/* True if what is held is a whole one. */
int eol_is_whole(const struct eol *e);

#endif
