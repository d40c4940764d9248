/* SPDX-License-Identifier: MIT */
/* Text in <pre>. A long one shows its beginning and its end; between them is a <details>, which
 * works without JavaScript. */
#include "page_private.h"

#include "../out/wording.h"
#include "../story/excerpt.h"
#include "../story/tint.h"
#include "../tape/header.h"
#include "html.h"

#include <string.h>

enum {
	WHOLE_LINES = 30, /* shown unfolded */
	WHOLE_BYTES = 6000,
	FRONT_LINES = 12, /* of a longer text */
	BACK_LINES = 6,
	END_BYTES = 2400, /* at most, of either */
};

struct span {
	const unsigned char *p;
	size_t n;
};

/* Takes the first `most` lines off; how many they were. A line that is too long is not among
 * them. */
static uint64_t take_front(struct span *from, struct span *front, int most)
{
	uint64_t lines = 0;

	*front = (struct span){from->p, 0};
	while (most-- > 0 && from->n) {
		const unsigned char *newline = memchr(from->p, '\n', from->n);
		size_t n = newline ? (size_t)(newline - from->p) + 1 : from->n;

		if (front->n + n > END_BYTES)
			break;
		front->n += n;
		from->p += n;
		from->n -= n;
		lines++;
	}
	return lines;
}

static uint64_t take_back(struct span *from, struct span *back, int most)
{
	uint64_t lines = 0;

	*back = (struct span){from->p + from->n, 0};
	while (most-- > 0 && from->n) {
		const unsigned char *newline =
			from->n > 1 ? memrchr(from->p, '\n', from->n - 1) : NULL;
		size_t n = newline ? (size_t)(from->p + from->n - newline) - 1 : from->n;

		if (back->n + n > END_BYTES)
			break;
		back->p -= n;
		back->n += n;
		from->n -= n;
		lines++;
	}
	return lines;
}

static void put_run(struct page *p, const struct tint_run *run, struct buf *out)
{
	struct buf classes = {0};

	look_classes(&p->look, &run->pen, &classes);
	if (classes.len)
		buf_printf(out, "<span class=\"%s\">", buf_str(&classes));
	html_block(out, run->text, run->n);
	if (classes.len)
		buf_puts(out, "</span>");
	buf_release(&classes);
}

/* p NULL: it has no colours, and what looks like them is not. */
static void put_text(struct page *p, struct span text, struct buf *out)
{
	struct tint_reader r;
	struct tint_run run;

	if (!p) {
		html_block(out, text.p, text.n);
		return;
	}
	tint_read(&r, text.p, text.n);
	while (tint_next(&r, &run))
		put_run(p, &run, out);
}

/* The newline behind the tag is none of the text's. */
static void put_pre(struct page *p, struct span text, struct buf *out)
{
	if (!text.n)
		return;
	buf_puts(out, "<pre>\n");
	put_text(p, text, out);
	buf_puts(out, "</pre>\n");
}

static void put_summary(uint64_t lines, uint64_t bytes, struct buf *out)
{
	buf_puts(out, "<details class=\"fold\"><summary>");
	if (lines) {
		wording_count(out, lines);
		buf_puts(out, lines == 1 ? " more line (" : " more lines (");
	}
	wording_size(out, bytes);
	buf_puts(out, lines ? ")" : " more");
}

/* A text in two parts, between which something may be missing. */
struct text {
	struct span head, tail;
	uint64_t lines, bytes; /* of all of it */
	const struct excerpt_rest *rest;
	const char *session;
	uint32_t seq;
};

static void put_folded(struct page *p, struct text *t, struct buf *out)
{
	struct span front, back;
	uint64_t lines = t->lines - take_front(&t->head, &front, FRONT_LINES);

	lines -= take_back(t->tail.n ? &t->tail : &t->head, &back, BACK_LINES);
	put_pre(p, front, out);
	put_summary(lines, t->bytes - front.n - back.n, out);
	if (t->rest->bytes) {
		buf_puts(out, "; ");
		wording_size(out, t->rest->bytes);
		buf_puts(out, " of them are not in this page");
	}
	buf_puts(out, "</summary>\n");
	put_pre(p, t->head, out);
	if (t->rest->bytes) {
		struct buf words = {0};

		wording_left_out(&words, t->session, t->rest, t->seq);
		buf_puts(out, "<p class=\"gap\">");
		html_block(out, words.data, words.len - 1);
		buf_puts(out, "</p>\n");
		buf_release(&words);
	}
	put_pre(p, t->tail, out);
	buf_puts(out, "</details>\n");
	put_pre(p, back, out);
}

static void put_all(struct page *p, struct text *t, struct buf *out)
{
	buf_puts(out, "<div class=\"output\">\n");
	if (t->rest->bytes || t->lines > WHOLE_LINES || t->bytes > WHOLE_BYTES)
		put_folded(p, t, out);
	else
		put_pre(p, t->head, out);
	buf_puts(out, "</div>\n");
}

/* Head and tail may be one text that is longer than the head alone takes. */
static void put_whole(struct page *p, struct text *t, struct buf *out)
{
	struct buf all = {0};

	buf_put(&all, t->head.p, t->head.n);
	buf_put(&all, t->tail.p, t->tail.n);
	t->head = (struct span){all.data, all.len};
	t->tail = (struct span){NULL, 0};
	put_all(p, t, out);
	buf_release(&all);
}

/* p: as of put_text(). */
static void put_excerpt(struct page *p, const struct excerpt *e, const char *session, uint32_t seq,
			struct buf *out)
{
	struct excerpt_rest rest;
	struct text t = {.head = {e->head.data, e->head.len}, .rest = &rest, .seq = seq};

	excerpt_rest(e, &rest);
	t.tail = (struct span){rest.tail, rest.n};
	t.lines = e->lines;
	t.bytes = e->bytes;
	t.session = session;
	if (rest.bytes)
		put_all(p, &t, out);
	else
		put_whole(p, &t, out);
}

void page_put_output(struct page *p, const struct excerpt *e, uint32_t seq, struct buf *out)
{
	put_excerpt(p, e, p->base.header->session, seq, out);
}

void page_put_excerpt(struct page *p, const struct excerpt *e, uint32_t seq, struct buf *out)
{
	put_excerpt(NULL, e, p->base.header->session, seq, out);
}

static uint64_t count_lines(const char *text, size_t n)
{
	uint64_t lines = n && text[n - 1] != '\n';
	size_t i;

	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

void page_put_plain(const char *text, size_t n, struct buf *out)
{
	const struct excerpt_rest none = {0};
	struct text t = {.head = {(const unsigned char *)text, n}, .rest = &none, .bytes = n};

	t.lines = count_lines(text, n);
	put_all(NULL, &t, out);
}
