/* SPDX-License-Identifier: MIT */
/* Runs of numbers. What a file of provenance holds decides how many there are, so that a hostile
 * one costs time and memory by its size, and no more. */
#include "seqs.h"

#include "../base/buf.h"

#include <stdlib.h>
#include <string.h>

/* The first run that does not end before seq. */
static size_t find(const struct seqs *s, uint32_t seq)
{
	size_t low = 0, high = s->count;

	if (high && s->runs[high - 1].last < seq)
		return high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->runs[middle].last < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int seqs_has(const struct seqs *s, uint32_t seq)
{
	size_t i = find(s, seq);

	return i < s->count && s->runs[i].first <= seq;
}

static void insert(struct seqs *s, size_t i, uint32_t seq)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->runs = xrealloc(s->runs, s->cap * sizeof(*s->runs));
	}
	memmove(s->runs + i + 1, s->runs + i, (s->count - i) * sizeof(*s->runs));
	s->runs[i] = (struct seqs_run){seq, seq};
	s->count++;
}

static void drop(struct seqs *s, size_t i)
{
	s->count--;
	memmove(s->runs + i, s->runs + i + 1, (s->count - i) * sizeof(*s->runs));
}

int seqs_add(struct seqs *s, uint32_t seq)
{
	size_t i = find(s, seq);
	int joins_next = i < s->count && seq < UINT32_MAX && s->runs[i].first == seq + 1;

	if (i < s->count && s->runs[i].first <= seq)
		return 0;
	if (i && s->runs[i - 1].last + 1 == seq) {
		s->runs[i - 1].last = joins_next ? s->runs[i].last : seq;
		if (joins_next)
			drop(s, i);
	} else if (joins_next) {
		s->runs[i].first = seq;
	} else {
		insert(s, i, seq);
	}
	return 1;
}

void seqs_clear(struct seqs *s)
{
	s->count = 0;
}

void seqs_release(struct seqs *s)
{
	free(s->runs);
	memset(s, 0, sizeof(*s));
}
