/* SPDX-License-Identifier: MIT */
/* The list of folders. It is written at the start of each session, before the shell is shown, so it
 * must cost next to nothing: one small file read, and for a new folder one line written. */
#include "registry.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_MOST = 1 << 20, /* bytes; a longer file is read so far, and not added to */
	LOCK_TRIES = 20,     /* a fifth of a millisecond apart */
};

static const char file_name[] = "folders";

/* The folder the file is in, or -1. */
static int open_state(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = {0};
	int fd = -1;

	if (state && state[0] == '/')
		buf_printf(&path, "%s/steno", state);
	else if (home && home[0] == '/')
		buf_printf(&path, "%s/.local/state/steno", home);
	if (path.len)
		fd = io_open_dir(buf_str(&path), IO_PARENTS, NULL);
	buf_release(&path);
	return fd;
}

static int lock(int fd)
{
	const struct timespec pause = {.tv_nsec = 200000};
	int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -1;
}

static int read_file(int fd, struct buf *text)
{
	ssize_t n;

	buf_reserve(text, 4096);
	while (text->len < FILE_MOST) {
		buf_reserve(text, 4096);
		n = io_read_full(fd, text->data + text->len, 4096);
		if (n < 0)
			return -1;
		text->len += (size_t)n;
		if (n < 4096)
			return 0;
	}
	return 0;
}

static int has_line(const struct buf *text, const char *line)
{
	size_t n = strlen(line), at = 0;

	while (at < text->len) {
		const unsigned char *end = memchr(text->data + at, '\n', text->len - at);
		size_t len = end ? (size_t)(end - text->data) - at : text->len - at;

		if (end && len == n && !memcmp(text->data + at, line, n))
			return 1;
		at += len + 1;
	}
	return 0;
}

static void append(int fd, const struct buf *text, const char *folder)
{
	struct buf line = {0};

	if (text->len && text->data[text->len - 1] != '\n')
		buf_putc(&line, '\n');
	buf_puts(&line, folder);
	buf_putc(&line, '\n');
	io_write_all(fd, line.data, line.len, NULL, NULL);
	buf_release(&line);
}

void registry_add(const char *folder)
{
	struct buf text = {0};
	int dir, fd;

	if (folder[0] != '/' || strchr(folder, '\n'))
		return;
	dir = open_state();
	if (dir < 0)
		return;
	fd = io_open_file(dir, file_name, O_RDWR | O_APPEND | O_CREAT, NULL);
	if (fd >= 0 && lock(fd) == 0 && read_file(fd, &text) == 0 && text.len < FILE_MOST &&
	    !has_line(&text, folder))
		append(fd, &text, folder);
	buf_release(&text);
	io_close(&fd);
	io_close(&dir);
}

static int has_folder(const struct registry *r, const char *folder)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (!strcmp(r->folders[i], folder))
			return 1;
	return 0;
}

static void put_folder(struct registry *r, const unsigned char *line, size_t n)
{
	char *folder;

	if (!n || line[0] != '/' || memchr(line, '\0', n))
		return;
	folder = xmalloc(n + 1);
	memcpy(folder, line, n);
	folder[n] = '\0';
	if (has_folder(r, folder)) {
		free(folder);
		return;
	}
	r->folders = xrealloc(r->folders, (r->count + 1) * sizeof(*r->folders));
	r->folders[r->count++] = folder;
}

void registry_read(struct registry *r)
{
	int dir = open_state();
	int fd = dir < 0 ? -1 : io_open_file(dir, file_name, O_RDONLY, NULL);
	struct buf text = {0};
	size_t end;

	r->folders = NULL;
	r->count = 0;
	if (fd < 0 || read_file(fd, &text) < 0)
		buf_clear(&text);
	for (end = text.len; end > 0;) {
		const unsigned char *newline = memrchr(text.data, '\n', end);
		size_t begin = newline ? (size_t)(newline - text.data) + 1 : 0;

		put_folder(r, text.data + begin, end - begin);
		end = newline ? begin - 1 : 0;
	}
	buf_release(&text);
	io_close(&fd);
	io_close(&dir);
}

void registry_release(struct registry *r)
{
	while (r->count)
		free(r->folders[--r->count]);
	free(r->folders);
	r->folders = NULL;
}
