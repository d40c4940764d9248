/* SPDX-License-Identifier: MIT */
/* sha256: SHA-256 of FIPS 180-4, for the hashes by which a page names what it may run. */
#ifndef STENO_SHA256_H
#define STENO_SHA256_H

#include <stddef.h>

enum { SHA256_LEN = 32 };
void sha256(const void *data, size_t n, unsigned char out[SHA256_LEN]);

#endif
