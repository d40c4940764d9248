/* SPDX-License-Identifier: MIT */
/* data: what is printed: four kinds that cost a recorder differently. */
#ifndef STENO_DATA_H
#define STENO_DATA_H

enum data_kind { DATA_PLAIN, DATA_COLOUR, DATA_UTF8, DATA_SHORT, DATA_KINDS };

extern const char *const data_names[DATA_KINDS];

/* Writes about mb megabytes of a kind into a new file; returns how many it has become. */
double data_write(enum data_kind kind, double mb, const char *path);

#endif
