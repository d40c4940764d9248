/* SPDX-License-Identifier: MIT */
/* Compares the file with the lines that it should have of a session, and corrects it: by another
 * that takes its place as a whole. */
#include "provenance.h"

#include "provenance_private.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../tape/header.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_CHUNK = 64 * 1024 };

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
	int rc = size ? provenance_scan(c->p, &at, size, compare, c, err) : 0, got = 1;

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

/* Correcting */

static int copy_bytes(int from, uint64_t at, uint64_t end, int to, struct err *err)
{
	char chunk[COPY_CHUNK];

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
	if (provenance_scan(p, &at, size, replace, r, err) < 0 ||
	    copy_bytes(p->fd, r->at, size, fd, err) < 0)
		return -1;
	if (provenance_ends_torn(p, size) && io_write_all(fd, "\n", 1, NULL, err) < 0)
		return -1;
	while ((got = ledger_next(&p->wanted, &next, &want, err)) == 1)
		if (place(r, &want, err) < 0)
			return -1;
	return got;
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
	if (provenance_lock(p, &size, err) < 0)
		return -1;
	rc = compare_all(&check, size, err);
	if (rc == 1)
		rc = rewrite(p, err);
	if (p->fd >= 0)
		flock(p->fd, LOCK_UN);
	return rc;
}
