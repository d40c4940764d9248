/* SPDX-License-Identifier: MIT */
/* claude_private: what the parts of the adapter for Claude Code share. */
#ifndef STENO_CLAUDE_PRIVATE_H
#define STENO_CLAUDE_PRIVATE_H

#include "adapter.h"

enum { TURNS_MOST = 256, EARLY_MOST = 16 };

struct claude {
	struct agent *agent;
	struct calls calls;
	struct spot *spots;	   /* which turns lines belong to: claude_tree.c */
	uint32_t turn;		   /* the current one, from 1 */
	int64_t begun[TURNS_MOST]; /* when the last turns began */
	int64_t now;
	const char *sidechain; /* this line is a sub-agent's: its name */
	struct early {
		struct json *line;
		size_t bytes;
	} early[EARLY_MOST]; /* their parents have not come */
	size_t n_early, early_bytes;
};

/* claude.c: takes a line whose turn has come. */
void claude_take_line(struct claude *c, const struct json *line);

/* claude_tree.c */
void claude_begin_tree(struct claude *c);
void claude_release_tree(struct claude *c);
/* Takes a line, and those that waited for it; or keeps it until its parent has come. */
void claude_take_in_order(struct claude *c, const struct json *line);
/* Takes those whose parents have not come. */
void claude_take_rest(struct claude *c);
/* The line is a prompt: a turn begins, behind the one it goes on from; those that do not count any
 * more are told. */
void claude_begin_turn(struct claude *c, const struct json *line);
void claude_place(struct claude *c, const char *uuid); /* a line is of the current turn */

/* claude_tools.c: each takes a part of a line's message */
void claude_take_tool_use(struct claude *c, const struct json *line, const struct json *part);
void claude_take_tool_result(struct claude *c, const struct json *line, const struct json *part);
/* A command in the background has ended: the only place that tells how. */
void claude_take_notification(struct claude *c, const char *text);

#endif
