/* SPDX-License-Identifier: MIT */
/* Codex CLI's rollouts, from the bare lines of mid 2025 to the paginated ones of 2026: the kinds of
 * their lines, and what they say of themselves. */
#include "codex_private.h"

#include "../base/json.h"
#include "../base/stamp.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

static int codex_knows(const struct json *line)
{
	const char *type = json_get_text(line, "type");

	if (type && json_get(line, "payload") && json_get_text(line, "timestamp"))
		return 1;
	if (json_get_text(line, "record_type"))
		return 1;
	return json_get_text(line, "id") && json_get_text(line, "timestamp") &&
	       json_get(line, "instructions") && !type;
}

static void *codex_begin(struct agent *a)
{
	struct codex *c = xcalloc(1, sizeof(*c));

	c->agent = a;
	c->now = -1;
	return c;
}

/* Settings */

static const char *sandbox_of(const struct json *payload)
{
	const struct json *policy = json_get(payload, "sandbox_policy");
	const char *type = json_get_text(policy, "type");
	size_t n;

	if (!type)
		type = json_get_text(policy, "mode"); /* 2025 */
	return type ? type : json_text(policy, &n);
}

static void take_context(struct codex *c, const struct json *payload)
{
	agent_context(c->agent, json_get_text(payload, "model"), sandbox_of(payload),
		      json_get_text(payload, "approval_policy"), c->now);
}

static void take_aborted(struct codex *c, const struct json *payload)
{
	const char *reason = json_get_text(payload, "reason");
	struct buf text = {0};

	buf_puts(&text, "the turn was aborted");
	if (reason)
		buf_printf(&text, ": %.100s", reason);
	agent_note(c->agent, buf_str(&text), c->now);
	buf_release(&text);
}

/* A sub-agent's source is an object that says how it came about, or why. */
static void set_name(struct codex *c, const struct json *payload)
{
	const struct json *sub = json_get(json_get(payload, "source"), "subagent");
	const struct json *spawn = json_get(sub, "thread_spawn");
	const char *name = json_get_text(spawn, "agent_nickname");
	size_t n;

	if (!sub)
		return;
	if (!name)
		name = json_get_text(spawn, "agent_role");
	if (!name)
		name = json_text(sub, &n);
	if (!name)
		name = json_key(sub, 0);
	agent_set_name(c->agent, name ? name : "sub-agent");
}

/* Going back goes on in a file of its own, which says up to where the one before still counts. Its
 * places are not those of that one: it is a thread apart. */
static void take_base(struct codex *c, const struct json *payload, const char *stamp)
{
	const struct json *base = json_get(payload, "history_base");
	const char *of = json_get_text(base, "thread_id"), *id = json_get_text(payload, "id");
	struct buf name = {0};
	struct words w;

	if (!of || !id || strcmp(of, id) != 0) { /* none, or a fork of another's */
		agent_set_thread(c->agent, id);
		return;
	}
	buf_printf(&name, "%.100s+%.40s", id, stamp ? stamp : "");
	agent_set_thread(c->agent, buf_str(&name));
	words_init(&w, WORDS_UNDONE);
	w.of = of;
	w.from = json_get_int(base, "end_byte_offset", -1);
	w.wall_us = c->now;
	if (w.from >= 0)
		agent_tell(c->agent, &w);
	buf_release(&name);
}

/* The first counts: a fork and a resumed thread carry those of others behind it. */
static void take_meta(struct codex *c, const struct json *payload)
{
	const char *mode = json_get_text(payload, "history_mode");
	const char *begun = json_get_text(payload, "timestamp");
	int64_t start = c->now;

	if (c->has_meta)
		return;
	c->has_meta = 1;
	if (begun)
		stamp_parse(begun, &start);
	set_name(c, payload);
	agent_set_cwd(c->agent, json_get_text(payload, "cwd"));
	agent_set_start(c->agent, start);
	take_base(c, payload, begun);
	if (mode && !strcmp(mode, "paginated"))
		c->layer = LAYER_ITEM;
}

/* The kinds of lines */

struct kind {
	const char *type;
	void (*take)(struct codex *c, const struct json *payload);
};

static void take_user_event(struct codex *c, const struct json *payload)
{
	codex_take_event_message(c, payload, "user");
}

static void take_agent_event(struct codex *c, const struct json *payload)
{
	codex_take_event_message(c, payload, "assistant");
}

static void take_exec_end(struct codex *c, const struct json *payload)
{
	codex_take_execution(c, payload, json_get_text(payload, "call_id"));
}

static void take_patch_end(struct codex *c, const struct json *payload)
{
	codex_take_changes(c, payload, json_get_text(payload, "call_id"));
}

static void take_compacted(struct codex *c, const struct json *payload)
{
	(void)payload;
	agent_note(c->agent, "the conversation so far was replaced by a summary", c->now);
}

static void take_nothing(struct codex *c, const struct json *payload)
{
	(void)c;
	(void)payload;
}

static void take_user_item(struct codex *c, const struct json *item)
{
	codex_take_item_message(c, item, "user");
}

static void take_agent_item(struct codex *c, const struct json *item)
{
	codex_take_item_message(c, item, "assistant");
}

static void take_exec_item(struct codex *c, const struct json *item)
{
	codex_take_execution(c, item, json_get_text(item, "id"));
}

static void take_change_item(struct codex *c, const struct json *item)
{
	codex_take_changes(c, item, json_get_text(item, "id"));
}

static const struct kind items[] = {{"UserMessage", take_user_item},
				    {"AgentMessage", take_agent_item},
				    {"CommandExecution", take_exec_item},
				    {"FileChange", take_change_item},
				    {"Reasoning", take_nothing},
				    {"WebSearch", take_nothing},
				    {"McpToolCall", take_nothing},
				    {"ImageView", take_nothing},
				    {"ImageGeneration", take_nothing},
				    {"ContextCompaction", take_nothing},
				    {"EnteredReviewMode", take_nothing},
				    {"ExitedReviewMode", take_nothing},
				    {"HookPrompt", take_nothing},
				    {"Plan", take_nothing},
				    {"Sleep", take_nothing},
				    {NULL, NULL}};

static void dispatch(struct codex *c, const struct kind *kinds, const char *type,
		     const struct json *payload)
{
	for (; type && kinds->type; kinds++) {
		if (strcmp(kinds->type, type) != 0)
			continue;
		kinds->take(c, payload);
		return;
	}
	agent_unknown(c->agent);
}

static void take_item(struct codex *c, const struct json *payload)
{
	const struct json *item = json_get(payload, "item");

	dispatch(c, items, json_get_text(item, "type"), item);
}

static const struct kind events[] = {{"item_completed", take_item},
				     {"user_message", take_user_event},
				     {"agent_message", take_agent_event},
				     {"exec_command_end", take_exec_end},
				     {"patch_apply_end", take_patch_end},
				     {"thread_rolled_back", codex_take_rollback},
				     {"turn_aborted", take_aborted},
				     {"context_compacted", take_nothing},
				     {"task_started", take_nothing},
				     {"task_complete", take_nothing},
				     {"turn_started", take_nothing},
				     {"turn_complete", take_nothing},
				     {"token_count", take_nothing},
				     {"agent_reasoning", take_nothing},
				     {"agent_reasoning_raw_content", take_nothing},
				     {"agent_reasoning_section_break", take_nothing},
				     {"thread_settings_applied", take_nothing},
				     {"thread_name_updated", take_nothing},
				     {"item_started", take_nothing},
				     {"exec_command_begin", take_nothing},
				     {"patch_apply_begin", take_nothing},
				     {"mcp_tool_call_begin", take_nothing},
				     {"mcp_tool_call_end", take_nothing},
				     {"web_search_begin", take_nothing},
				     {"web_search_end", take_nothing},
				     {"entered_review_mode", take_nothing},
				     {"exited_review_mode", take_nothing},
				     {NULL, NULL}};

static void take_event(struct codex *c, const struct json *payload)
{
	dispatch(c, events, json_get_text(payload, "type"), payload);
}

static const struct kind responses[] = {{"message", codex_take_model_message},
					{"function_call", codex_take_call},
					{"custom_tool_call", codex_take_call},
					{"function_call_output", codex_take_output},
					{"custom_tool_call_output", codex_take_output},
					{"local_shell_call", codex_take_local_shell},
					{"local_shell_call_output", codex_take_output},
					{"reasoning", take_nothing},
					{"web_search_call", take_nothing},
					{"tool_search_call", take_nothing},
					{"tool_search_output", take_nothing},
					{"image_generation_call", take_nothing},
					{"ghost_snapshot", take_nothing},
					{"compaction", take_nothing},
					{"other", take_nothing},
					{NULL, NULL}};

static void take_response(struct codex *c, const struct json *payload)
{
	dispatch(c, responses, json_get_text(payload, "type"), payload);
}

static const struct kind lines[] = {{"session_meta", take_meta},
				    {"turn_context", take_context},
				    {"event_msg", take_event},
				    {"response_item", take_response},
				    {"compacted", take_compacted},
				    {"world_state", take_nothing},
				    {"token_usage_record", take_nothing},
				    {"inter_agent_communication_metadata", take_nothing},
				    {NULL, NULL}};

/* Mid 2025: the first line is the meta, the others are what went to the model and came from it. */
static void take_bare(struct codex *c, const struct json *line)
{
	if (json_get_text(line, "record_type"))
		return;
	c->is_bare = 1;
	if (json_get_text(line, "type"))
		take_response(c, line);
	else
		take_meta(c, line);
}

static void codex_line(void *state, const struct json *line)
{
	const struct json *payload = json_get(line, "payload");
	const char *stamp = json_get_text(line, "timestamp");
	struct codex *c = state;

	if (stamp)
		stamp_parse(stamp, &c->now);
	if (payload)
		dispatch(c, lines, json_get_text(line, "type"), payload);
	else
		take_bare(c, line);
}

static void codex_end(void *state)
{
	struct codex *c = state;

	codex_tell_held(c);
	calls_end(&c->calls, c->agent);
}

static void codex_release(void *state)
{
	struct codex *c = state;

	codex_drop_held(c);
	calls_release(&c->calls);
	free(c);
}

const struct adapter adapter_codex = {"codex",	  codex_knows, codex_begin,
				      codex_line, codex_end,   codex_release};
