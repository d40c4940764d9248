/* SPDX-License-Identifier: MIT */
/* facts: lines that a survey prints, taken from its pipe as they come and not looked into. */
#ifndef STENO_FACTS_H
#define STENO_FACTS_H

#include <stddef.h>

enum { FACTS_LINE = 64 * 1024 };

struct facts {
	size_t len;
	int overlong; /* inside a line that was too long and is dropped */
	char line[FACTS_LINE];
};

/* Reads what is there, but no more than a loop may spend on it at once. 1: there may be more later;
 * 0: the end; a line without newline is dropped. */
int facts_read(struct facts *f, int fd, void (*put)(void *ctx, const char *fact, size_t n),
	       void *ctx);

#endif
