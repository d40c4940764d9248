/* SPDX-License-Identifier: MIT */
/* painting: what a viewer's child does (live/viewer.h): reads the recording and paints the
 * terminal, in a jail. */
#ifndef STENO_PAINTING_H
#define STENO_PAINTING_H

/* A child_main; ctx is a struct view_task. */
int painting_child(void *ctx, int in, int out);

#endif
