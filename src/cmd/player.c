/* SPDX-License-Identifier: MIT */
/* The loop that plays: time and keys in, pictures out. */
#include "player.h"

#include "player_private.h"

#include "../live/clock.h"
#include "../play/painter.h"
#include "../play/search.h"
#include "player_status.h"
#include "vigil.h"

enum {
	FRAME_US = 16000, /* between two pictures */
	TICK_US = 100000, /* between two times in the status */
	LOOP_US = 500000, /* the last picture stays so long before it begins again */
	READ_BYTES = 128 * 1024,
};

/* --- playing --- */

static int reach_end(struct player *p, int64_t now)
{
	if (p->plan->flags & PLAYER_LOOP) {
		if (p->again_us && now >= p->again_us)
			return player_go_to_begin(p);
		if (!p->again_us)
			p->again_us = now + LOOP_US;
		return 0;
	}
	p->dirty = 1;
	p->at_end = 1;
	p->is_live = 0;
	p->quit = !p->console.has_keys;
	return 0;
}

/* Nothing more is there to be shown now. */
static int run_dry(struct player *p, int64_t now)
{
	if (film_is_whole(p->film) || head_place(p->head) >= player_stop(p))
		return reach_end(p, now);
	p->dirty |= !p->is_live;
	p->is_live = 1;
	return 0;
}

static int show_next(struct player *p, int64_t now)
{
	struct head_event e;

	if (head_step(p->head, &e, p->err) < 0)
		return -1;
	if (p->is_live)
		schedule_move(&p->schedule, now, e.at_us);
	else
		schedule_pass(&p->schedule, e.at_us);
	p->dirty = 1;
	if (e.kind != HEAD_CHAPTER || !(p->plan->flags & PLAYER_PAUSE))
		return 0;
	schedule_pause(&p->schedule, now, e.at_us);
	p->is_live = 0;
	return 0;
}

/* Shows what is due, but not so much that keys would have to wait. */
static int advance(struct player *p, int64_t now)
{
	size_t bytes = 0;
	struct head_event e;

	while (!p->schedule.paused && !p->at_end && !p->search && bytes < PLAYER_STEP_BYTES) {
		int rc = player_peek(p, &e);

		if (rc < 0)
			return -1;
		if (!rc)
			return run_dry(p, now);
		if (!p->is_live && schedule_due(&p->schedule, e.at_us) > now)
			break;
		bytes += e.len + 1;
		if (show_next(p, now) < 0)
			return -1;
	}
	return 0;
}

/* Reads ahead. */
static int read_on(struct player *p)
{
	int rc;

	if (film_is_whole(p->film))
		return 0;
	rc = film_read(p->film, READ_BYTES, p->err);
	p->waits = !rc && !film_is_whole(p->film);
	if (p->waits && !vigil_goes_on(p->plan->vigil))
		film_set_complete(p->film);
	return rc < 0 ? -1 : 0;
}

/* --- the loop --- */

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How long nothing will have to be done, in microseconds. */
static int64_t idle_us(struct player *p, int64_t now)
{
	int64_t wait = 1000000;

	if (p->search || (!film_is_whole(p->film) && !p->waits && !p->dirty))
		return 0;
	if (p->waits)
		wait = VIGIL_LOOK_US;
	if (!p->schedule.paused && !p->at_end && !p->is_live) {
		int64_t due =
			p->again_us ? p->again_us : schedule_due(&p->schedule, player_next_us(p));

		wait = sooner(wait, due - now);
		if (p->with_status)
			wait = sooner(wait, TICK_US);
	}
	if (p->dirty)
		wait = sooner(wait, p->painted_us + FRAME_US - now);
	if (keys_wait(&p->keys))
		wait = sooner(wait, PLAYER_ESCAPE_US);
	return wait > 0 ? wait : 0;
}

static int wait_for_something(struct player *p)
{
	int rc = console_wait(&p->console, idle_us(p, clock_mono_us()), p->err);

	if (rc == 1)
		return player_read_keys(p);
	return rc < 0 ? -1 : player_take_escape(p);
}

/* The time until SIGCONT does not count. */
static int stop(struct player *p, int64_t at_us)
{
	if (console_stop(&p->console, p->err) < 0)
		return -1;
	schedule_move(&p->schedule, clock_mono_us(), at_us);
	player_measure(p);
	return 0;
}

static int turn(struct player *p)
{
	int64_t now = clock_mono_us();

	if (console_is_to_stop() && stop(p, player_position(p)) < 0)
		return -1;
	if (console_was_resized())
		player_measure(p);
	if (p->search && player_go_on_searching(p) < 0)
		return -1;
	if (advance(p, now) < 0)
		return -1;
	if (p->with_status && !p->schedule.paused && now - p->painted_us >= TICK_US)
		p->dirty = 1;
	if (p->dirty && (p->quit || now - p->painted_us >= FRAME_US) && player_paint(p) < 0)
		return -1;
	if (read_on(p) < 0)
		return -1;
	return p->quit ? 0 : wait_for_something(p);
}

static int begin(struct player *p)
{
	const struct player_plan *plan = p->plan;

	schedule_init(&p->schedule, clock_mono_us());
	p->schedule.speed = plan->speed;
	p->schedule.idle_us = plan->idle_us;
	if (plan->flags & PLAYER_FOLLOW)
		return player_go_to_end(p);
	if (player_go_to_begin(p) < 0)
		return -1;
	return plan->at_us > plan->begin_us ? player_go_to_time(p, plan->at_us) : 0;
}

int player_run(struct film *film, const struct player_plan *plan, struct err *err)
{
	struct player p = {.film = film, .plan = plan, .err = err};
	int rc;

	console_init(&p.console);
	p.with_status = !(plan->flags & PLAYER_NO_STATUS);
	p.head = head_new(film, NULL, NULL);
	rc = begin(&p);
	if (rc == 0)
		rc = console_open(&p.console, err);
	if (rc == 0)
		player_measure(&p);
	while (rc == 0 && !p.quit && !console_ended_by())
		rc = turn(&p);
	console_close();
	search_free(p.search);
	status_free(p.status);
	painter_free(p.painter);
	head_free(p.head);
	console_release(&p.console);
	return rc ? rc : console_ended_by();
}
