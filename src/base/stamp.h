/* SPDX-License-Identifier: MIT */
/* stamp: points in time as text. No clock is read here. Microseconds since 1970-01-01 UTC. */
#ifndef STENO_STAMP_H
#define STENO_STAMP_H

#include <stdint.h>

enum { STAMP_ISO_LEN = 24, STAMP_NAME_LEN = 15 };

/* "2025-09-07T18:58:27.123Z": always three decimals, cut, not rounded (RFC 3339). Years 0 to 9999;
 * others are clamped. */
void stamp_iso(int64_t wall_us, char out[STAMP_ISO_LEN + 1]);
/* "20250907-185827", UTC: the front part of a session's file names. */
void stamp_name(int64_t wall_us, char out[STAMP_NAME_LEN + 1]);
/* Reads an RFC 3339 time, any fraction, Z or an offset: 0, or -1 with *wall_us untouched. What is
 * behind it is passed over. */
int stamp_parse(const char *text, int64_t *wall_us);

#endif
