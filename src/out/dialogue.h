/* SPDX-License-Identifier: MIT */
/* dialogue: what was said in a session as sections of its transcript, and with which model, profile
 * and sandbox it was said. */
#ifndef STENO_DIALOGUE_H
#define STENO_DIALOGUE_H

#include "../base/buf.h"

#include <stdint.h>

struct words;

/* Zero-initialise it. The texts: what was in effect, " → " between what followed on each other;
 * empty if nobody told. */
struct dialogue {
	struct buf model, profile, sandbox;
	/* private */
	struct buf last_model, last_profile, last_sandbox;
};

void dialogue_release(struct dialogue *d);
/* Appends Markdown, or nothing. wall_us: when it was recorded, for what has no time of its own. */
void dialogue_put(struct dialogue *d, const struct words *w, int64_t wall_us, struct buf *out);

#endif
