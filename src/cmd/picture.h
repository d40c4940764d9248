/* SPDX-License-Identifier: MIT */
/* picture: a screen of a recording as an SVG (page/svg.h). */
#ifndef STENO_PICTURE_H
#define STENO_PICTURE_H

#include <stdint.h>

struct buf;
struct err;
struct progress;
struct source;

struct picture {
	struct source *source; /* taken */
	const char *name;      /* of the recording, for the title */
	uint32_t number;       /* of a command, or 0 */
	int64_t at_us;	       /* since the beginning of that, or of the recording; -1: see below */
	int with_frame;
	int scratch; /* folder, or -1 */
};

/* Appends a picture of what was to be seen at that time; without one, of a command its prompt and
 * all of its screen when it had ended, of a recording the last screen. 0; 1: there is no such
 * command; -1. */
int picture_put(struct picture *p, struct progress *progress, struct buf *out, struct err *err);

#endif
