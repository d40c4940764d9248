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
#include "ledger.h"
#include "seqs.h"

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
	BATCH = 64 * 1024, /* of lines, in one write */
	LOCK_TRIES = 200,  /* a millisecond apart */
	ZEROS_MOST = 1 << 24,
};

struct provenance {
	const struct header *header;
	int dir, fd;
	struct ledger wanted;  /* this session's lines */
	uint64_t next;	       /* place of the first that may not be in the file yet */
	struct seqs found;     /* the numbers of those that the file had before */
	uint64_t scanned;      /* how much of the file has been searched for them */
	struct buf needle;     /* "id":"...- */
	struct buf claim;      /* "session":"...": such lines are visited, too; empty: not */
	uint64_t broken;       /* lines that are no records, while there is a claim */
	struct buf line;       /* scratch */
	int unsynced, unnamed; /* what it holds, its name, may not be on the disk */
};

struct provenance *provenance_new(const struct header *h, int dir)
{
	struct provenance *p = xcalloc(1, sizeof(*p));

	p->header = h;
	p->dir = dir;
	p->fd = -1;
	ledger_init(&p->wanted, dir);
	buf_printf(&p->needle, "\"id\":\"%s-", provenance_id(h));
	return p;
}

void provenance_free(struct provenance *p)
{
	if (!p)
		return;
	io_close(&p->fd);
	ledger_release(&p->wanted);
	seqs_release(&p->found);
	buf_release(&p->needle);
	buf_release(&p->claim);
	buf_release(&p->line);
	free(p);
}

void provenance_put(struct provenance *p, const struct command *c)
{
	buf_clear(&p->line);
	provenance_line(p->header, c, &p->line);
	ledger_put(&p->wanted, c->seq, p->line.data, p->line.len);
}

/* Searching */

/* A line of this session in the file. */
struct own {
	uint64_t at;
	const unsigned char *line; /* borrowed, with its newline */
	size_t n;
	uint32_t seq; /* 0: not of this recording, though it bears the session's name */
};

/* Not 0 ends the search. It may not use p->line. */
typedef int own_fn(void *ctx, const struct own *own, struct err *err);

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

/* Calls visit for the whole lines of this session in `b`, which is the file from *at on; drops them
 * all. too_long: the first is the rest of one that is no line of ours. */
static int visit_lines(struct provenance *p, struct buf *b, uint64_t *at, int *too_long,
		       own_fn *visit, void *ctx, struct err *err)
{
	unsigned char *newline;
	size_t done = 0;
	int rc = 0;

	while (!rc && (newline = memchr(b->data + done, '\n', b->len - done))) {
		size_t n = (size_t)(newline - b->data) + 1 - done;
		struct own own = {*at + done, b->data + done, n, 0};

		if (!*too_long)
			own.seq = own_seq(p, own.line, n);
		p->broken +=
			p->claim.len && (n < 3 || own.line[0] != '{' || own.line[n - 2] != '}');
		if (own.seq || (p->claim.len && memmem(own.line, n, p->claim.data, p->claim.len)))
			rc = visit(ctx, &own, err);
		*too_long = 0;
		done += n;
	}
	if (b->len - done > PROVENANCE_LINE) {
		*too_long = 1;
		done = b->len;
	}
	memmove(b->data, b->data + done, b->len - done);
	b->len -= done;
	*at += done;
	return rc;
}

/* Looks for lines of this session in the file from *at to size, and moves *at behind what need not
 * be looked at again: a torn last line is none, yet. 0, -1, or what visit said. */
static int scan(struct provenance *p, uint64_t *at, uint64_t size, own_fn *visit, void *ctx,
		struct err *err)
{
	struct buf *b = &p->line;
	int too_long = 0, rc = 0;

	buf_clear(b);
	while (!rc && *at + b->len < size) {
		ssize_t n;

		buf_reserve(b, SCAN_CHUNK);
		n = pread(p->fd, b->data + b->len, SCAN_CHUNK, (off_t)(*at + b->len));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "read " PROVENANCE_NAME);
		if (!n)
			break;
		b->len += (size_t)n;
		rc = visit_lines(p, b, at, &too_long, visit, ctx, err);
	}
	if (too_long)
		*at = size;
	return rc;
}

static int note_found(void *ctx, const struct own *own, struct err *err)
{
	struct provenance *p = ctx;

	(void)err;
	seqs_add(&p->found, own->seq);
	return 0;
}

/* Appending */

/* Nothing is known of the file any more. */
static void forget(struct provenance *p)
{
	p->scanned = 0;
	p->next = 0;
	seqs_clear(&p->found);
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
	forget(p);
	p->unnamed = 1;
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

/* How many zeros are at the end of the file, at most ZEROS_MOST. */
static uint64_t count_zeros(int fd, uint64_t size)
{
	unsigned char piece[4096];
	uint64_t zeros = 0;

	while (zeros < size && zeros < ZEROS_MOST) {
		size_t n = size - zeros < sizeof(piece) ? (size_t)(size - zeros) : sizeof(piece);
		size_t left = n;

		if (pread(fd, piece, n, (off_t)(size - zeros - n)) != (ssize_t)n)
			break;
		while (left && !piece[left - 1])
			left--;
		zeros += n - left;
		if (left)
			break;
	}
	return zeros;
}

/* A file system that gives a file its size before its bytes leaves zeros at the end when the machine
 * loses its power. They are nobody's, and a line behind them would begin with them. */
static int drop_zeros(int fd, uint64_t *size, struct err *err)
{
	uint64_t zeros = count_zeros(fd, *size);

	if (zeros && ftruncate(fd, (off_t)(*size - zeros)) < 0)
		return err_sys(err, "take zeros off " PROVENANCE_NAME);
	*size -= zeros;
	return 0;
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
	if (drop_zeros(p->fd, size, err) < 0)
		return -1;
	if (*size < p->scanned)
		forget(p);
	return 0;
}

static int ends_torn(const struct provenance *p, uint64_t size)
{
	char last = '\n';

	return size && pread(p->fd, &last, 1, (off_t)(size - 1)) == 1 && last != '\n';
}

/* Fills p->line with lines that the file lacks, from p->next on; *next: the place behind them. A
 * torn line in front of them is ended. */
static int gather(struct provenance *p, uint64_t size, uint64_t *next, struct err *err)
{
	struct ledger_line line;
	size_t before;
	int got = 1;

	buf_clear(&p->line);
	if (ends_torn(p, size))
		buf_putc(&p->line, '\n');
	before = p->line.len;
	*next = p->next;
	while (p->line.len < BATCH && (got = ledger_next(&p->wanted, next, &line, err)) == 1)
		if (!seqs_has(&p->found, line.seq))
			buf_put(&p->line, line.text, line.n);
	if (p->line.len == before)
		buf_clear(&p->line);
	return got < 0 ? -1 : 0;
}

/* Writes p->line by one write(2). Of a short one the whole lines stay, and the torn one is taken
 * back while nobody else can see it. */
static int append(struct provenance *p, uint64_t *size, struct err *err)
{
	const unsigned char *end;
	size_t whole;
	ssize_t n;

	do
		n = write(p->fd, p->line.data, p->line.len);
	while (n < 0 && errno == EINTR);
	end = n > 0 ? memrchr(p->line.data, '\n', (size_t)n) : NULL;
	whole = end ? (size_t)(end - p->line.data) + 1 : 0;
	p->unsynced |= whole > 0;
	*size += whole;
	if (n == (ssize_t)p->line.len)
		return 0;
	if (n >= 0)
		errno = ENOSPC;
	err_sys(err, "append to " PROVENANCE_NAME);
	if (n > (ssize_t)whole && ftruncate(p->fd, (off_t)*size) < 0)
		err_sys(err, "take back a torn line of " PROVENANCE_NAME);
	return -1;
}

/* With the lock held. After a failure those that are there are found by the next search. */
static int append_missing(struct provenance *p, uint64_t *size, struct err *err)
{
	uint64_t next;

	for (;;) {
		if (gather(p, *size, &next, err) < 0)
			return -1;
		if (p->line.len && append(p, size, err) < 0)
			return -1;
		if (next == p->next)
			return 0;
		p->next = next;
		p->scanned = *size;
	}
}

int provenance_flush(struct provenance *p, struct err *err)
{
	uint64_t size;
	int rc = -1;

	if (p->next == ledger_end(&p->wanted))
		return 0;
	if (lock_file(p, &size, err) < 0)
		return -1;
	if (scan(p, &p->scanned, size, note_found, p, err) == 0)
		rc = append_missing(p, &size, err);
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
	int fd;
	uint64_t at;	    /* of the old file, how much has been copied or replaced */
	struct seqs placed; /* the lines that are in the new file */
};

static int place(struct rewrite *r, const struct ledger_line *line, struct err *err)
{
	if (!seqs_add(&r->placed, line->seq))
		return 0;
	return io_write_all(r->fd, line->text, line->n, NULL, err);
}

/* Puts the line that is wanted, if any, in the place of the one that is there. */
static int replace(void *ctx, const struct own *own, struct err *err)
{
	struct rewrite *r = ctx;
	struct ledger_line want;
	int got;

	if (copy_bytes(r->p->fd, r->at, own->at, r->fd, err) < 0)
		return -1;
	r->at = own->at + own->n;
	got = ledger_find(&r->p->wanted, own->seq, &want, err);
	return got == 1 ? place(r, &want, err) : got;
}

static int fill(void *ctx, int fd, struct err *err)
{
	struct rewrite *r = ctx;
	struct provenance *p = r->p;
	struct ledger_line want;
	uint64_t at = 0, next = 0, size;
	struct stat st;
	int got;

	r->fd = fd;
	if (fstat(p->fd, &st) < 0)
		return err_sys(err, "look at " PROVENANCE_NAME);
	size = (uint64_t)st.st_size;
	if (scan(p, &at, size, replace, r, err) < 0 || copy_bytes(p->fd, r->at, size, fd, err) < 0)
		return -1;
	if (ends_torn(p, size) && io_write_all(fd, "\n", 1, NULL, err) < 0)
		return -1;
	while ((got = ledger_next(&p->wanted, &next, &want, err)) == 1)
		if (place(r, &want, err) < 0)
			return -1;
	return got;
}

/* Comparing */

struct check {
	struct provenance *p;
	struct seqs seen;
	provenance_found *found;
	void *ctx;
};

/* 0: go on. */
static int differs(const struct check *c, uint32_t seq, const char *how)
{
	char text[128];

	if (seq)
		snprintf(text, sizeof(text), PROVENANCE_NAME ": line of command %" PRIu32 " %s",
			 seq, how);
	else
		snprintf(text, sizeof(text), PROVENANCE_NAME ": a line %s", how);
	return c->found(c->ctx, text);
}

static int compare(void *ctx, const struct own *own, struct err *err)
{
	struct check *c = ctx;
	struct ledger_line want;
	int got = own->seq ? ledger_find(&c->p->wanted, own->seq, &want, err) : 1;

	if (got < 0)
		return -1;
	if (!own->seq)
		return differs(c, 0, "bears this session's name and is not of its recording");
	if (!got)
		return differs(c, own->seq, "belongs to no command");
	if (!seqs_add(&c->seen, own->seq))
		return differs(c, own->seq, "is there twice");
	if (want.n != own->n || memcmp(want.text, own->line, own->n) != 0)
		return differs(c, own->seq, "differs");
	return 0;
}

/* 0: the file has the lines that are wanted, each once, or found() has had all others; 1: it
 * stopped; -1. */
static int compare_all(struct check *c, uint64_t size, struct err *err)
{
	struct ledger_line want;
	uint64_t at = 0, next = 0;
	int rc = size ? scan(c->p, &at, size, compare, c, err) : 0, got = 1;

	while (!rc && (got = ledger_next(&c->p->wanted, &next, &want, err)) == 1)
		if (!seqs_has(&c->seen, want.seq))
			rc = differs(c, want.seq, "is missing");
	seqs_release(&c->seen);
	return got < 0 ? -1 : rc;
}

static int stop_at_first(void *ctx, const char *text)
{
	err_set(ctx, "%s", text);
	return 1;
}

/* With the lock held. */
static int rewrite(struct provenance *p, struct err *err)
{
	struct rewrite r = {.p = p};
	int rc = io_replace_file(p->dir, PROVENANCE_NAME, IO_WHOLE | IO_NAMED, fill, &r, err);

	seqs_release(&r.placed);
	if (rc < 0)
		return -1;
	/* The old file goes with its lock; whoever waited for it finds the new one. */
	io_close(&p->fd);
	p->next = ledger_end(&p->wanted);
	return 0;
}

int provenance_settle(struct provenance *p, struct err *err)
{
	struct check check = {.p = p, .found = stop_at_first, .ctx = err};
	uint64_t size;
	int rc;

	/* A session without commands leaves no file behind. */
	if (!p->wanted.count && faccessat(p->dir, PROVENANCE_NAME, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (provenance_flush(p, err) < 0)
		return -1;
	if (lock_file(p, &size, err) < 0)
		return -1;
	rc = compare_all(&check, size, err);
	if (rc == 1)
		rc = rewrite(p, err);
	if (p->fd >= 0)
		flock(p->fd, LOCK_UN);
	return rc;
}

static int check(struct check *c, struct err *err)
{
	struct provenance *p = c->p;
	struct stat st = {.st_size = 0};

	io_close(&p->fd);
	p->fd = io_open_file(p->dir, PROVENANCE_NAME, O_RDONLY, err);
	if (p->fd < 0 && err->code != ENOENT)
		return -1;
	if (p->fd >= 0 && fstat(p->fd, &st) < 0)
		return err_sys(err, "look at " PROVENANCE_NAME);
	return compare_all(c, (uint64_t)st.st_size, err);
}

int provenance_check(struct provenance *p, struct err *err)
{
	struct check c = {.p = p, .found = stop_at_first, .ctx = err};

	return check(&c, err);
}

int provenance_audit(struct provenance *p, provenance_found *found, void *ctx, struct err *err)
{
	struct check c = {.p = p, .found = found, .ctx = ctx};
	const char *session = p->header->session;
	int rc;

	if (session && !strpbrk(session, "\"\\"))
		buf_printf(&p->claim, "\"session\":\"%s\"", session);
	p->broken = 0;
	rc = check(&c, err);
	buf_clear(&p->claim);
	return rc;
}

uint64_t provenance_broken(const struct provenance *p)
{
	return p->broken;
}

int provenance_sync(struct provenance *p, struct err *err)
{
	if (!p->unsynced || p->fd < 0)
		return 0;
	p->unsynced = 0;
	if ((p->unnamed && io_sync_names(p->dir, err) < 0) || io_sync(p->fd, err) < 0)
		return err_wrap(err, PROVENANCE_NAME);
	p->unnamed = 0;
	return 0;
}
