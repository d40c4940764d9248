/* SPDX-License-Identifier: MIT */
/* export: a recording in a form that other programs read. Events in, a file out; nothing is held of
 * a recording but what one screen or one command needs. */
#ifndef STENO_EXPORT_H
#define STENO_EXPORT_H

#include <stdint.h>

struct err;
struct event;
struct exporter;
struct header;

enum export_format {
	EXPORT_TEXT,  /* what was seen, as it scrolled by */
	EXPORT_JSON,  /* a line for each command: as in provenance.jsonl, and "output", all of it */
	EXPORT_CAST,  /* asciicast v3 of the standard's own events, none of steno's */
	EXPORT_CAST2, /* asciicast v2 */
	EXPORT_TYPESCRIPT, /* script(1)'s, with an advanced timing file; input is left out */
};

/* h is borrowed for its life, fd and timing (EXPORT_TYPESCRIPT only) stay the caller's. dir: where
 * temporary files may be made. */
struct exporter *export_new(enum export_format format, const struct header *h, int dir, int fd,
			    int timing);
void export_free(struct exporter *x);
/* How many pieces of the recording were no events; to be told before the end. */
void export_skipped(struct exporter *x, uint64_t n);
/* -1: what came so far could not be written. */
int export_put(struct exporter *x, const struct event *e, struct err *err);
/* The recording has ended, or breaks off here; all is written. EXPORT_RUNNING: it goes on, and a
 * command that runs is not told. */
enum { EXPORT_RUNNING = 1 };
int export_end(struct exporter *x, int flags, struct err *err);

#endif
