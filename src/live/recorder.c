/* SPDX-License-Identifier: MIT */
/* Keeps count of what a full disk swallowed. No allocation. */
#include "recorder.h"

#include "../base/err.h"
#include "../tape/event.h"
#include "../tape/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void failed(struct recorder *r, uint64_t bytes, const struct err *err)
{
	r->failing = 1;
	r->lost_bytes += bytes;
	r->lost_events++;
	snprintf(r->why, sizeof(r->why), "%.100s",
		 err->code ? strerror(err->code) : "write failed");
}

/* True when the recording takes bytes (again). */
static int recover(struct recorder *r, int64_t at)
{
	char text[256];
	struct err err;
	int n;

	if (!r->failing)
		return 1;
	n = snprintf(text, sizeof(text),
		     "{\"bytes\":%" PRIu64 ",\"events\":%" PRIu64 ",\"why\":\"%s\"}", r->lost_bytes,
		     r->lost_events, r->why);
	if (writer_put_text(r->writer, at, EVENT_LOST, text, (size_t)n, &err) < 0)
		return 0;
	r->failing = 0;
	r->lost_bytes = r->lost_events = 0;
	return 1;
}

void recorder_bytes(struct recorder *r, int64_t now, char code, const void *data, size_t n)
{
	int64_t at = now - r->start_us;
	struct err err = {.code = 0};

	if (!recover(r, at)) {
		r->lost_bytes += n;
		r->lost_events++;
		return;
	}
	if (writer_put_bytes(r->writer, at, code, data, n, &err) < 0)
		failed(r, n, &err);
}

void recorder_text(struct recorder *r, int64_t now, char code, const void *text, size_t n)
{
	int64_t at = now - r->start_us;
	struct err err = {.code = 0};

	if (!recover(r, at)) {
		r->lost_events++;
		return;
	}
	if (writer_put_text(r->writer, at, code, text, n, &err) < 0)
		failed(r, 0, &err);
}

void recorder_lost(struct recorder *r, int64_t now, const char *why)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "{\"bytes\":null,\"why\":\"%s\"}", why);

	recorder_text(r, now, EVENT_LOST, text, (size_t)n);
}
