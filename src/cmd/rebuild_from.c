/* SPDX-License-Identifier: MIT */
/* A session made of what another program recorded: its events become a recording of ours, of which
 * the text files are made as of any. Commands come of the marks that the shell printed in it. */
#include "rebuild_from.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../live/logs.h"
#include "../out/scribe.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/source.h"
#include "../tape/writer.h"
#include "logdir.h"
#include "registry.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID = 32 };

static void make_id(char id[ID + 1])
{
	unsigned char bytes[ID / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		bug("no random bytes");
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
}

/* What it is made of. */
struct input {
	int fd;
	struct source *source; /* NULL: bytes, and nothing more */
};

static int open_input(struct input *in, const char *path, struct err *err)
{
	struct err why;
	struct stat st;

	in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (in->fd < 0 || fstat(in->fd, &st) < 0)
		return err_sys(err, "open %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s is no regular file", path);
	in->source = source_open(path, NULL, &why);
	return 0;
}

/* When it began; if the recording does not say, when its file was last written. */
static int64_t start_of(const struct input *in)
{
	struct stat st;

	if (in->source && source_header(in->source)->start_us > 0)
		return source_header(in->source)->start_us;
	if (fstat(in->fd, &st) < 0)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
}

static int put_bytes(struct writer *w, const struct event *e, struct err *err)
{
	size_t at = 0;

	while (at < e->len) {
		size_t n = e->len - at < WRITER_CHUNK ? e->len - at : WRITER_CHUNK;

		if (writer_put_bytes(w, e->at_us, e->code, e->data + at, n, err) < 0)
			return -1;
		at += n;
	}
	return 0;
}

/* Marks of ours are none there: whoever made the file may have made them up. */
static int put_event(struct writer *w, const struct event *e, struct err *err)
{
	if (e->code == EVENT_OUTPUT)
		return put_bytes(w, e, err);
	if (e->code == EVENT_RESIZE || e->code == EVENT_EXIT || e->code == EVENT_LABEL)
		return writer_put_text(w, e->at_us, e->code, e->data, e->len, err);
	return 0;
}

static int put_source(struct writer *w, struct source *s, struct err *err)
{
	struct event e;
	int got;

	while ((got = source_next(s, &e, err)) == 1)
		if (put_event(w, &e, err) < 0)
			return -1;
	return got;
}

/* A terminal's bytes: nothing tells when they came. */
static int put_raw(struct writer *w, int fd, struct err *err)
{
	static unsigned char bytes[WRITER_CHUNK];
	ssize_t n;

	while ((n = io_read_full(fd, bytes, sizeof(bytes))) > 0)
		if (writer_put_bytes(w, 0, EVENT_OUTPUT, bytes, (size_t)n, err) < 0)
			return -1;
	return n < 0 ? err_sys(err, "read") : 0;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int write_cast(const struct input *in, const struct logs *l, const char *path,
		      int64_t start_us, struct err *err)
{
	char id[ID + 1], version[] = STENO_VERSION, none[] = "none";
	const struct header raw = {.cols = 80, .rows = 24, .times = none};
	const struct header *from = in->source ? source_header(in->source) : &raw;
	struct header h = {
		.cols = from->cols,
		.rows = from->rows,
		.term = from->term,
		.start_us = start_us,
		.command = from->command,
		.title = from->title,
		.version = 1,
		.session = (char *)(uintptr_t)l->session,
		.id = id,
		.steno = version,
		.made_of = (char *)(uintptr_t)name_of(path),
		.times = from->times,
	};
	struct writer *w = writer_new(l->cast, 0, err);
	int rc = w ? 0 : -1;

	make_id(id);
	if (rc == 0)
		rc = writer_put_header(w, &h, err);
	if (rc == 0)
		rc = in->source ? put_source(w, in->source, err) : put_raw(w, in->fd, err);
	writer_free(w);
	return rc;
}

static void undo(const struct logs *l)
{
	char name[LOGS_SESSION + 8];

	snprintf(name, sizeof(name), "%s.cast", l->session);
	unlinkat(l->dir, name, 0);
}

int rebuild_from(const char *path, const char *log_dir, struct err *err)
{
	struct input in = {.fd = -1};
	struct logs l = {.dir = -1, .cast = -1};
	struct scribe scribe = {0};
	struct buf folder = {0};
	int64_t start_us;
	int rc = -1;

	if (open_input(&in, path, err) < 0)
		goto out;
	start_us = start_of(&in);
	if (logdir_find(log_dir, &folder, err) < 0 ||
	    logs_open(&l, buf_str(&folder), IO_PARENTS, start_us, err) < 0)
		goto out;
	rc = write_cast(&in, &l, path, start_us, err);
	scribe.cast = l.cast;
	scribe.dir = l.dir;
	scribe.session = l.session;
	if (rc == 0)
		rc = scribe_rebuild(&scribe, err);
	if (rc < 0)
		undo(&l);
	else
		registry_add(buf_str(&folder));
	if (rc == 0)
		printf("%s/%s.md\n", buf_str(&folder), l.session);
out:
	if (l.dir >= 0)
		logs_close(&l);
	if (in.source)
		source_free(in.source);
	io_close(&in.fd);
	buf_release(&folder);
	return rc;
}
