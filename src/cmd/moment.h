/* SPDX-License-Identifier: MIT */
/* moment: a time within a recording, as people write it. */
#ifndef STENO_MOMENT_H
#define STENO_MOMENT_H

#include <stdint.h>

/* SECONDS, MM:SS or HH:MM:SS, in microseconds; each part a plain decimal number. 0 or -1. */
int moment_parse(const char *text, int64_t *us);
/* A plain decimal number up to 1e9: no sign, no exponent, no infinity. 0 or -1. */
int moment_parse_decimal(const char *text, double *out);

#endif
