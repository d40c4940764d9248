/* SPDX-License-Identifier: MIT */
/* width_private: the table behind width.c: ranges in rising order. */
#ifndef STENO_WIDTH_PRIVATE_H
#define STENO_WIDTH_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

struct width_range {
	uint32_t first, last;
};

/* Marks and format characters, which stand with what is before them. */
extern const struct width_range width_zero[];
extern const size_t width_zero_count;
/* East Asian wide and full-width ones, emoji among them (UAX #11). */
extern const struct width_range width_wide[];
extern const size_t width_wide_count;

#endif
