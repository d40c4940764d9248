/* SPDX-License-Identifier: MIT */
/* Provenance lines in a file that several sessions append to. Nothing may be lost or doubled when
 * this process or another is killed in the middle: hence the lock, the newline in front of a line
 * that follows a torn one, the taking back of a short write, and the search for lines that are
 * there already. Lines of others are never touched. */
#include "provenance.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../story/story.h"
#include "../tape/header.h"
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	SCAN_CHUNK = 64 * 1024,
	LOCK_TRIES = 200, /* a millisecond apart */
};

/* A line of this session, wanted or found. */
struct span {
	uint64_t at; /* offset in the spool, or in the file */
	uint64_t hash;
	uint32_t n; /* bytes, newline included if there is one */
	uint32_t seq;
};

struct spans {
	struct span *list;
	size_t count, cap;
	int unsorted; /* not rising by seq */
};

struct provenance {
	const struct header *header;
	int dir, fd;
	struct spool lines;  /* those wanted */
	struct spans wanted; /* by seq */
	size_t next;	     /* the first that may not be in the file yet */
	struct spans found;  /* lines of this session in the file, by offset */
	uint64_t scanned;    /* how much of the file has been searched for them */
	struct buf needle;   /* "id":"...- */
	struct buf line;     /* scratch */
	int unsynced;
};

static void spans_put(struct spans *s, const struct span *span)
{
	if (s->count == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->list = xrealloc(s->list, s->cap * sizeof(*s->list));
	}
	if (s->count && s->list[s->count - 1].seq >= span->seq)
		s->unsorted = 1;
	s->list[s->count++] = *span;
}

static void spans_clear(struct spans *s)
{
	s->count = 0;
	s->unsorted = 0;
}

static int compare_seq(const void *key, const void *span)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct span *)span)->seq;

	return (a > b) - (a < b);
}

/* The first with this seq, or NULL. */
static const struct span *spans_find(const struct spans *s, uint32_t seq)
{
	size_t i;

	if (!s->count)
		return NULL;
	if (!s->unsorted)
		return bsearch(&seq, s->list, s->count, sizeof(*s->list), compare_seq);
	for (i = 0; i < s->count; i++)
		if (s->list[i].seq == seq)
			return &s->list[i];
	return NULL;
}

/* FNV-1a (RFC 9923), 64 bits. */
static uint64_t hash_line(const unsigned char *p, size_t n)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < n && p[i] != '\n'; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

struct provenance *provenance_new(const struct header *h, int dir)
{
	struct provenance *p = xcalloc(1, sizeof(*p));

	p->header = h;
	p->dir = dir;
	p->fd = -1;
	spool_init(&p->lines, dir);
	buf_printf(&p->needle, "\"id\":\"%s-", provenance_id(h));
	return p;
}

void provenance_free(struct provenance *p)
{
	if (!p)
		return;
	io_close(&p->fd);
	spool_release(&p->lines);
	free(p->wanted.list);
	free(p->found.list);
	buf_release(&p->needle);
	buf_release(&p->line);
	free(p);
}

void provenance_put(struct provenance *p, const struct command *c)
{
	struct span span = {.at = spool_size(&p->lines), .seq = c->seq};

	buf_clear(&p->line);
	provenance_line(p->header, c, &p->line);
	span.n = (uint32_t)p->line.len;
	span.hash = hash_line(p->line.data, p->line.len);
	spans_put(&p->wanted, &span);
	spool_put(&p->lines, p->line.data, p->line.len);
}

/* A line of this session? Then its number, else 0. The needle has bare quotes, which no string of
 * a JSON text holds: it is found as a key and its value only. A torn line does not end in '}'. */
static uint32_t own_seq(const struct provenance *p, const unsigned char *line, size_t n)
{
	const unsigned char *at = memmem(line, n, p->needle.data, p->needle.len);
	uint64_t seq = 0;

	if (!at || n > PROVENANCE_LINE || line[0] != '{' || line[n - 2] != '}')
		return 0;
	for (at += p->needle.len; *at >= '0' && *at <= '9' && seq <= UINT32_MAX; at++)
		seq = seq * 10 + (uint64_t)(*at - '0');
	return *at == '"' && seq <= UINT32_MAX ? (uint32_t)seq : 0;
}

static void scan_line(struct provenance *p, uint64_t at, const unsigned char *line, size_t n)
{
	struct span span = {.at = at, .n = (uint32_t)n, .seq = own_seq(p, line, n)};

	if (!span.seq)
		return;
	span.hash = hash_line(line, n);
	spans_put(&p->found, &span);
}

/* Looks for lines of this session in the part of the file that was not searched yet. A torn last
 * line is none. */
static int scan(struct provenance *p, uint64_t size, struct err *err)
{
	struct buf *b = &p->line;
	uint64_t at = p->scanned; /* where b begins */
	int too_long = 0;

	buf_clear(b);
	while (at + b->len < size) {
		unsigned char *newline;
		size_t done = 0;
		ssize_t n;

		buf_reserve(b, SCAN_CHUNK);
		n = pread(p->fd, b->data + b->len, SCAN_CHUNK, (off_t)(at + b->len));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "read " PROVENANCE_NAME);
		if (!n)
			break;
		b->len += (size_t)n;
		while ((newline = memchr(b->data + done, '\n', b->len - done))) {
			size_t len = (size_t)(newline - b->data) + 1 - done;

			if (!too_long)
				scan_line(p, at + done, b->data + done, len);
			too_long = 0;
			done += len;
		}
		if (b->len - done > PROVENANCE_LINE) {
			too_long = 1;
			done = b->len;
		}
		memmove(b->data, b->data + done, b->len - done);
		b->len -= done;
		at += done;
	}
	p->scanned = too_long ? size : at;
	return 0;
}

/* Opens the file that bears the name now, if it is not the one that is open. 1: it was opened,
 * 0: it was open, -1. */
static int open_file(struct provenance *p, struct err *err)
{
	struct stat here, there;

	if (p->fd >= 0 && fstat(p->fd, &here) == 0 &&
	    fstatat(p->dir, PROVENANCE_NAME, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    here.st_dev == there.st_dev && here.st_ino == there.st_ino)
		return 0;
	io_close(&p->fd);
	p->scanned = 0;
	spans_clear(&p->found);
	p->next = 0;
	p->fd = io_open_file(p->dir, PROVENANCE_NAME, O_RDWR | O_APPEND | O_CREAT, err);
	return p->fd < 0 ? -1 : 1;
}

static int lock(int fd, struct err *err)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(err, "lock " PROVENANCE_NAME);
		nanosleep(&pause, NULL);
	}
	return err_set(err, PROVENANCE_NAME ": another process keeps it locked");
}

/* Opens and locks the file; *size is its size. While we waited for the lock another may have put
 * a corrected file in its place. */
static int lock_file(struct provenance *p, uint64_t *size, struct err *err)
{
	struct stat st;
	int opened;

	do {
		if (open_file(p, err) < 0 || lock(p->fd, err) < 0)
			return -1;
		opened = open_file(p, err);
		if (opened < 0)
			return -1;
	} while (opened);
	if (fstat(p->fd, &st) < 0)
		return err_sys(err, "look at " PROVENANCE_NAME);
	*size = (uint64_t)st.st_size;
	if (*size < p->scanned) {
		p->scanned = 0;
		spans_clear(&p->found);
		p->next = 0;
	}
	return 0;
}

static int read_wanted(struct provenance *p, const struct span *span, struct err *err)
{
	size_t got;

	buf_clear(&p->line);
	buf_reserve(&p->line, (size_t)span->n + 1);
	if (spool_read(&p->lines, span->at, p->line.data, span->n, &got, err) < 0)
		return -1;
	p->line.len = got;
	return 0;
}

static int ends_torn(const struct provenance *p, uint64_t size)
{
	char last = '\n';

	return size && pread(p->fd, &last, 1, (off_t)(size - 1)) == 1 && last != '\n';
}

/* One write(2); a short one is taken back while nobody else can see it. */
static int append(struct provenance *p, const struct span *span, uint64_t *size, struct err *err)
{
	ssize_t n;

	if (read_wanted(p, span, err) < 0)
		return -1;
	if (ends_torn(p, *size)) {
		buf_putc(&p->line, '\0');
		memmove(p->line.data + 1, p->line.data, p->line.len - 1);
		p->line.data[0] = '\n';
	}
	do
		n = write(p->fd, p->line.data, p->line.len);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)p->line.len) {
		*size += p->line.len;
		p->unsynced = 1;
		return 0;
	}
	if (n >= 0)
		errno = ENOSPC;
	err_sys(err, "append to " PROVENANCE_NAME);
	if (n > 0 && ftruncate(p->fd, (off_t)*size) < 0)
		err_sys(err, "take back a torn line of " PROVENANCE_NAME);
	return -1;
}

/* With the lock held. */
static int append_missing(struct provenance *p, uint64_t *size, struct err *err)
{
	for (; p->next < p->wanted.count; p->next++) {
		const struct span *want = &p->wanted.list[p->next];

		if (!spans_find(&p->found, want->seq) && append(p, want, size, err) < 0)
			return -1;
	}
	return 0;
}

int provenance_flush(struct provenance *p, struct err *err)
{
	uint64_t size;
	int rc = -1;

	if (p->next == p->wanted.count)
		return 0;
	if (lock_file(p, &size, err) < 0)
		return -1;
	if (scan(p, size, err) == 0) {
		rc = append_missing(p, &size, err);
		if (!rc)
			p->scanned = size;
	}
	flock(p->fd, LOCK_UN);
	return rc;
}

/* Correcting */

int provenance_in_doubt(const struct provenance *p)
{
	return p->found.count > 0;
}

static int copy_bytes(int from, uint64_t at, uint64_t end, int to, struct err *err)
{
	char chunk[SCAN_CHUNK];

	while (at < end) {
		size_t want = end - at < sizeof(chunk) ? (size_t)(end - at) : sizeof(chunk);
		ssize_t n = pread(from, chunk, want, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "read " PROVENANCE_NAME);
		if (!n)
			return err_set(err, PROVENANCE_NAME " has become shorter");
		if (io_write_all(to, chunk, (size_t)n, NULL, err) < 0)
			return -1;
		at += (uint64_t)n;
	}
	return 0;
}

struct rewrite {
	struct provenance *p;
	uint64_t size;
	unsigned char *placed; /* for each wanted line: it is in the new file */
};

static int place(struct rewrite *r, size_t i, int fd, struct err *err)
{
	struct provenance *p = r->p;

	r->placed[i] = 1;
	if (read_wanted(p, &p->wanted.list[i], err) < 0)
		return -1;
	return io_write_all(fd, p->line.data, p->line.len, NULL, err);
}

static int fill(void *ctx, int fd, struct err *err)
{
	struct rewrite *r = ctx;
	struct provenance *p = r->p;
	uint64_t at = 0;
	size_t i;

	for (i = 0; i < p->found.count; i++) {
		const struct span *have = &p->found.list[i];
		const struct span *want = spans_find(&p->wanted, have->seq);
		size_t index = want ? (size_t)(want - p->wanted.list) : 0;

		if (copy_bytes(p->fd, at, have->at, fd, err) < 0)
			return -1;
		if (want && !r->placed[index] && place(r, index, fd, err) < 0)
			return -1;
		at = have->at + have->n;
	}
	if (copy_bytes(p->fd, at, r->size, fd, err) < 0)
		return -1;
	if (ends_torn(p, r->size) && io_write_all(fd, "\n", 1, NULL, err) < 0)
		return -1;
	for (i = 0; i < p->wanted.count; i++)
		if (!r->placed[i] && place(r, i, fd, err) < 0)
			return -1;
	return 0;
}

/* True if the lines found are those wanted, each once. */
static int is_as_wanted(const struct provenance *p, struct err *err)
{
	size_t i;

	for (i = 0; i < p->found.count; i++) {
		const struct span *have = &p->found.list[i];
		const struct span *want = spans_find(&p->wanted, have->seq);

		if (!want || want->hash != have->hash || spans_find(&p->found, have->seq) != have) {
			err_set(err, PROVENANCE_NAME ": line of command %" PRIu32 " %s", have->seq,
				!want			   ? "belongs to no command"
				: want->hash != have->hash ? "differs"
							   : "is there twice");
			return 0;
		}
	}
	for (i = 0; i < p->wanted.count; i++) {
		if (spans_find(&p->found, p->wanted.list[i].seq))
			continue;
		err_set(err, PROVENANCE_NAME ": line of command %" PRIu32 " is missing",
			p->wanted.list[i].seq);
		return 0;
	}
	return 1;
}

/* With the lock held. */
static int rewrite(struct provenance *p, uint64_t size, struct err *err)
{
	struct rewrite r = {.p = p, .size = size};
	int rc;

	r.placed = xcalloc(p->wanted.count, 1);
	rc = io_replace_file(p->dir, PROVENANCE_NAME, fill, &r, err);
	free(r.placed);
	if (rc < 0)
		return -1;
	/* The old file goes with its lock; whoever waited for it finds the new one. */
	io_close(&p->fd);
	p->next = p->wanted.count;
	return 0;
}

static int scan_all(struct provenance *p, uint64_t size, struct err *err)
{
	p->scanned = 0;
	spans_clear(&p->found);
	return scan(p, size, err);
}

int provenance_settle(struct provenance *p, struct err *err)
{
	uint64_t size;
	int rc;

	/* A session without commands leaves no file behind. */
	if (!p->wanted.count && faccessat(p->dir, PROVENANCE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (provenance_flush(p, err) < 0)
		return -1;
	if (lock_file(p, &size, err) < 0)
		return -1;
	rc = scan_all(p, size, err);
	if (!rc && !is_as_wanted(p, NULL))
		rc = rewrite(p, size, err);
	if (p->fd >= 0)
		flock(p->fd, LOCK_UN);
	return rc;
}

int provenance_check(struct provenance *p, struct err *err)
{
	struct stat st;

	io_close(&p->fd);
	p->fd = io_open_file(p->dir, PROVENANCE_NAME, O_RDONLY, err);
	if (p->fd < 0) {
		if (err->code != ENOENT)
			return -1;
		spans_clear(&p->found);
		return !is_as_wanted(p, err);
	}
	if (fstat(p->fd, &st) < 0)
		return err_sys(err, "look at " PROVENANCE_NAME);
	if (scan_all(p, (uint64_t)st.st_size, err) < 0)
		return -1;
	return !is_as_wanted(p, err);
}

int provenance_sync(struct provenance *p, struct err *err)
{
	if (!p->unsynced || p->fd < 0)
		return 0;
	p->unsynced = 0;
	if (fdatasync(p->fd) < 0)
		return err_sys(err, "sync " PROVENANCE_NAME);
	return 0;
}
