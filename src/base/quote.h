/* SPDX-License-Identifier: MIT */
/* quote: text made safe for where it goes. */
#ifndef STENO_QUOTE_H
#define STENO_QUOTE_H

struct buf;

/* One word as sh(1) would read it back: as it is if it needs nothing, else in single quotes. */
void quote_shell(struct buf *out, const char *word);

#endif
