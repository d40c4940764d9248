/* SPDX-License-Identifier: MIT */
/* Gemini CLI's chats: since 0.40 a head and then a message a line, with patches in between; before,
 * one JSON text with all messages in a list. A message may come again with its tools' results. */
#include "adapter.h"

#include "../base/json.h"
#include "../base/sha256.h"
#include "../base/stamp.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

enum { SEEN_MOST = 4096 };

struct gemini {
	struct agent *agent;
	struct calls calls;
	uint64_t seen[SEEN_MOST]; /* hashes of what was told, old ones overwritten */
	int64_t now;
	char *project; /* SHA-256 of the directory, in hex */
};

static int gemini_knows(const struct json *line)
{
	return json_get_text(line, "sessionId") && json_get_text(line, "projectHash");
}

static void *gemini_begin(struct agent *a)
{
	struct gemini *g = xcalloc(1, sizeof(*g));

	g->agent = a;
	g->now = -1;
	return g;
}

/* 1 the first time that this id is seen with this letter. */
static int is_new(struct gemini *g, char letter, const char *id)
{
	uint64_t h = id ? text_hash(id) + (unsigned char)letter : 0;
	uint64_t *slot;

	if (!id)
		return 1;
	slot = &g->seen[h % SEEN_MOST];
	if (*slot == h)
		return 0;
	*slot = h;
	return 1;
}

static int is_line(const char *line, const char *end, const char *label)
{
	size_t n = strlen(label);

	return (size_t)(end - line) >= n && !memcmp(line, label, n);
}

/* What a line of the trailer says of the command's end. */
static void take_end(struct words *w, const char *line, const char *end)
{
	static const char status[] = "Exit Code: ", sig[] = "Signal: ";
	const char *value;

	if (is_line(line, end, status))
		value = line + sizeof(status) - 1;
	else if (is_line(line, end, sig))
		value = line + sizeof(sig) - 1;
	else
		return;
	if (value == end || *value < '0' || *value > '9')
		return;
	w->exit_code = (int)(strtol(value, NULL, 10) & 0xFFFF);
	w->exit_code += is_line(line, end, sig) ? 128 : 0;
	w->has_exit = 1;
}

/* The text that the model was given: what the program printed between a head and a trailer of lines
 * with these labels, of which some may be missing, in this order. Since 0.61 a success has none
 * that says so; before, all were there, and what was printed is not cut out. */
static void take_output(struct words *w, int is_success)
{
	static const char *const labels[] = {
		"Process Group PGID: ", "Background PIDs: ", "Signal: ", "Exit Code: ", "Error: "};
	static const char head[] = "<untrusted_context>\nOutput: ",
			  tail[] = "\n</untrusted_context>", empty[] = "(empty)";
	const char *from = w->text, *end = from ? from + w->n : from;
	size_t i;

	if (!from)
		return;
	if (w->n >= sizeof(head) + sizeof(tail) - 2 && is_line(from, end, head) &&
	    !memcmp(end - sizeof(tail) + 1, tail, sizeof(tail) - 1)) {
		from += sizeof(head) - 1;
		end -= sizeof(tail) - 1;
		w->has_exit = is_success;
	}
	for (i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		const char *newline = memrchr(from, '\n', (size_t)(end - from));

		if (!newline || !is_line(newline + 1, end, labels[i]))
			continue;
		take_end(w, newline + 1, end);
		end = newline;
	}
	if (from == w->text)
		return;
	w->text = from;
	w->n = (size_t)(end - from);
	if (w->n == sizeof(empty) - 1 && !memcmp(from, empty, w->n))
		w->n = 0;
}

/* It was asked for and not let run: then it was no command. */
static int was_refused(const char *text)
{
	static const char *const beginnings[] = {"Command injection detected", NULL};

	return text_begins(text, beginnings);
}

static void take_shell(struct gemini *g, const struct json *call, const char *id)
{
	const struct json *args = json_get(call, "args");
	const struct json *result = json_item(json_get(call, "result"), 0);
	const char *status = json_get_text(call, "status"), *cmd, *dir;
	struct words w;
	size_t n = 0;

	cmd = json_get_bytes(args, "command", &n);
	dir = json_get_text(args, "dir_path");
	if (!dir)
		dir = json_get_text(args, "directory");
	if (!cmd || (status && !strcmp(status, "cancelled")))
		return;
	if (is_new(g, 'c', id))
		calls_open(&g->calls, g->agent, id, cmd, n, dir, g->now);
	if (!result || !calls_find(&g->calls, id))
		return;
	words_init(&w, WORDS_RESULT);
	result = json_get(json_get(result, "functionResponse"), "response");
	w.text = json_get_bytes(result, "output", &w.n);
	if (w.text && was_refused(w.text)) {
		calls_refuse(&g->calls, g->agent, calls_find(&g->calls, id), w.text, g->now);
		return;
	}
	take_output(&w, !status || !strcmp(status, "success"));
	calls_close(&g->calls, g->agent, calls_find(&g->calls, id), &w);
}

static void take_tools(struct gemini *g, const struct json *calls)
{
	size_t count = json_length(calls), i;

	for (i = 0; i < count; i++) {
		const struct json *call = json_item(calls, i);
		const char *name = json_get_text(call, "name"), *id = json_get_text(call, "id");
		const char *stamp = json_get_text(call, "timestamp");

		if (stamp)
			stamp_parse(stamp, &g->now);
		if (name && id && !strcmp(name, "run_shell_command"))
			take_shell(g, call, id);
	}
}

/* The directory it works in is told in what the program says first; the head has its hash. */
static void take_place(struct gemini *g, const char *context)
{
	static const char label[] = "- **Workspace Directories:**\n  - ";
	const char *at = strstr(context, label);
	unsigned char hash[SHA256_LEN];
	struct buf dir = {0}, hex = {0};
	size_t i;

	if (!at)
		return;
	at += sizeof(label) - 1;
	buf_put(&dir, at, strcspn(at, "\n"));
	sha256(dir.data, dir.len, hash);
	for (i = 0; i < SHA256_LEN; i++)
		buf_printf(&hex, "%02x", hash[i]);
	if (g->project && !strcmp(buf_str(&hex), g->project))
		agent_set_cwd(g->agent, buf_str(&dir));
	buf_release(&hex);
	buf_release(&dir);
}

static int is_harness(const char *text)
{
	static const char *const beginnings[] = {"<session_context>", NULL};

	return text_begins(text, beginnings);
}

static void take_message(struct gemini *g, const struct json *m)
{
	const char *type = json_get_text(m, "type"), *id = json_get_text(m, "id");
	const char *stamp = json_get_text(m, "timestamp");
	struct buf text = {0};

	if (stamp)
		stamp_parse(stamp, &g->now);
	content_text(json_get(m, "content"), &text);
	agent_context(g->agent, json_get_text(m, "model"), NULL, NULL, g->now);
	if (!type)
		agent_unknown(g->agent);
	else if (text.len && !strcmp(type, "user") && is_harness(buf_str(&text))) {
		take_place(g, buf_str(&text));
		if (is_new(g, 't', id))
			agent_harness(g->agent, type, buf_str(&text), text.len, g->now);
	} else if (text.len && is_new(g, 't', id) &&
		   (!strcmp(type, "user") || !strcmp(type, "gemini")))
		agent_say(g->agent, !strcmp(type, "user") ? "user" : "assistant",
			  (const char *)text.data, text.len, g->now);
	else if (text.len && strcmp(type, "user") != 0 && strcmp(type, "gemini") != 0)
		agent_harness(g->agent, type, (const char *)text.data, text.len, g->now);
	take_tools(g, json_get(m, "toolCalls"));
	buf_release(&text);
}

static void take_messages(struct gemini *g, const struct json *messages)
{
	size_t count = json_length(messages), i;

	for (i = 0; i < count; i++)
		take_message(g, json_item(messages, i));
}

static void take_head(struct gemini *g, const struct json *line)
{
	const char *stamp = json_get_text(line, "startTime");
	const char *kind = json_get_text(line, "kind");

	free(g->project);
	g->project = xstrdup(json_get_text(line, "projectHash"));

	if (stamp && stamp_parse(stamp, &g->now) == 0)
		agent_set_start(g->agent, g->now);
	if (kind && !strcmp(kind, "subagent"))
		agent_set_name(g->agent, kind);
	agent_set_thread(g->agent, json_get_text(line, "sessionId"));
	take_messages(g, json_get(line, "messages"));
}

/* To an earlier message: what followed it does not count any more. */
static void take_rewind(struct gemini *g)
{
	struct words w;

	words_init(&w, WORDS_UNDONE);
	w.wall_us = g->now;
	agent_tell(g->agent, &w);
}

static void gemini_line(void *state, const struct json *line)
{
	struct gemini *g = state;

	if (json_get_text(line, "projectHash"))
		take_head(g, line);
	else if (json_get(line, "$rewindTo"))
		take_rewind(g);
	else if (json_get(line, "$set"))
		take_messages(g, json_get(json_get(line, "$set"), "messages"));
	else
		take_message(g, line);
}

static void gemini_end(void *state)
{
	struct gemini *g = state;

	calls_end(&g->calls, g->agent);
}

static void gemini_release(void *state)
{
	struct gemini *g = state;

	calls_release(&g->calls);
	free(g->project);
	free(g);
}

const struct adapter adapter_gemini = {"gemini",    gemini_knows, gemini_begin,
				       gemini_line, gemini_end,	  gemini_release};
