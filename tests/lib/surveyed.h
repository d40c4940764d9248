/* SPDX-License-Identifier: MIT */
/* surveyed: survey_begin() and survey_end() in a repository in the box (box.h), and what they said. */
#ifndef STENO_SURVEYED_H
#define STENO_SURVEYED_H

#include "base/buf.h"
#include "repo/survey.h"

#include <stddef.h>
#include <stdint.h>

/* The facts but for the diff, one a line as "fact[ status] text", and the diff. */
struct surveyed_said {
	struct buf facts, diff;
	size_t longest;
};

struct surveyed {
	struct place place;
	int state;
	int64_t start_us;
	struct surveyed_said begin, end;
	int began, ended; /* what the functions gave */
};

/* dir: below the current directory. As of now, or of a time (wall clock). */
void surveyed_begin(struct surveyed *s, const char *dir);
void surveyed_begin_at(struct surveyed *s, const char *dir, int64_t start_us);
void surveyed_end(struct surveyed *s);
void surveyed_release(struct surveyed *s);

/* is_str() of the facts, and that none is too long. */
void surveyed_is(struct surveyed_said *s, const char *want, const char *name);

/* A repository with a few files in it, named `dir`. */
void surveyed_make(const char *dir);
/* The diff must be what git prints in the same place. */
void surveyed_diff_is_gits(const char *dir, const char *name);

#endif
