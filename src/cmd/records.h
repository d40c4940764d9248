/* SPDX-License-Identifier: MIT */
/* records: reads provenance.jsonl (man/steno-provenance.5). The file may come from elsewhere, with
 * a cloned repository: what is in it is hostile until it is shown by print.h. */
#ifndef STENO_RECORDS_H
#define STENO_RECORDS_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct json;

/* Texts are borrowed from `json`, NULL where the line does not say. */
struct record {
	const char *line; /* as in the file, without its newline */
	size_t len;
	struct json *json; /* the line parsed */
	int has_ts;	   /* when the command began is known: */
	int64_t ts_us;
	const char *cwd, *cmd;
	size_t cwd_len, cmd_len;
	const char *session, *id, *src, *agent;
	int64_t seq;  /* 0: the line does not say */
	int64_t in;   /* the command that it was run inside of; 0: of none */
	int has_exit; /* the end was seen, with this status: */
	int64_t exit_code;
	int64_t duration_ms; /* -1: not known */
};

/* A line without its newline; it is borrowed until record_release(). -1 if it is no object, or
 * lacks a "ts" that is a good one or null; all else may be missing. */
int record_parse(struct record *r, const char *line, size_t n);
void record_release(struct record *r);
/* The status is known, and not 0. */
int record_failed(const struct record *r);

/* Gives each record of a folder, in the file's order, borrowed for the call. Lines that are none
 * are counted in *bad. 0; 1: there is no such file; -1. */
typedef void record_sink(void *ctx, const struct record *r);
int records_read(int dir, record_sink *sink, void *ctx, uint64_t *bad, struct err *err);

#endif
