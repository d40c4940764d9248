/* SPDX-License-Identifier: MIT */
/* The only way by which foreign bytes get into a page. */
#include "html.h"

#include "../base/buf.h"
#include "../out/clean.h"

#include <string.h>

static const char *entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void html_escape(struct buf *out, const void *p, size_t n)
{
	const unsigned char *text = p;
	size_t i, start = 0;

	buf_reserve(out, n);
	for (i = 0; i < n; i++) {
		const char *name = entity(text[i]);

		if (!name)
			continue;
		buf_put(out, text + start, i - start);
		buf_puts(out, name);
		start = i + 1;
	}
	if (start < n)
		buf_put(out, text + start, n - start);
}

static void put_clean(struct buf *out, const void *p, size_t n,
		      void (*clean)(struct buf *out, const unsigned char *p, size_t n))
{
	struct buf text = {0};

	clean(&text, p, n);
	html_escape(out, text.data, text.len);
	buf_release(&text);
}

void html_block(struct buf *out, const void *p, size_t n)
{
	put_clean(out, p, n, clean_block);
}

void html_line(struct buf *out, const void *p, size_t n)
{
	put_clean(out, p, n, clean_line);
}

void html_text(struct buf *out, const char *text)
{
	if (!text || !*text)
		text = "unknown";
	html_line(out, text, strlen(text));
}

void html_code(struct buf *out, const unsigned char *p, size_t n)
{
	buf_puts(out, "<code>");
	html_line(out, p, n);
	buf_puts(out, "</code>");
}

void html_json(struct buf *out, const void *p, size_t n)
{
	const unsigned char *text = p;
	size_t i, start = 0;

	for (i = 0; i < n; i++) {
		if (text[i] != '<' && text[i] != '>' && text[i] != '&')
			continue;
		buf_put(out, text + start, i - start);
		buf_printf(out, "\\u%04x", (unsigned)text[i]);
		start = i + 1;
	}
	if (start < n)
		buf_put(out, text + start, n - start);
}
