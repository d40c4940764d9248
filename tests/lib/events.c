/* SPDX-License-Identifier: MIT */
#include "events.h"

#include "base/buf.h"
#include "tape/event.h"

#include <string.h>

static unsigned char unescaped(unsigned char c)
{
	switch (c) {
	case 'e':
		return 0x1B;
	case 'r':
		return '\r';
	case 'n':
		return '\n';
	default:
		return c;
	}
}

static void read_event(struct event *e, struct buf *data, const unsigned char *line, size_t n)
{
	size_t i;

	buf_reserve(data, n); /* as from a reader: none is NULL */
	for (i = 2; i < n; i++)
		buf_putc(data, line[i] == '\\' && i + 1 < n ? unescaped(line[++i]) : line[i]);
	e->code = (char)line[0];
	e->data = data->data;
	e->len = data->len;
}

void events_read(const unsigned char *text, size_t n, void (*put)(void *ctx, const struct event *e),
		 void *ctx)
{
	struct event e = {.at_us = 0};
	size_t at = 0;

	while (at < n) {
		const unsigned char *newline = memchr(text + at, '\n', n - at);
		size_t len = newline ? (size_t)(newline - text) - at : n - at;
		struct buf data = {0}; /* of each event its own, so that its end can be seen */

		e.at_us += 1000;
		if (len) {
			read_event(&e, &data, text + at, len);
			put(ctx, &e);
		}
		buf_release(&data);
		at += len + 1;
	}
}
