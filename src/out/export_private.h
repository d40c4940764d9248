/* SPDX-License-Identifier: MIT */
/* export_private: what the forms share; for them (page/page.c is one) and export.c only. */
#ifndef STENO_EXPORT_PRIVATE_H
#define STENO_EXPORT_PRIVATE_H

#include "export.h"
#include "outlet.h"

#include <stdint.h>

/* Each form's struct begins with one of these. */
struct exporter {
	const struct export_kind *kind;
	const struct header *header;
	struct outlet out;
	uint64_t skipped; /* pieces of the recording that are no events, so far */
};

struct export_kind {
	void (*put)(struct exporter *x, const struct event *e);
	void (*end)(struct exporter *x, int flags);
	int (*flush)(struct exporter *x, struct err *err); /* what is written last, or NULL */
	void (*release)(struct exporter *x);		   /* may be NULL */
};

struct exporter *export_text_new(const struct header *h);
struct exporter *export_json_new(const struct header *h, int dir);
struct exporter *export_cast_new(const struct header *h);
struct exporter *export_cast2_new(const struct header *h);
struct exporter *export_typescript_new(const struct header *h, int timing);

#endif
