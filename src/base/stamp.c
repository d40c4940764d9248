/* SPDX-License-Identifier: MIT */
/* Times as text, UTC only, so that no file depends on a time zone. */
#include "stamp.h"

#include <stdio.h>
#include <time.h>

static const int64_t stamp_max = 253402300799999999; /* 9999-12-31T23:59:59.999999Z */
static const int64_t stamp_min = -62167219200000000; /* 0000-01-01T00:00:00Z */

static void split(int64_t wall_us, struct tm *tm, int *ms)
{
	int64_t us;
	time_t s;

	if (wall_us > stamp_max)
		wall_us = stamp_max;
	if (wall_us < stamp_min)
		wall_us = stamp_min;
	us = wall_us % 1000000;
	s = (time_t)(wall_us / 1000000);
	if (us < 0) {
		us += 1000000;
		s--;
	}
	*ms = (int)(us / 1000);
	gmtime_r(&s, tm);
}

/* Two, three or four digits. */
static char *put(char *out, int value, int digits, char behind)
{
	int i;

	for (i = digits; i > 0; i--, value /= 10)
		out[i - 1] = (char)('0' + value % 10);
	out[digits] = behind;
	return out + digits + 1;
}

/* By hand: each command has two of these, and printf takes longer than all the rest of its line. */
void stamp_iso(int64_t wall_us, char out[STAMP_ISO_LEN + 1])
{
	struct tm tm;
	int ms;

	split(wall_us, &tm, &ms);
	out = put(out, tm.tm_year + 1900, 4, '-');
	out = put(out, tm.tm_mon + 1, 2, '-');
	out = put(out, tm.tm_mday, 2, 'T');
	out = put(out, tm.tm_hour, 2, ':');
	out = put(out, tm.tm_min, 2, ':');
	out = put(out, tm.tm_sec, 2, '.');
	out = put(out, ms, 3, 'Z');
	*out = '\0';
}

void stamp_name(int64_t wall_us, char out[STAMP_NAME_LEN + 1])
{
	struct tm tm;
	int ms;

	split(wall_us, &tm, &ms);
	snprintf(out, STAMP_NAME_LEN + 1, "%04u%02u%02u-%02u%02u%02u",
		 (unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)(tm.tm_mon + 1) % 100u,
		 (unsigned)tm.tm_mday % 100u, (unsigned)tm.tm_hour % 100u,
		 (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
}
