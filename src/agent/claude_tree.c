/* SPDX-License-Identifier: MIT */
/* The order of Claude's lines. They are a tree: each names its parent, and going back to an earlier
 * prompt makes a second branch, whereupon the turns of the first do not count any more. A line may
 * stand before its parent, the full-screen program's first answer before its question: it waits for
 * it, though not for ever, since a parent may be in another file. */
#include "claude_private.h"

#include "../base/json.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES = 8192, EARLY_BYTES = 4 << 20 };

/* Which turn a line belongs to, by a hash of its id. Old ones are overwritten. */
struct spot {
	uint64_t id;
	uint32_t turn;
};

void claude_begin_tree(struct claude *c)
{
	c->spots = xcalloc(PLACES, sizeof(*c->spots));
}

void claude_place(struct claude *c, const char *uuid)
{
	uint64_t id = text_hash(uuid);

	c->spots[id % PLACES] = (struct spot){id, c->turn};
}

/* The turn of a line, or -1: not known. */
static int64_t turn_of(const struct claude *c, const char *uuid)
{
	uint64_t id = uuid ? text_hash(uuid) : 0;
	const struct spot *s = &c->spots[id % PLACES];

	return id && s->id == id ? (int64_t)s->turn : -1;
}

/* A prompt goes on from its parent. */
void claude_begin_turn(struct claude *c, const struct json *line)
{
	int64_t from = turn_of(c, json_get_text(line, "parentUuid"));
	struct words w;

	if (from >= 0 && from < (int64_t)c->turn) {
		words_init(&w, WORDS_UNDONE);
		w.turns = (int64_t)c->turn - from;
		w.wall_us = c->now;
		if (w.turns <= TURNS_MOST)
			w.since_us = c->begun[(uint64_t)(from + 1) % TURNS_MOST];
		c->turn = (uint32_t)from;
		agent_tell(c->agent, &w);
	}
	c->turn++;
	c->begun[c->turn % TURNS_MOST] = c->now;
}

/* Before its parent */

static int is_early(const struct claude *c, const struct json *line)
{
	const char *parent = json_get_text(line, "parentUuid");

	return parent && json_get_text(line, "uuid") && !json_get_flag(line, "isSidechain") &&
	       turn_of(c, parent) < 0;
}

static void take_early(struct claude *c, size_t i)
{
	struct json *line = c->early[i].line;

	c->early_bytes -= c->early[i].bytes;
	memmove(c->early + i, c->early + i + 1, (--c->n_early - i) * sizeof(*c->early));
	claude_take_line(c, line);
	json_free(line);
}

/* Those whose parents have come meanwhile, also by this. */
static void take_followers(struct claude *c)
{
	size_t i = 0;

	while (i < c->n_early) {
		if (is_early(c, c->early[i].line)) {
			i++;
			continue;
		}
		take_early(c, i);
		i = 0;
	}
}

static void keep_early(struct claude *c, const struct json *line)
{
	struct early early = {0};
	struct buf text = {0};

	json_print(line, &text);
	while (c->n_early &&
	       (c->n_early == EARLY_MOST || c->early_bytes + text.len > EARLY_BYTES)) {
		take_early(c, 0);
		take_followers(c);
	}
	if (is_early(c, line))
		early = (struct early){json_parse(text.data, text.len, NULL), text.len};
	if (early.line) {
		c->early[c->n_early++] = early;
		c->early_bytes += early.bytes;
	} else {
		claude_take_line(c, line);
	}
	buf_release(&text);
}

void claude_take_in_order(struct claude *c, const struct json *line)
{
	if (is_early(c, line))
		keep_early(c, line);
	else
		claude_take_line(c, line);
	take_followers(c);
}

void claude_take_rest(struct claude *c)
{
	while (c->n_early) {
		take_early(c, 0);
		take_followers(c);
	}
}

void claude_release_tree(struct claude *c)
{
	while (c->n_early)
		json_free(c->early[--c->n_early].line);
	free(c->spots);
}
