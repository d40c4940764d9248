/* SPDX-License-Identifier: MIT */
/* utf8: decoding as the Unicode Standard recommends (table 3-7: no surrogates, no overlong forms,
 * nothing above U+10FFFF; a bad sequence is replaced by maximal subparts). */
#ifndef STENO_UTF8_H
#define STENO_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu

/* Decodes one character at p (n >= 1 bytes there). Returns the bytes used: 1 to 4, with *cp the
 * character, or U+FFFD for a bad maximal subpart. Returns 0, *cp untouched, if the n bytes are
 * the good beginning of a character that needs more. */
size_t utf8_decode(const unsigned char *p, size_t n, uint32_t *cp);

/* Writes cp (a surrogate or a value past U+10FFFF becomes U+FFFD); returns 1 to 4. */
size_t utf8_encode(uint32_t cp, unsigned char out[4]);

/* How many bytes from p on are whole, good characters. Stops at the first bad or cut one. */
size_t utf8_valid_prefix(const unsigned char *p, size_t n);

/* How many bytes at the end of p[0..n) are the good beginning of a cut character: 0 to 3. */
size_t utf8_cut_tail(const unsigned char *p, size_t n);

#endif
