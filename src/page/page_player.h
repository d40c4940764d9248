/* SPDX-License-Identifier: MIT */
/* page_player: asciinema's player (npm asciinema-player, dist/bundle), which pages can play a
 * session with. `make deps` fetches it; it need not be there. */
#ifndef STENO_PAGE_PLAYER_H
#define STENO_PAGE_PLAYER_H

#include "../base/buf.h"

struct err;

struct page_player {
	struct buf script, style, licence; /* all empty: there is none */
};

/* Reads it from a folder. 0; 1: there is none; -1. The struct is zero-initialised by the caller,
 * and to be released in any case. */
int page_player_load(struct page_player *p, const char *folder, struct err *err);
void page_player_release(struct page_player *p);

#endif
