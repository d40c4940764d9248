/* SPDX-License-Identifier: MIT */
/* when: points in time as people write and read them. Microseconds since 1970-01-01 UTC. Local time
 * is that of TZ. */
#ifndef STENO_WHEN_H
#define STENO_WHEN_H

#include <stdint.h>

struct err;

/* A date and time with its zone by RFC 3339: "2025-09-07T18:58:27.123Z", or an offset as +02:00. A
 * blank may stand for the T. 0 or -1. */
int when_iso(const char *text, int64_t *us);

/* Also: a date and time without a zone ("2025-09-07 18:58", local), a date, "today" or "yesterday"
 * (the local day: its first microsecond, or with WHEN_LAST its last), "now", and what lies that far
 * back: "2 days ago", "1h", "1h30m" (s m h d w, or in words; month and year by the calendar). */
enum when_edge { WHEN_FIRST, WHEN_LAST };
int when_parse(const char *text, int64_t now_us, enum when_edge edge, int64_t *us, struct err *err);

enum { WHEN_LOCAL_LEN = 19 };
/* "2025-09-07 18:58:27", local. */
void when_local(int64_t us, char out[WHEN_LOCAL_LEN + 1]);

#endif
