/* SPDX-License-Identifier: MIT */
/* filter: which commands `steno log` is to show. */
#ifndef STENO_FILTER_H
#define STENO_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct folder;
struct pattern;
struct record;

/* Zero-initialise it, with since_us = INT64_MIN and until_us = INT64_MAX. */
struct filter {
	int failed; /* the exit status is known and not 0 */
	int agent;  /* an agent ran it: told by something else than a shell at its prompt, or by
			      a session that names a model */
	int ignore_case;	    /* of patterns */
	int64_t since_us, until_us; /* began within, ends included */
	const char *session;	    /* a session's name, or the beginning of some */
	char **cwds; /* began in one of these directories or below; spellings of one */
	size_t n_cwds;
	struct pattern *patterns; /* one of them is found in the text */
	size_t n_patterns;
};

void filter_release(struct filter *f);

/* A directory, also one that is gone: relative ones are below the current directory. */
int filter_add_cwd(struct filter *f, const char *dir, struct err *err);
/* A POSIX extended regular expression. ^ and $ also stand at the lines of a text. ignore_case must
 * be set before. */
int filter_add_pattern(struct filter *f, const char *text, struct err *err);

/* Whether `session` lets it through. */
int filter_is_of_session(const struct filter *f, const struct record *r);
/* The folder must have been listed (catalog_list()) if `agent` is set. */
int filter_takes(const struct filter *f, const struct folder *folder, const struct record *r);

#endif
