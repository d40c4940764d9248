/* SPDX-License-Identifier: MIT */
/* What the terminal is to show: a part of the recording's screen, and the status. */
#include "player_private.h"

#include "../base/buf.h"
#include "../live/clock.h"
#include "../play/painter.h"
#include "../story/screen.h"
#include "player_status.h"

void player_measure(struct player *p)
{
	console_measure(&p->console);
	painter_free(p->painter);
	p->painter = painter_new(p->console.rows, p->console.cols);
	status_free(p->status);
	p->status = status_new(p->console.cols);
	p->dirty = 1;
}

/* The rows that are shown are those with the cursor, if not all fit. */
static int first_row(int rows, int room, int cursor)
{
	int first = cursor - room + 1;

	if (first > rows - room)
		first = rows - room;
	return first > 0 ? first : 0;
}

static void put_status(struct player *p, int is_cut)
{
	const struct screen *s = head_screen(p->head);
	long i = film_chapter_at(p->film, head_place(p->head));
	struct status_facts facts = {
		.at_us = player_position(p),
		.length_us = film_length_us(p->film),
		.is_whole = film_is_whole(p->film) || p->waits,
		.speed = p->schedule.speed,
		.state = p->at_end	      ? "end"
			 : p->schedule.paused ? "paused"
			 : p->is_live	      ? "live"
					      : NULL,
		.chapter = i < 0 ? NULL : film_chapter(p->film, (size_t)i),
		.place = head_place(p->head),
		.message = p->message,
		.needle = p->typing ? p->needle : NULL,
		.needle_len = p->needle_len,
		.cut_rows = is_cut ? screen_rows(s) : 0,
		.cut_cols = is_cut ? screen_cols(s) : 0,
	};

	painter_put(p->painter, status_screen(p->status, &facts), 0, 1, p->console.rows - 1);
}

int player_paint(struct player *p)
{
	const struct screen *s = head_screen(p->head);
	int with_status = p->with_status && p->console.rows > 1,
	    room = p->console.rows - with_status;
	struct buf out = {0};
	int row, col, first, rc;

	screen_cursor(s, &row, &col);
	first = first_row(screen_rows(s), room, row);
	painter_begin(p->painter);
	painter_put(p->painter, s, first, room, 0);
	if (!screen_hides_cursor(s) && row - first < room)
		painter_put_cursor(p->painter, row - first, col);
	if (with_status)
		put_status(p, screen_rows(s) > p->console.rows || screen_cols(s) > p->console.cols);
	painter_end(p->painter, &out);
	rc = console_put(&p->console, out.data, out.len, p->err);
	buf_release(&out);
	p->dirty = 0;
	p->painted_us = clock_mono_us();
	return rc;
}
