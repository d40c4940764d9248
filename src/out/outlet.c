/* SPDX-License-Identifier: MIT */
/* Writing in large pieces, with one place to ask whether it went well. */
#include "outlet.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../tape/line.h"

#include <errno.h>

enum { MUCH = 256 * 1024 };

static void write_held(struct outlet *o)
{
	struct err err = {.code = 0};

	if (!o->failed && o->held.len &&
	    io_write_all(o->fd, o->held.data, o->held.len, NULL, &err) < 0) {
		o->failed = 1;
		o->code = err.code;
	}
	buf_clear(&o->held);
}

void outlet_settle(struct outlet *o)
{
	if (o->held.len >= MUCH)
		write_held(o);
}

void outlet_put(struct outlet *o, const void *data, size_t n)
{
	buf_put(&o->held, data, n);
	outlet_settle(o);
}

void outlet_put_json(struct outlet *o, const void *data, size_t n)
{
	unsigned char *end;

	buf_reserve(&o->held, n * LINE_GROWTH + LINE_SLACK);
	end = line_escape_lossy(data, n, o->held.data + o->held.len);
	o->held.len = (size_t)(end - o->held.data);
	outlet_settle(o);
}

int outlet_flush(struct outlet *o, struct err *err)
{
	write_held(o);
	if (!o->failed)
		return 0;
	errno = o->code;
	return err_sys(err, "write the output");
}

void outlet_release(struct outlet *o)
{
	buf_release(&o->held);
}
