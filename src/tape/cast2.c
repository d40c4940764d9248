/* SPDX-License-Identifier: MIT */
/* asciicast v2 (docs.asciinema.org/manual/asciicast/v2): a line for the header, then one for each
 * event, as in v3 but with the time since the start instead of an interval. May still grow. */
#include "source_private.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "event.h"
#include "line.h"
#include "lines.h"

struct cast2 {
	struct source base;
	struct lines lines;
	struct buf text;
};

static int cast2_next(struct source *s, struct event *e, struct err *err)
{
	struct cast2 *c = (struct cast2 *)s;
	const unsigned char *p;
	size_t n;
	int got;

	while ((got = lines_next(&c->lines, &p, &n, err)) == 1) {
		struct line l;
		enum line_kind kind = line_parse(&l, p, n, &c->text);

		lines_done(&c->lines, n + 1);
		c->lines.skipped += kind == LINE_BAD;
		if (kind != LINE_EVENT)
			continue;
		s->offset = lines_offset(&c->lines);
		s->skipped = c->lines.skipped;
		return source_give(s, e, l.interval_us, l.code, l.data, l.len);
	}
	s->skipped = c->lines.skipped;
	s->torn = lines_torn(&c->lines);
	return got;
}

static void cast2_release(struct source *s)
{
	struct cast2 *c = (struct cast2 *)s;

	lines_release(&c->lines);
	buf_release(&c->text);
}

static const struct source_kind cast2_kind = {
	.name = "asciicast v2", .next = cast2_next, .release = cast2_release};

static int read_header(struct cast2 *c, struct err *err)
{
	const unsigned char *p;
	size_t n;
	int got = lines_next(&c->lines, &p, &n, err);

	if (got < 0)
		return -1;
	if (!got || c->lines.skipped)
		return err_set(err, "not an asciicast v2: no header");
	if (header_parse_flat(&c->base.header, 2, p, n, err) < 0)
		return -1;
	lines_done(&c->lines, n + 1);
	return 0;
}

struct source *cast2_new(int fd, struct err *err)
{
	struct cast2 *c = xcalloc(1, sizeof(*c));

	source_init(&c->base, &cast2_kind, fd);
	lines_init(&c->lines, fd);
	if (read_header(c, err) < 0) {
		source_free(&c->base);
		return NULL;
	}
	return &c->base;
}
