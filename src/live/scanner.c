/* SPDX-License-Identifier: MIT */
/* scanner: the marks' introducer is one fixed string with ESC at its start and nowhere else, so a
 * failed match never has to look back: what was held is known by its length alone. What is inside
 * one call is passed on where it lies; only a mark's data that straddles calls is copied. Nothing
 * here may allocate, loop without progress, or look at a byte twice. */
#include "scanner.h"

#include <stdlib.h>
#include <string.h>

#define INTRODUCER "\033]7377;"
enum { HEAD = sizeof(INTRODUCER) - 1 + SCANNER_NONCE + 1 };

struct scanner {
	unsigned char head[HEAD]; /* the introducer, the nonce, ';' */
	size_t matched;		  /* bytes of head that matched; HEAD: inside the data */
	size_t carried;		  /* those of them that came in earlier calls */
	size_t held;		  /* bytes of data from earlier calls, in store */
	unsigned char store[SCANNER_MARK];
};

/* One call's input. `from`: not given out yet; `data`: where the open mark's data begins here. */
struct cut {
	const unsigned char *p, *end, *from, *open, *data;
	const struct scanner_sink *sink;
	void *ctx;
};

struct scanner *scanner_new(const char *nonce)
{
	struct scanner *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	memcpy(s->head, INTRODUCER, sizeof(INTRODUCER) - 1);
	memcpy(s->head + sizeof(INTRODUCER) - 1, nonce, SCANNER_NONCE);
	s->head[HEAD - 1] = ';';
	return s;
}

void scanner_free(struct scanner *s)
{
	free(s);
}

static void give(const struct cut *c, const unsigned char *data, size_t n)
{
	if (n)
		c->sink->output(c->ctx, data, n);
}

/* It was no mark: what earlier calls held back is output. What lies in this call stays in the run
 * that begins at c->from. */
static void give_up(struct scanner *s, const struct cut *c)
{
	give(c, s->head, s->carried);
	give(c, s->store, s->held);
	s->matched = s->carried = s->held = 0;
}

/* Looks for the second byte: colours have an ESC every few bytes. */
static void find_escape(struct scanner *s, struct cut *c)
{
	const unsigned char *from = c->p, *second;

	do {
		second = memchr(c->p, s->head[1], (size_t)(c->end - c->p));
		c->p = second ? second + 1 : c->end;
	} while (second && (second == from || second[-1] != s->head[0]));
	s->matched = second ? 2 : c->end[-1] == s->head[0];
	c->open = c->p - s->matched;
}

static void match_head(struct scanner *s, struct cut *c)
{
	while (s->matched < HEAD && c->p < c->end) {
		if (*c->p != s->head[s->matched]) {
			give_up(s, c);
			return; /* this byte is looked at again: it may be an ESC */
		}
		c->p++;
		s->matched++;
	}
	c->data = c->p;
}

static void emit_mark(struct scanner *s, struct cut *c, size_t n)
{
	const unsigned char *data = c->data;

	give(c, c->from, (size_t)(c->open - c->from));
	if (s->held) {
		memcpy(s->store + s->held, data, n);
		data = s->store;
		n += s->held;
	}
	s->matched = s->carried = s->held = 0;
	c->p++;
	c->from = c->p;
	c->sink->mark(c->ctx, data, n);
}

static void take_data(struct scanner *s, struct cut *c)
{
	size_t room = SCANNER_MARK - s->held;

	while (c->p < c->end && *c->p >= 0x20 && *c->p != 0x7f && (size_t)(c->p - c->data) < room)
		c->p++;
	if (c->p == c->end)
		return;
	if (*c->p == '\a')
		emit_mark(s, c, (size_t)(c->p - c->data));
	else
		give_up(s, c); /* a control byte, or too long */
}

/* The call is over with a mark open: gives what lies before it and holds back the rest. */
static void carry(struct scanner *s, const struct cut *c)
{
	size_t n = s->matched == HEAD ? (size_t)(c->end - c->data) : 0;

	give(c, c->from, (size_t)(c->open - c->from));
	s->carried = s->matched;
	memcpy(s->store + s->held, c->end - n, n);
	s->held += n;
}

void scanner_put(struct scanner *s, const void *data, size_t n, const struct scanner_sink *sink,
		 void *ctx)
{
	const unsigned char *p = n ? data : s->store; /* data may be NULL then */
	struct cut c = {p, p + n, p, p, p, sink, ctx};

	while (c.p < c.end) {
		if (!s->matched)
			find_escape(s, &c);
		else if (s->matched < HEAD)
			match_head(s, &c);
		else
			take_data(s, &c);
	}
	if (s->matched)
		carry(s, &c);
	else
		give(&c, c.from, (size_t)(c.end - c.from));
}

void scanner_end(struct scanner *s, const struct scanner_sink *sink, void *ctx)
{
	struct cut c = {NULL, NULL, NULL, NULL, NULL, sink, ctx};

	give_up(s, &c);
}
