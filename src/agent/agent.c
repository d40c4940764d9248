/* SPDX-License-Identifier: MIT */
/* A log cut into lines, each of them JSON, for the adapter that knows the first of them. The log is
 * written by a program that changes every week and may be of any size: nothing in it is an
 * error. */
#include "agent.h"

#include "adapter.h"

#include "../base/json.h"
#include "../base/utf8.h"
#include "../tape/words.h"

#include <stdlib.h>
#include <string.h>

static const struct adapter *const adapters[] = {&adapter_codex, &adapter_gemini, &adapter_claude};
enum { ADAPTERS = sizeof(adapters) / sizeof(*adapters) };

struct agent {
	agent_sink *sink;
	void *ctx;
	const struct adapter *adapter;
	void *state;
	struct agent_info info;
	char *thread, *name, *cwd;
	char *model, *sandbox, *approval;

	struct buf line;
	int64_t offset;	  /* of the line's first byte */
	int64_t nth;	  /* of the words of this line */
	uint64_t skipped; /* bytes of a line that is too long */
	int is_whole;	  /* one JSON text over many lines: it is all in `line` */
};

struct agent *agent_new(agent_sink *sink, void *ctx)
{
	struct agent *a = xcalloc(1, sizeof(*a));

	a->sink = sink;
	a->ctx = ctx;
	a->info.start_us = -1;
	return a;
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	if (a->state)
		a->adapter->release(a->state);
	free(a->thread);
	free(a->name);
	free(a->cwd);
	free(a->model);
	free(a->sandbox);
	free(a->approval);
	buf_release(&a->line);
	free(a);
}

const struct agent_info *agent_info(const struct agent *a)
{
	return &a->info;
}

/* What adapters call */

void agent_tell(struct agent *a, struct words *w)
{
	w->agent = a->info.agent;
	if (!w->thread)
		w->thread = a->thread;
	if (!w->name)
		w->name = a->name;
	w->line = a->offset;
	w->nth = a->nth++;
	if (!w->text)
		w->n = 0;
	a->sink(a->ctx, w);
}

void agent_unknown(struct agent *a)
{
	a->info.unknown++;
}

static void set_once(char **field, const char **told, const char *text)
{
	if (*field || !text || !*text)
		return;
	*told = *field = xstrdup(text);
}

void agent_set_thread(struct agent *a, const char *thread)
{
	set_once(&a->thread, &a->info.thread, thread);
}

void agent_set_name(struct agent *a, const char *name)
{
	set_once(&a->name, &a->info.name, name);
}

void agent_set_cwd(struct agent *a, const char *cwd)
{
	set_once(&a->cwd, &a->info.cwd, cwd);
}

void agent_set_start(struct agent *a, int64_t wall_us)
{
	if (a->info.start_us < 0)
		a->info.start_us = wall_us;
}

static void talk(struct agent *a, enum words_kind kind, const char *role, const char *text,
		 size_t n, int64_t wall_us)
{
	struct words w;

	words_init(&w, kind);
	w.role = role;
	w.text = text;
	w.n = n;
	w.wall_us = wall_us;
	agent_tell(a, &w);
}

void agent_say(struct agent *a, const char *role, const char *text, size_t n, int64_t wall_us)
{
	talk(a, WORDS_SAID, role, text, n, wall_us);
}

void agent_harness(struct agent *a, const char *role, const char *text, size_t n, int64_t wall_us)
{
	talk(a, WORDS_HARNESS, role, text, n, wall_us);
}

void agent_note(struct agent *a, const char *text, int64_t wall_us)
{
	talk(a, WORDS_NOTE, NULL, text, strlen(text), wall_us);
}

/* 1: it is another value. */
static int change(char **field, const char *value)
{
	if (!value || (*field && !strcmp(*field, value)))
		return 0;
	free(*field);
	*field = xstrdup(value);
	return 1;
}

void agent_context(struct agent *a, const char *model, const char *sandbox, const char *approval,
		   int64_t wall_us)
{
	int changed = change(&a->model, model), both = change(&a->sandbox, sandbox);
	struct buf pair = {0};
	struct words w;

	both |= change(&a->approval, approval);
	if (!changed && !both)
		return;
	words_init(&w, WORDS_CONTEXT);
	w.wall_us = wall_us;
	w.model = a->model;
	if (a->sandbox || a->approval) {
		buf_printf(&pair, "%s/%s", a->sandbox ? a->sandbox : "unknown",
			   a->approval ? a->approval : "unknown");
		w.sandbox = buf_str(&pair);
	}
	agent_tell(a, &w);
	buf_release(&pair);
}

uint64_t text_hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h ? h : 1;
}

int text_begins(const char *text, const char *const *beginnings)
{
	text += strspn(text, " \t\r\n");
	for (; *beginnings; beginnings++)
		if (!strncmp(text, *beginnings, strlen(*beginnings)))
			return 1;
	return 0;
}

void content_text(const struct json *content, struct buf *out)
{
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

/* Lines */

static int hex_value(const unsigned char *p)
{
	int value = 0, i;

	for (i = 0; i < 4; i++) {
		int c = p[i] | 0x20, digit = p[i] >= '0' && p[i] <= '9' ? p[i] - '0' : c - 'a' + 10;

		if (!(p[i] >= '0' && p[i] <= '9') && !(c >= 'a' && c <= 'f'))
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* Half of a surrogate pair, as JavaScript writes a text that was cut in the middle of a character,
 * is U+FFFD from here on: jansson refuses the whole line for it. 1: there was one. */
static int mend_surrogates(unsigned char *p, size_t n)
{
	int mended = 0;
	size_t i = 0;

	while (i + 6 <= n) {
		int unit, next;

		if (p[i] != '\\' || p[i + 1] != 'u') {
			i += p[i] == '\\' ? 2 : 1;
			continue;
		}
		unit = hex_value(p + i + 2);
		next = i + 12 <= n && p[i + 6] == '\\' && p[i + 7] == 'u' ? hex_value(p + i + 8)
									  : -1;
		if (unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
			i += 12;
			continue;
		}
		if (unit >= 0xD800 && unit < 0xE000) {
			memcpy(p + i + 2, "fffd", 4);
			mended = 1;
		}
		i += 6;
	}
	return mended;
}

static struct json *parse(unsigned char *p, size_t n)
{
	struct json *j = json_parse(p, n, NULL);

	if (!j && mend_surrogates(p, n))
		j = json_parse(p, n, NULL);
	if (j && !json_is_an_object(j)) {
		json_free(j);
		j = NULL;
	}
	return j;
}

static void choose(struct agent *a, const struct json *line)
{
	size_t i;

	for (i = 0; i < ADAPTERS; i++) {
		if (!adapters[i]->knows(line))
			continue;
		a->adapter = adapters[i];
		a->info.agent = a->adapter->name;
		a->state = a->adapter->begin(a);
		return;
	}
}

static void take_object(struct agent *a, const struct json *line)
{
	if (!a->adapter)
		choose(a, line);
	if (a->adapter)
		a->adapter->line(a->state, line);
	else
		a->info.unknown++;
}

static int is_blank(const unsigned char *p, size_t n)
{
	while (n && (*p == ' ' || *p == '\t' || *p == '\r')) {
		p++;
		n--;
	}
	return !n;
}

/* A line without its newline. */
static void take_line(struct agent *a, unsigned char *p, size_t n)
{
	struct json *j;

	if (is_blank(p, n))
		return;
	a->info.lines++;
	a->nth = 0;
	j = parse(p, n);
	if (j)
		take_object(a, j);
	else if (a->info.lines == 1 && p[0] == '{')
		a->is_whole = 1;
	else
		a->info.bad++;
	json_free(j);
}

static void tell_too_long(struct agent *a)
{
	struct buf text = {0};

	a->info.too_long++;
	a->nth = 0;
	buf_printf(&text, "a line of %llu bytes was passed over",
		   (unsigned long long)(a->skipped + a->line.len));
	if (a->adapter)
		agent_note(a, buf_str(&text), -1);
	buf_release(&text);
}

static void end_line(struct agent *a)
{
	int64_t n = (int64_t)(a->line.len + a->skipped);

	if (a->skipped)
		tell_too_long(a);
	else
		take_line(a, a->line.data, a->line.len);
	if (a->is_whole) {
		buf_putc(&a->line, '\n');
		return;
	}
	a->offset += n + 1;
	a->skipped = 0;
	buf_clear(&a->line);
}

static void keep(struct agent *a, const unsigned char *p, size_t n)
{
	size_t room = AGENT_LINE - a->line.len, kept = n < room && !a->skipped ? n : 0;

	if (!a->skipped && n >= room)
		kept = room;
	buf_put(&a->line, p, kept);
	a->skipped += n - kept;
}

void agent_put(struct agent *a, const void *bytes, size_t n)
{
	const unsigned char *p = bytes, *end = p + n;

	while (p < end) {
		const unsigned char *newline =
			a->is_whole ? NULL : memchr(p, '\n', (size_t)(end - p));
		const unsigned char *to = newline ? newline : end;

		keep(a, p, (size_t)(to - p));
		if (newline)
			end_line(a);
		p = newline ? newline + 1 : end;
	}
}

/* The last line has no newline: it may be torn. */
static void take_rest(struct agent *a)
{
	struct json *j = NULL;

	if (a->skipped) {
		tell_too_long(a);
		return;
	}
	if (is_blank(a->line.data, a->line.len))
		return;
	a->info.lines += !a->is_whole;
	a->nth = 0;
	j = parse(a->line.data, a->line.len);
	if (j)
		take_object(a, j);
	else
		a->info.bad++;
	json_free(j);
}

void agent_end(struct agent *a)
{
	if (a->line.len)
		take_rest(a);
	a->offset += (int64_t)(a->line.len + a->skipped);
	a->nth = 0;
	a->skipped = 0;
	buf_clear(&a->line);
	if (a->adapter)
		a->adapter->end(a->state);
}
