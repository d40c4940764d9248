/* SPDX-License-Identifier: MIT */
/* Claude Code's transcripts. The lines are a tree: each names its parent, and going back to an
 * earlier prompt makes a second branch, whereupon the turns of the first do not count any more. A
 * line may stand before its parent, the full-screen program's first answer before its question: it
 * waits for it, though not for ever, since a parent may be in another file. What
 * its program says in the user's name (command wrappers, notifications, reminders) is told apart
 * from what the person said. */
#include "adapter.h"

#include "../base/json.h"
#include "../base/stamp.h"
#include "../tape/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 8192, TURNS_MOST = 256, EARLY_MOST = 16, EARLY_BYTES = 4 << 20 };

/* Which turn a line belongs to, by a hash of its id. Old ones are overwritten. */
struct spot {
	uint64_t id;
	uint32_t turn;
};

struct claude {
	struct agent *agent;
	struct calls calls;
	struct spot *spots;
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
	c->spots = xcalloc(PLACES, sizeof(*c->spots));
	return c;
}

/* The tree */

static void place(struct claude *c, const char *uuid)
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
static void begin_turn(struct claude *c, const struct json *line)
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

/* A command in the background has ended: the only place that tells how. */
static void take_notification(struct claude *c, const char *text)
{
	static const char tag[] = "<tool-use-id>", mark[] = "(exit code ";
	const char *id = strstr(text, tag), *code = strstr(text, mark);
	struct call *call = NULL;
	char name[128];
	struct words w;

	if (id && sscanf(id + sizeof(tag) - 1, "%127[^<]", name) == 1)
		call = calls_find(&c->calls, name);
	if (!call || !code)
		return;
	words_init(&w, WORDS_RESULT);
	w.has_exit = 1;
	w.exit_code = (int)(strtol(code + sizeof(mark) - 1, NULL, 10) & 0xFFFF);
	calls_close(&c->calls, c->agent, call, &w);
}

static void take_prompt(struct claude *c, const struct json *line, const char *text, size_t n)
{
	if (is_harness_line(line) || is_harness_text(text)) {
		tell(c, WORDS_HARNESS, "user", text, n);
		if (strstr(text, "<task-notification>"))
			take_notification(c, text);
		return;
	}
	if (!c->sidechain)
		begin_turn(c, line);
	tell(c, WORDS_SAID, "user", text, n);
}

/* Tools */

static void take_tool_use(struct claude *c, const struct json *line, const struct json *part)
{
	const char *tool = json_get_text(part, "name"), *id = json_get_text(part, "id"), *cmd;
	size_t n = 0;

	if (!tool || !id || strcmp(tool, "Bash") != 0)
		return;
	cmd = json_get_bytes(json_get(part, "input"), "command", &n);
	if (cmd)
		calls_open(&c->calls, c->agent, id, cmd, n, json_get_text(line, "cwd"), c->now);
}

/* A tool's result as the model was told: a text, or parts of which some are texts. */
static void result_text(const struct json *part, struct buf *out)
{
	const struct json *content = json_get(part, "content");
	size_t count = json_length(content), i, n = 0;
	const char *text = json_text(content, &n);

	if (text)
		buf_put(out, text, n);
	for (i = 0; i < count; i++) {
		text = json_get_bytes(json_item(content, i), "text", &n);
		if (text)
			buf_put(out, text, n);
	}
}

/* It was asked for and not let run: then it was no command. */
static int was_refused(const char *text)
{
	static const char *const beginnings[] = {"The user doesn't want to",
						 "Permission to use",
						 "<tool_use_error>",
						 "Claude requested permissions",
						 "This command requires approval",
						 "[Request interrupted by user for tool use]",
						 NULL};

	return text_begins(text, beginnings);
}

/* "Exit code 3\nwhat it printed": the only place that tells a status other than 0. */
static void take_failure(struct words *w, const char *text, size_t n)
{
	static const char mark[] = "Exit code ";
	const char *newline = memchr(text, '\n', n);

	w->text = text;
	w->n = n;
	if (strncmp(text, mark, sizeof(mark) - 1) != 0)
		return;
	w->has_exit = 1;
	w->exit_code = (int)(strtol(text + sizeof(mark) - 1, NULL, 10) & 0xFFFF);
	w->text = newline ? newline + 1 : text + n;
	w->n = (size_t)(text + n - w->text);
}

static void take_success(struct words *w, const struct json *result, struct buf *text)
{
	size_t out_n = 0, err_n = 0;
	const char *out = json_get_bytes(result, "stdout", &out_n);
	const char *err = json_get_bytes(result, "stderr", &err_n);

	w->has_exit =
		!json_get_flag(result, "interrupted") && !json_get_text(result, "backgroundTaskId");
	if (out || err) {
		buf_clear(text);
		if (out)
			buf_put(text, out, out_n);
		if (err_n && text->len)
			buf_putc(text, '\n');
		if (err)
			buf_put(text, err, err_n);
	}
	w->text = (const char *)text->data;
	w->n = text->len;
}

static void take_command_result(struct claude *c, struct call *call, const struct json *line,
				const struct json *part)
{
	struct buf text = {0};
	struct words w;

	if (json_get_text(json_get(line, "toolUseResult"), "backgroundTaskId"))
		return; /* a notification will tell */
	words_init(&w, WORDS_RESULT);
	w.name = c->sidechain;
	result_text(part, &text);
	if (json_get_flag(part, "is_error") && was_refused(buf_str(&text))) {
		calls_refuse(&c->calls, c->agent, call, buf_str(&text), c->now);
	} else {
		if (json_get_flag(part, "is_error"))
			take_failure(&w, buf_str(&text), text.len);
		else
			take_success(&w, json_get(line, "toolUseResult"), &text);
		calls_close(&c->calls, c->agent, call, &w);
	}
	buf_release(&text);
}

/* The pieces of a change as a diff's hunks. */
static void patch_text(const struct json *patch, struct buf *out)
{
	size_t count = json_length(patch), i, k, n = 0;

	for (i = 0; i < count; i++) {
		const struct json *hunk = json_item(patch, i), *rows = json_get(hunk, "lines");
		size_t lines = json_length(rows);

		buf_printf(out, "@@ -%" PRId64 ",%" PRId64 " +%" PRId64 ",%" PRId64 " @@\n",
			   json_get_int(hunk, "oldStart", 0), json_get_int(hunk, "oldLines", 0),
			   json_get_int(hunk, "newStart", 0), json_get_int(hunk, "newLines", 0));
		for (k = 0; k < lines; k++) {
			const char *text = json_text(json_item(rows, k), &n);

			if (text)
				buf_put(out, text, n);
			buf_putc(out, '\n');
		}
	}
}

/* What a tool that edits says of its work. */
static void take_edit(struct claude *c, const struct json *result)
{
	const char *path = json_get_text(result, "filePath"), *type = json_get_text(result, "type");
	const struct json *patch = json_get(result, "structuredPatch");
	struct buf text = {0};
	struct words w;

	if (!path || (!json_length(patch) && !(type && !strcmp(type, "create")) &&
		      json_lacks(result, "newString")))
		return;
	words_init(&w, WORDS_CHANGE);
	w.name = c->sidechain;
	w.path = path;
	w.wall_us = c->now;
	w.change = type && !strcmp(type, "create") ? "add" : "update";
	patch_text(patch, &text);
	w.text = (const char *)text.data;
	w.n = text.len;
	if (!strcmp(w.change, "add"))
		w.text = json_get_bytes(result, "content", &w.n);
	agent_tell(c->agent, &w);
	buf_release(&text);
}

static void take_tool_result(struct claude *c, const struct json *line, const struct json *part)
{
	struct call *call = calls_find(&c->calls, json_get_text(part, "tool_use_id"));

	if (call)
		take_command_result(c, call, line, part);
	else if (!json_get_flag(part, "is_error"))
		take_edit(c, json_get(line, "toolUseResult"));
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
		take_tool_result(c, line, part);
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
			take_tool_use(c, line, part);
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

static void take_line(struct claude *c, const struct json *line)
{
	const char *type = json_get_text(line, "type"), *uuid = json_get_text(line, "uuid");
	const struct kind *kind = type ? find_kind(type) : NULL;

	take_head(c, line);
	if (kind)
		kind->take(c, line);
	else
		agent_unknown(c->agent);
	if (uuid && !c->sidechain)
		place(c, uuid);
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
	take_line(c, line);
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
		take_line(c, line);
	}
	buf_release(&text);
}

static void claude_line(void *state, const struct json *line)
{
	struct claude *c = state;

	if (is_early(c, line))
		keep_early(c, line);
	else
		take_line(c, line);
	take_followers(c);
}

static void claude_end(void *state)
{
	struct claude *c = state;

	while (c->n_early) {
		take_early(c, 0);
		take_followers(c);
	}
	calls_end(&c->calls, c->agent);
}

static void claude_release(void *state)
{
	struct claude *c = state;

	calls_release(&c->calls);
	while (c->n_early)
		json_free(c->early[--c->n_early].line);
	free(c->spots);
	free(c);
}

const struct adapter adapter_claude = {"claude",    claude_knows, claude_begin,
				       claude_line, claude_end,	  claude_release};
