/* SPDX-License-Identifier: MIT */
/* Times as text, UTC only, so that no file depends on a time zone. */
#include "stamp.h"

#include <stdio.h>
#include <string.h>
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

/* A number of so many digits at *p, which moves behind it and one character of `behind`. */
static int take(const char **p, int digits, const char *behind, int *out)
{
	int value = 0;

	while (digits--) {
		if (**p < '0' || **p > '9')
			return -1;
		value = value * 10 + (*(*p)++ - '0');
	}
	*out = value;
	if (!*behind)
		return 0;
	return **p && strchr(behind, **p) ? ((*p)++, 0) : -1;
}

/* Microseconds of a fraction; *p moves behind it. */
static int64_t take_fraction(const char **p)
{
	int64_t us = 0, unit = 100000;

	if (**p != '.')
		return 0;
	for ((*p)++; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
		us += (**p - '0') * unit;
	return us;
}

int stamp_parse(const char *text, int64_t *wall_us)
{
	int year, month, day, hour, minute, second, off_h = 0, off_m = 0;
	struct tm tm = {.tm_isdst = 0};
	int64_t us, sign = 0;

	if (take(&text, 4, "-", &year) < 0 || take(&text, 2, "-", &month) < 0 ||
	    take(&text, 2, "Tt ", &day) < 0 || take(&text, 2, ":", &hour) < 0 ||
	    take(&text, 2, ":", &minute) < 0 || take(&text, 2, "", &second) < 0)
		return -1;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
	    second > 60)
		return -1;
	us = take_fraction(&text);
	if (*text == '+' || *text == '-') {
		sign = *text++ == '+' ? -1 : 1;
		if (take(&text, 2, ":", &off_h) < 0 || take(&text, 2, "", &off_m) < 0)
			return -1;
	} else if (*text != 'Z' && *text != 'z') {
		return -1;
	}
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = second;
	us += ((int64_t)timegm(&tm) + sign * (off_h * 3600 + off_m * 60)) * 1000000;
	*wall_us = us;
	return 0;
}
