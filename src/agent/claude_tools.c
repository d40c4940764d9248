/* SPDX-License-Identifier: MIT */
/* What Claude's tools did: commands, also those in the background, and edits. */
#include "claude_private.h"

#include "../base/json.h"
#include "../tape/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void claude_take_tool_use(struct claude *c, const struct json *line, const struct json *part)
{
	const char *tool = json_get_text(part, "name"), *id = json_get_text(part, "id"), *cmd;
	size_t n = 0;

	if (!tool || !id || strcmp(tool, "Bash") != 0)
		return;
	cmd = json_get_bytes(json_get(part, "input"), "command", &n);
	if (cmd)
		calls_open(&c->calls, c->agent, id, cmd, n, json_get_text(line, "cwd"), c->now);
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
	content_text(json_get(part, "content"), &text);
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

void claude_take_tool_result(struct claude *c, const struct json *line, const struct json *part)
{
	struct call *call = calls_find(&c->calls, json_get_text(part, "tool_use_id"));

	if (call)
		take_command_result(c, call, line, part);
	else if (!json_get_flag(part, "is_error"))
		take_edit(c, json_get(line, "toolUseResult"));
}

/* A command in the background has ended: the only place that tells how. */
void claude_take_notification(struct claude *c, const char *text)
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
