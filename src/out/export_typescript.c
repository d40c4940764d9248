/* SPDX-License-Identifier: MIT */
/* A typescript with its timing in the advanced form, as script(1) of util-linux writes them and
 * scriptreplay(1) plays them (term-utils/script.c). The bytes are exact. */
#include "export_private.h"

#include "../base/buf.h"
#include "../base/stamp.h"
#include "../tape/event.h"
#include "../tape/header.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DATE = 19, STATUS_TEXT = 12 };

struct typescript {
	struct exporter base;
	struct outlet timing;
	int64_t last_us;
	char status[STATUS_TEXT];
};

static const char unknown[] = "an unknown date";

/* "2026-11-23 04:41:24+00:00" */
static void put_date(struct buf *out, int64_t wall_us)
{
	char iso[STAMP_ISO_LEN + 1];

	stamp_iso(wall_us, iso);
	iso[DATE] = '\0';
	iso[10] = ' ';
	buf_printf(out, "%s+00:00", iso);
}

/* Within a line: control characters, newlines among them, become blanks. */
static void put_plain(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_putc(out, (unsigned char)*text < 0x20 ? ' ' : (unsigned char)*text);
}

static void put_info(struct typescript *t, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(&t->timing.held, "H 0.000000 %s ", name);
	put_plain(&t->timing.held, value);
	buf_putc(&t->timing.held, '\n');
}

static void put_banner(struct typescript *t, const struct header *h)
{
	struct buf *out = &t->base.out.held, date = {0};
	char cols[STATUS_TEXT], rows[STATUS_TEXT];

	snprintf(cols, sizeof(cols), "%d", h->cols);
	snprintf(rows, sizeof(rows), "%d", h->rows);
	if (header_has_start(h))
		put_date(&date, h->start_us);
	buf_printf(out, "Script started on %s [", date.len ? buf_str(&date) : unknown);
	if (h->command) {
		buf_puts(out, "COMMAND=\"");
		put_plain(out, h->command);
		buf_puts(out, "\" ");
	}
	buf_puts(out, "TERM=\"");
	put_plain(out, h->term ? h->term : "dumb");
	buf_printf(out, "\" COLUMNS=\"%s\" LINES=\"%s\"]\n", cols, rows);
	put_info(t, "START_TIME", date.len ? buf_str(&date) : NULL);
	put_info(t, "TERM", h->term);
	put_info(t, "COLUMNS", cols);
	put_info(t, "LINES", rows);
	put_info(t, "SHELL", h->shell);
	put_info(t, "COMMAND", h->command);
	buf_release(&date);
}

/* The kind and the time since the last line. */
static void put_delta(struct typescript *t, char kind, int64_t at_us)
{
	int64_t delta = at_us - t->last_us;

	buf_printf(&t->timing.held, "%c %" PRId64 ".%06" PRId64 " ", kind, delta / 1000000,
		   delta % 1000000);
	t->last_us = at_us;
}

static void put_size(struct typescript *t, const struct event *e)
{
	int rows, cols;

	if (event_size(e, &cols, &rows) < 0)
		return;
	put_delta(t, 'S', e->at_us);
	buf_printf(&t->timing.held, "SIGWINCH ROWS=%d COLS=%d\n", rows, cols);
}

static void take_status(struct typescript *t, const struct event *e)
{
	size_t i;

	if (!e->len || e->len >= STATUS_TEXT)
		return;
	for (i = 0; i < e->len; i++)
		if (e->data[i] < '0' || e->data[i] > '9')
			return;
	memcpy(t->status, e->data, e->len);
	t->status[e->len] = '\0';
}

static void typescript_put(struct exporter *x, const struct event *e)
{
	struct typescript *t = (struct typescript *)x;

	if (e->code == EVENT_OUTPUT && e->len) {
		put_delta(t, 'O', e->at_us);
		buf_printf(&t->timing.held, "%zu\n", e->len);
		outlet_put(&x->out, e->data, e->len);
	} else if (e->code == EVENT_RESIZE) {
		put_size(t, e);
	} else if (e->code == EVENT_EXIT) {
		take_status(t, e);
	}
	outlet_settle(&t->timing);
}

static void typescript_end(struct exporter *x, int flags)
{
	struct typescript *t = (struct typescript *)x;
	struct buf *out = &x->out.held;

	(void)flags;
	buf_puts(out, "\nScript done on ");
	if (header_has_times(x->header))
		put_date(out, x->header->start_us + t->last_us);
	else
		buf_puts(out, unknown);
	if (t->status[0])
		buf_printf(out, " [COMMAND_EXIT_CODE=\"%s\"]", t->status);
	buf_putc(out, '\n');
	if (header_has_times(x->header))
		buf_printf(&t->timing.held, "H 0.000000 DURATION %" PRId64 ".%06" PRId64 "\n",
			   t->last_us / 1000000, t->last_us % 1000000);
	if (t->status[0])
		put_info(t, "EXIT_CODE", t->status);
}

static int typescript_flush(struct exporter *x, struct err *err)
{
	return outlet_flush(&((struct typescript *)x)->timing, err);
}

static void typescript_release(struct exporter *x)
{
	outlet_release(&((struct typescript *)x)->timing);
}

static const struct export_kind typescript_kind = {.put = typescript_put,
						   .end = typescript_end,
						   .flush = typescript_flush,
						   .release = typescript_release};

struct exporter *export_typescript_new(const struct header *h, int timing)
{
	struct typescript *t = xcalloc(1, sizeof(*t));

	t->base.kind = &typescript_kind;
	t->timing.fd = timing;
	put_banner(t, h);
	return &t->base;
}
