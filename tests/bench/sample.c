/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <stdlib.h>

void sample_add(struct sample *s, double v)
{
	if (s->n < SAMPLE_MAX)
		s->v[s->n++] = v;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double sample_percentile(struct sample *s, int percent)
{
	if (!s->n)
		return 0;
	qsort(s->v, (size_t)s->n, sizeof(s->v[0]), by_size);
	return s->v[(s->n - 1) * percent / 100];
}

double sample_median(struct sample *s)
{
	return sample_percentile(s, 50);
}
