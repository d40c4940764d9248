/* SPDX-License-Identifier: MIT */
/* The forms behind one door. */
#include "export.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "export_private.h"

#include <stdlib.h>

static struct exporter *make(enum export_format format, const struct header *h, int dir, int timing)
{
	switch (format) {
	case EXPORT_TEXT:
		return export_text_new(h);
	case EXPORT_JSON:
		return export_json_new(h, dir);
	case EXPORT_CAST:
		return export_cast_new(h);
	case EXPORT_CAST2:
		return export_cast2_new(h);
	case EXPORT_TYPESCRIPT:
		return export_typescript_new(h, timing);
	}
	bug("no such form of export: %d", (int)format);
}

struct exporter *export_new(enum export_format format, const struct header *h, int dir, int fd,
			    int timing)
{
	struct exporter *x = make(format, h, dir, timing);

	x->header = h;
	x->out.fd = fd;
	return x;
}

void export_free(struct exporter *x)
{
	if (!x)
		return;
	if (x->kind->release)
		x->kind->release(x);
	outlet_release(&x->out);
	free(x);
}

void export_skipped(struct exporter *x, uint64_t n)
{
	x->skipped = n;
}

int export_put(struct exporter *x, const struct event *e, struct err *err)
{
	x->kind->put(x, e);
	outlet_settle(&x->out);
	return x->out.failed ? outlet_flush(&x->out, err) : 0;
}

int export_end(struct exporter *x, int flags, struct err *err)
{
	x->kind->end(x, flags);
	if (outlet_flush(&x->out, err) < 0)
		return -1;
	return x->kind->flush ? x->kind->flush(x, err) : 0;
}
