/* SPDX-License-Identifier: MIT */
/* Lines of a file that may end anywhere and may still grow. Nothing of a line that is too long is
 * kept; a file that becomes shorter is an error, since what was given of it would be no more. */
#include "lines.h"

#include "../base/err.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };

void lines_init(struct lines *l, int fd)
{
	memset(l, 0, sizeof(*l));
	l->fd = fd;
	buf_reserve(&l->in, CHUNK);
}

void lines_release(struct lines *l)
{
	buf_release(&l->in);
}

/* Nothing more to read: 0, unless the file is shorter than what was read of it. */
static int at_end(const struct lines *l, struct err *err)
{
	struct stat st;

	if (fstat(l->fd, &st) < 0)
		return err_sys(err, "look at the recording");
	if (S_ISREG(st.st_mode) && st.st_size < l->behind)
		return err_set(err, "the recording has become shorter");
	return 0;
}

/* Reads more behind what is there. 1, 0 at the end, -1. */
static int fill(struct lines *l, struct err *err)
{
	ssize_t got;

	if (l->at) {
		l->in.len -= l->at;
		l->seen -= l->at;
		memmove(l->in.data, l->in.data + l->at, l->in.len);
		l->at = 0;
	}
	if (l->in.cap - l->in.len < CHUNK / 2)
		buf_reserve(&l->in, CHUNK);
	do
		got = pread(l->fd, l->in.data + l->in.len, l->in.cap - l->in.len, l->behind);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_sys(err, "read the recording");
	if (!got)
		return at_end(l, err);
	l->in.len += (size_t)got;
	l->behind += got;
	return 1;
}

void lines_done(struct lines *l, size_t n)
{
	l->at += n;
	l->seen = l->at;
}

/* Drops the n bytes of a line, or of a piece of one, that is too long. */
static void drop(struct lines *l, size_t n, int whole)
{
	lines_done(l, n);
	l->too_long = !whole;
	l->skipped += (uint64_t)whole;
}

int lines_next(struct lines *l, const unsigned char **line, size_t *n, struct err *err)
{
	for (;;) {
		size_t rest = l->in.len - l->seen;
		const unsigned char *from = l->in.data + l->at, *newline = NULL;
		int got;

		if (rest)
			newline = memchr(l->in.data + l->seen, '\n', rest);
		if (newline && !l->too_long && newline - from <= LINES_LONGEST) {
			*line = from;
			*n = (size_t)(newline - from);
			l->seen = l->at + *n;
			return 1;
		}
		if (newline) {
			drop(l, (size_t)(newline - from) + 1, 1);
			continue;
		}
		l->seen = l->in.len;
		if (l->too_long || l->in.len - l->at > LINES_LONGEST)
			drop(l, l->in.len - l->at, 0);
		got = fill(l, err);
		if (got <= 0)
			return got;
	}
}

int64_t lines_offset(const struct lines *l)
{
	return l->behind - (int64_t)(l->in.len - l->at);
}

int lines_torn(const struct lines *l)
{
	return l->too_long || (l->at < l->in.len && l->in.data[l->in.len - 1] != '\n');
}
