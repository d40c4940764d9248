/* SPDX-License-Identifier: MIT */
/* The line is written on a small screen of its own, so that wide characters and bad bytes in a
 * command's text come out as on any screen, and go to the terminal the same safe way. */
#include "player_status.h"

#include "../base/buf.h"
#include "../play/film.h"
#include "../story/screen.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TEXT = 1024 }; /* bytes of a command at most */

struct status {
	struct screen *screen;
	struct buf line;
	int cols;
};

static void on_text(void *ctx, const unsigned char *text, size_t n)
{
	(void)ctx;
	(void)text;
	(void)n;
}

static const struct screen_sink sink = {on_text, on_text};

struct status *status_new(int cols)
{
	struct status *s = xcalloc(1, sizeof(*s));

	s->screen = screen_new(2, cols, &sink, NULL);
	s->cols = cols;
	return s;
}

void status_free(struct status *s)
{
	if (!s)
		return;
	screen_free(s->screen);
	buf_release(&s->line);
	free(s);
}

static void put_time(struct buf *out, int64_t us)
{
	int64_t tenths = us / 100000, seconds = tenths / 10;

	if (seconds >= 3600)
		buf_printf(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60),
			   (int)(seconds % 60));
	else
		buf_printf(out, "%d:%02d.%d", (int)(seconds / 60), (int)(seconds % 60),
			   (int)(tenths % 10));
}

/* Its first line; controls become blanks. */
static void put_text(struct buf *out, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < TEXT && text[i] && text[i] != '\n'; i++)
		buf_putc(out, (unsigned char)text[i] < ' ' || text[i] == 127
				      ? ' '
				      : (unsigned char)text[i]);
}

static void put_chapter(struct buf *out, const struct chapter *c, uint64_t place)
{
	buf_printf(out, "  #%" PRIu32, c->number);
	if (c->end && c->end <= place && c->has_exit)
		buf_printf(out, " exit %d", c->exit_code);
	buf_puts(out, "  ");
	put_text(out, c->text, TEXT);
}

static void put_facts(struct buf *out, const struct status_facts *f)
{
	buf_putc(out, ' ');
	put_time(out, f->at_us);
	buf_puts(out, " / ");
	if (f->is_whole)
		put_time(out, f->length_us);
	else
		buf_putc(out, '?');
	buf_printf(out, "  %gx", f->speed);
	if (f->cut_cols)
		buf_printf(out, "  clipped %dx%d", f->cut_cols, f->cut_rows);
	if (f->state)
		buf_printf(out, "  %s", f->state);
	if (f->message)
		buf_printf(out, "  %s", f->message);
	if (f->chapter)
		put_chapter(out, f->chapter, f->place);
}

const struct screen *status_screen(struct status *s, const struct status_facts *f)
{
	int i;

	buf_clear(&s->line);
	buf_puts(&s->line, "\033c\033[?7l\033[7m");
	if (f->needle) {
		buf_putc(&s->line, '/');
		put_text(&s->line, f->needle, f->needle_len);
		buf_puts(&s->line, "\033[27m \033[7m");
	} else {
		put_facts(&s->line, f);
	}
	for (i = 0; i < s->cols; i++)
		buf_putc(&s->line, ' ');
	screen_write(s->screen, s->line.data, s->line.len);
	return s->screen;
}
