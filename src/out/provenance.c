/* SPDX-License-Identifier: MIT */
/* Provenance lines in a file that several sessions append to. Nothing may be lost or doubled when
 * this process or another is killed in the middle: hence the lock, the newline in front of a line
 * that follows a torn one, the taking back of a short write, and the search for lines that are
 * there already. Lines of others are never touched. */
#include "provenance.h"

#include "provenance_private.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../story/story.h"
#include "../tape/header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	BATCH = 64 * 1024, /* of lines, in one write */
	LOCK_TRIES = 200,  /* a millisecond apart */
	ZEROS_MOST = 1 << 24,
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

int provenance_lock(struct provenance *p, uint64_t *size, struct err *err)
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

int provenance_ends_torn(const struct provenance *p, uint64_t size)
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
	if (provenance_ends_torn(p, size))
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

static int note_found(void *ctx, const struct own *own, struct err *err)
{
	struct provenance *p = ctx;

	(void)err;
	seqs_add(&p->found, own->seq);
	return 0;
}

int provenance_flush(struct provenance *p, struct err *err)
{
	uint64_t size;
	int rc = -1;

	if (p->next == ledger_end(&p->wanted))
		return 0;
	if (provenance_lock(p, &size, err) < 0)
		return -1;
	if (provenance_scan(p, &p->scanned, size, note_found, p, err) == 0)
		rc = append_missing(p, &size, err);
	flock(p->fd, LOCK_UN);
	return rc;
}

int provenance_in_doubt(const struct provenance *p)
{
	return p->found.count > 0;
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
