/* SPDX-License-Identifier: MIT */
/* What is said in Codex's rollouts, and taken back.
 *
 * A message is written up to three times: as an item that was completed, as an event, and as what
 * was sent to the model or came from it. Only one of these layers is told, the first of them that
 * the file has: they are never merged. Where the log is read while it grows nobody knows yet
 * whether the others will come, so the model's copy of a message waits for them. What the harness
 * put in is in the model's layer only. */
#include "codex_private.h"

#include "../base/json.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

void codex_drop_held(struct codex *c)
{
	while (c->n_held) {
		struct held *h = &c->held[--c->n_held];

		free(h->role);
		buf_release(&h->text);
		memset(h, 0, sizeof(*h));
	}
}

static void begin_turn(struct codex *c, int64_t wall_us)
{
	c->turns[c->n_turns++ % TURNS_MOST] = wall_us;
}

static void say(struct codex *c, const char *role, const struct buf *text, int64_t wall_us)
{
	if (!strcmp(role, "user"))
		begin_turn(c, wall_us);
	agent_say(c->agent, role, (const char *)text->data, text->len, wall_us);
}

/* No other layer has come. */
void codex_tell_held(struct codex *c)
{
	size_t i;

	for (i = 0; i < c->n_held; i++)
		say(c, c->held[i].role, &c->held[i].text, c->held[i].wall_us);
	codex_drop_held(c);
}

static void hold(struct codex *c, const char *role, struct buf *text)
{
	struct held *h;

	if (c->is_bare || c->layer == LAYER_MODEL) {
		say(c, role, text, c->now);
		return;
	}
	if (c->n_held == HELD_MOST) {
		c->layer = LAYER_MODEL;
		codex_tell_held(c);
		say(c, role, text, c->now);
		return;
	}
	h = &c->held[c->n_held++];
	h->role = xstrdup(role);
	h->text = *text;
	h->wall_us = c->now;
	*text = (struct buf){0};
}

/* A message of one of the better layers. */
static void take_message(struct codex *c, enum layer layer, const char *role,
			 const struct buf *text)
{
	if (layer < c->layer)
		return;
	c->layer = layer;
	codex_drop_held(c);
	say(c, role, text, c->now);
}

/* What the user sees of an item's content: its texts, and a word for what is no text. */
static void join_content(const struct json *content, struct buf *out)
{
	size_t count = json_length(content), i, n = 0;

	for (i = 0; i < count; i++) {
		const struct json *part = json_item(content, i);
		const char *text = json_get_bytes(part, "text", &n);
		const char *type = json_get_text(part, "type");

		if (out->len)
			buf_putc(out, '\n');
		if (text)
			buf_put(out, text, n);
		else
			buf_printf(out, "[%s]", type ? type : "?");
	}
}

static int is_harness_text(const char *text)
{
	static const char *const beginnings[] = {"<environment_context>",
						 "<user_instructions>",
						 "# AGENTS.md instructions for",
						 "<turn_aborted>",
						 "<user_shell_command>",
						 "<skill>",
						 "<skills_instructions>",
						 "<permissions instructions>",
						 "<collaboration_mode>",
						 "<subagent_notification>",
						 "<hook_prompt>",
						 "<goal_context>",
						 NULL};

	return text_begins(text, beginnings);
}

/* Since 0.15x each part of a message says whose it is. */
static int is_harness(const struct json *payload, size_t part, const char *role, const char *text)
{
	const struct json *meta = json_get(payload, "internal_chat_message_metadata_passthrough");
	const struct json *who = json_item(json_get(meta, "content_item_metadata"), part);
	const char *type = json_get_text(json_get(who, "provenance"), "type");

	if (!strcmp(role, "assistant"))
		return 0;
	if (strcmp(role, "user") != 0)
		return 1;
	return type ? strcmp(type, "user") != 0 : is_harness_text(text);
}

void codex_take_model_message(struct codex *c, const struct json *payload)
{
	const struct json *content = json_get(payload, "content");
	const char *role = json_get_text(payload, "role");
	struct buf said = {0};
	size_t count = json_length(content), i, n = 0;

	if (!role)
		return;
	for (i = 0; i < count; i++) {
		const struct json *part = json_item(content, i);
		const char *text = json_get_bytes(part, "text", &n);

		if (text && is_harness(payload, i, role, text)) {
			agent_harness(c->agent, role, text, n, c->now);
			continue;
		}
		if (said.len)
			buf_putc(&said, '\n');
		if (text)
			buf_put(&said, text, n);
	}
	if (said.len && c->layer <= LAYER_MODEL)
		hold(c, role, &said);
	buf_release(&said);
}

void codex_take_event_message(struct codex *c, const struct json *payload, const char *role)
{
	const char *kind = json_get_text(payload, "kind");
	struct buf text = {0};
	const char *p;
	size_t n = 0;

	p = json_get_bytes(payload, "message", &n);
	if (!p || (kind && strcmp(kind, "plain") != 0))
		return;
	buf_put(&text, p, n);
	take_message(c, LAYER_EVENT, role, &text);
	buf_release(&text);
}

void codex_take_item_message(struct codex *c, const struct json *item, const char *role)
{
	struct buf text = {0};

	join_content(json_get(item, "content"), &text);
	take_message(c, LAYER_ITEM, role, &text);
	buf_release(&text);
}

/* The last turns were taken back: what was said in them stays in the file. */
void codex_take_rollback(struct codex *c, const struct json *payload)
{
	int64_t turns = json_get_int(payload, "num_turns", 0);
	struct words w;

	if (turns <= 0)
		return;
	words_init(&w, WORDS_UNDONE);
	w.turns = turns;
	w.wall_us = c->now;
	if ((uint64_t)turns <= c->n_turns && turns <= TURNS_MOST)
		w.since_us = c->turns[(c->n_turns - (uint64_t)turns) % TURNS_MOST];
	c->n_turns -= (uint64_t)turns < c->n_turns ? (uint64_t)turns : c->n_turns;
	agent_tell(c->agent, &w);
}
