/* SPDX-License-Identifier: MIT */
/* buf: bytes that grow. Zero-initialise it; buf_release() when done. Running out of memory ends
 * the process, so the holder, which must not end, does not use it on the way of a byte. */
#ifndef STENO_BUF_H
#define STENO_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	unsigned char *data; /* NULL until something was put */
	size_t len;
	size_t cap;
};

void buf_reserve(struct buf *b, size_t more); /* room for `more` bytes past len */
void buf_put(struct buf *b, const void *data, size_t n);
void buf_putc(struct buf *b, unsigned char c);
void buf_puts(struct buf *b, const char *s);
void buf_put_number(struct buf *b, int64_t value); /* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *b); /* len = 0, memory kept */
void buf_release(struct buf *b);
/* The content with a NUL behind it (not counted in len); borrowed until the next change. */
const char *buf_str(struct buf *b);

void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

#endif
