/* SPDX-License-Identifier: MIT */
/* What was said, and what an agent's log tells, between the commands. */
#include "page_private.h"

#include "../story/excerpt.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/words.h"
#include "../out/wording.h"
#include "html.h"

#include <inttypes.h>
#include <string.h>

enum { WORDS_WHOLE = 256 * 1024, NAME_MOST = 200 };

static void put_name(const char *name, struct buf *out)
{
	html_line(out, name, strnlen(name, NAME_MOST));
}

static void put_role(const struct words *w, struct buf *out)
{
	if (!strcmp(w->role, "user"))
		buf_puts(out, "User");
	else if (!strcmp(w->role, "assistant"))
		buf_puts(out, "Assistant");
	else
		put_name(w->role, out);
	if (w->kind == WORDS_HARNESS)
		buf_puts(out, " (harness)");
	if (w->name) {
		buf_puts(out, " (sub-agent ");
		put_name(w->name, out);
		buf_putc(out, ')');
	}
}

/* Only what is very long is cut. */
static void put_text(struct page *p, const struct words *w, struct buf *out)
{
	const char *text = w->text, *end = text + w->n;
	struct excerpt e = {0};

	if (w->n <= WORDS_WHOLE) {
		page_put_plain(w->text, w->n, out);
		return;
	}
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);

		excerpt_put(&e, (const unsigned char *)text, n);
		text += newline ? n + 1 : n;
	}
	page_put_excerpt(p, &e, 0, out);
	excerpt_release(&e);
}

static void open_section(struct page *p, const char *class, struct buf *out)
{
	p->words++;
	buf_printf(out,
		   "<section class=\"words%s\" id=\"w%" PRIu64 "\">\n<h3><a href=\"#w%" PRIu64
		   "\" title=\"Link to this\">",
		   class, p->words, p->words);
}

static void put_when(const struct page *p, const struct words *w, int64_t at_us, struct buf *out)
{
	buf_puts(out, "</a> ");
	page_put_clock(dialogue_time(w, p->base.header->start_us + at_us), out);
}

static void put_talk(struct page *p, int64_t at_us, const struct words *w, struct buf *out)
{
	open_section(p, strcmp(w->role, "user") || w->kind == WORDS_HARNESS ? "" : " user", out);
	put_role(w, out);
	put_when(p, w, at_us, out);
	buf_puts(out, "</h3>\n");
	put_text(p, w, out);
	if (w->is_cut)
		buf_puts(out, "<p class=\"none\">The rest was not recorded.</p>\n");
	buf_puts(out, "</section>\n");
}

static void put_change(struct page *p, int64_t at_us, const struct words *w, struct buf *out)
{
	open_section(p, " file", out);
	buf_puts(out, "File change");
	put_when(p, w, at_us, out);
	buf_puts(out, "</h3>\n<p>");
	put_name(w->change ? w->change : "change", out);
	buf_putc(out, ' ');
	html_code(out, (const unsigned char *)w->path, strlen(w->path));
	if (w->to) {
		buf_puts(out, " → ");
		html_code(out, (const unsigned char *)w->to, strlen(w->to));
	}
	buf_puts(out, ", as ");
	put_name(w->agent ? w->agent : "the agent", out);
	buf_puts(out, " says</p>\n");
	if (w->text && w->n)
		put_text(p, w, out);
	buf_puts(out, "</section>\n");
}

static void put_note(int64_t wall_us, const char *who, const struct buf *text, struct buf *out)
{
	buf_puts(out, "<p class=\"note\">");
	page_put_clock(wall_us, out);
	buf_putc(out, ' ');
	put_name(who, out);
	buf_puts(out, ": ");
	html_line(out, text->data, text->len);
	buf_puts(out, "</p>\n");
}

void page_put_words(struct page *p, int64_t at_us, const struct words *w, struct buf *out)
{
	struct buf text = {0};

	if (w->kind == WORDS_SAID || w->kind == WORDS_HARNESS)
		put_talk(p, at_us, w, out);
	else if (w->kind == WORDS_CHANGE && w->path)
		put_change(p, at_us, w, out);
	else if (dialogue_remark(&p->dialogue, w, &text))
		put_note(dialogue_time(w, p->base.header->start_us + at_us),
			 w->agent ? w->agent : "agent", &text, out);
	buf_release(&text);
}

void page_put_note(struct page *p, const struct event *e, struct buf *out)
{
	struct buf text = {0};

	if (wording_note(&text, e))
		put_note(p->base.header->start_us + e->at_us, "steno", &text, out);
	buf_release(&text);
}
