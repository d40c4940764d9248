/* SPDX-License-Identifier: MIT */
/* fact: the JSON objects that survey.h describes, printed and handed on one by one. */
#ifndef STENO_FACT_H
#define STENO_FACT_H

#include "../base/buf.h"
#include "survey.h"

#include <stdint.h>

struct json;

struct facts {
	survey_emit *emit;
	void *ctx;
	struct buf text; /* scratch */
};

void facts_release(struct facts *f);

/* Hands on a fact and frees it. Returns 0, or 1 if it is longer than SURVEY_FACT and was
 * dropped. */
int fact_send(struct facts *f, struct json *fact);
struct json *fact_new(const char *fact);
/* Adds the path, quoted if need be. */
void fact_put_path(struct json *j, const char *path);
/* {"fact":...,"path":...}, with "status" if that is not NULL. Returns as fact_send(). */
int fact_path(struct facts *f, const char *fact, const char *status, const char *path);
/* Says that so many were left out; says nothing if none was. */
void fact_limit(struct facts *f, const char *what, int64_t left_out);

/* Prefix and path as git quotes them (quote_two_c_style in its quote.c), in quotes only where
 * needed. FACT_QUOTE_HIGH: bytes from 0x80 on are escaped too (core.quotePath). */
enum { FACT_QUOTE_HIGH = 1 };
void fact_quote(struct buf *out, const char *prefix, const char *path, int flags);

#endif
