/* SPDX-License-Identifier: MIT */
/* reader: gives the events of a recording, one by one; may follow one that still grows. */
#ifndef STENO_READER_H
#define STENO_READER_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct event;
struct header;
struct reader;

/* fd: opened for reading, stays the caller's; read with pread(2) from offset 0. Reads the header
 * line: on a header that is missing or bad returns NULL (err->code is EAGAIN if the line is not
 * complete yet). */
struct reader *reader_new(int fd, struct err *err);
void reader_free(struct reader *r);
const struct header *reader_header(const struct reader *r);

/* 1: *e is the next event, its data borrowed until the next call.
 * 0: no whole event more (now); a recording that grows may be asked again later.
 * -1: the file could not be read.
 * A line that is no event (torn, foreign, a comment, longer than READER_LINE bytes) is passed
 * over and counted. A torn last line gives nothing until its newline is there. 'b' and its 'o'
 * come as one EVENT_OUTPUT or EVENT_INPUT with the exact bytes; a 'b' whose own 'o' does not
 * follow (a write broke off between them) as an EVENT_OUTPUT, once the next line is there, and its
 * interval does not count for what comes after it. Times never fall. */
enum { READER_LINE = 8 << 20 };
int reader_next(struct reader *r, struct event *e, struct err *err);

uint64_t reader_skipped(const struct reader *r); /* lines passed over, comments and blanks not */
uint64_t
reader_backwards(const struct reader *r);      /* events whose time went back: as if it had not */
int64_t reader_offset(const struct reader *r); /* bytes of the file behind the last event */
/* True when bytes without a newline are at the end of what was read, or a 'b' without its 'o': the
 * event is torn, or still being written. */
int reader_torn(const struct reader *r);

#endif
