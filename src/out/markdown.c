/* SPDX-License-Identifier: MIT */
/* Foreign text in Markdown. Two dangers: a fence that closes early (also after a bare CR, which
 * CommonMark takes for a line ending), and text that is markup outside of a fence. */
#include "markdown.h"

#include "../base/buf.h"
#include "../base/utf8.h"

#include <stdint.h>
#include <string.h>

/* Characters that are not seen, or that change the order or place of what is seen: Unicode's
 * Bidi_Control, Default_Ignorable_Code_Point but for variation selectors, and separators. */
static const struct range {
	uint32_t first, last;
} unseen[] = {
	{0x00AD, 0x00AD},   {0x034F, 0x034F}, {0x061C, 0x061C},	  {0x115F, 0x1160},
	{0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200B},	  {0x200E, 0x200F},
	{0x2028, 0x202E},   {0x2060, 0x206F}, {0x3164, 0x3164},	  {0xFEFF, 0xFEFF},
	{0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
	{0xE0000, 0xE0FFF},
};

static int is_unseen(uint32_t cp)
{
	size_t i;

	for (i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (cp >= unseen[i].first && cp <= unseen[i].last)
			return 1;
	return 0;
}

static int is_joiner(uint32_t cp)
{
	return cp == 0x200C || cp == 0x200D;
}

static void put_control(struct buf *out, uint32_t cp)
{
	if (cp == '\r')
		buf_puts(out, "\\r");
	else if (cp == '\n')
		buf_puts(out, "\\n");
	else if (cp == '\t')
		buf_puts(out, "\\t");
	else if (cp <= 0xFF)
		buf_printf(out, "\\x%02X", (unsigned)cp);
	else
		buf_printf(out, "\\u{%04X}", (unsigned)cp);
}

/* Cleans one character that is not printable ASCII; returns the bytes it took. before: the
 * character in front of it. */
static size_t put_odd(struct buf *out, const unsigned char *p, size_t n, uint32_t *before)
{
	unsigned char bytes[4];
	uint32_t cp = UTF8_REPLACEMENT;
	size_t used = utf8_decode(p, n, &cp);

	if (!used) {
		used = n;
		cp = UTF8_REPLACEMENT;
	}
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0 && cp != UTF8_REPLACEMENT) || is_unseen(cp) ||
	    (is_joiner(cp) && *before < 0x80))
		put_control(out, cp);
	else
		buf_put(out, bytes, utf8_encode(cp, bytes));
	*before = cp;
	return used;
}

static int is_plain(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\t';
}

void markdown_block_text(struct buf *out, const unsigned char *p, size_t n)
{
	uint32_t before = '\n';
	size_t i = 0;

	buf_reserve(out, n);
	while (i < n) {
		size_t start = i;

		while (i < n && is_plain(p[i]))
			i++;
		if (i > start) {
			buf_put(out, p + start, i - start);
			before = p[i - 1];
		}
		if (i == n)
			break;
		i += put_odd(out, p + i, n - i, &before);
	}
}

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
	markdown_block_text(out, p, n);
	if (out->data[out->len - 1] != '\n')
		buf_putc(out, '\n');
	markdown_fence(out, run, "");
}

/* Cleaned text on one line. */
static void clean_line(struct buf *out, const unsigned char *p, size_t n)
{
	uint32_t before = ' ';
	size_t i = 0;

	buf_reserve(out, n);
	while (i < n) {
		size_t start = i;

		while (i < n && p[i] >= 0x20 && p[i] < 0x7F)
			i++;
		if (i > start) {
			buf_put(out, p + start, i - start);
			before = p[i - 1];
		}
		if (i < n)
			i += put_odd(out, p + i, n - i, &before);
	}
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
