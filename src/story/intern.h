/* SPDX-License-Identifier: MIT */
/* intern: equal keys of one size get one small number. */
#ifndef STENO_INTERN_H
#define STENO_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct intern {
	size_t size; /* bytes of a key; no padding inside */
	uint32_t count, limit;
	unsigned char *keys;
	uint32_t *slots; /* number + 1, or 0; open addressing, at most half full */
	uint32_t nslots;
};

void intern_init(struct intern *in, size_t size, uint32_t limit);
void intern_release(struct intern *in);
/* The number of the key, given now if it is new; -1 if `limit` others have theirs. */
int32_t intern_put(struct intern *in, const void *key);
/* Borrowed until the next put. number < count. */
const void *intern_get(const struct intern *in, uint32_t number);

#endif
