/* SPDX-License-Identifier: MIT */
/* scanner: takes steno's own marks out of what the shell prints. The only thing the holder parses.
 *
 * A mark is ESC ] 7377 ; <nonce> ; <data> BEL, with this session's nonce (11 characters of base64),
 * data at most SCANNER_MARK bytes, none of them a control byte (see tape/event.h). Anything else, a
 * mark with another nonce among it, is output and passes through byte for byte. Only bytes that
 * may still become a mark are held back: a terminal shows nothing of those either. The same marks
 * at the same places of the same output, however the input is cut. */
#ifndef STENO_SCANNER_H
#define STENO_SCANNER_H

#include <stddef.h>

enum { SCANNER_NONCE = 11, SCANNER_MARK = 1 << 20 };

struct scanner;

struct scanner_sink {
	/* n >= 1 bytes of output, borrowed. */
	void (*output)(void *ctx, const unsigned char *data, size_t n);
	/* A mark's data, borrowed; n may be 0. */
	void (*mark)(void *ctx, const unsigned char *data, size_t n);
};

/* nonce: SCANNER_NONCE characters. Takes all its memory here; NULL if there is none. */
struct scanner *scanner_new(const char *nonce);
void scanner_free(struct scanner *s);
void scanner_put(struct scanner *s, const void *data, size_t n, const struct scanner_sink *sink,
		 void *ctx);
/* No more input: what was held back is output. The scanner may then be fed anew. */
void scanner_end(struct scanner *s, const struct scanner_sink *sink, void *ctx);

#endif
