/* SPDX-License-Identifier: MIT */
/* sample: what was measured, again and again. */
#ifndef STENO_SAMPLE_H
#define STENO_SAMPLE_H

enum { SAMPLE_MAX = 1000 };

/* Zero-initialise. */
struct sample {
	double v[SAMPLE_MAX];
	int n;
};

/* What is more than SAMPLE_MAX is not kept. */
void sample_add(struct sample *s, double v);
/* percent 50 is the median; 0 of nothing. Sorts what was measured. */
double sample_percentile(struct sample *s, int percent);
double sample_median(struct sample *s);

#endif
