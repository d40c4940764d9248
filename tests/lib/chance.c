/* SPDX-License-Identifier: MIT */
/* A linear congruential generator (Knuth's MMIX), of which the upper bits are used. */
#include "chance.h"

#include "tap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

struct chance chance_begin(void)
{
	const char *seed = getenv("SEED");
	struct chance c = {seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL)};

	tap_note("SEED=%" PRIu64, c.state);
	return c;
}

unsigned int chance_draw(struct chance *c, unsigned int below)
{
	c->state = c->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(c->state >> 33) % below;
}
