/* SPDX-License-Identifier: MIT */
/* Interned keys: an array in the order of coming, and a hash table of numbers beside it. */
#include "intern.h"

#include "../base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

void intern_init(struct intern *in, size_t size, uint32_t limit)
{
	memset(in, 0, sizeof(*in));
	in->size = size;
	in->limit = limit;
}

void intern_release(struct intern *in)
{
	free(in->keys);
	free(in->slots);
	intern_init(in, in->size, in->limit);
}

/* FNV-1a's step (RFC 9923) for four bytes at a time; the high bits are mixed back into the low
 * ones, which its caller takes. */
static uint32_t hash(const unsigned char *key, size_t n)
{
	uint32_t h = 2166136261u, word;

	for (; n >= sizeof(word); n -= sizeof(word), key += sizeof(word)) {
		memcpy(&word, key, sizeof(word));
		h = (h ^ word) * 16777619u;
		h ^= h >> 15;
	}
	while (n--)
		h = (h ^ *key++) * 16777619u;
	return h;
}

static uint32_t *find(const struct intern *in, const void *key)
{
	uint32_t i = hash(key, in->size) & (in->nslots - 1);

	while (in->slots[i] && memcmp(intern_get(in, in->slots[i] - 1), key, in->size) != 0)
		i = (i + 1) & (in->nslots - 1);
	return &in->slots[i];
}

static void grow(struct intern *in)
{
	uint32_t i;

	free(in->slots);
	in->nslots = in->nslots ? in->nslots * 2 : FIRST_SLOTS;
	in->slots = xcalloc(in->nslots, sizeof(*in->slots));
	in->keys = xrealloc(in->keys, in->nslots / 2 * in->size);
	for (i = 0; i < in->count; i++)
		*find(in, intern_get(in, i)) = i + 1;
}

int32_t intern_put(struct intern *in, const void *key)
{
	uint32_t *slot;

	if (in->count * 2 >= in->nslots)
		grow(in);
	slot = find(in, key);
	if (!*slot) {
		if (in->count >= in->limit)
			return -1;
		memcpy(in->keys + in->count * in->size, key, in->size);
		*slot = ++in->count;
	}
	return (int32_t)*slot - 1;
}

const void *intern_get(const struct intern *in, uint32_t number)
{
	return in->keys + number * in->size;
}
