/* SPDX-License-Identifier: MIT */
/* osc: takes operating system commands (ESC ] ... BEL, or ESC \) out of a terminal's output. The
 * same commands at the same places, however the output is cut. A byte from 0x80 is never a
 * terminator: in UTF-8 it is a part of a character. */
#ifndef STENO_OSC_H
#define STENO_OSC_H

#include "../base/buf.h"

enum { OSC_MOST = 64 * 1024 };

/* Zero-initialise it. */
struct osc {
	int state;
	struct buf body;
};

struct osc_sink {
	/* n >= 1 bytes of anything else, borrowed; a command that is longer than OSC_MOST, or
	 * broken off, among it. */
	void (*output)(void *ctx, const unsigned char *p, size_t n);
	/* What stands between ESC ] and its end; 1: taken, 0: it is output like anything else. */
	int (*command)(void *ctx, const unsigned char *p, size_t n);
};

void osc_put(struct osc *o, const unsigned char *p, size_t n, const struct osc_sink *sink,
	     void *ctx);
/* No more output, or something else comes between: what is unfinished is output. */
void osc_end(struct osc *o, const struct osc_sink *sink, void *ctx);
void osc_release(struct osc *o);

#endif
