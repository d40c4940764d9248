/* SPDX-License-Identifier: MIT */
/* The screen at a moment, as text. */
#include "show.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../play/film.h"
#include "../story/screen.h"
#include "progress.h"
#include "scene.h"
#include "target.h"

#include <unistd.h>

/* The rows down to the last one that shows something. */
static void put_rows(struct buf *out, const struct screen *s, int colours)
{
	size_t end = out->len, start;
	int row;

	for (row = 0; row < screen_rows(s); row++) {
		start = out->len;
		if (colours)
			screen_row_colours(s, row, out);
		else
			screen_row_text(s, row, out);
		if (out->len > start)
			end = out->len + 1;
		buf_putc(out, '\n');
	}
	out->len = end;
}

/* Puts the head to the moment, or behind the command. */
static int find_moment(struct film *f, struct head *h, const struct source *source,
		       const struct show *s, struct progress *progress, struct err *err)
{
	const struct chapter *c;
	int64_t at_us;
	int rc;

	if (s->screen_end && s->number) {
		rc = scene_command(f, source, s->number, progress, &c, err);
		if (!rc)
			rc = head_seek_place(h, c->end ? c->end : film_end(f), err);
		return rc;
	}
	rc = scene_moment(f, source, s->number, s->screen_end ? INT64_MAX : s->screen_us, progress,
			  &at_us, err);
	return rc ? rc : head_seek(h, at_us, err);
}

int show_screen(struct show *s, struct err *err)
{
	int dir = target_scratch_dir();
	struct source *source = s->recording.source;
	struct film *f = film_new(source, dir);
	struct head *h = head_new(f, NULL, NULL);
	struct buf out = {0};
	struct progress progress;
	int rc;

	s->recording.source = NULL; /* the film's */
	progress_begin(&progress, "show", 0);
	rc = find_moment(f, h, source, s, &progress, err);
	progress_end(&progress);
	if (!rc) {
		put_rows(&out, head_screen(h), s->colours);
		rc = io_write_all(STDOUT_FILENO, out.data, out.len, NULL, err);
	}
	head_free(h);
	film_free(f);
	io_close(&dir);
	buf_release(&out);
	return rc;
}
