/* SPDX-License-Identifier: MIT */
/* schedule: dates come from one anchor. */
#include "play/schedule.h"
#include "tap.h"

static void test_no_drift(void)
{
	struct schedule s;
	int64_t at, late = 0;

	schedule_init(&s, 1000);
	s.speed = 3;
	for (at = 0; at < 3000000; at += 7) {
		late = schedule_due(&s, at) - 1000 - at / 3;
		if (late < -1 || late > 1)
			break;
		schedule_pass(&s, at); /* always shown late: nobody asks when */
	}
	is_int(at >= 3000000, 1, "a third of the time at speed 3, however many events");
}

static void test_idle(void)
{
	struct schedule s;

	schedule_init(&s, 0);
	s.idle_us = 100;
	is_int(schedule_due(&s, 5000), 100, "a long pause is cut");
	is_int(schedule_at(&s, 60, 5000), 60, "and time goes on in it");
	is_int(schedule_at(&s, 900, 5000), 100, "no further than the cut");
	schedule_pass(&s, 5000);
	is_int(schedule_due(&s, 5050), 150, "what follows is that much earlier");
	is_int(schedule_at(&s, 120, 5050), 5020, "the time told is the recording's");
}

static void test_pause(void)
{
	struct schedule s;

	schedule_init(&s, 0);
	schedule_pause(&s, 400, 1000);
	is_int(schedule_at(&s, 99999, 1000), 400, "a pause holds the time");
	schedule_resume(&s, 100000);
	is_int(schedule_due(&s, 1000), 100600, "and what was left is left");
	schedule_set_speed(&s, 100200, 1000, 2);
	is_int(schedule_at(&s, 100200, 1000), 600, "another speed does not jump");
	is_int(schedule_due(&s, 1000), 100400, "and holds for what is left");
	schedule_move(&s, 5, 7000);
	is_int(schedule_due(&s, 7000), 5, "after a jump the next is due from there");
	is_int(schedule_due(&s, 6000), 5, "what is before it, at once");
}

int main(void)
{
	test_no_drift();
	test_idle();
	test_pause();
	return tap_done();
}
