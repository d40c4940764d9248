/* SPDX-License-Identifier: MIT */
/* attack: a recording in which every field that somebody else fills in tries to become markup, to
 * run something, or to hide. */
#ifndef STENO_ATTACK_H
#define STENO_ATTACK_H

struct buf;

/* In a browser it would set window.hacked. */
extern const char attack_text[];
/* Appends the whole recording. */
void attack_print(struct buf *out);

#endif
