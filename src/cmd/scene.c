/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "../base/err.h"
#include "../play/film.h"
#include "../tape/source.h"
#include "progress.h"

#include <inttypes.h>
#include <stddef.h>

/* Between two looks whether to stop: some recordings take a millisecond for each event. */
enum { READ_BYTES = 1 << 14 };

/* As film_read(). */
static int read_some(struct film *f, const struct source *source, struct progress *progress,
		     struct err *err)
{
	int rc = film_read(f, READ_BYTES, err);

	if (rc >= 0 && progress_step(progress, source_offset(source), source_size(source)))
		return err_set(err, "interrupted");
	return rc;
}

static const struct chapter *find(const struct film *f, uint32_t number)
{
	long i = film_chapter_numbered(f, number);

	return i < 0 ? NULL : film_chapter(f, (size_t)i);
}

static int no_command(const struct film *f, uint32_t number, struct err *err)
{
	err_set(err, "has no command %" PRIu32 ", only %zu", number, film_chapters(f));
	return 1;
}

int scene_command(struct film *f, const struct source *source, uint32_t number,
		  struct progress *progress, const struct chapter **out, struct err *err)
{
	const struct chapter *c = find(f, number);
	int rc = 1;

	while (rc == 1 && !(c && c->end)) {
		rc = read_some(f, source, progress, err);
		c = find(f, number);
	}
	if (rc < 0)
		return -1;
	if (!c)
		return no_command(f, number, err);
	*out = c;
	return 0;
}

int scene_moment(struct film *f, const struct source *source, uint32_t number, int64_t since_us,
		 struct progress *progress, int64_t *at_us, struct err *err)
{
	int64_t at = number ? INT64_MAX : since_us;
	const struct chapter *c = NULL;
	int rc = 1;

	while (rc == 1 && film_length_us(f) <= at) {
		rc = read_some(f, source, progress, err);
		c = number ? find(f, number) : NULL;
		if (c && since_us <= INT64_MAX - c->at_us)
			at = c->at_us + since_us;
	}
	if (rc < 0)
		return -1;
	if (number && !c)
		return no_command(f, number, err);
	*at_us = at;
	return 0;
}
