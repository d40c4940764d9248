/* SPDX-License-Identifier: MIT */
/* Only the end of the output is ever looked at: the first place there from which on everything fits
 * the pattern is where holding begins. What is held is bounded, and goes out by itself when the
 * next byte does not fit. */
#include "eol.h"

#include <string.h>

#define BEFORE "\033[1m\033[7m"
#define BEHIND "\033[27m\033[1m\033[0m"

enum fit { FIT_NOT, FIT_PART, FIT_WHOLE };

struct span {
	const unsigned char *p;
	size_t n;
};

/* Takes `word` off the front. */
static enum fit take(struct span *s, const void *word, size_t len)
{
	size_t n = s->n < len ? s->n : len;

	if (memcmp(s->p, word, n) != 0)
		return FIT_NOT;
	s->p += n;
	s->n -= n;
	return n < len ? FIT_PART : FIT_WHOLE;
}

static enum fit take_default(struct span *s)
{
	enum fit fit = take(s, BEFORE, sizeof(BEFORE) - 1);

	if (fit != FIT_WHOLE)
		return fit;
	if (!s->n)
		return FIT_PART;
	if (*s->p != '%' && *s->p != '#')
		return FIT_NOT;
	s->p++;
	s->n--;
	return take(s, BEHIND, sizeof(BEHIND) - 1);
}

static enum fit take_return(struct span *s)
{
	while (s->n && *s->p == ' ') {
		s->p++;
		s->n--;
	}
	return take(s, "\r", 1);
}

static enum fit fits(const struct eol *e, struct span s)
{
	enum fit fit = e->is_set ? take(&s, e->mark, e->mark_len) : take_default(&s);

	if (fit == FIT_WHOLE)
		fit = take_return(&s);
	if (fit == FIT_WHOLE)
		fit = take_return(&s);
	return fit == FIT_WHOLE && s.n ? FIT_NOT : fit;
}

void eol_set(struct eol *e, const unsigned char *mark, size_t n)
{
	e->is_set = 1;
	e->mark_len = n < EOL_MARK ? n : EOL_MARK;
	if (n)
		memcpy(e->mark, mark, e->mark_len);
}

/* Nothing that begins before this place of p fits: behind the string there are spaces and returns
 * only. */
static size_t earliest(const struct eol *e, const unsigned char *p, size_t n)
{
	size_t len = e->is_set ? e->mark_len : sizeof(BEFORE "%" BEHIND) - 1, end = n;

	while (end && (p[end - 1] == ' ' || p[end - 1] == '\r'))
		end--;
	return end > len ? end - len : 0;
}

/* How much of p's end is to be held. */
static size_t holding(const struct eol *e, const unsigned char *p, size_t n)
{
	size_t at = earliest(e, p, n);

	if (n > EOL_HELD && at < n - EOL_HELD)
		at = n - EOL_HELD;
	while (at < n && fits(e, (struct span){p + at, n - at}) == FIT_NOT)
		at++;
	return n - at;
}

void eol_put(struct eol *e, const unsigned char *p, size_t n,
	     void (*give)(void *ctx, const unsigned char *p, size_t n), void *ctx)
{
	unsigned char both[2 * EOL_HELD];
	size_t tail = n < EOL_HELD ? n : EOL_HELD, len = e->n + tail, hold;

	if (!n)
		return;
	memcpy(both, e->held, e->n);
	memcpy(both + e->n, p + n - tail, tail);
	hold = holding(e, both, len);
	if (hold > tail) { /* all of p is held, behind some of what was */
		size_t out = len - hold;

		if (out)
			give(ctx, both, out);
	} else {
		if (e->n)
			give(ctx, both, e->n);
		if (n > hold)
			give(ctx, p, n - hold);
	}
	memcpy(e->held, both + len - hold, hold);
	e->n = hold;
}

int eol_is_whole(const struct eol *e)
{
	return e->n && fits(e, (struct span){e->held, e->n}) == FIT_WHOLE;
}
