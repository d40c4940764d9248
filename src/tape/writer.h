/* SPDX-License-Identifier: MIT */
/* writer: appends events to a recording, asciicast v3 (docs.asciinema.org/manual/asciicast/v3).
 * One write(2) an event (the pair 'b' and 'o' counts as one), whole lines, memory taken once. */
#ifndef STENO_WRITER_H
#define STENO_WRITER_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct header;
struct writer;

/* fd: the recording, opened O_RDWR | O_APPEND; stays the caller's. last_us: time of the last event
 * that a reader gives of it (0 for a new one). If the last byte of a non-empty file is no newline,
 * the first put begins with "!" and a newline: a torn line is ended, never rewritten, and cannot
 * be taken for a whole one. SIGXFSZ must be ignored or blocked. NULL also if memory is short. */
struct writer *writer_new(int fd, int64_t last_us, struct err *err);
void writer_free(struct writer *w);

/* The first line. */
int writer_put_header(struct writer *w, const struct header *h, struct err *err);

/* EVENT_OUTPUT or EVENT_INPUT; n from 1 to WRITER_CHUNK bytes, any bytes. If they are not valid
 * UTF-8, the exact ones go into an EVENT_BYTES before it. Times must not fall; a smaller one is
 * taken as the last one. On failure nothing of the event is left but perhaps a torn line, which
 * the next put ends; that put may be of the same event again. Where a failed write got all of the
 * EVENT_BYTES into the file the bytes are kept, so that is 0. */
enum { WRITER_CHUNK = 65536 };
int writer_put_bytes(struct writer *w, int64_t at_us, char code, const void *data, size_t n,
		     struct err *err);

/* Any other event: text of up to WRITER_TEXT bytes, longer is refused; what is not UTF-8 in it
 * becomes U+FFFD. */
enum { WRITER_TEXT = (1 << 20) + 4096 };
int writer_put_text(struct writer *w, int64_t at_us, char code, const void *text, size_t n,
		    struct err *err);

#endif
