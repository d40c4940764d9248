/* SPDX-License-Identifier: MIT */
/* The writer of a recording. It stands between the program and what is shown of it, so after
 * writer_new() it takes no memory, and a full disk costs the event at hand, never the ones before
 * or after it. It must never touch what is in the file already. */
#include "writer.h"

#include "../base/base64.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "event.h"
#include "header.h"
#include "line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What ends a torn line: with it the line cannot be taken for a whole event, even if nothing but
 * its newline was missing. */
static const char torn_end[2] = "!\n";

struct writer {
	int fd;
	int torn; /* the file's last byte is no newline */
	int64_t last_us;
	unsigned char *out; /* room for torn_end, then for one event */
};

enum {
	OUT_TEXT = WRITER_TEXT * LINE_GROWTH + LINE_FRAME,
	OUT_PAIR = WRITER_CHUNK * (LINE_GROWTH + 2) + 2 * LINE_FRAME,
	OUT_SIZE = sizeof(torn_end) + (OUT_TEXT > OUT_PAIR ? OUT_TEXT : OUT_PAIR) + LINE_SLACK
};

/* A descriptor that cannot be read counts as torn: then a line too many is bad, no event lost. */
static int find_torn(int fd, int *torn, struct err *err)
{
	struct stat st;
	char last;
	ssize_t got;

	if (fstat(fd, &st) < 0)
		return err_sys(err, "look at the recording");
	*torn = 0;
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return 0;
	do
		got = pread(fd, &last, 1, st.st_size - 1);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno != EBADF)
		return err_sys(err, "read the recording's end");
	*torn = got != 1 || last != '\n';
	return 0;
}

struct writer *writer_new(int fd, int64_t last_us, struct err *err)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (w)
		w->out = malloc(OUT_SIZE);
	if (!w || !w->out) {
		err_sys(err, "memory for the recording");
		goto fail;
	}
	w->fd = fd;
	w->last_us = last_us;
	if (find_torn(fd, &w->torn, err) < 0)
		goto fail;
	memcpy(w->out, torn_end, sizeof(torn_end));
	return w;
fail:
	writer_free(w);
	return NULL;
}

void writer_free(struct writer *w)
{
	if (w)
		free(w->out);
	free(w);
}

/* Writes n bytes, behind the end of a torn line if there is one. *done: how many of the n. */
static int append(struct writer *w, const unsigned char *data, size_t n, size_t *done,
		  struct err *err)
{
	size_t before = w->torn ? sizeof(torn_end) : 0, all;
	int rc = io_write_all(w->fd, data - before, before + n, &all, err);

	if (all)
		w->torn = (data - before)[all - 1] != '\n';
	*done = all > before ? all - before : 0;
	return rc < 0 ? err_wrap(err, "recording") : 0;
}

/* Writes the event that ends at `end`. If at least `enough` bytes (0: all) get into the file, it
 * counts as recorded. */
static int finish(struct writer *w, const unsigned char *end, size_t enough, int64_t at_us,
		  struct err *err)
{
	const unsigned char *event = w->out + sizeof(torn_end);
	size_t done;

	if (append(w, event, (size_t)(end - event), &done, err) < 0)
		return enough && done >= enough ? 0 : -1;
	if (at_us > w->last_us)
		w->last_us = at_us;
	return 0;
}

static unsigned char *begin(struct writer *w, int64_t at_us, char code)
{
	int64_t interval = at_us > w->last_us ? at_us - w->last_us : 0;

	return line_begin(w->out + sizeof(torn_end), interval, code);
}

static int check_code(char code, struct err *err)
{
	if (code <= ' ' || code >= 0x7f || code == '"' || code == '\\')
		return err_set(err, "recording: %d is no event code", code);
	return 0;
}

int writer_put_header(struct writer *w, const struct header *h, struct err *err)
{
	struct buf line = {0};
	size_t done;
	int rc;

	buf_put(&line, torn_end, sizeof(torn_end));
	header_print(h, &line);
	rc = append(w, line.data + sizeof(torn_end), line.len - sizeof(torn_end), &done, err);
	buf_release(&line);
	return rc;
}

/* The pair of 'b' and the event itself. When the first line is in the file the bytes are saved: a
 * reader takes them from there, and does not count the interval (see reader.c). */
static int put_pair(struct writer *w, int64_t at_us, char code, const unsigned char *data, size_t n,
		    struct err *err)
{
	unsigned char *o = begin(w, at_us, EVENT_BYTES);
	size_t enough;

	o += base64_encode(data, n, o);
	o = line_end(o);
	enough = (size_t)(o - w->out) - sizeof(torn_end);
	o = line_begin(o, 0, code);
	o = line_end(line_escape_lossy(data, n, o));
	return finish(w, o, enough, at_us, err);
}

int writer_put_bytes(struct writer *w, int64_t at_us, char code, const void *data, size_t n,
		     struct err *err)
{
	unsigned char *o;

	if (code != EVENT_OUTPUT && code != EVENT_INPUT)
		return err_set(err, "recording: code %d does not carry bytes", code);
	if (!n || n > WRITER_CHUNK)
		return err_set(err, "recording: %zu bytes at once", n);
	o = begin(w, at_us, code);
	if (line_escape(data, n, &o) < n)
		return put_pair(w, at_us, code, data, n, err);
	return finish(w, line_end(o), 0, at_us, err);
}

int writer_put_text(struct writer *w, int64_t at_us, char code, const void *text, size_t n,
		    struct err *err)
{
	unsigned char *o;

	if (check_code(code, err) < 0)
		return -1;
	if (n > WRITER_TEXT)
		return err_set(err, "recording: a text of %zu bytes", n);
	o = begin(w, at_us, code);
	return finish(w, line_end(line_escape_lossy(text, n, o)), 0, at_us, err);
}
