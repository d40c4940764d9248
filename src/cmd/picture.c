/* SPDX-License-Identifier: MIT */
/* A moment is the whole screen. A command is a screen on which nothing but it was ever shown: where
 * the last one had ended the cursor's line becomes the first, all above it goes, and from there on
 * the film is shown on what is left. */
#include "picture.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../page/svg.h"
#include "../play/film.h"
#include "../story/screen.h"
#include "scene.h"

#include <inttypes.h>

/* Deletes what stands above the cursor's row. */
static void clear_above(struct screen *s)
{
	struct buf bytes = {0};
	int row, col;

	screen_cursor(s, &row, &col);
	if (row > 0 && !screen_is_alternate(s)) {
		buf_printf(&bytes, "\033[1;1H\033[%dM\033[1;%dH", row, col + 1);
		screen_write(s, bytes.data, bytes.len);
	}
	buf_release(&bytes);
}

/* Where what belongs to a command begins: its prompt, where the command before has ended. */
static uint64_t beginning(const struct film *f, const struct chapter *c)
{
	long before = film_chapter_numbered(f, c->number - 1);
	uint64_t end = before < 0 ? 0 : film_chapter(f, (size_t)before)->end;

	return before < 0 || end ? end : c->at;
}

static int show_command(const struct picture *p, struct film *f, struct head *h,
			struct progress *progress, struct buf *title, struct err *err)
{
	const struct chapter *c;
	struct head_event e;
	uint64_t end;
	int rc = scene_command(f, p->source, p->number, progress, &c, err);

	if (rc)
		return rc;
	buf_puts(title, c->text);
	end = c->end ? c->end : UINT64_MAX;
	rc = head_seek_place(h, beginning(f, c), err);
	if (rc < 0)
		return -1;
	clear_above(head_screen_mutable(h));
	while (head_place(h) < end && (rc = head_step(h, &e, err)) == 1)
		;
	return rc < 0 ? -1 : 0;
}

static int show_moment(const struct picture *p, struct film *f, struct head *h,
		       struct progress *progress, struct buf *title, struct err *err)
{
	int64_t at_us, since_us = p->at_us >= 0 ? p->at_us : INT64_MAX - 1;
	int rc = scene_moment(f, p->source, p->number, since_us, progress, &at_us, err);

	buf_puts(title, p->name);
	return rc ? rc : head_seek(h, at_us, err);
}

int picture_put(struct picture *p, struct progress *progress, struct buf *out, struct err *err)
{
	int is_command = p->number && p->at_us < 0, rc;
	int flags = (is_command ? SVG_FIT : SVG_CURSOR) | (p->with_frame ? SVG_FRAME : 0);
	struct film *f = film_new(p->source, p->scratch);
	struct head *h = head_new(f, NULL, NULL);
	struct buf title = {0};

	if (is_command)
		rc = show_command(p, f, h, progress, &title, err);
	else
		rc = show_moment(p, f, h, progress, &title, err);
	if (!rc)
		svg_put(out, head_screen(h), buf_str(&title), flags);
	head_free(h);
	film_free(f);
	buf_release(&title);
	return rc;
}
