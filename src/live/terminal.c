/* SPDX-License-Identifier: MIT */
/* The user's side of the holder. Nothing here may block: see terminal_use() for how. */
#include "terminal.h"

#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a terminal of another user's, and of a socket: neither can be opened again. poll(2) allows
 * writing when a terminal has less than 256 bytes waiting, a socket a quarter of its buffer. */
enum { CAUTIOUS_CHUNK = 256, CAUTIOUS_SOCKET = 16384 };

/* A description of our own: O_NONBLOCK on a shared one would reach every program that has it. A
 * regular file keeps its description (and offset); it does not wait for anybody. */
static int reopen(int fd, int access, size_t *cautious)
{
	char path[64];
	struct stat st = {0};
	int own;

	*cautious = 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0) {
		*cautious = S_ISSOCK(st.st_mode) ? CAUTIOUS_SOCKET : CAUTIOUS_CHUNK;
		return fd;
	}
	close(fd);
	return own;
}

int terminal_init(struct terminal *t, int in, int out)
{
	memset(t, 0, sizeof(*t));
	t->in = t->out = -1;
	if (queue_init(&t->queue, TERMINAL_QUEUE) < 0)
		return -1;
	terminal_use(t, in, out);
	return 0;
}

void terminal_use(struct terminal *t, int in, int out)
{
	size_t shared;

	io_close(&t->in);
	io_close(&t->out);
	t->in = in < 0 ? -1 : reopen(in, O_RDONLY, &shared); /* others may read what poll saw */
	t->out = out < 0 ? -1 : reopen(out, O_WRONLY, &t->cautious);
	t->in_is_tty = t->in >= 0 && isatty(t->in);
}

void terminal_release(struct terminal *t)
{
	io_close(&t->in);
	io_close(&t->out);
	queue_release(&t->queue);
}

int terminal_flush(struct terminal *t)
{
	return queue_flush(&t->queue, t->out, t->cautious ? t->cautious : SIZE_MAX);
}

int terminal_write(struct terminal *t, const void *data, size_t n)
{
	const unsigned char *p = data;
	ssize_t done = 0;

	if (t->out < 0)
		return 0;
	if (!t->queue.len && !t->cautious && !t->paused && !t->holds) {
		while ((done = write(t->out, p, n)) < 0 && errno == EINTR)
			;
		if (done < 0 && errno != EAGAIN)
			return -1;
		if (done < 0)
			done = 0;
	}
	queue_put(&t->queue, p + done, n - (size_t)done);
	return 0;
}

size_t terminal_room(const struct terminal *t)
{
	return queue_room(&t->queue);
}
