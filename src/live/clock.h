/* SPDX-License-Identifier: MIT */
/* clock: the two clocks, read in live/ only. */
#ifndef STENO_CLOCK_H
#define STENO_CLOCK_H

#include <stdint.h>

int64_t clock_mono_us(void); /* CLOCK_MONOTONIC */
int64_t clock_wall_us(void); /* CLOCK_REALTIME, since 1970 UTC */

#endif
