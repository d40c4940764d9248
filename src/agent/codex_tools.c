/* SPDX-License-Identifier: MIT */
/* What Codex's tools did: commands, by three spellings of their end, and patches. Codex starts its
 * clock late, so its durations are too short; they are its word all the same. */
#include "codex_private.h"

#include "../base/json.h"
#include "../tape/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t duration_of(const struct json *payload)
{
	const struct json *d = json_get(payload, "duration");
	int64_t secs = json_get_int(d, "secs", -1), nanos = json_get_int(d, "nanos", 0);

	if (secs < 0 || secs > INT64_C(3155760000) || nanos < 0 || nanos > 999999999)
		return -1;
	return secs * 1000000 + nanos / 1000;
}

static const char *plain_path(const char *cwd)
{
	return cwd && !strncmp(cwd, "file://", 7) ? cwd + 7 : cwd;
}

static void set_exit(struct words *w, int64_t code)
{
	w->has_exit = code >= 0 && code <= INT32_MAX; /* -1: it was not seen to end */
	w->exit_code = w->has_exit ? (int)code : 0;
}

/* The end of a command with all that Codex knows of it. */
void codex_take_execution(struct codex *c, const struct json *item, const char *id)
{
	struct call *call = calls_find(&c->calls, id);
	struct buf text = {0};
	struct words w;

	if (!call && id && calls_was_closed(&c->calls, id))
		return;
	words_init(&w, WORDS_RESULT);
	w.call_id = id;
	w.cwd = plain_path(json_get_text(item, "cwd"));
	w.text = json_get_bytes(item, "aggregated_output", &w.n);
	w.duration_us = duration_of(item);
	if (c->now >= 0)
		w.wall_us = w.duration_us >= 0 ? c->now - w.duration_us : c->now;
	set_exit(&w, json_get_int(item, "exit_code", -1));
	if (!w.has_exit)
		w.duration_us = -1;
	command_text(json_get(item, "command"), &text);
	w.cmd = (const char *)text.data;
	w.cmd_n = text.len;
	calls_close(&c->calls, c->agent, call, &w);
	buf_release(&text);
}

static void take_change(struct codex *c, const char *path, const struct json *change)
{
	const char *type = json_get_text(change, "type");
	struct words w;

	words_init(&w, WORDS_CHANGE);
	w.path = path;
	w.wall_us = c->now;
	if (!type) { /* 2025: the kind is the key around the rest */
		type = json_key(change, 0);
		change = type ? json_get(change, type) : NULL;
	}
	w.change = type;
	w.to = json_get_text(change, "move_path");
	w.text = json_get_bytes(change, "unified_diff", &w.n);
	if (!w.text)
		w.text = json_get_bytes(change, "content", &w.n);
	agent_tell(c->agent, &w);
}

void codex_take_changes(struct codex *c, const struct json *item, const char *id)
{
	const struct json *changes = json_get(item, "changes");
	const char *status = json_get_text(item, "status"), *path;
	struct call *call = calls_find(&c->calls, id);
	size_t i;

	if (call)
		call->is_told = 1;
	if ((status && !strcmp(status, "failed")) || json_is_no(json_get(item, "success")))
		return;
	for (i = 0; (path = json_key(changes, i)); i++)
		take_change(c, path, json_get(changes, path));
}

/* A patch as it was asked for tells which files, if nothing better did. */
static void tell_patch(struct codex *c, const struct call *call)
{
	static const struct {
		const char *line, *change;
	} heads[] = {{"*** Add File: ", "add"},
		     {"*** Update File: ", "update"},
		     {"*** Delete File: ", "delete"}};
	char *copy = xstrdup(buf_str((struct buf *)(uintptr_t)&call->cmd)), *line, *rest = copy;
	size_t i;

	while ((line = strsep(&rest, "\n"))) {
		for (i = 0; i < 3; i++) {
			struct words w;

			if (strncmp(line, heads[i].line, strlen(heads[i].line)) != 0)
				continue;
			words_init(&w, WORDS_CHANGE);
			w.change = heads[i].change;
			w.path = line + strlen(heads[i].line);
			w.wall_us = c->now;
			agent_tell(c->agent, &w);
		}
	}
	free(copy);
}

/* "0.0706 seconds" in microseconds. */
static int64_t parse_seconds(const char *p)
{
	double seconds = 0;

	if (sscanf(p, "%16lf", &seconds) != 1 || !(seconds >= 0) || seconds > 3155760000.0)
		return -1;
	return (int64_t)(seconds * 1000000);
}

/* The head of a tool's output, as text, in front of what the program printed. Only what stands
 * before the first "Output:" is Codex's; the program can print the same behind it. */
static int take_text_head(struct words *w, const char *text, size_t n)
{
	static const char mark[] = "\nOutput:\n", status[] = "Process exited with code ";
	const char *output = memmem(text, n, mark, sizeof(mark) - 1), *p = text;
	int is_head = 0;

	if (!output)
		return 0;
	while (p < output) {
		if (!strncmp(p, "Exit code: ", 11))
			set_exit(w, strtol(p + 11, NULL, 10));
		else if (!strncmp(p, status, sizeof(status) - 1))
			set_exit(w, strtol(p + sizeof(status) - 1, NULL, 10));
		else if (!strncmp(p, "Wall time: ", 11))
			w->duration_us = parse_seconds(p + 11);
		else if (!strncmp(p, "Process running with", 20))
			return 0;
		is_head |= w->has_exit;
		p = memchr(p, '\n', (size_t)(output - p) + 1);
		p = p ? p + 1 : output;
	}
	if (!is_head)
		return 0;
	w->text = output + sizeof(mark) - 1;
	w->n = n - (size_t)(w->text - text);
	return 1;
}

/* {"output":"...","metadata":{"exit_code":0,"duration_seconds":0.2}} as a string. *keep is what
 * the text is borrowed from. */
static int take_json_output(struct words *w, const char *text, size_t n, struct json **keep)
{
	const struct json *meta;

	*keep = n && text[0] == '{' ? json_parse(text, n, NULL) : NULL;
	meta = json_get(*keep, "metadata");
	if (!meta)
		return 0;
	set_exit(w, json_get_int(meta, "exit_code", -1));
	w->duration_us = (int64_t)(json_get_real(meta, "duration_seconds", -0.000001) * 1000000);
	w->text = json_get_bytes(*keep, "output", &w->n);
	return 1;
}

/* A content, or an object that has its text. */
static void output_text(const struct json *output, struct buf *out)
{
	size_t n = 0;
	const char *text = json_get_bytes(output, "text", &n);

	if (!text)
		text = json_get_bytes(output, "content", &n);
	if (text)
		buf_put(out, text, n);
	else
		content_text(output, out);
}

/* What the model was told of a call; if the call is still open nothing better has come. */
void codex_take_output(struct codex *c, const struct json *payload)
{
	struct call *call = calls_find(&c->calls, json_get_text(payload, "call_id"));
	struct json *keep = NULL;
	struct buf text = {0};
	struct words w;

	if (!call)
		return;
	words_init(&w, WORDS_RESULT);
	output_text(json_get(payload, "output"), &text);
	buf_str(&text);
	if (call->is_told) {
		calls_drop(&c->calls, call);
	} else if (call->is_patch) {
		if (memmem(text.data, text.len, "Success", 7))
			tell_patch(c, call);
		calls_drop(&c->calls, call);
	} else if (take_text_head(&w, (const char *)text.data, text.len) ||
		   take_json_output(&w, (const char *)text.data, text.len, &keep)) {
		calls_close(&c->calls, c->agent, call, &w);
	} else if (!memmem(text.data, text.len, "Process running with session ID", 31)) {
		w.text = (const char *)text.data;
		w.n = text.len;
		calls_close(&c->calls, c->agent, call, &w);
	}
	json_free(keep);
	buf_release(&text);
}

static int is_name(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return 1;
	return 0;
}

static const char *const shell_tools[] = {
	"shell", "shell_command", "exec_command", "exec", "container.exec", "local_shell", NULL};

/* The command in a tool's arguments; 0 if there is none. */
static int arguments_text(const struct json *args, struct buf *out)
{
	static const char *const keys[] = {"cmd", "command", NULL};
	size_t i, n = 0;

	for (i = 0; keys[i]; i++) {
		const struct json *value = json_get(args, keys[i]);
		const char *text = json_text(value, &n);

		if (text)
			buf_put(out, text, n);
		else if (json_length(value))
			command_text(value, out);
		if (out->len)
			return 1;
	}
	return 0;
}

static const char *workdir_of(const struct json *args)
{
	const char *dir = json_get_text(args, "workdir");

	return dir ? dir : json_get_text(args, "working_directory");
}

static void open_call(struct codex *c, const char *id, const char *name, const struct json *args,
		      const char *raw, size_t raw_n)
{
	struct buf text = {0};

	if (!strcmp(name, "apply_patch")) {
		if (!raw)
			raw = json_get_bytes(args, "input", &raw_n);
		if (raw)
			calls_open(&c->calls, c->agent, id, raw, raw_n, NULL, c->now)->is_patch = 1;
	} else if (is_name(name, shell_tools)) {
		if (!arguments_text(args, &text) && raw)
			buf_put(&text, raw, raw_n);
		if (text.len)
			calls_open(&c->calls, c->agent, id, (const char *)text.data, text.len,
				   workdir_of(args), c->now);
	}
	buf_release(&text);
}

void codex_take_call(struct codex *c, const struct json *payload)
{
	const char *name = json_get_text(payload, "name");
	const char *id = json_get_text(payload, "call_id"), *raw;
	struct json *args = NULL;
	size_t n = 0;

	raw = json_get_bytes(payload, "arguments", &n);
	if (raw)
		args = json_parse(raw, n, NULL);
	raw = json_get_bytes(payload, "input", &n); /* of a custom tool: no JSON */
	if (name && id)
		open_call(c, id, name, args, raw, n);
	json_free(args);
}

void codex_take_local_shell(struct codex *c, const struct json *payload)
{
	const char *id = json_get_text(payload, "call_id");

	if (!id)
		id = json_get_text(payload, "id");
	if (id)
		open_call(c, id, "local_shell", json_get(payload, "action"), NULL, 0);
}
