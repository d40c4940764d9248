/* SPDX-License-Identifier: MIT */
#include "desk.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/utf8.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/follow.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "provenance.h"
#include "transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void desk_report(const struct desk *d, const struct follow_report *r)
{
	if (d->report >= 0)
		while (write(d->report, r, sizeof(*r)) < 0 && errno == EINTR)
			;
}

/* A program's own name is there already: whoever recorded knew it. */
static void on_started(void *ctx, const struct command *c)
{
	struct desk *d = ctx;
	struct follow_report r = {.worked_in = reader_offset(d->reader), .began = c->start_wall_us};
	size_t n = c->text.len < sizeof(r.name) - 1 ? c->text.len : sizeof(r.name) - 1;

	d->told++;
	transcript_put_started(d->transcript, c);
	if (!n || c->text_from == COMMAND_TEXT_ARGV)
		return;
	memcpy(r.name, c->text.data, n - utf8_cut_tail(c->text.data, n));
	desk_report(d, &r);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct desk *d = ctx;

	d->told++;
	transcript_put_command(d->transcript, c);
	provenance_put(d->provenance, c);
	d->command_ended = 1;
	if (d->ended)
		d->ended(d->ctx, c);
}

static void on_loose(void *ctx, int64_t at_us, const struct excerpt *text)
{
	struct desk *d = ctx;

	d->told++;
	transcript_put_loose(d->transcript, at_us, text);
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	struct desk *d = ctx;

	d->told++;
	transcript_put_words(d->transcript, at_us, w);
}

static void on_fact(void *ctx, const struct event *e)
{
	struct desk *d = ctx;

	d->told++;
	transcript_put_fact(d->transcript, e);
}

static const struct story_sink desk_sink = {.started = on_started,
					    .ended = on_ended,
					    .loose = on_loose,
					    .words = on_words,
					    .fact = on_fact};

int desk_open(struct desk *d, int cast, int dir, const char *session, struct err *err)
{
	const struct header *h;

	memset(d, 0, sizeof(*d));
	d->cast = cast;
	d->dir = dir;
	d->session = session;
	d->report = -1;
	d->page.is_of_moment = 1; /* none is written yet */
	d->reader = reader_new(cast, err);
	if (!d->reader)
		return -1;
	h = reader_header(d->reader);
	d->transcript = transcript_new(h, dir);
	d->provenance = provenance_new(h, dir);
	d->story = story_new(h, &desk_sink, d);
	return 0;
}

void desk_close(struct desk *d)
{
	story_free(d->story);
	provenance_free(d->provenance);
	transcript_free(d->transcript);
	if (d->reader)
		reader_free(d->reader);
	memset(d, 0, sizeof(*d));
}

int desk_next(struct desk *d, struct event *e, struct err *err)
{
	int rc = reader_next(d->reader, e, err);

	if (rc == 1)
		story_put(d->story, e);
	return rc;
}

int desk_read(struct desk *d, int64_t most, struct err *err)
{
	int64_t until = reader_offset(d->reader) + most;
	struct event e;
	int rc = 1;

	while (rc == 1 && reader_offset(d->reader) < until)
		rc = desk_next(d, &e, err);
	return rc;
}

/* The transcript */

struct page {
	const struct desk *desk;
	const struct command *beside[STORY_BESIDE];
	struct transcript_now now;
	int64_t size;
};

static void lay_out(struct page *page, struct desk *d, int flags)
{
	struct transcript_now *now = &page->now;

	page->desk = d;
	page->size = 0;
	*now = (struct transcript_now){
		.is_running = flags & DESK_RUNNING,
		.running = story_running(d->story),
		.beside = page->beside,
		.forged = story_forged_marks(d->story),
		.unheard = story_unheard_marks(d->story),
		.skipped = reader_skipped(d->reader),
	};
	while (now->n_beside < STORY_BESIDE &&
	       (page->beside[now->n_beside] = story_beside(d->story, now->n_beside)))
		now->n_beside++;
	if (!now->running && now->is_running)
		now->loose = story_loose(d->story);
	now->has_exit = story_exit(d->story, &now->exit_status);
}

static int write_page(void *ctx, int fd, struct err *err)
{
	struct page *page = ctx;
	int rc = transcript_write(page->desk->transcript, &page->now, fd, err);

	page->size = lseek(fd, 0, SEEK_CUR);
	return rc;
}

static void page_name(const struct desk *d, char name[NAME_MAX + 1])
{
	snprintf(name, NAME_MAX + 1, "%s.md", d->session);
}

int desk_print(struct desk *d, int flags, int fd, struct err *err)
{
	struct page page;

	lay_out(&page, d, flags);
	return write_page(&page, fd, err);
}

static int publish(const struct desk *d, struct page *page, struct err *err)
{
	char name[NAME_MAX + 1];

	page_name(d, name);
	return io_replace_file(d->dir, name, IO_WHOLE, write_page, page, err);
}

int desk_publish(struct desk *d, int flags, struct err *err)
{
	struct page page;

	lay_out(&page, d, flags);
	return publish(d, &page, err);
}

int desk_refresh(struct desk *d, int64_t *size, struct err *err)
{
	struct page page;
	struct desk_page is = {.told = d->told};
	int rc;

	lay_out(&page, d, DESK_RUNNING);
	is.forged = page.now.forged;
	is.unheard = page.now.unheard;
	is.skipped = page.now.skipped;
	is.has_exit = page.now.has_exit != 0;
	is.is_of_moment = page.now.running || page.now.n_beside || page.now.loose;
	*size = 0;
	if (!is.is_of_moment && !memcmp(&is, &d->page, sizeof(is)))
		return 0;
	d->page = is;
	rc = publish(d, &page, err);
	if (rc < 0)
		d->page.is_of_moment = 1;
	*size = page.size;
	return rc;
}

/* 0: the files hold the same; 1: *line is where they begin to differ; -1. */
static int compare(int a, int b, uint64_t *line, struct err *err)
{
	char x[16384], y[sizeof(x)];
	ssize_t n, m, i;

	*line = 1;
	do {
		n = io_read_full(a, x, sizeof(x));
		m = io_read_full(b, y, sizeof(y));
		if (n < 0 || m < 0)
			return err_sys(err, "read");
		for (i = 0; i < n && i < m && x[i] == y[i]; i++)
			*line += x[i] == '\n';
		if (i < n || i < m)
			return 1;
	} while (n > 0);
	return 0;
}

int desk_check_page(struct desk *d, struct err *err)
{
	char name[NAME_MAX + 1];
	int want, have = -1, rc = -1;
	uint64_t line = 0;

	page_name(d, name);
	want = io_open_nameless(d->dir);
	if (want < 0) {
		err_sys(err, "make a temporary file");
		goto out;
	}
	if (desk_print(d, 0, want, err) < 0)
		goto out;
	have = io_open_file(d->dir, name, O_RDONLY, err);
	if (have < 0) {
		rc = err->code == ENOENT ? 1 : -1;
		goto out;
	}
	lseek(want, 0, SEEK_SET);
	rc = compare(want, have, &line, err);
	if (rc == 1)
		err_set(err, "%s: differs from line %llu on", name, (unsigned long long)line);
out:
	io_close(&want);
	io_close(&have);
	return rc;
}
