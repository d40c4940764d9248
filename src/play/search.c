/* SPDX-License-Identifier: MIT */
/* A head of its own runs ahead, and each screen it sees is looked through, row by row. */
#include "search.h"

#include "film.h"

#include "../base/buf.h"
#include "../story/screen.h"

#include <stdlib.h>
#include <string.h>

struct search {
	struct head *head;
	char *text;
	int folds;	/* capitals are as small letters */
	size_t count;	/* how often the screen shows it */
	struct buf row; /* memory to use again */
};

static int is_capital(int c)
{
	return c >= 'A' && c <= 'Z';
}

static size_t count(struct search *s)
{
	const struct screen *screen = head_screen(s->head);
	size_t n = strlen(s->text), found = 0, i;
	int row;

	for (row = 0; row < screen_rows(screen); row++) {
		const unsigned char *p;

		buf_clear(&s->row);
		screen_row_text(screen, row, &s->row);
		for (i = 0; s->folds && i < s->row.len; i++)
			if (is_capital(s->row.data[i]))
				s->row.data[i] |= 0x20;
		p = s->row.data;
		while (p && (p = memmem(p, s->row.len - (size_t)(p - s->row.data), s->text, n))) {
			found++;
			p += n;
		}
	}
	return found;
}

struct search *search_new(struct film *f, uint64_t place, const char *text, struct err *err)
{
	struct search *s = xcalloc(1, sizeof(*s));
	const char *p;

	s->head = head_new(f, NULL, NULL);
	s->text = xstrdup(text);
	s->folds = 1;
	for (p = text; *p; p++)
		s->folds &= !is_capital(*p);
	if (head_seek_place(s->head, place, err) < 0) {
		search_free(s);
		return NULL;
	}
	s->count = count(s);
	return s;
}

void search_free(struct search *s)
{
	if (!s)
		return;
	head_free(s->head);
	free(s->text);
	buf_release(&s->row);
	free(s);
}

int search_step(struct search *s, size_t bytes, uint64_t *place, int64_t *at_us, struct err *err)
{
	uint64_t until = head_place(s->head) + bytes;
	struct head_event e;

	while (head_place(s->head) < until) {
		int rc = head_step(s->head, &e, err);
		size_t now;

		if (rc != 1)
			return rc;
		if (e.kind != HEAD_OUTPUT)
			continue;
		now = count(s);
		if (now > s->count) {
			*place = head_place(s->head);
			*at_us = e.at_us;
			return 1;
		}
		s->count = now;
	}
	return SEARCH_ON;
}
