/* SPDX-License-Identifier: MIT */
/* chance: what tests draw at random, the same again from the same seed. */
#ifndef STENO_CHANCE_H
#define STENO_CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t state;
};

/* From SEED in the environment, else from the time; prints which, so that it can be repeated. */
struct chance chance_begin(void);
/* From 0 to below - 1. */
unsigned int chance_draw(struct chance *c, unsigned int below);

#endif
