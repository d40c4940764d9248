/* SPDX-License-Identifier: MIT */
/* A file through a window that moves forwards. */
#include "window.h"

#include "../base/err.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void window_init(struct window *w, int fd, int64_t at)
{
	w->fd = fd;
	w->at = at;
	w->from = w->n = 0;
}

/* Reads behind what is there until the window is full or the file ends. */
static int fill(struct window *w, struct err *err)
{
	memmove(w->data, w->data + w->from, w->n);
	w->from = 0;
	while (w->n < WINDOW_SIZE) {
		ssize_t got =
			pread(w->fd, w->data + w->n, WINDOW_SIZE - w->n, w->at + (int64_t)w->n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, "read the recording");
		if (!got)
			break;
		w->n += (size_t)got;
	}
	return 0;
}

int window_get(struct window *w, size_t want, const unsigned char **p, size_t *n, struct err *err)
{
	if (want > WINDOW_SIZE)
		bug("a window of %zu bytes", want);
	if (w->n < want && fill(w, err) < 0)
		return -1;
	*p = w->data + w->from;
	*n = w->n < want ? w->n : want;
	return 0;
}

void window_skip(struct window *w, size_t n)
{
	if (n > w->n)
		bug("a window skips more than it holds");
	w->from += n;
	w->n -= n;
	w->at += (int64_t)n;
}
