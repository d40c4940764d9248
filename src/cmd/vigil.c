/* SPDX-License-Identifier: MIT */
#include "vigil.h"

#include "../live/clock.h"
#include "../live/logs.h"

enum { GONE_US = 3000000 }; /* nobody has taken over for so long */

void vigil_init(struct vigil *v, int cast)
{
	v->cast = cast;
	v->was_recorded = cast >= 0 && logs_is_running(cast);
	v->alone_us = 0;
}

int vigil_goes_on(struct vigil *v)
{
	int64_t now = clock_mono_us();

	if (!v->was_recorded)
		return 0;
	if (logs_is_running(v->cast)) {
		v->alone_us = 0;
		return 1;
	}
	if (!v->alone_us)
		v->alone_us = now;
	return now - v->alone_us < GONE_US;
}
