/* SPDX-License-Identifier: MIT */
/* percent: values inside a mark. %, ; and bytes below 0x20 or 0x7f are written %XX. */
#ifndef STENO_PERCENT_H
#define STENO_PERCENT_H

#include <stddef.h>

struct buf;

void percent_put(struct buf *out, const void *data, size_t n);
/* A % that two hex digits do not follow stands for itself. */
void percent_decode(struct buf *out, const void *data, size_t n);

#endif
