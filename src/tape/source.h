/* SPDX-License-Identifier: MIT */
/* source: the events of any recording that steno can read, its own and other programs', whatever
 * the format: asciicast v1, v2, v3 (docs.asciinema.org/manual/asciicast), a typescript of script(1)
 * with or without its timing, ttyrec (nethackwiki.com/wiki/Ttyrec). The format is told by what is
 * in the file, never by its name.
 *
 * What a format does not know is NULL in the header, a size is then 80x24, a start 0. An exit
 * status is an EVENT_EXIT where the format has one. A file that breaks off gives what is there. */
#ifndef STENO_SOURCE_H
#define STENO_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct event;
struct header;
struct source;

/* Opens a regular file. timing: path of a typescript's timing file; NULL: one that lies beside it
 * is taken (FILE.timing, FILE.tm, FILE.time; the same for FILE without its ending; next to a file
 * named "typescript", also "timing" and "timingfile"). With a timing the file is a typescript. */
struct source *source_open(const char *path, const char *timing, struct err *err);
/* As source_open(), from descriptors that stay the caller's and are read with pread(2); timing: -1
 * if there is none. A recording of steno's own whose header is not complete yet: NULL, and
 * err->code is EAGAIN. */
struct source *source_new(int fd, int timing, struct err *err);
void source_free(struct source *s);

/* Borrowed for the source's life. */
const struct header *source_header(const struct source *s);
/* As reader_next(): 1: *e is the next event, its data borrowed until the next call; 0: no more
 * (now); -1. Times never fall. */
int source_next(struct source *s, struct event *e, struct err *err);

const char *source_format(const struct source *s); /* "asciicast v2", "typescript", ... */
/* True for an asciicast v3, which reader.h reads too. */
int source_is_cast3(const struct source *s);
/* What a user should know about this file, a sentence; or NULL. */
const char *source_note(const struct source *s);
int64_t source_offset(const struct source *s);	 /* bytes of the file behind the last event */
int64_t source_size(const struct source *s);	 /* bytes of the file at this moment */
uint64_t source_skipped(const struct source *s); /* pieces that are no events */
/* After the end: the file breaks off in the middle of something. */
int source_torn(const struct source *s);

#endif
