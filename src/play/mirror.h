/* SPDX-License-Identifier: MIT */
/* mirror: makes a terminal show what a session shows, from its recording. In one of two ways:
 *  - a frame is a picture, painted on the terminal's alternate screen, of whatever size both are;
 *    a hostile output reaches the terminal as cells only (painter.h)
 *  - a handover makes a terminal of the same size so much like the session's that the output's own
 *    bytes can follow, from the next one on: both screens, colours, cursor, margins, modes
 * What the terminal had scrolled by before is pushed up, not wiped. What an alternate screen that
 * is not shown held is not handed over: only mode 47 would show it again. */
#ifndef STENO_MIRROR_H
#define STENO_MIRROR_H

#include <stdint.h>

struct buf;
struct err;
struct mirror;

/* Sets the terminal's input modes (keys, pastes, mouse) too: it can be typed at. */
enum { MIRROR_INPUT = 1 };

/* cast: the recording, opened for reading; stays the caller's. */
struct mirror *mirror_new(int cast, int flags, struct err *err);
void mirror_free(struct mirror *m);

/* Reads on, up to this byte of the recording, which is an event's end, or to its end. */
int mirror_read(struct mirror *m, int64_t upto, struct err *err);

/* Appends what the terminal of this size is to get for a frame: the difference to the last. */
void mirror_frame(struct mirror *m, int rows, int cols, struct buf *out);
/* Appends a handover. 1: the terminal is the holder's then; 0: it is not the session's size, or the
 * output is in the middle of too long a sequence: nothing was appended. */
int mirror_hand_over(struct mirror *m, int rows, int cols, struct buf *out);
/* Appends what leaves the terminal as it was before the first frame. Not after a handover. */
void mirror_leave(struct mirror *m, struct buf *out);

#endif
