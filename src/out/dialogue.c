/* SPDX-License-Identifier: MIT */
/* The words in the order they came. What people and models said is given whole; what the agent's
 * program put in, and what it did to files, as far as one would read. */
#include "dialogue.h"

#include "../base/utf8.h"
#include "../tape/words.h"
#include "clean.h"
#include "markdown.h"
#include "wording.h"

#include <inttypes.h>
#include <string.h>

enum {
	SHOWN_MOST = 8192,   /* bytes of what is not a person's or a model's own words */
	HEADING_MOST = 200,  /* of a name */
	CONTEXT_MOST = 2000, /* of the models in the title */
};

void dialogue_release(struct dialogue *d)
{
	buf_release(&d->model);
	buf_release(&d->profile);
	buf_release(&d->sandbox);
	buf_release(&d->last_model);
	buf_release(&d->last_profile);
	buf_release(&d->last_sandbox);
}

static size_t cut(const char *text, size_t n, size_t most)
{
	if (n <= most)
		return n;
	return most - utf8_cut_tail((const unsigned char *)text, most);
}

static void put_short(struct buf *out, const char *text)
{
	markdown_inline(out, (const unsigned char *)text, cut(text, strlen(text), HEADING_MOST));
}

int64_t dialogue_time(const struct words *w, int64_t wall_us)
{
	return w->wall_us >= 0 ? w->wall_us : wall_us;
}

static void put_role(struct buf *out, const char *role)
{
	if (!strcmp(role, "user"))
		buf_puts(out, "User");
	else if (!strcmp(role, "assistant"))
		buf_puts(out, "Assistant");
	else if (!strcmp(role, "developer"))
		buf_puts(out, "Developer");
	else
		put_short(out, role);
}

/* A block of the first part of the text. */
static void put_part(struct buf *out, const struct words *w, const char *info)
{
	size_t n = cut(w->text, w->n, SHOWN_MOST);
	struct buf text = {0};

	clean_block(&text, (const unsigned char *)w->text, n);
	if (text.len && text.data[text.len - 1] != '\n')
		buf_putc(&text, '\n');
	if (n < w->n)
		buf_printf(&text, "[... %zu bytes left out; all of it is in the recording ...]\n",
			   w->n - n);
	markdown_fence(out, markdown_longest_run(text.data, text.len), info);
	buf_put(out, text.data, text.len);
	markdown_fence(out, markdown_longest_run(text.data, text.len), "");
	buf_release(&text);
}

static void put_talk(const struct words *w, int64_t wall_us, struct buf *out)
{
	buf_puts(out, "\n### ");
	put_role(out, w->role);
	if (w->kind == WORDS_HARNESS)
		buf_puts(out, " (harness)");
	if (w->name) {
		buf_puts(out, " (sub-agent ");
		put_short(out, w->name);
		buf_putc(out, ')');
	}
	buf_putc(out, '\n');
	if (w->kind == WORDS_HARNESS)
		put_part(out, w, "");
	else
		markdown_block(out, (const unsigned char *)w->text, w->n);
	wording_time(out, dialogue_time(w, wall_us));
	if (w->is_cut)
		buf_puts(out, " | the rest was not recorded");
	buf_putc(out, '\n');
}

static void put_change(const struct words *w, int64_t wall_us, struct buf *out)
{
	buf_puts(out, "\n### File change\n");
	put_short(out, w->change ? w->change : "change");
	buf_putc(out, ' ');
	markdown_code(out, (const unsigned char *)w->path, strlen(w->path));
	if (w->to) {
		buf_puts(out, " → ");
		markdown_code(out, (const unsigned char *)w->to, strlen(w->to));
	}
	buf_puts(out, "\n\n");
	if (w->text && w->n)
		put_part(out, w, w->change && !strcmp(w->change, "update") ? "diff" : "");
	wording_time(out, dialogue_time(w, wall_us));
	buf_puts(out, " | as ");
	put_short(out, w->agent ? w->agent : "the agent");
	buf_puts(out, " says\n");
}

static void say_undone(const struct words *w, struct buf *out)
{
	if (w->turns == 1)
		buf_puts(out, "the last turn");
	else if (w->turns > 1)
		buf_printf(out, "the last %" PRId64 " turns", w->turns);
	else
		buf_puts(out, "what was said last");
	if (w->since_us >= 0) {
		buf_puts(out, ", from ");
		wording_time(out, w->since_us);
		buf_puts(out, " on,");
	}
	buf_puts(out, w->turns == 1 ? " was" : w->turns ? " were" : " was");
	buf_puts(out, " undone: not part of the conversation any more");
}

/* Takes one value in. 1: it is another one than the last, and there was one. */
static int follow(struct buf *list, struct buf *last, const char *value)
{
	int changed;
	size_t n;

	if (!value)
		return 0;
	n = cut(value, strlen(value), HEADING_MOST);
	if (last->len == n && (!n || !memcmp(last->data, value, n)))
		return 0;
	changed = last->len > 0;
	buf_clear(last);
	buf_put(last, value, n);
	if (list->len > CONTEXT_MOST)
		return changed;
	if (list->len)
		buf_puts(list, " → ");
	buf_put(list, value, n);
	return changed;
}

static void say_setting(struct buf *out, const char *name, const char *value, int changed)
{
	if (!changed)
		return;
	buf_printf(out, " %s ", name);
	buf_put(out, value, cut(value, strlen(value), HEADING_MOST));
}

/* A sub-agent's model is not the session's. */
static void say_context(struct dialogue *d, const struct words *w, struct buf *out)
{
	int model, profile, sandbox;

	if (w->name)
		return;
	model = follow(&d->model, &d->last_model, w->model);
	profile = follow(&d->profile, &d->last_profile, w->profile);
	sandbox = follow(&d->sandbox, &d->last_sandbox, w->sandbox);
	if (!model && !profile && !sandbox)
		return;
	buf_puts(out, "from here on");
	say_setting(out, "model", w->model, model);
	say_setting(out, "profile", w->profile, profile);
	say_setting(out, "sandbox", w->sandbox, sandbox);
}

int dialogue_remark(struct dialogue *d, const struct words *w, struct buf *out)
{
	size_t before = out->len;

	if (w->kind == WORDS_UNDONE)
		say_undone(w, out);
	else if (w->kind == WORDS_CONTEXT)
		say_context(d, w, out);
	else if (w->kind == WORDS_NOTE && w->text)
		buf_put(out, w->text, cut(w->text, w->n, SHOWN_MOST));
	return out->len > before;
}

/* > 2025-09-07T18:58:27.123Z codex: ... */
static void put_remark(struct dialogue *d, const struct words *w, int64_t wall_us, struct buf *out)
{
	struct buf text = {0};

	if (dialogue_remark(d, w, &text)) {
		buf_puts(out, "\n> ");
		wording_time(out, dialogue_time(w, wall_us));
		buf_putc(out, ' ');
		put_short(out, w->agent ? w->agent : "agent");
		buf_puts(out, ": ");
		markdown_inline(out, text.data, text.len);
		buf_putc(out, '\n');
	}
	buf_release(&text);
}

void dialogue_put(struct dialogue *d, const struct words *w, int64_t wall_us, struct buf *out)
{
	switch (w->kind) {
	case WORDS_SAID:
	case WORDS_HARNESS:
		if (w->role && w->text)
			put_talk(w, wall_us, out);
		break;
	case WORDS_CHANGE:
		if (w->path)
			put_change(w, wall_us, out);
		break;
	case WORDS_UNDONE:
	case WORDS_NOTE:
	case WORDS_CONTEXT:
		put_remark(d, w, wall_us, out);
		break;
	case WORDS_CALL:   /* the command itself follows */
	case WORDS_RESULT: /* comes as a command */
		break;
	}
}
