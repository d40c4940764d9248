/* SPDX-License-Identifier: MIT */
/* page: a session as one HTML file, to be read in a browser: the commands in their colours, what
 * was said between them, what changed, where the time went, and the session itself in asciinema's
 * player. Nothing is loaded from elsewhere, and a policy (CSP) lets nothing run but what is ours.
 *
 * Memory stays bounded: what is finished lies in spools. Of each command head and tail are shown
 * (story/excerpt.h), of all that is between commands, too. */
#ifndef STENO_PAGE_H
#define STENO_PAGE_H

struct exporter;
struct header;
struct page_player;

/* Bytes of output up to which a recording is put into its page. */
enum { PAGE_RECORDING = 8 << 20 };

/* The page as a form of export (out/export.h), which does the rest; it goes to fd at the end. h,
 * name and player are borrowed for its life. name: what was asked for, for a recording that has no
 * session's name. player: NULL if there is none. dir: for temporary files. */
struct exporter *page_new(const struct header *h, const char *name,
			  const struct page_player *player, int dir, int fd);

#endif
