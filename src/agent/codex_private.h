/* SPDX-License-Identifier: MIT */
/* codex_private: what the parts of the adapter for Codex share. */
#ifndef STENO_CODEX_PRIVATE_H
#define STENO_CODEX_PRIVATE_H

#include "adapter.h"

enum layer { LAYER_NONE, LAYER_MODEL, LAYER_EVENT, LAYER_ITEM };

enum { HELD_MOST = 16, TURNS_MOST = 64 };

struct held {
	char *role;
	struct buf text;
	int64_t wall_us;
};

struct codex {
	struct agent *agent;
	int has_meta;
	int is_bare; /* lines without a type and payload around them */
	enum layer layer;
	struct held held[HELD_MOST];
	size_t n_held;
	struct calls calls;
	int64_t turns[TURNS_MOST]; /* when the last turns began */
	uint64_t n_turns;
	int64_t now; /* the line's time */
};

/* codex_words.c: each takes a message from its layer */
void codex_take_model_message(struct codex *c, const struct json *payload);
void codex_take_event_message(struct codex *c, const struct json *payload, const char *role);
void codex_take_item_message(struct codex *c, const struct json *item, const char *role);
/* The last turns were taken back: what was said in them stays in the file. */
void codex_take_rollback(struct codex *c, const struct json *payload);
/* Messages of the model's layer that wait for a better one: told, since none has come; or not. */
void codex_tell_held(struct codex *c);
void codex_drop_held(struct codex *c);

/* codex_tools.c: each takes the payload of one line, or an item in it */
void codex_take_call(struct codex *c, const struct json *payload);
void codex_take_local_shell(struct codex *c, const struct json *payload);
void codex_take_output(struct codex *c, const struct json *payload);
/* The end of a command, and changes of files, with all that Codex knows; id: of the call. */
void codex_take_execution(struct codex *c, const struct json *item, const char *id);
void codex_take_changes(struct codex *c, const struct json *item, const char *id);

#endif
