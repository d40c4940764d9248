/* SPDX-License-Identifier: MIT */
/* schedule: when what happened in a recording is to be shown. Pure: the time is told. `now` is any
 * clock's microseconds, `at` the recording's. */
#ifndef STENO_SCHEDULE_H
#define STENO_SCHEDULE_H

#include <stdint.h>

/* Shown time is the recording's with long pauses cut, before it is sped up. All dates are counted
 * from one anchor, so that being late once does not make all that follows late. */
struct schedule {
	double speed;
	int64_t idle_us; /* a pause lasts no longer than this; 0: as long as it did */
	int paused;
	int64_t at_us;	  /* where the recording is: the last event's time, or behind it */
	int64_t shown_us; /* shown time of at_us */
	int64_t anchor_now_us, anchor_shown_us;
};

/* Begins at the recording's start, at speed 1. */
void schedule_init(struct schedule *s, int64_t now);
/* Goes on from `at`. */
void schedule_move(struct schedule *s, int64_t now, int64_t at);
/* When the next event, of `at`, is to be shown. Of no use while paused. */
int64_t schedule_due(const struct schedule *s, int64_t at);
/* It has been shown. */
void schedule_pass(struct schedule *s, int64_t at);
/* Where the recording is now, before the next event, of `next_at`. */
int64_t schedule_at(const struct schedule *s, int64_t now, int64_t next_at);

void schedule_pause(struct schedule *s, int64_t now, int64_t next_at);
void schedule_resume(struct schedule *s, int64_t now);
void schedule_set_speed(struct schedule *s, int64_t now, int64_t next_at, double speed);

#endif
