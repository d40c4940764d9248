/* SPDX-License-Identifier: MIT */
/* Foreign text in Markdown. Two dangers: a fence that closes early (also after a bare CR, which
 * CommonMark takes for a line ending), and text that is markup outside of a fence. */
#include "markdown.h"

#include "../base/buf.h"
#include "clean.h"

#include <string.h>

size_t markdown_longest_run(const unsigned char *p, size_t n)
{
	size_t longest = 0, i = 0;

	while (i < n) {
		const unsigned char *tick = memchr(p + i, '`', n - i);
		size_t start;

		if (!tick)
			break;
		start = i = (size_t)(tick - p);
		while (i < n && p[i] == '`')
			i++;
		if (i - start > longest)
			longest = i - start;
	}
	return longest;
}

static void put_ticks(struct buf *out, size_t n)
{
	while (n--)
		buf_putc(out, '`');
}

void markdown_fence(struct buf *out, size_t run, const char *info)
{
	put_ticks(out, run < 3 ? 3 : run + 1);
	buf_puts(out, info);
	buf_putc(out, '\n');
}

void markdown_block(struct buf *out, const unsigned char *p, size_t n)
{
	/* Cleaning neither makes backticks nor brings any together. */
	size_t run = markdown_longest_run(p, n);

	markdown_fence(out, run, "");
	clean_block(out, p, n);
	if (out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	markdown_fence(out, run, "");
}

static int is_space(unsigned char c)
{
	return c == ' ' || c == '\0';
}

static int is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c >= 0x80;
}

static int is_punctuation(unsigned char c)
{
	return c > ' ' && c < 0x7F && !is_word(c);
}

/* Whether c, between two others (0 at an end), may mean something in a line of Markdown. */
static int is_markup(unsigned char before, unsigned char c, unsigned char after)
{
	switch (c) {
	case '`':
		return 1;
	case '*':
		return !(is_space(before) && is_space(after));
	case '_':
		return !(is_word(before) && is_word(after));
	case '~':
		return !is_space(before) || after == '~';
	case '<':
		return is_word(after) || after == '/' || after == '!' || after == '?';
	case '&':
		return is_word(after) || after == '#';
	case ']':
		return after == '(' || after == '[' || after == ':';
	case '\\':
		return is_punctuation(after) || !after;
	case '#':
	case '+':
	case '-':
	case '=':
	case '>':
		return !before || (c == '#' && !after);
	default:
		return 0;
	}
}

void markdown_inline(struct buf *out, const unsigned char *p, size_t n)
{
	struct buf text = {0};
	size_t i, start = 0;

	clean_line(&text, p, n);
	buf_reserve(out, text.len);
	for (i = 0; i < text.len; i++) {
		unsigned char before = i ? text.data[i - 1] : 0;
		unsigned char after = i + 1 < text.len ? text.data[i + 1] : 0;

		if (!is_markup(before, text.data[i], after))
			continue;
		buf_put(out, text.data + start, i - start);
		buf_putc(out, '\\');
		start = i;
	}
	if (text.len > start)
		buf_put(out, text.data + start, text.len - start);
	buf_release(&text);
}

void markdown_code(struct buf *out, const unsigned char *p, size_t n)
{
	struct buf text = {0};
	size_t run;
	int pad;

	clean_line(&text, p, n);
	if (!text.len)
		buf_putc(&text, ' ');
	run = markdown_longest_run(text.data, text.len);
	pad = text.data[0] == '`' || text.data[text.len - 1] == '`' ||
	      (text.data[0] == ' ' && text.data[text.len - 1] == ' ' && text.len > 1);
	put_ticks(out, run + 1);
	if (pad)
		buf_putc(out, ' ');
	buf_put(out, text.data, text.len);
	if (pad)
		buf_putc(out, ' ');
	put_ticks(out, run + 1);
	buf_release(&text);
}
