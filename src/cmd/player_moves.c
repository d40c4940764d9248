/* SPDX-License-Identifier: MIT */
/* Moving in the film: the head and the schedule together. */
#include "player_private.h"

#include "../live/clock.h"

uint64_t player_stop(const struct player *p)
{
	long i = p->plan->last ? film_chapter_numbered(p->film, p->plan->last) : -1;
	uint64_t end = i < 0 ? 0 : film_chapter(p->film, (size_t)i)->end;

	return end ? end : p->plan->stop;
}

int player_peek(struct player *p, struct head_event *e)
{
	if (head_place(p->head) >= player_stop(p))
		return 0;
	return head_peek(p->head, e, p->err);
}

int64_t player_next_us(struct player *p)
{
	struct head_event e;

	return player_peek(p, &e) == 1 ? e.at_us : p->schedule.at_us;
}

int64_t player_position(struct player *p)
{
	return schedule_at(&p->schedule, clock_mono_us(), player_next_us(p));
}

int player_moved(struct player *p, int64_t at_us)
{
	schedule_move(&p->schedule, clock_mono_us(), at_us);
	p->again_us = 0;
	p->at_end = 0;
	p->is_live = 0;
	p->dirty = 1;
	return 0;
}

int player_go_to_place(struct player *p, uint64_t place, int64_t at_us)
{
	struct head_event e;

	if (head_seek_place(p->head, place, p->err) < 0)
		return -1;
	/* A command's beginning itself has been passed: -m is not to stop at it again. */
	if (player_peek(p, &e) == 1 && e.kind == HEAD_CHAPTER && head_step(p->head, &e, p->err) < 0)
		return -1;
	return player_moved(p, at_us);
}

int player_go_to_begin(struct player *p)
{
	return player_go_to_place(p, p->plan->begin, p->plan->begin_us);
}

int player_go_to_time(struct player *p, int64_t at_us)
{
	if (at_us <= p->plan->begin_us)
		return player_go_to_begin(p);
	if (head_seek(p->head, at_us, p->err) < 0)
		return -1;
	if (at_us > film_length_us(p->film))
		at_us = film_length_us(p->film);
	if (head_place(p->head) > player_stop(p) &&
	    head_seek_place(p->head, player_stop(p), p->err) < 0)
		return -1;
	return player_moved(p, at_us);
}

int player_go_to_tenth(struct player *p, int tenth)
{
	int64_t length;

	if (film_read_to(p->film, INT64_MAX, p->err) < 0)
		return -1;
	length = film_length_us(p->film) - p->plan->begin_us;
	return player_go_to_time(p, p->plan->begin_us + length / 10 * tenth);
}

int player_go_to_end(struct player *p)
{
	if (film_read_to(p->film, INT64_MAX, p->err) < 0)
		return -1;
	return player_go_to_time(p, film_length_us(p->film));
}

int player_go_back_a_chapter(struct player *p)
{
	long i = film_chapter_at(p->film, head_place(p->head));
	const struct chapter *c;

	if (i > 0 && player_position(p) < film_chapter(p->film, (size_t)i)->at_us + 1000000)
		i--;
	if (i < 0)
		return player_go_to_begin(p);
	c = film_chapter(p->film, (size_t)i);
	return player_go_to_place(p, c->at > p->plan->begin ? c->at : p->plan->begin, c->at_us);
}

int player_go_on_a_chapter(struct player *p)
{
	size_t next = (size_t)(film_chapter_at(p->film, head_place(p->head)) + 1);
	const struct chapter *c;
	int rc = 1;

	while (rc == 1 && next >= film_chapters(p->film))
		rc = film_read(p->film, PLAYER_STEP_BYTES, p->err);
	if (rc < 0 || next >= film_chapters(p->film))
		return rc;
	c = film_chapter(p->film, next);
	return c->at < player_stop(p) ? player_go_to_place(p, c->at, c->at_us) : 0;
}

void player_pause(struct player *p)
{
	schedule_pause(&p->schedule, clock_mono_us(), player_next_us(p));
	p->is_live = 0;
}

int player_step(struct player *p)
{
	struct head_event e = {.kind = HEAD_CHAPTER};
	int rc = 1;

	player_pause(p);
	while (e.kind != HEAD_OUTPUT && (rc = player_peek(p, &e)) == 1) {
		if (head_step(p->head, &e, p->err) < 0)
			return -1;
		player_moved(p, e.at_us);
	}
	if (!rc && film_is_whole(p->film))
		p->at_end = 1;
	p->dirty = 1;
	return rc < 0 ? -1 : 0;
}
