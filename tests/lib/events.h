/* SPDX-License-Identifier: MIT */
/* events: those of fuzz targets, spelt so that a fuzzer finds its way: each is a line, its code, a
 * blank, its data, in which \e, \r, \n and \\ stand for what they say. One comes every
 * millisecond. */
#ifndef STENO_EVENTS_H
#define STENO_EVENTS_H

#include <stddef.h>

struct event;

void events_read(const unsigned char *text, size_t n, void (*put)(void *ctx, const struct event *e),
		 void *ctx);

#endif
