/* SPDX-License-Identifier: MIT */
/* search: finds the next moment at which a film shows a text. */
#ifndef STENO_SEARCH_H
#define STENO_SEARCH_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct film;
struct search;

/* From a place on. A text without capital letters matches those, too (ASCII). */
struct search *search_new(struct film *f, uint64_t place, const char *text, struct err *err);
void search_free(struct search *s);
/* Goes on for about so many bytes of output. 1: found, at *place, which is behind the record that
 * made the screen show the text in more places than before, at *at_us; 0: there is none; 2: not
 * yet; -1. */
enum { SEARCH_ON = 2 };
int search_step(struct search *s, size_t bytes, uint64_t *place, int64_t *at_us, struct err *err);

#endif
