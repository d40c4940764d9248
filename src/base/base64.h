/* SPDX-License-Identifier: MIT */
/* base64: RFC 4648 section 4, padded, without line breaks. Allocates nothing. */
#ifndef STENO_BASE64_H
#define STENO_BASE64_H

#include <stddef.h>

/* How many characters n bytes become. */
size_t base64_length(size_t n);
/* Writes base64_length(n) characters, no NUL; returns that length. */
size_t base64_encode(const void *data, size_t n, unsigned char *out);
/* Writes at most n / 4 * 3 bytes; out may be the text itself. -1 if the text is not exactly what
 * base64_encode() writes (length, alphabet, padding, stray bits); out is then undefined. */
int base64_decode(const unsigned char *text, size_t n, unsigned char *out, size_t *len);

#endif
