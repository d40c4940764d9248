/* SPDX-License-Identifier: MIT */
/* A list that is sorted by time; lines mostly come at its end. */
#include "blend.h"

#include "../base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 8 << 20 };

struct blend_line {
	struct blend_line *before, *behind;
	int64_t at, came;
	size_t n;
	char data[];
};

/* Printed by words_print(): bare quotes are in no string of a JSON text, so this is the key. */
static int64_t time_in(const char *line, size_t n, int64_t fallback)
{
	static const char key[] = "\"ts\":";
	const char *at = memmem(line, n, key, sizeof(key) - 1), *end = line + n;
	int64_t time = 0;

	if (!at)
		return fallback;
	for (at += sizeof(key) - 1; at < end && *at >= '0' && *at <= '9'; at++) {
		if (time > INT64_MAX / 10 - 1)
			return fallback;
		time = time * 10 + (*at - '0');
	}
	return time;
}

static void insert(struct blend *b, struct blend_line *l)
{
	struct blend_line *before = b->last;

	while (before && before->at > l->at)
		before = before->before;
	l->before = before;
	l->behind = before ? before->behind : b->first;
	*(before ? &before->behind : &b->first) = l;
	*(l->behind ? &l->behind->before : &b->last) = l;
}

void blend_put(struct blend *b, struct blend_place *p, const char *line, size_t n, int64_t now)
{
	struct blend_line *l = xmalloc(sizeof(*l) + n);
	int64_t at = time_in(line, n, p->at);

	p->at = at > p->at ? at : p->at; /* the lines of one log stay in its order */
	l->at = p->at;
	l->came = now;
	l->n = n;
	memcpy(l->data, line, n);
	b->bytes += n;
	insert(b, l);
}

static struct blend_line *take_first(struct blend *b)
{
	struct blend_line *l = b->first;

	b->first = l->behind;
	*(b->first ? &b->first->before : &b->last) = NULL;
	b->bytes -= l->n;
	return l;
}

void blend_take(struct blend *b, int64_t till, void (*put)(void *ctx, const char *line, size_t n),
		void *ctx)
{
	while (b->first && (b->first->came <= till || b->bytes > BYTES_MOST)) {
		struct blend_line *l = take_first(b);

		put(ctx, l->data, l->n);
		free(l);
	}
}

int64_t blend_came(const struct blend *b)
{
	return b->first ? b->first->came : INT64_MAX;
}

void blend_release(struct blend *b)
{
	while (b->first)
		free(take_first(b));
}
