/* SPDX-License-Identifier: MIT */
/* Playing where there is no terminal, or past the screen: text at once, or the recorded bytes. */
#include "player.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../live/clock.h"
#include "../play/film.h"
#include "../play/schedule.h"
#include "../story/screen.h"

#include <stdio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int go_to_start(struct head *h, const struct player_plan *plan, struct err *err)
{
	if (plan->at_us > plan->begin_us)
		return head_seek(h, plan->at_us, err);
	return head_seek_place(h, plan->begin, err);
}

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	fwrite(text, 1, n, stdout);
	putchar('\n');
}

/* A full-screen program is told by its last screen. */
static const struct screen_sink text_sink = {on_text, on_text};

int player_print_text(struct film *f, const struct player_plan *plan, struct err *err)
{
	struct head *h = head_new(f, &text_sink, NULL);
	struct head_event e;
	int rc = go_to_start(h, plan, err) < 0 ? -1 : 1;

	if (rc == 1)
		screen_capture_begin(head_screen_mutable(h));
	while (rc == 1 && head_place(h) < plan->stop && !ferror(stdout))
		rc = head_step(h, &e, err);
	if (rc >= 0)
		screen_capture_end(head_screen_mutable(h));
	head_free(h);
	return rc < 0 ? -1 : 0;
}

static void sleep_until(int64_t us)
{
	int64_t wait = us - clock_mono_us();
	struct timespec ts = {wait / 1000000, wait % 1000000 * 1000};

	if (wait > 0)
		nanosleep(&ts, NULL);
}

int player_print_bytes(struct film *f, const struct player_plan *plan, struct err *err)
{
	struct head *h = head_new(f, NULL, NULL);
	int rc = go_to_start(h, plan, err) < 0 ? -1 : 1, timed = isatty(STDOUT_FILENO);
	struct schedule schedule;
	struct head_event e;

	schedule_init(&schedule, clock_mono_us());
	schedule.speed = plan->speed;
	schedule.idle_us = plan->idle_us;
	schedule.at_us = plan->at_us > plan->begin_us ? plan->at_us : plan->begin_us;
	while (rc == 1 && head_place(h) < plan->stop && (rc = head_peek(h, &e, err)) == 1) {
		if (timed)
			sleep_until(schedule_due(&schedule, e.at_us));
		schedule_pass(&schedule, e.at_us);
		if (e.kind == HEAD_OUTPUT)
			rc = io_write_all(STDOUT_FILENO, e.data, e.len, NULL, err) < 0 ? -1 : 1;
		if (rc == 1)
			rc = head_step(h, &e, err);
	}
	if (isatty(STDIN_FILENO))
		tcflush(STDIN_FILENO, TCIFLUSH); /* what a terminal answered to all that */
	head_free(h);
	return rc < 0 ? -1 : 0;
}
