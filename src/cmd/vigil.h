/* SPDX-License-Identifier: MIT */
/* vigil: whether more can come to a recording that is being made. */
#ifndef STENO_VIGIL_H
#define STENO_VIGIL_H

#include <stdint.h>

/* How often to look whether a recording has grown, in microseconds. */
enum { VIGIL_LOOK_US = 50000 };

struct vigil {
	int cast;	  /* the recording, borrowed */
	int was_recorded; /* when the vigil began */
	int64_t alone_us; /* since when nobody has recorded; 0: somebody does */
};

void vigil_init(struct vigil *v, int cast);
/* To be asked when there is nothing to read. False when nobody records any more: not a moment after
 * whoever did was killed, since another takes over then. */
int vigil_goes_on(struct vigil *v);

#endif
