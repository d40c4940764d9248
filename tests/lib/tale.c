/* SPDX-License-Identifier: MIT */
#include "tale.h"
#include "base/buf.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/words.h"
#include "tap.h"

#include <inttypes.h>
#include <string.h>

const struct header tale_header = {.cols = 80, .rows = 24, .start_us = 1000000};

static const char *from_name(enum command_text from)
{
	static const char *const names[] = {"none", "shell", "screen", "argv"};

	return names[from];
}

void tale_put_excerpt(struct buf *log, const struct excerpt *e)
{
	struct excerpt_rest rest;
	struct buf text = {0};
	size_t i;

	excerpt_rest(e, &rest);
	buf_put(&text, e->head.data, e->head.len);
	buf_put(&text, rest.tail, rest.n);
	for (i = 0; i < text.len; i++)
		buf_putc(log, text.data[i] == '\n' ? '|' : text.data[i]);
	buf_release(&text);
}

static void put_text(struct buf *log, const struct buf *text)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		buf_putc(log, text->data[i] == '\n' ? '|' : text->data[i]);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct buf *log = ctx;

	buf_printf(log, "%" PRIu32 " %s %" PRId64 "..%" PRId64 " ", c->seq, c->end, c->start_us,
		   c->end_us);
	if (c->has_exit)
		buf_printf(log, "%d", c->exit_code);
	else
		buf_puts(log, "null");
	buf_printf(log, " %s [", from_name(c->text_from));
	put_text(log, &c->text);
	buf_puts(log, "] in [");
	put_text(log, &c->cwd);
	buf_puts(log, "] out [");
	tale_put_excerpt(log, &c->output);
	buf_puts(log, "]\n");
}

static void on_loose(void *ctx, int64_t at_us, const struct excerpt *text)
{
	buf_printf(ctx, "loose %" PRId64 " [", at_us);
	tale_put_excerpt(ctx, text);
	buf_puts(ctx, "]\n");
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	static const char *const kinds[] = {"said",    "harness", "undone", "change",
					    "context", "call",	  "result", "note"};

	buf_printf(ctx, "words %" PRId64 " %s %s [%.*s]%s\n", at_us, kinds[w->kind],
		   w->role ? w->role : "-", (int)w->n, w->text ? w->text : "",
		   w->is_cut ? " cut" : "");
	if (w->kind == WORDS_UNDONE) {
		((struct buf *)ctx)->len--;
		buf_printf(ctx, " %" PRId64 " since %" PRId64 "\n", w->turns, w->since_us);
	}
}

static void on_fact(void *ctx, const struct event *e)
{
	buf_printf(ctx, "fact %c [%.*s]\n", e->code, (int)e->len, (const char *)e->data);
}

const struct story_sink tale_sink = {
	.ended = on_ended, .loose = on_loose, .words = on_words, .fact = on_fact};

void tale_put(struct story *s, int64_t ms, const char *line, size_t n)
{
	struct event e = {.at_us = ms * 1000, .code = line[0]};
	struct buf data = {0};
	size_t i;

	for (i = 2; i < n; i++) {
		char c = line[i];

		if (c == '\\' && i + 1 < n && (e.code == 'o')) {
			c = line[++i];
			c = (char)(c == 'n'   ? '\n'
				   : c == 'r' ? '\r'
				   : c == 'e' ? '\033'
				   : c == 'a' ? '\a'
					      : c);
		}
		buf_putc(&data, (unsigned char)c);
	}
	e.data = data.data;
	e.len = data.len;
	story_put(s, &e);
	buf_release(&data);
}

int tale_play(struct story *s, const char *script, int events)
{
	int ms = 0;

	while (*script && ms < events) {
		size_t n = strcspn(script, "\n");

		tale_put(s, ++ms, script, n);
		script += n + (script[n] == '\n');
	}
	return ms;
}

static void tell(const char *script, int events, int end, struct buf *log)
{
	struct story *s = story_new(&tale_header, &tale_sink, log);

	tale_play(s, script, events);
	if (end)
		story_end(s);
	story_free(s);
}

/* Whether each beginning of the script tells a beginning of its story. */
static int prefixes_hold(const char *script)
{
	struct buf whole = {0}, part = {0};
	int events, n = 0, good = 1;
	const char *p;

	for (p = script; (p = strchr(p, '\n')); p++)
		n++;
	tell(script, n + 1, 0, &whole);
	for (events = 0; events <= n; events++) {
		buf_clear(&part);
		tell(script, events, 0, &part);
		good &= part.len <= whole.len &&
			(!part.len || !memcmp(part.data, whole.data, part.len));
	}
	buf_release(&whole);
	buf_release(&part);
	return good;
}

void tale_try(const struct tale_case *cases, size_t n)
{
	struct buf log = {0};
	size_t i;

	for (i = 0; i < n; i++) {
		buf_clear(&log);
		tell(cases[i].script, 1000, 1, &log);
		is_str(buf_str(&log), cases[i].want, "%s", cases[i].name);
		ok(prefixes_hold(cases[i].script), "%s, and so for each beginning", cases[i].name);
	}
	buf_release(&log);
}
