/* SPDX-License-Identifier: MIT */
/* Claude Code's transcripts: their lines, and what is said in them. What its program says in the
 * user's name (command wrappers, notifications, reminders) is told apart from what the person
 * said. */
#include "claude_private.h"

#include "../base/json.h"
#include "../base/stamp.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

static int is_known_type(const char *type);

static int claude_knows(const struct json *line)
{
	const char *type = json_get_text(line, "type");

	return type && is_known_type(type) &&
	       (json_get_text(line, "sessionId") || json_get_text(line, "uuid") ||
		json_get_text(line, "leafUuid") || json_get_text(line, "messageId"));
}

static void *claude_begin(struct agent *a)
{
	struct claude *c = xcalloc(1, sizeof(*c));

	c->agent = a;
	c->now = -1;
	claude_begin_tree(c);
	return c;
}

/* Words */

static int is_harness_text(const char *text)
{
	static const char *const beginnings[] = {
		"<command-name>",
		"<command-message>",
		"<command-args>",
		"<local-command-",
		"<bash-input>",
		"<bash-stdout>",
		"<bash-stderr>",
		"<task-notification>",
		"<system-reminder>",
		"<ide_",
		"<user-prompt-submit-hook>",
		"<session-start-hook>",
		"<background-task-",
		"<teammate-message",
		"<agent-notification",
		"Caveat: The messages below were generated",
		"[Request interrupted by user",
		"This session is being continued from a previous conversation",
		NULL};

	return text_begins(text, beginnings);
}

static int is_harness_line(const struct json *line)
{
	const char *kind = json_get_text(json_get(line, "origin"), "kind");

	return json_get_flag(line, "isMeta") || json_get_flag(line, "isCompactSummary") ||
	       json_get_flag(line, "isVisibleInTranscriptOnly") ||
	       (kind && strcmp(kind, "human") != 0 && strcmp(kind, "user") != 0);
}

static void tell(struct claude *c, enum words_kind kind, const char *role, const char *text,
		 size_t n)
{
	struct words w;

	words_init(&w, kind);
	w.role = role;
	w.name = c->sidechain;
	w.text = text;
	w.n = n;
	w.wall_us = c->now;
	agent_tell(c->agent, &w);
}

static void take_prompt(struct claude *c, const struct json *line, const char *text, size_t n)
{
	if (is_harness_line(line) || is_harness_text(text)) {
		tell(c, WORDS_HARNESS, "user", text, n);
		if (strstr(text, "<task-notification>"))
			claude_take_notification(c, text);
		return;
	}
	if (!c->sidechain)
		claude_begin_turn(c, line);
	tell(c, WORDS_SAID, "user", text, n);
}

/* Lines */

static void take_user_part(struct claude *c, const struct json *line, const struct json *part)
{
	const char *type = json_get_text(part, "type"), *text;
	size_t n = 0;

	if (!type)
		return;
	text = json_get_bytes(part, "text", &n);
	if (!strcmp(type, "text") && text)
		take_prompt(c, line, text, n);
	else if (!strcmp(type, "tool_result"))
		claude_take_tool_result(c, line, part);
	else if (!strcmp(type, "image") || !strcmp(type, "document"))
		tell(c, WORDS_HARNESS, "user", !strcmp(type, "image") ? "[image]" : "[document]",
		     !strcmp(type, "image") ? 7 : 10);
}

static void take_user(struct claude *c, const struct json *line)
{
	const struct json *content = json_get(json_get(line, "message"), "content");
	const char *mode = json_get_text(line, "permissionMode");
	size_t count = json_length(content), i, n = 0;
	const char *text = json_text(content, &n);

	if (mode && !c->sidechain)
		agent_context(c->agent, NULL, NULL, mode, c->now);
	if (text)
		take_prompt(c, line, text, n);
	for (i = 0; i < count; i++)
		take_user_part(c, line, json_item(content, i));
}

static void take_assistant(struct claude *c, const struct json *line)
{
	const struct json *message = json_get(line, "message");
	const struct json *content = json_get(message, "content");
	const char *model = json_get_text(message, "model");
	int is_real = !model || strcmp(model, "<synthetic>") != 0;
	size_t count = json_length(content), i, n = 0;

	if (model && is_real && !c->sidechain)
		agent_context(c->agent, model, NULL, NULL, c->now);
	for (i = 0; i < count; i++) {
		const struct json *part = json_item(content, i);
		const char *type = json_get_text(part, "type");
		const char *text = json_get_bytes(part, "text", &n);

		if (type && !strcmp(type, "text") && text)
			tell(c, is_real ? WORDS_SAID : WORDS_HARNESS, "assistant", text, n);
		else if (type && !strcmp(type, "tool_use"))
			claude_take_tool_use(c, line, part);
	}
}

/* What was typed while the agent worked. */
static void take_attachment(struct claude *c, const struct json *line)
{
	const struct json *a = json_get(line, "attachment");
	const char *type = json_get_text(a, "type"), *mode = json_get_text(a, "commandMode"), *text;
	size_t n = 0;

	text = json_get_bytes(a, "prompt", &n);
	if (!type || !text || strcmp(type, "queued_command") != 0)
		return;
	if (is_harness_line(line) || is_harness_text(text) || (mode && strcmp(mode, "prompt") != 0))
		tell(c, WORDS_HARNESS, "user", text, n);
	else
		tell(c, WORDS_SAID, "user", text, n);
}

static void take_system(struct claude *c, const struct json *line)
{
	const char *subtype = json_get_text(line, "subtype");

	if (subtype && !strcmp(subtype, "compact_boundary"))
		agent_note(c->agent, "the conversation so far was replaced by a summary", c->now);
}

static void take_nothing(struct claude *c, const struct json *line)
{
	(void)c;
	(void)line;
}

static const struct kind {
	const char *type;
	void (*take)(struct claude *c, const struct json *line);
} kinds[] = {
	{"user", take_user},
	{"assistant", take_assistant},
	{"attachment", take_attachment},
	{"system", take_system},
	{"summary", take_nothing},
	{"file-history-snapshot", take_nothing},
	{"queue-operation", take_nothing},
	{"progress", take_nothing},
	{"permission-mode", take_nothing},
	{"mode", take_nothing},
	{"ai-title", take_nothing},
	{"custom-title", take_nothing},
	{"agent-name", take_nothing},
	{"agent-color", take_nothing},
	{"agent-setting", take_nothing},
	{"last-prompt", take_nothing},
	{"tag", take_nothing},
	{"pr-link", take_nothing},
	{"worktree-state", take_nothing},
	{"content-replacement", take_nothing},
	{"attribution-snapshot", take_nothing},
	{NULL, NULL},
};

static const struct kind *find_kind(const char *type)
{
	const struct kind *k = kinds;

	while (k->type && strcmp(k->type, type) != 0)
		k++;
	return k->type ? k : NULL;
}

static int is_known_type(const char *type)
{
	return find_kind(type) != NULL;
}

/* A sub-agent's file names it in each line; in older ones it is a side chain of the main file. */
static void take_head(struct claude *c, const struct json *line)
{
	const char *sub = json_get_text(line, "agentId"), *stamp = json_get_text(line, "timestamp");
	int is_side = json_get_flag(line, "isSidechain");

	if (stamp) {
		stamp_parse(stamp, &c->now);
		agent_set_start(c->agent, c->now);
	}
	if (is_side && sub && !agent_info(c->agent)->thread) {
		agent_set_name(c->agent, sub);
		agent_set_thread(c->agent, sub);
	}
	agent_set_thread(c->agent, json_get_text(line, "sessionId"));
	agent_set_cwd(c->agent, json_get_text(line, "cwd"));
	c->sidechain = is_side ? (sub ? sub : "side chain") : NULL;
}

void claude_take_line(struct claude *c, const struct json *line)
{
	const char *type = json_get_text(line, "type"), *uuid = json_get_text(line, "uuid");
	const struct kind *kind = type ? find_kind(type) : NULL;

	take_head(c, line);
	if (kind)
		kind->take(c, line);
	else
		agent_unknown(c->agent);
	if (uuid && !c->sidechain)
		claude_place(c, uuid);
}

static void claude_line(void *state, const struct json *line)
{
	claude_take_in_order(state, line);
}

static void claude_end(void *state)
{
	struct claude *c = state;

	claude_take_rest(c);
	calls_end(&c->calls, c->agent);
}

static void claude_release(void *state)
{
	struct claude *c = state;

	calls_release(&c->calls);
	claude_release_tree(c);
	free(c);
}

const struct adapter adapter_claude = {"claude",    claude_knows, claude_begin,
				       claude_line, claude_end,	  claude_release};
