/* SPDX-License-Identifier: MIT */
/* Lines from a pipe that may break anywhere. */
#include "facts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void split(struct facts *f, void (*put)(void *ctx, const char *fact, size_t n), void *ctx)
{
	char *from = f->line, *end = f->line + f->len, *newline;

	while ((newline = memchr(from, '\n', (size_t)(end - from)))) {
		if (!f->overlong && newline > from)
			put(ctx, from, (size_t)(newline - from));
		f->overlong = 0;
		from = newline + 1;
	}
	f->len = (size_t)(end - from);
	memmove(f->line, from, f->len);
	if (f->len == sizeof(f->line)) {
		f->overlong = 1;
		f->len = 0;
	}
}

enum { READS = 16 };

int facts_read(struct facts *f, int fd, void (*put)(void *ctx, const char *fact, size_t n),
	       void *ctx)
{
	int i;

	for (i = 0; i < READS; i++) {
		ssize_t n = read(fd, f->line + f->len, sizeof(f->line) - f->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		if (!n)
			return 0;
		f->len += (size_t)n;
		split(f, put, ctx);
	}
	return 1;
}
