/* SPDX-License-Identifier: MIT */
/* boundaries: the table of what people do at a prompt, a row each, and what becomes of it in each
 * shell, a column each (issue "every shell, every boundary"). */
#ifndef STENO_BOUNDARIES_H
#define STENO_BOUNDARIES_H

#include "shells.h"

enum { BOUNDARY_STEPS = 8 };

struct boundary {
	const char *name;
	unsigned in; /* the shells that it is tried in */
	struct step steps[BOUNDARY_STEPS];
	const char *want; /* the records, as shells_put_record() tells them; in all, but for: */
	const char *of[SHELLS]; /* NULL: as all */
	unsigned quiet;		/* in these the output is another each time: it is not told */
};

extern const struct boundary boundaries[];
extern const size_t n_boundaries;

#endif
