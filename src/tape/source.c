/* SPDX-License-Identifier: MIT */
/* Which format a file has, and what all formats have in common. No name is believed but that of a
 * timing file beside a typescript, and that file must read as one. */
#include "source.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "event.h"
#include "reader.h"
#include "source_private.h"
#include "timing.h"
#include "window.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* asciicast v3, ours among them: reader.h does it all. */
struct cast3 {
	struct source base;
	struct reader *reader;
};

static int cast3_next(struct source *s, struct event *e, struct err *err)
{
	struct cast3 *c = (struct cast3 *)s;
	int got = reader_next(c->reader, e, err);

	s->offset = reader_offset(c->reader);
	s->skipped = reader_skipped(c->reader);
	s->torn = !got && reader_torn(c->reader);
	return got;
}

static void cast3_release(struct source *s)
{
	reader_free(((struct cast3 *)s)->reader);
}

static const struct source_kind cast3_kind = {
	.name = "asciicast v3", .next = cast3_next, .release = cast3_release};

static struct source *cast3_new(int fd, struct err *err)
{
	struct reader *reader = reader_new(fd, err);
	struct cast3 *c;

	if (!reader)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	source_init(&c->base, &cast3_kind, fd);
	c->reader = reader;
	return &c->base;
}

/* Telling formats */

enum format { CAST1, CAST2, CAST3, TYPESCRIPT, TIMING, TTYREC, EMPTY, UNKNOWN };

static const char script_began[] = "Script started on ";

/* The number of the first "version" that has one; -1 if there is none. */
static int version_of(const unsigned char *p, size_t n)
{
	static const char key[] = "\"version\"";
	const unsigned char *end = p + n;

	while ((p = memmem(p, (size_t)(end - p), key, sizeof(key) - 1))) {
		p += sizeof(key) - 1;
		while (p < end && strchr(" \t\r\n:", *p) && *p)
			p++;
		if (p < end && *p >= '0' && *p <= '9')
			return *p - '0';
	}
	return -1;
}

/* v1 may have its version anywhere. A v3 may have only begun. */
static enum format tell_cast(const unsigned char *p, size_t n)
{
	int version = version_of(p, n);

	if (version == 1 || (version < 0 && n == WINDOW_SIZE))
		return CAST1;
	return version == 2 ? CAST2 : CAST3;
}

static enum format tell(const unsigned char *p, size_t n)
{
	const unsigned char *newline = memchr(p, '\n', n);
	struct timing t;

	if (!n)
		return EMPTY;
	if (p[0] == '{')
		return tell_cast(p, n);
	if (n >= sizeof(script_began) && !memcmp(p, script_began, sizeof(script_began) - 1))
		return TYPESCRIPT;
	if (newline && timing_parse(&t, p, (size_t)(newline - p)) == 0)
		return TIMING;
	return ttyrec_detect(p, n) ? TTYREC : UNKNOWN;
}

static int tell_file(int fd, enum format *format, struct err *err)
{
	struct window *w = xmalloc(sizeof(*w));
	const unsigned char *p;
	size_t n;
	int rc;

	window_init(w, fd, 0);
	rc = window_get(w, WINDOW_SIZE, &p, &n, err);
	if (!rc)
		*format = tell(p, n);
	free(w);
	return rc;
}

static struct source *begin(int fd, int timing, enum format format, struct err *err)
{
	struct source *s = NULL;

	if (timing >= 0 || format == TYPESCRIPT)
		s = typescript_new(fd, timing, err);
	else if (format == CAST1)
		s = cast1_new(fd, err);
	else if (format == CAST2)
		s = cast2_new(fd, err);
	else if (format == CAST3 || format == EMPTY)
		s = cast3_new(fd, err);
	else if (format == TTYREC)
		s = ttyrec_new(fd, err);
	else if (format == TIMING)
		err_set(err, "a timing file: name the typescript that belongs to it");
	else
		err_set(err, "neither an asciicast nor a typescript nor a ttyrec");
	return s;
}

struct source *source_new(int fd, int timing, struct err *err)
{
	enum format format;

	return tell_file(fd, &format, err) < 0 ? NULL : begin(fd, timing, format, err);
}

/* Opening by path */

static int open_regular(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return err_sys(err, "open %s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, "%s: is not a regular file", path);
}

/* The first n bytes of path and `more`: opened if that is a timing file; else -1. */
static int try_timing(const char *path, size_t n, const char *more)
{
	enum format format = UNKNOWN;
	struct buf name = {0};
	int fd;

	buf_put(&name, path, n);
	buf_puts(&name, more);
	fd = open_regular(buf_str(&name), NULL);
	buf_release(&name);
	if (fd >= 0 && (tell_file(fd, &format, NULL) < 0 || format != TIMING))
		io_close(&fd);
	return fd;
}

/* script(1) has no custom; these are the names in its manual page and of its kin. */
static int find_timing(const char *path)
{
	static const char *const endings[] = {".timing", ".tm", ".time"};
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t folder = (size_t)(base - path), i;
	int fd = -1;

	for (i = 0; fd < 0 && i < sizeof(endings) / sizeof(*endings); i++) {
		fd = try_timing(path, strlen(path), endings[i]);
		if (fd < 0 && dot)
			fd = try_timing(path, (size_t)(dot - path), endings[i]);
	}
	if (fd < 0 && !strcmp(base, "typescript"))
		fd = try_timing(path, folder, "timing");
	if (fd < 0 && !strcmp(base, "typescript"))
		fd = try_timing(path, folder, "timingfile");
	return fd;
}

struct source *source_open(const char *path, const char *timing, struct err *err)
{
	int fd = open_regular(path, err), beside = -1;
	enum format format;
	struct source *s = NULL;

	if (fd < 0)
		return NULL;
	if (timing)
		beside = open_regular(timing, err);
	if ((timing && beside < 0) || tell_file(fd, &format, err) < 0)
		goto out;
	if (!timing && format == TYPESCRIPT)
		beside = find_timing(path);
	s = begin(fd, beside, format, err);
	if (!s)
		err_wrap(err, "%s", path);
out:
	if (s) {
		s->own_fd = fd;
		s->own_timing = beside;
		return s;
	}
	io_close(&fd);
	io_close(&beside);
	return NULL;
}

void source_free(struct source *s)
{
	if (!s)
		return;
	if (s->kind->release)
		s->kind->release(s);
	header_release(&s->header);
	io_close(&s->own_fd);
	io_close(&s->own_timing);
	free(s);
}

/* What they have in common */

void source_init(struct source *s, const struct source_kind *kind, int fd)
{
	s->kind = kind;
	s->fd = fd;
	s->own_fd = s->own_timing = -1;
	s->header.cols = SOURCE_COLS;
	s->header.rows = SOURCE_ROWS;
}

int source_give(struct source *s, struct event *e, int64_t at_us, char code, const void *data,
		size_t n)
{
	if (at_us > s->last_us)
		s->last_us = at_us;
	e->at_us = s->last_us;
	e->code = code;
	e->data = data;
	e->len = n;
	return 1;
}

int64_t source_later(int64_t clock_us, int64_t delta_us)
{
	return clock_us < SOURCE_TIME_MAX - delta_us ? clock_us + delta_us : SOURCE_TIME_MAX;
}

int source_size_text(char out[SOURCE_SIZE_TEXT], int64_t cols, int64_t rows)
{
	if (cols < 1 || rows < 1 || cols > 1000 || rows > 1000)
		return -1;
	snprintf(out, SOURCE_SIZE_TEXT, "%dx%d", (int)cols, (int)rows);
	return 0;
}

const struct header *source_header(const struct source *s)
{
	if (source_is_cast3(s))
		return reader_header(((const struct cast3 *)s)->reader);
	return &s->header;
}

int source_next(struct source *s, struct event *e, struct err *err)
{
	return s->kind->next(s, e, err);
}

const char *source_format(const struct source *s)
{
	return s->kind->name;
}

int source_is_cast3(const struct source *s)
{
	return s->kind == &cast3_kind;
}

const char *source_note(const struct source *s)
{
	return s->note;
}

int64_t source_offset(const struct source *s)
{
	return s->offset;
}

int64_t source_size(const struct source *s)
{
	struct stat st;

	return fstat(s->fd, &st) < 0 ? 0 : st.st_size;
}

uint64_t source_skipped(const struct source *s)
{
	return s->skipped;
}

int source_torn(const struct source *s)
{
	return s->torn;
}
