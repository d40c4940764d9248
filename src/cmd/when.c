/* SPDX-License-Identifier: MIT */
/* Times from the command line and from the log. Whoever asks says what "now" is. */
#include "when.h"

#include "../base/err.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define MONTHS_MOST (9999 * INT64_C(12))
#define SECONDS_MOST (9999 * INT64_C(366) * 86400)

/* What was read of a date and time. */
struct parts {
	struct tm tm;
	int64_t fraction; /* microseconds */
	int has_time, has_zone;
	long offset; /* seconds east of UTC */
};

/* `digits` digits from *at, as a number within low..high; moves *at. */
static int take(const char **at, int digits, int low, int high, int *out)
{
	int value = 0, i;

	for (i = 0; i < digits; i++, (*at)++) {
		if (!isdigit((unsigned char)**at))
			return -1;
		value = value * 10 + (**at - '0');
	}
	if (value < low || value > high)
		return -1;
	*out = value;
	return 0;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static int take_date(const char **at, struct tm *tm)
{
	int year, month, day;

	if (take(at, 4, 0, 9999, &year) < 0 || *(*at)++ != '-' || take(at, 2, 1, 12, &month) < 0 ||
	    *(*at)++ != '-' || take(at, 2, 1, days_in(year, month), &day) < 0)
		return -1;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return 0;
}

static int take_time(const char **at, struct parts *p)
{
	int64_t unit = SECOND / 10;

	if (take(at, 2, 0, 23, &p->tm.tm_hour) < 0 || *(*at)++ != ':' ||
	    take(at, 2, 0, 59, &p->tm.tm_min) < 0)
		return -1;
	if (**at == ':') {
		(*at)++;
		if (take(at, 2, 0, 60, &p->tm.tm_sec) < 0)
			return -1;
		if (**at == '.' && isdigit((unsigned char)(*at)[1]))
			for ((*at)++; isdigit((unsigned char)**at); (*at)++, unit /= 10)
				p->fraction += unit * (**at - '0');
	}
	p->has_time = 1;
	return 0;
}

static int take_zone(const char **at, struct parts *p)
{
	int hours, minutes, sign = **at == '-' ? -1 : 1;

	if (**at == 'Z' || **at == 'z') {
		(*at)++;
		p->has_zone = 1;
	} else if (**at == '+' || **at == '-') {
		(*at)++;
		if (take(at, 2, 0, 23, &hours) < 0)
			return -1;
		if (**at == ':')
			(*at)++;
		if (take(at, 2, 0, 59, &minutes) < 0)
			return -1;
		p->offset = sign * (hours * 3600L + minutes * 60L);
		p->has_zone = 1;
	}
	return 0;
}

static int take_parts(const char *text, struct parts *p)
{
	memset(p, 0, sizeof(*p));
	if (take_date(&text, &p->tm) < 0)
		return -1;
	if (!*text)
		return 0;
	if (*text != 'T' && *text != 't' && *text != ' ')
		return -1;
	text++;
	if (take_time(&text, p) < 0 || take_zone(&text, p) < 0)
		return -1;
	return *text ? -1 : 0;
}

static int64_t local_us(struct tm tm)
{
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * SECOND;
}

static int64_t parts_us(const struct parts *p)
{
	struct tm tm = p->tm;

	if (!p->has_zone)
		return local_us(tm) + p->fraction;
	return ((int64_t)timegm(&tm) - p->offset) * SECOND + p->fraction;
}

int when_iso(const char *text, int64_t *us)
{
	struct parts p;

	if (take_parts(text, &p) < 0 || !p.has_zone)
		return -1;
	*us = parts_us(&p);
	return 0;
}

/* The local day `back` days before that of tm. A day need not have 24 hours. */
static int64_t day_us(struct tm tm, int back, enum when_edge edge)
{
	tm.tm_mday += edge == WHEN_LAST ? 1 - back : -back;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return local_us(tm) - (edge == WHEN_LAST);
}

enum unit { UNIT_SECONDS, UNIT_MONTHS };

static const struct span {
	const char *name;
	enum unit unit;
	int count;
} spans[] = {
	{"s", UNIT_SECONDS, 1},	      {"sec", UNIT_SECONDS, 1},	    {"second", UNIT_SECONDS, 1},
	{"m", UNIT_SECONDS, 60},      {"min", UNIT_SECONDS, 60},    {"minute", UNIT_SECONDS, 60},
	{"h", UNIT_SECONDS, 3600},    {"hour", UNIT_SECONDS, 3600}, {"d", UNIT_SECONDS, 86400},
	{"day", UNIT_SECONDS, 86400}, {"w", UNIT_SECONDS, 604800},  {"week", UNIT_SECONDS, 604800},
	{"month", UNIT_MONTHS, 1},    {"year", UNIT_MONTHS, 12},
};

/* The span with this name, or with an s behind it if it is a word. */
static const struct span *find_span(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		size_t len = strlen(spans[i].name);

		if (n >= len && !strncasecmp(name, spans[i].name, len) &&
		    (n == len ||
		     (len > 1 && n == len + 1 && tolower((unsigned char)name[len]) == 's')))
			return &spans[i];
	}
	return NULL;
}

/* "2 days ago", "1h30m": how far back. -1 if it is something else, or too far. */
static int take_back(const char *text, int64_t now_us, int64_t *us)
{
	int64_t seconds = 0, months = 0;
	time_t now;
	struct tm tm;

	do {
		const struct span *span;
		char *end;
		long count;
		size_t n;

		errno = 0;
		count = strtol(text, &end, 10);
		if (!isdigit((unsigned char)*text) || errno || count > 1000000)
			return -1;
		for (text = end; *text == ' ';)
			text++;
		for (n = 0; isalpha((unsigned char)text[n]);)
			n++;
		span = find_span(text, n);
		if (!span)
			return -1;
		*(span->unit == UNIT_MONTHS ? &months : &seconds) += count * (int64_t)span->count;
		if (months > MONTHS_MOST || seconds > SECONDS_MOST)
			return -1;
		for (text += n; *text == ' ';)
			text++;
	} while (*text && strcasecmp(text, "ago") != 0);
	now = (time_t)(now_us / SECOND - seconds);
	localtime_r(&now, &tm);
	tm.tm_mon -= (int)months;
	*us = months ? local_us(tm) : now_us - seconds * SECOND;
	return 0;
}

int when_parse(const char *text, int64_t now_us, enum when_edge edge, int64_t *us, struct err *err)
{
	time_t now = (time_t)(now_us / SECOND);
	struct parts p;
	struct tm today;

	localtime_r(&now, &today);
	if (!strcasecmp(text, "now")) {
		*us = now_us;
	} else if (!strcasecmp(text, "today")) {
		*us = day_us(today, 0, edge);
	} else if (!strcasecmp(text, "yesterday")) {
		*us = day_us(today, 1, edge);
	} else if (take_parts(text, &p) == 0) {
		*us = p.has_time ? parts_us(&p) : day_us(p.tm, 0, edge);
	} else if (take_back(text, now_us, us) < 0) {
		return err_set(err,
			       "%s: no time that is understood, such as 2025-09-07, "
			       "\"2025-09-07 18:58\", 2025-09-07T18:58:27Z, yesterday, "
			       "\"2 days ago\" or 1h",
			       text);
	}
	return 0;
}

void when_local(int64_t us, char out[WHEN_LOCAL_LEN + 1])
{
	time_t s = (time_t)(us / SECOND - (us % SECOND < 0));
	struct tm tm;

	if (!localtime_r(&s, &tm) ||
	    strftime(out, WHEN_LOCAL_LEN + 1, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(out, WHEN_LOCAL_LEN + 1, "?");
}
