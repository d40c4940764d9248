/* SPDX-License-Identifier: MIT */
/* Head and tail of a text. A flood comes through here line by line, so the tail is a plain buffer
 * of about twice the size that is kept: a line is one memcpy, and only when the buffer is full its
 * last half moves to the front. Where lines begin is looked for when somebody reads. */
#include "excerpt.h"

#include "../base/utf8.h"
#include "pen.h"

#include <string.h>

/* What is moved to the front is a little more than what is given, so that a sequence which begins
 * in front of the latter can be seen. */
enum { TAIL_MOVED = EXCERPT_TAIL_BYTES + PEN_MOST, TAIL_BUFFER = TAIL_MOVED + EXCERPT_TAIL_BYTES };

/* Behind the sequence that `at` is inside of, or `at`. */
static size_t behind_sequence(const unsigned char *p, size_t n, size_t at)
{
	size_t from = at > PEN_MOST ? at - PEN_MOST : 0;
	const unsigned char *escape = memrchr(p + from, '\033', at - from), *end;

	if (!escape || memchr(escape, 'm', at - (size_t)(escape - p)))
		return at;
	end = memchr(p + at, 'm', n - at);
	return end ? (size_t)(end - p) + 1 : at;
}

/* The first byte at or behind `at` where the text can begin. */
static size_t next_character(const unsigned char *p, size_t n, size_t at)
{
	size_t end;

	at = behind_sequence(p, n, at);
	end = at + 3 < n ? at + 3 : n;
	while (at < end && (p[at] & 0xC0) == 0x80)
		at++;
	return at;
}

/* Takes what fits of a line that is long; returns how many bytes. */
static size_t head_cut(struct excerpt *e, const unsigned char *line, size_t n)
{
	size_t room = EXCERPT_HEAD_BYTES - e->head.len;

	e->head_full = 1;
	if (n <= EXCERPT_LINE || !room)
		return 0;
	room -= utf8_cut_tail(line, room);
	buf_put(&e->head, line, room);
	e->head_lines++;
	return room;
}

/* True if the head took the whole line; else *line and *n are what is left of it. */
static int head_put(struct excerpt *e, const unsigned char **line, size_t *n)
{
	size_t used;

	if (e->head.len + *n + 1 > EXCERPT_HEAD_BYTES) {
		used = head_cut(e, *line, *n);
		*line += used;
		*n -= used;
		return 0;
	}
	buf_reserve(&e->head, *n + 1);
	buf_put(&e->head, *line, *n);
	buf_putc(&e->head, '\n');
	if (++e->head_lines == EXCERPT_HEAD_LINES)
		e->head_full = 1;
	return 1;
}

static void tail_put(struct excerpt *e, const unsigned char *line, size_t n)
{
	struct buf *t = &e->tail;

	e->tail_bytes += n + 1;
	if (n >= EXCERPT_TAIL_BYTES) {
		size_t cut = next_character(line, n, n - (EXCERPT_TAIL_BYTES - 1));

		line += cut;
		n -= cut;
	}
	if (t->len + n + 1 > TAIL_BUFFER) {
		memmove(t->data, t->data + t->len - TAIL_MOVED, TAIL_MOVED);
		t->len = TAIL_MOVED;
	}
	buf_reserve(t, n + 1);
	if (n)
		memcpy(t->data + t->len, line, n);
	t->data[t->len + n] = '\n';
	t->len += n + 1;
}

void excerpt_put(struct excerpt *e, const unsigned char *line, size_t n)
{
	e->lines++;
	e->bytes += n + 1;
	if (!e->head_full && head_put(e, &line, &n))
		return;
	tail_put(e, line, n);
}

/* Where the kept bytes begin, so that a line which is not long is whole or not there. */
static size_t tail_start(const struct excerpt *e)
{
	const struct buf *t = &e->tail;
	size_t start = t->len > EXCERPT_TAIL_BYTES ? t->len - EXCERPT_TAIL_BYTES : 0;
	const unsigned char *newline;

	if (e->tail_bytes == t->len && !start)
		return 0;
	if (start && t->data[start - 1] == '\n')
		return start;
	newline = memchr(t->data + start, '\n', t->len - start);
	if (newline && (size_t)(newline - t->data) - start <= EXCERPT_LINE &&
	    newline + 1 < t->data + t->len)
		return (size_t)(newline - t->data) + 1;
	return next_character(t->data, t->len, start);
}

/* Goes on to the last EXCERPT_TAIL_LINES lines, and counts them. */
static size_t last_lines(const struct buf *t, size_t start, uint64_t *lines)
{
	size_t at = t->len;

	*lines = 0;
	while (at > start) {
		const unsigned char *newline = NULL;

		if (at - 1 > start)
			newline = memrchr(t->data + start, '\n', at - 1 - start);
		at = newline ? (size_t)(newline - t->data) + 1 : start;
		if (++*lines == EXCERPT_TAIL_LINES)
			break;
	}
	return at;
}

void excerpt_rest(const struct excerpt *e, struct excerpt_rest *out)
{
	uint64_t lines = 0;
	size_t start;

	memset(out, 0, sizeof(*out));
	if (!e->tail.len)
		return;
	start = last_lines(&e->tail, tail_start(e), &lines);
	out->tail = e->tail.data + start;
	out->n = e->tail.len - start;
	out->bytes = e->bytes - e->head.len - out->n;
	if (out->bytes && e->lines > e->head_lines + lines)
		out->lines = e->lines - e->head_lines - lines;
}

static int is_blank(const struct buf *b)
{
	size_t i;

	for (i = 0; i < b->len; i++)
		if (b->data[i] != ' ' && b->data[i] != '\t' && b->data[i] != '\n')
			return 0;
	return 1;
}

int excerpt_is_blank(const struct excerpt *e)
{
	return is_blank(&e->head) && is_blank(&e->tail);
}

void excerpt_copy(struct excerpt *to, const struct excerpt *from)
{
	struct buf head = to->head, tail = to->tail;

	*to = *from;
	head.len = tail.len = 0;
	buf_put(&head, from->head.data, from->head.len);
	buf_put(&tail, from->tail.data, from->tail.len);
	to->head = head;
	to->tail = tail;
}

void excerpt_clear(struct excerpt *e)
{
	struct buf head = e->head, tail = e->tail;

	head.len = tail.len = 0;
	memset(e, 0, sizeof(*e));
	e->head = head;
	e->tail = tail;
}

void excerpt_release(struct excerpt *e)
{
	buf_release(&e->head);
	buf_release(&e->tail);
	memset(e, 0, sizeof(*e));
}
