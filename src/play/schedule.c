/* SPDX-License-Identifier: MIT */
/* The arithmetic of playing: no clock is read here. */
#include "schedule.h"

#include <string.h>

static int64_t pause_before(const struct schedule *s, int64_t at)
{
	int64_t gap = at > s->at_us ? at - s->at_us : 0;

	return s->idle_us && gap > s->idle_us ? s->idle_us : gap;
}

static void anchor(struct schedule *s, int64_t now)
{
	s->anchor_now_us = now;
	s->anchor_shown_us = s->shown_us;
}

void schedule_init(struct schedule *s, int64_t now)
{
	memset(s, 0, sizeof(*s));
	s->speed = 1;
	anchor(s, now);
}

void schedule_move(struct schedule *s, int64_t now, int64_t at)
{
	s->at_us = at;
	anchor(s, now);
}

int64_t schedule_due(const struct schedule *s, int64_t at)
{
	int64_t shown = s->shown_us + pause_before(s, at);

	return s->anchor_now_us + (int64_t)((double)(shown - s->anchor_shown_us) / s->speed);
}

void schedule_pass(struct schedule *s, int64_t at)
{
	s->shown_us += pause_before(s, at);
	if (at > s->at_us)
		s->at_us = at;
}

int64_t schedule_at(const struct schedule *s, int64_t now, int64_t next_at)
{
	int64_t most = pause_before(s, next_at), since;

	if (s->paused)
		return s->at_us;
	since = (int64_t)((double)(now - s->anchor_now_us) * s->speed) + s->anchor_shown_us -
		s->shown_us;
	return s->at_us + (since < 0 ? 0 : since > most ? most : since);
}

void schedule_pause(struct schedule *s, int64_t now, int64_t next_at)
{
	schedule_move(s, now, schedule_at(s, now, next_at));
	s->paused = 1;
}

void schedule_resume(struct schedule *s, int64_t now)
{
	s->paused = 0;
	anchor(s, now);
}

void schedule_set_speed(struct schedule *s, int64_t now, int64_t next_at, double speed)
{
	schedule_move(s, now, schedule_at(s, now, next_at));
	s->speed = speed;
}
