/* SPDX-License-Identifier: MIT */
/* datadir: where the files are that the program reads as it runs. */
#ifndef STENO_DATADIR_H
#define STENO_DATADIR_H

struct err;
struct page_player;

/* Reads asciinema's player (page/page_player.h) from share/steno/player beside the folder that the
 * program is in, as `make deps` leaves it in the build tree and `make install` below the prefix;
 * else from where it was to be installed when the program was built. 0; 1: it is in neither; -1. */
int datadir_load_player(struct page_player *p, struct err *err);

#endif
