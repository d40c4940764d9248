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
/* What the agent's program or its log's reader has to remark, as text that is foreign; and the
 * context taken in. 0: nothing. */
int dialogue_remark(struct dialogue *d, const struct words *w, struct buf *out);
/* When it was; wall_us: when it was recorded, for what has no time of its own. */
int64_t dialogue_time(const struct words *w, int64_t wall_us);
/* Appends Markdown, or nothing. wall_us: as above. */
void dialogue_put(struct dialogue *d, const struct words *w, int64_t wall_us, struct buf *out);

#endif
