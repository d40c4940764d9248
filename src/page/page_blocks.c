/* SPDX-License-Identifier: MIT */
/* What the page is made of. All that is foreign goes through html.h. */
#include "page_private.h"

#include "../base/utf8.h"
#include "../out/wording.h"
#include "../story/story.h"
#include "../tape/header.h"
#include "html.h"

#include <inttypes.h>
#include <string.h>

enum {
	TYPED_LINES = 12, /* of a command's text that stand in its heading */
	TYPED_BYTES = 1600,
	ENTRY_BYTES = 160, /* in the list */
	CLOCK = 8,	   /* "18:58:27" */
};

int page_has_failed(const struct command *c)
{
	return c->has_exit && c->exit_code;
}

int page_is_inner(const struct command *c)
{
	return !strcmp(c->src, "sh-c");
}

/* "14 ms", "1.25 s", "2 min 5 s", "1 h 2 min" */
void page_put_duration(int64_t us, struct buf *out)
{
	int64_t ms = us / 1000, s = ms / 1000;

	if (ms < 1000)
		buf_printf(out, "%" PRId64 " ms", ms);
	else if (s < 60)
		buf_printf(out, "%" PRId64 ".%02" PRId64 " s", s, ms % 1000 / 10);
	else if (s < 3600)
		buf_printf(out, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
	else
		buf_printf(out, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
}

/* The time of day; the whole of it for who asks. */
void page_put_clock(int64_t wall_us, struct buf *out)
{
	struct buf iso = {0};

	wording_time(&iso, wall_us);
	buf_printf(out, "<time datetime=\"%s\" title=\"%s\">", buf_str(&iso), buf_str(&iso));
	buf_put(out, iso.data + 11, CLOCK);
	buf_puts(out, "</time>");
	buf_release(&iso);
}

static void put_exit(const struct command *c, struct buf *out)
{
	if (!c->end)
		buf_puts(out, "<span class=\"exit\">… still running</span>");
	else if (!c->has_exit)
		buf_printf(out, "<span class=\"exit\">? exit not seen (%s)</span>",
			   strcmp(c->end, "exit") ? c->end : "its mark does not say");
	else if (c->exit_code)
		buf_printf(out, "<span class=\"exit bad\">✗ exit %d</span>", c->exit_code);
	else
		buf_puts(out, "<span class=\"exit\">exit 0</span>");
}

static void put_facts(const struct command *c, struct buf *out)
{
	buf_puts(out, "<p class=\"facts\">");
	put_exit(c, out);
	if (command_took(c) >= 0) {
		buf_puts(out, "<span>");
		page_put_duration(command_took(c), out);
		buf_puts(out, "</span>");
	}
	buf_puts(out, "<span>");
	if (c->start_wall_us < 0)
		buf_puts(out, "time not known");
	else
		page_put_clock(c->start_wall_us, out);
	buf_puts(out, "</span><span>in ");
	if (c->cwd.len)
		html_code(out, c->cwd.data, c->cwd.len);
	else
		buf_puts(out, "an unknown directory");
	buf_puts(out, "</span>");
	if (c->text_from == COMMAND_TEXT_SCREEN)
		buf_puts(out, "<span>text read from the screen</span>");
	if (wording_marks(c->marks))
		buf_printf(out, "<span>%s</span>", wording_marks(c->marks));
	if (c->inside) {
		buf_puts(out, "<span>");
		wording_inside(out, c);
		buf_puts(out, "</span>");
	}
	if (c->text_cut)
		buf_puts(out, "<span>text longer than this</span>");
	if (c->end && !strcmp(c->end, "eof"))
		buf_puts(out, "<span>the shell ended during it</span>");
	if (c->unprompted)
		buf_puts(out, "<span>" WORDING_UNPROMPTED "</span>");
	if (c->signal)
		buf_printf(out, "<span>killed by signal %d</span>", c->signal);
	if (c->agent.len) {
		buf_puts(out, "<span>run by ");
		html_line(out, c->agent.data, c->agent.len);
		buf_puts(out, "</span>");
	}
	if (c->agent_told && c->agent_us >= 0) {
		buf_puts(out, "<span>by the agent's own clock ");
		page_put_duration(c->agent_us, out);
		buf_puts(out, "</span>");
	}
	if (c->call_id.len) {
		buf_puts(out, "<span>call ");
		html_code(out, c->call_id.data, c->call_id.len);
		buf_puts(out, "</span>");
	}
	buf_puts(out, "</p>\n");
}

/* How much of a text stands in the heading. */
static size_t heading_length(const struct buf *text)
{
	size_t n = 0, lines;

	for (lines = 0; lines < TYPED_LINES && n < text->len; lines++) {
		const unsigned char *newline = memchr(text->data + n, '\n', text->len - n);

		n = newline ? (size_t)(newline - text->data) + 1 : text->len;
	}
	if (n > TYPED_BYTES)
		n = TYPED_BYTES - utf8_cut_tail(text->data, TYPED_BYTES);
	return n;
}

static void put_typed(const struct command *c, struct buf *out)
{
	size_t n = heading_length(&c->text), shown = n;

	while (shown && c->text.data[shown - 1] == '\n')
		shown--;
	buf_printf(
		out,
		"<h3><a class=\"number\" href=\"#c%" PRIu32
		"\" title=\"Link to this command\"><span class=\"unseen\">Command </span>%" PRIu32
		"</a> ",
		c->seq, c->seq);
	if (c->text_from == COMMAND_TEXT_NONE)
		buf_puts(out, "<em>the text of this command is not known</em>");
	buf_puts(out, "<code>");
	html_block(out, c->text.data, shown);
	buf_puts(out, n < c->text.len ? " …</code></h3>\n" : "</code></h3>\n");
	if (n == c->text.len)
		return;
	buf_puts(out, "<details class=\"fold\"><summary>The whole command (");
	wording_size(out, c->text.len);
	buf_puts(out, ")</summary>\n");
	page_put_plain((const char *)c->text.data, c->text.len, out);
	buf_puts(out, "</details>\n");
}

void page_put_command(struct page *p, const struct command *c, struct buf *out)
{
	buf_printf(out, "<section class=\"command%s\" id=\"c%" PRIu32 "\">\n",
		   page_has_failed(c) ? " failed" : "", c->seq);
	put_typed(c, out);
	put_facts(c, out);
	if (!c->output.lines)
		buf_printf(out, "<p class=\"none\">%s</p>\n", wording_no_output(c));
	else if (p->base.header->imported || c->agent_told)
		page_put_excerpt(p, &c->output, c->seq, out);
	else
		page_put_output(p, &c->output, c->seq, out);
	buf_puts(out, "</section>\n");
}

void page_put_loose(struct page *p, const struct excerpt *text, struct buf *out)
{
	int is_all = !p->base.header->hooks && !p->base.header->command;

	buf_printf(out, "<section class=\"loose\">\n<h3>%s</h3>\n",
		   is_all ? "Output" : "Between commands");
	page_put_output(p, text, 0, out);
	buf_puts(out, "</section>\n");
}

/* The text in one line, cut. */
static void put_short(const struct command *c, struct buf *out)
{
	const unsigned char *newline = c->text.len ? memchr(c->text.data, '\n', c->text.len) : NULL;
	size_t n = newline ? (size_t)(newline - c->text.data) : c->text.len;

	if (n > ENTRY_BYTES)
		n = ENTRY_BYTES - utf8_cut_tail(c->text.data, ENTRY_BYTES);
	html_line(out, c->text.data, n);
	if (n < c->text.len)
		buf_puts(out, " …");
	if (!c->text.len)
		buf_puts(out, "(text not known)");
}

/* The bar's width is in milliseconds: a rule of the page's own scales it (page_file.c). */
void page_put_entry(const struct command *c, struct buf *out)
{
	int64_t us = command_took(c);

	buf_printf(out,
		   "<li%s><a href=\"#c%" PRIu32 "\"><span class=\"number\">%" PRIu32
		   "</span><code>",
		   page_has_failed(c) ? " class=\"failed\"" : "", c->seq, c->seq);
	put_short(c, out);
	buf_puts(out, "</code></a>");
	if (page_has_failed(c))
		buf_printf(out, "<span class=\"exit bad\">✗ exit %d</span>", c->exit_code);
	buf_puts(out, "<span class=\"long\">");
	if (us < 0)
		buf_puts(out, !c->end ? "running" : c->untimed ? "not known" : "not seen");
	else
		page_put_duration(us, out);
	buf_printf(out,
		   "</span><svg class=\"bar\" aria-hidden=\"true\"><rect width=\"%" PRId64
		   "%%\" height=\"100%%\"/></svg></li>\n",
		   us < 0 ? 0 : us / 1000);
}

/* In milliseconds, too. A pointer's way to a command; the list is everybody's. */
void page_put_bar(const struct command *c, int64_t length_us, struct buf *out)
{
	int64_t end_us = c->end_us < 0 ? length_us : c->end_us;
	int bad = page_has_failed(c), top = page_is_inner(c) ? -PAGE_LANE - 2 : 0;

	buf_printf(out, "<a href=\"#c%" PRIu32 "\" tabindex=\"-1\"><title>%" PRIu32 " ", c->seq,
		   c->seq);
	put_short(c, out);
	buf_puts(out, ", ");
	page_put_duration(end_us - c->start_us, out);
	if (bad)
		buf_printf(out, ", exit %d", c->exit_code);
	buf_printf(out,
		   "</title><rect x=\"%" PRId64 "\" y=\"%d\" width=\"%" PRId64
		   "\" height=\"%d\"%s/></a>\n",
		   c->start_us / 1000, top + (bad ? 0 : 8), (end_us - c->start_us) / 1000,
		   bad ? 24 : 16, bad ? " class=\"bad\"" : "");
}
