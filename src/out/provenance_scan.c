/* SPDX-License-Identifier: MIT */
/* Finds a session's lines in the file it shares with others, whatever else is in there. */
#include "provenance_private.h"

#include "../base/err.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { SCAN_CHUNK = 64 * 1024 };

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

int provenance_scan(struct provenance *p, uint64_t *at, uint64_t size, own_fn *visit, void *ctx,
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
