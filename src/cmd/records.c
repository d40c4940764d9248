/* SPDX-License-Identifier: MIT */
/* The log of commands, read from front to end in one pass, a line at a time in memory. */
#include "records.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../out/provenance.h"
#include "when.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK = 256 * 1024,
	LINE_MOST = 1 << 20, /* ours have 16 KiB at most; others' may be longer, but not endless */
};

/* null is what a recording without times says. */
static int take_ts(struct record *r)
{
	const char *ts = json_get_text(r->json, "ts");

	if (!ts)
		return json_get(r->json, "ts") && json_lacks(r->json, "ts") ? 0 : -1;
	r->has_ts = 1;
	return when_iso(ts, &r->ts_us);
}

int record_parse(struct record *r, const char *line, size_t n)
{
	struct record made = {.line = line, .len = n};

	made.json = json_parse(line, n, NULL);
	if (!made.json || take_ts(&made) < 0) {
		json_free(made.json);
		return -1;
	}
	made.cwd = json_get_bytes(made.json, "cwd", &made.cwd_len);
	made.cmd = json_get_bytes(made.json, "cmd", &made.cmd_len);
	made.session = json_get_text(made.json, "session");
	made.id = json_get_text(made.json, "id");
	made.src = json_get_text(made.json, "src");
	made.agent = json_get_text(made.json, "agent");
	made.seq = json_get_int(made.json, "seq", 0);
	made.in = json_get_int(made.json, "in", 0);
	made.exit_code = json_get_int(made.json, "exit_code", INT64_MIN);
	made.has_exit = made.exit_code != INT64_MIN;
	made.duration_ms = json_get_int(made.json, "duration_ms", -1);
	*r = made;
	return 0;
}

void record_release(struct record *r)
{
	json_free(r->json);
	r->json = NULL;
}

int record_failed(const struct record *r)
{
	return r->has_exit && r->exit_code != 0;
}

static void give_line(const char *line, size_t n, record_sink *sink, void *ctx, uint64_t *bad)
{
	struct record r;

	if (!n)
		return;
	if (n > LINE_MOST || record_parse(&r, line, n) < 0) {
		++*bad;
		return;
	}
	sink(ctx, &r);
	record_release(&r);
}

/* Gives the whole lines in b and takes them out. */
static void give_lines(struct buf *b, record_sink *sink, void *ctx, uint64_t *bad)
{
	const unsigned char *newline;
	size_t done = 0;

	while ((newline = memchr(b->data + done, '\n', b->len - done))) {
		size_t n = (size_t)(newline - b->data) - done;

		give_line((const char *)b->data + done, n, sink, ctx, bad);
		done += n + 1;
	}
	/* of a line that is too long its beginning will do to know that */
	if (b->len - done > LINE_MOST + CHUNK)
		b->len = done + LINE_MOST + 1;
	memmove(b->data, b->data + done, b->len - done);
	b->len -= done;
}

static int open_log(int dir, struct err *err)
{
	struct stat st;
	int fd = openat(dir, PROVENANCE_NAME,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, "open " PROVENANCE_NAME);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, PROVENANCE_NAME ": is not a regular file");
}

int records_read(int dir, record_sink *sink, void *ctx, uint64_t *bad, struct err *err)
{
	struct err why = {.code = 0};
	struct buf b = {0};
	ssize_t n = -1;
	int fd = open_log(dir, &why);

	if (fd < 0) {
		if (err)
			*err = why;
		return why.code == ENOENT ? 1 : -1;
	}
	do {
		buf_reserve(&b, CHUNK);
		n = io_read_full(fd, b.data + b.len, CHUNK);
		if (n > 0)
			b.len += (size_t)n;
		give_lines(&b, sink, ctx, bad);
	} while (n > 0);
	if (n < 0)
		err_sys(err, "read " PROVENANCE_NAME);
	else
		give_line((const char *)b.data, b.len, sink, ctx, bad);
	buf_release(&b);
	close(fd);
	return n < 0 ? -1 : 0;
}
