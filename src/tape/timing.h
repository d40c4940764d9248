/* SPDX-License-Identifier: MIT */
/* timing: one line of the timing file of script(1), classic ("0.1 25") or advanced ("O 0.1 25"). */
#ifndef STENO_TIMING_H
#define STENO_TIMING_H

#include <stddef.h>
#include <stdint.h>

enum timing_kind {
	TIMING_OUTPUT = 'O',
	TIMING_INPUT = 'I',
	TIMING_SIGNAL = 'S', /* name: "SIGWINCH", value: "ROWS=25 COLS=90" */
	TIMING_INFO = 'H',   /* name: "TERM", value: "xterm" */
};

struct timing {
	char kind;	  /* an enum timing_kind */
	int64_t delta_us; /* since the line before */
	uint64_t bytes;	  /* of output or input */
	const unsigned char *name, *value;
	size_t name_len, value_len;
};

/* Reads a line without its newline; what is borrowed is in it. -1: it is none, or of a kind that
 * is not known. */
int timing_parse(struct timing *t, const unsigned char *p, size_t n);
int timing_is(const struct timing *t, char kind, const char *name);

#endif
