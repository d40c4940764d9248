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

static int read_film(struct film *f, const struct source *source, const struct show *s,
		     int64_t *at_us, struct err *err)
{
	struct progress progress;
	int rc;

	progress_begin(&progress, "show", 0);
	rc = scene_moment(f, source, s->number, s->screen_us, &progress, at_us, err);
	progress_end(&progress);
	return rc;
}

int show_screen(struct show *s, struct err *err)
{
	int dir = target_scratch_dir();
	struct source *source = s->recording.source;
	struct film *f = film_new(source, dir);
	struct head *h = head_new(f, NULL, NULL);
	struct buf out = {0};
	int64_t at_us;
	int rc;

	s->recording.source = NULL; /* the film's */
	rc = read_film(f, source, s, &at_us, err);
	if (!rc)
		rc = head_seek(h, at_us, err);
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
