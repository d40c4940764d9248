/* SPDX-License-Identifier: MIT */
/* Nameless files (O_TMPFILE) as an extension of memory. A file system without them, or without
 * room, costs memory and nothing else. */
#include "spool.h"

#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SPOOL_MEMORY = 64 * 1024, SPOOL_CHUNK = 64 * 1024 };

void spool_init(struct spool *s, int dir)
{
	memset(s, 0, sizeof(*s));
	s->dir = dir;
	s->fd = -1;
}

void spool_release(struct spool *s)
{
	io_close(&s->fd);
	buf_release(&s->rest);
}

/* Moves memory into the file, as much as it takes. */
static void store(struct spool *s)
{
	size_t at = 0;

	if (s->fd < 0)
		s->fd = openat(s->dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	while (s->fd >= 0 && at < s->rest.len) {
		ssize_t n =
			pwrite(s->fd, s->rest.data + at, s->rest.len - at, (off_t)(s->stored + at));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	s->stored += at;
	s->rest.len -= at;
	if (at)
		memmove(s->rest.data, s->rest.data + at, s->rest.len);
}

void spool_put(struct spool *s, const void *data, size_t n)
{
	buf_put(&s->rest, data, n);
	if (s->rest.len >= SPOOL_MEMORY)
		store(s);
}

void spool_clear(struct spool *s)
{
	io_close(&s->fd);
	s->stored = 0;
	buf_clear(&s->rest);
}

uint64_t spool_size(const struct spool *s)
{
	return s->stored + s->rest.len;
}

int spool_read(const struct spool *s, uint64_t at, void *data, size_t n, size_t *got,
	       struct err *err)
{
	char *p = data;
	size_t done = 0;

	while (done < n && at < s->stored) {
		size_t want = n - done;
		ssize_t have;

		if (want > s->stored - at)
			want = (size_t)(s->stored - at);
		have = pread(s->fd, p + done, want, (off_t)at);
		if (have < 0 && errno == EINTR)
			continue;
		if (have <= 0)
			return err_sys(err, "read a temporary file");
		done += (size_t)have;
		at += (size_t)have;
	}
	if (done < n && at < spool_size(s)) {
		size_t from = (size_t)(at - s->stored), want = n - done;

		if (want > s->rest.len - from)
			want = s->rest.len - from;
		memcpy(p + done, s->rest.data + from, want);
		done += want;
	}
	*got = done;
	return 0;
}

int spool_write(const struct spool *s, int fd, struct err *err)
{
	char chunk[SPOOL_CHUNK];
	uint64_t at = 0;
	size_t n;

	while (at < s->stored) {
		size_t want = sizeof(chunk);

		if (want > s->stored - at)
			want = (size_t)(s->stored - at);
		if (spool_read(s, at, chunk, want, &n, err) < 0 ||
		    io_write_all(fd, chunk, n, NULL, err) < 0)
			return -1;
		at += n;
	}
	return io_write_all(fd, s->rest.data, s->rest.len, NULL, err);
}
