/* SPDX-License-Identifier: MIT */
/* Times as people and logs write them, in zones with and without an hour that is there twice. */
#include "base/err.h"
#include "base/stamp.h"
#include "cmd/when.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW INT64_C(1757271507123456) /* 2025-09-07T18:58:27.123456Z, a Sunday */

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void is_time(const char *text, enum when_edge edge, const char *want)
{
	char got[STAMP_ISO_LEN + 1] = "not understood";
	struct err err;
	int64_t us;

	if (when_parse(text, NOW, edge, &us, &err) == 0)
		stamp_iso(us, got);
	is_str(got, want, "%s %s", edge == WHEN_FIRST ? "since" : "until", text);
}

static void test_points(void)
{
	is_time("2025-09-07T18:58:27.123Z", WHEN_FIRST, "2025-09-07T18:58:27.123Z");
	is_time("2025-09-07T18:58:27Z", WHEN_LAST, "2025-09-07T18:58:27.000Z");
	is_time("2025-09-07T20:58:27+02:00", WHEN_FIRST, "2025-09-07T18:58:27.000Z");
	is_time("2025-09-07t13:28:27.5-0530", WHEN_FIRST, "2025-09-07T18:58:27.500Z");
	is_time("2024-02-29T00:00Z", WHEN_FIRST, "2024-02-29T00:00:00.000Z");
	is_time("now", WHEN_LAST, "2025-09-07T18:58:27.123Z");
}

static void test_local(void)
{
	is_time("2025-09-07 18:58", WHEN_FIRST, "2025-09-07T16:58:00.000Z");
	is_time("2025-09-07T18:58:27", WHEN_LAST, "2025-09-07T16:58:27.000Z");
	is_time("2025-01-07 18:58", WHEN_FIRST, "2025-01-07T17:58:00.000Z");
	is_time("2025-09-07", WHEN_FIRST, "2025-09-06T22:00:00.000Z");
	is_time("2025-09-07", WHEN_LAST, "2025-09-07T21:59:59.999Z");
	is_time("2025-03-30", WHEN_FIRST, "2025-03-29T23:00:00.000Z");
	is_time("2025-03-30", WHEN_LAST, "2025-03-30T21:59:59.999Z");
	is_time("today", WHEN_FIRST, "2025-09-06T22:00:00.000Z");
	is_time("Yesterday", WHEN_FIRST, "2025-09-05T22:00:00.000Z");
	is_time("yesterday", WHEN_LAST, "2025-09-06T21:59:59.999Z");
}

static void test_back(void)
{
	is_time("2 days ago", WHEN_FIRST, "2025-09-05T18:58:27.123Z");
	is_time("1h", WHEN_LAST, "2025-09-07T17:58:27.123Z");
	is_time("1h30m", WHEN_FIRST, "2025-09-07T17:28:27.123Z");
	is_time("1 hour 30 minutes ago", WHEN_FIRST, "2025-09-07T17:28:27.123Z");
	is_time("90s", WHEN_FIRST, "2025-09-07T18:56:57.123Z");
	is_time("1w", WHEN_FIRST, "2025-08-31T18:58:27.123Z");
	is_time("6 MONTHS ago", WHEN_FIRST, "2025-03-07T19:58:27.000Z");
	is_time("1 year", WHEN_FIRST, "2024-09-07T18:58:27.000Z");
}

static void test_refused(void)
{
	static const char *const bad[] = {
		"",
		"soon",
		"2025",
		"2025-9-7",
		"2025-13-01",
		"2025-02-29",
		"2025-09-07T",
		"2025-09-07T24:00Z",
		"2025-09-07x",
		"2025-09-07 18:5",
		"2025-09-07T18:58:27Zz",
		"1",
		"-1h",
		"1 fortnight",
		"ago",
		"1h ago x",
		"99999999999999999999s",
		"1000001 years",
		"1000000w 1000000w 1000000w 1000000w 1000000w 1000000w 1000000w 1000000w 1000000w "
		"1000000w 1000000w 1000000w 1000000w 1000000w 1000000w 1000000w 1000000w",
		"1 day agoo",
	};
	struct err err;
	int64_t us = 42;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		is_time(bad[i], WHEN_FIRST, "not understood");
	when_parse("soon", NOW, WHEN_FIRST, &us, &err);
	is_int(us, 42, "what is not understood leaves the result untouched");
	ok(strstr(err.text, "soon: ") == err.text, "and is named");
	is_int(when_iso("2025-09-07T18:58:27", &us), -1, "a log's time needs a zone");
	is_int(when_iso("1h", &us), -1, "and is no distance");
	is_int(us, 42, "untouched, too");
}

/* Any beginning of a good text, and any with one character changed, is taken or refused in
 * bounds. */
static void test_bounds(void)
{
	static const char text[] = "2025-09-07T18:58:27.123+02:00";
	struct err err;
	int64_t us;
	size_t n;
	int c, taken = 0;

	for (n = 0; n < sizeof(text) - 1; n++) {
		char *cut = malloc(n + 1);

		memcpy(cut, text, n);
		cut[n] = '\0';
		taken += when_iso(cut, &us) == 0;
		for (c = 1; n && c < 256; c++) {
			cut[n - 1] = (char)c;
			when_parse(cut, NOW, WHEN_LAST, &us, &err);
		}
		free(cut);
	}
	is_int(taken, 0, "no beginning of a time is a time");
}

static void test_print(void)
{
	char out[WHEN_LOCAL_LEN + 1];

	when_local(NOW, out);
	is_str(out, "2025-09-07 20:58:27", "a time is told in local time");
	when_local(-1, out);
	is_str(out, "1970-01-01 00:59:59", "also one before 1970");
	when_local(INT64_MAX, out);
	is_int((int64_t)strlen(out) <= WHEN_LOCAL_LEN, 1, "and no time is longer than it may be");
}

int main(void)
{
	set_zone("UTC");
	test_points();
	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	test_points();
	test_local();
	test_back();
	test_refused();
	test_bounds();
	test_print();
	return tap_done();
}
