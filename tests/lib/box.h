/* SPDX-License-Identifier: MIT */
/* box: a temporary folder with a HOME of its own, where tests run real programs. */
#ifndef STENO_BOX_H
#define STENO_BOX_H

#include <stdint.h>

/* Makes the folder, goes into it, and cleans the environment of git's variables. The path has no
 * links in it. Ends the test program on failure. */
const char *box_open(void);
/* Removes it. */
void box_close(void);

/* Runs a script with sh -e; ends the test program if it fails. */
void box_sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What a script prints, the last newline cut off; malloc'ed. NULL if it fails. */
char *box_ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The wall clock, in microseconds since 1970. */
int64_t box_wall_us(void);
/* Passes the moment after which every file's change time is later than what was before: the
 * kernel's coarse clock must tick. */
void box_tick(void);

#endif
