/* SPDX-License-Identifier: MIT */
/* recorder: events into the recording, with the time they happened. When the disk refuses, the
 * session goes on: what could not be kept is counted, and told in the recording as soon as it
 * takes bytes again. */
#ifndef STENO_RECORDER_H
#define STENO_RECORDER_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct recorder;
struct writer;

struct recorder {
	struct writer *writer;
	int64_t start_us;    /* clock_mono_us() when the recording began */
	uint64_t lost_bytes; /* since it last took bytes */
	uint64_t lost_events;
	char why[128];
	int failing; /* the last write failed */
};

/* now: clock_mono_us() when the bytes arrived. */
void recorder_bytes(struct recorder *r, int64_t now, char code, const void *data, size_t n);
void recorder_text(struct recorder *r, int64_t now, char code, const void *text, size_t n);
/* Bytes that never reached the recorder are told, too. */
void recorder_lost(struct recorder *r, int64_t now, const char *why);

#endif
