/* SPDX-License-Identifier: MIT */
/* listing: what `steno ls` and `steno log` have in common. */
#ifndef STENO_LISTING_H
#define STENO_LISTING_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct entry;
struct err;
struct folder;

struct listing_options {
	const char *log_dir;
	int all, json;
	size_t most; /* -n; 0: all */
};

/* For getopt_long(3), with "an:" as short ones. */
#define LISTING_OPTIONS                                                                            \
	{"all", no_argument, NULL, 'a'}, {"json", no_argument, NULL, 'j'},                         \
	{                                                                                          \
		"log-dir", required_argument, NULL, 'd'                                            \
	}
/* Takes one of them; -1 if it is none of them, or wrong, which was said then. */
int listing_option(struct listing_options *o, int c, const char *value);

/* The directory that paths of this folder's sessions are told relative to. e may be NULL: it is not
 * known. Borrowed; NULL: none. */
const char *listing_root(const struct folder *f, const struct entry *e);

/* Writes to standard output. 0 or -1. */
int listing_write(const struct buf *out, struct err *err);
/* To standard error: what was left out, if anything; what went wrong with one folder; why it
 * failed. What is foreign in it is made visible. */
void listing_count_bad(uint64_t n, const char *one, const char *many);
void listing_warn(const struct folder *f, const struct err *err);
void listing_fail(const struct err *err);

#endif
