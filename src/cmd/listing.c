/* SPDX-License-Identifier: MIT */
/* Common parts of the verbs that list: options, words, and the way out. */
#include "listing.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "catalog.h"
#include "print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int take_number(const char *text, size_t *n)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || !value) {
		fprintf(stderr, "steno: -n %s: not a number from 1 on\n", text);
		return -1;
	}
	*n = value;
	return 0;
}

int listing_option(struct listing_options *o, int c, const char *value)
{
	switch (c) {
	case 'a':
		o->all = 1;
		return 0;
	case 'j':
		o->json = 1;
		return 0;
	case 'd':
		o->log_dir = value;
		return 0;
	case 'n':
		return take_number(value, &o->most);
	default:
		return -1;
	}
}

/* If the folder is below the session's root, that is where it belongs. A clone has the folder but
 * not the recordings, and elsewhere; there nothing is relative. */
const char *listing_root(const struct folder *f, const struct entry *e)
{
	size_t n = e && e->root ? strlen(e->root) : 0;

	if (!n || strncmp(f->path, e->root, n) != 0 || (f->path[n] != '/' && n > 1))
		return NULL;
	return e->root;
}

int listing_write(const struct buf *out, struct err *err)
{
	if (io_write_all(STDOUT_FILENO, out->data, out->len, NULL, err) == 0)
		return 0;
	return -1;
}

void listing_count_bad(uint64_t n, const char *one, const char *many)
{
	if (n)
		fprintf(stderr, "steno: %" PRIu64 " %s left out: cannot be read\n", n,
			n == 1 ? one : many);
}

void listing_warn(const struct folder *f, const struct err *err)
{
	struct buf text = {0};

	buf_printf(&text, "%s: %s", f->path, err->text);
	print_failure(buf_str(&text));
	buf_release(&text);
}

void listing_fail(const struct err *err)
{
	print_failure(err->text);
}
