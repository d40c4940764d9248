/* SPDX-License-Identifier: MIT */
/* The screen at a moment, as text. */
#include "show.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../play/film.h"
#include "../story/screen.h"
#include "../tape/source.h"
#include "progress.h"
#include "target.h"

#include <inttypes.h>
#include <unistd.h>

enum { READ_BYTES = 1 << 20 };

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

/* Reads until the moment is in what was read, having found the command that it counts from. */
static int read_film(struct film *f, struct source *source, const struct show *s, int64_t *at_us,
		     struct err *err)
{
	struct progress progress;
	long i = -1;
	int rc = 1;

	*at_us = s->number ? INT64_MAX : s->screen_us;
	progress_begin(&progress, "show", 0);
	while (rc == 1 && film_length_us(f) <= *at_us) {
		rc = film_read(f, READ_BYTES, err);
		i = s->number ? film_chapter_numbered(f, s->number) : -1;
		if (i >= 0 && s->screen_us <= INT64_MAX - film_chapter(f, (size_t)i)->at_us)
			*at_us = film_chapter(f, (size_t)i)->at_us + s->screen_us;
		progress_step(&progress, source_offset(source), source_size(source));
	}
	progress_end(&progress);
	if (rc < 0)
		return -1;
	if (i >= 0 || !s->number)
		return 0;
	err_set(err, "has no command %" PRIu32, s->number);
	return 1;
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
