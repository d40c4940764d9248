/* SPDX-License-Identifier: MIT */
/* The verb that lists commands across sessions, as `git log --oneline` lists commits. All comes
 * from provenance.jsonl; recordings are asked for their headers only. */
#include "cmd.h"
#include "help.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/clock.h"
#include "catalog.h"
#include "filter.h"
#include "listing.h"
#include "pager.h"
#include "print.h"
#include "records.h"
#include "sessions.h"
#include "when.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A record that the filter takes: enough to sort by, and its line. */
struct row {
	const struct folder *folder;
	int64_t ts_us, seq;
	size_t order; /* in which it was read */
	char *session, *line;
	size_t len;
};

struct rows {
	struct row *list;
	size_t count, cap;
};

struct log {
	struct listing_options options;
	struct filter filter;
	struct catalog catalog;
	const struct folder *folder; /* that is read now */
	struct rows rows;
	const char *session; /* --session */
	char *found;	     /* the session's name */
	struct stat where;   /* of the folder that it is in */
	char *path;	     /* of the folder that --session names, or NULL */
	int seen;	     /* some record is of it */
	int no_pager, colour, is_terminal;
};

/* Options */

static int read_option(struct log *log, int c, int64_t now, struct err *err)
{
	switch (c) {
	case 'f':
		log->filter.failed = 1;
		return 0;
	case 'A':
		log->filter.agent = 1;
		return 0;
	case 'g':
		return filter_add_pattern(&log->filter, optarg, err);
	case 'c':
		return filter_add_cwd(&log->filter, optarg, err);
	case 's':
		return when_parse(optarg, now, WHEN_FIRST, &log->filter.since_us, err);
	case 'u':
		return when_parse(optarg, now, WHEN_LAST, &log->filter.until_us, err);
	case 'S':
		log->session = optarg;
		return 0;
	case 'P':
		log->no_pager = 1;
		return 0;
	default:
		return listing_option(&log->options, c, optarg);
	}
}

static int read_options(struct log *log, int argc, char **argv)
{
	static const struct option options[] = {
		LISTING_OPTIONS,
		{"failed", no_argument, NULL, 'f'},
		{"agent", no_argument, NULL, 'A'},
		{"grep", required_argument, NULL, 'g'},
		{"ignore-case", no_argument, NULL, 'i'},
		{"cwd", required_argument, NULL, 'c'},
		{"since", required_argument, NULL, 's'},
		{"until", required_argument, NULL, 'u'},
		{"session", required_argument, NULL, 'S'},
		{"no-pager", no_argument, NULL, 'P'},
		{NULL, 0, NULL, 0},
	};
	static const char letters[] = "an:i";
	static const char *const words[] = {NULL};
	int64_t now = clock_wall_us();
	struct err err = {.code = 0};
	int c;

	/* -i is about all patterns, also those in front of it */
	while ((c = getopt_long(argc, argv, letters, options, NULL)) != -1)
		if (c == 'i')
			log->filter.ignore_case = 1;
		else if (c == '?')
			break;
	if (c != -1 || help_words(argc, argv, words, 0) < 0) {
		help_usage("log");
		return -1;
	}
	optind = 0;
	while ((c = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (c == 'i' || read_option(log, c, now, &err) == 0)
			continue;
		if (err.text[0])
			listing_fail(&err);
		return -1;
	}
	return 0;
}

/* A path says which folder, too. */
static void set_folder(struct log *log)
{
	const char *slash = strrchr(log->session, '/');
	struct buf folder = {0};

	if (!slash)
		return;
	buf_put(&folder, log->session, (size_t)(slash + 1 - log->session));
	log->path = realpath(buf_str(&folder), NULL);
	log->options.log_dir = log->path;
	log->options.all = 0;
	buf_release(&folder);
}

/* A session by any of the names it goes by; else what some names begin with, so that a day will do,
 * and so will a session whose recording is gone. */
static void find_session(struct log *log)
{
	const struct session_scope scope = {log->options.log_dir, log->options.all};
	struct session_file s;

	log->filter.session = log->session;
	if (!log->session || session_find(&s, &scope, log->session, NULL) != 0)
		return;
	set_folder(log);
	if (fstat(s.dir, &log->where) < 0)
		memset(&log->where, 0, sizeof(log->where));
	log->found = xstrdup(s.name);
	log->filter.session = log->found;
	session_release(&s);
}

/* Whether what --session means can be in this folder: sessions elsewhere may have the same name. */
static int is_wanted(const struct log *log, const struct folder *f)
{
	struct stat st;

	return !log->found || (fstat(f->dir, &st) == 0 && st.st_dev == log->where.st_dev &&
			       st.st_ino == log->where.st_ino);
}

/* Reading */

/* By which it is sorted: when it began, or else its session's place in time, as `steno ls` has it;
 * if that is gone it is behind all others. */
static int64_t place_of(const struct folder *f, const struct record *r)
{
	const struct entry *e = !r->has_ts && r->session ? catalog_find(f, r->session) : NULL;

	return r->has_ts ? r->ts_us : e ? e->start_us : INT64_MIN;
}

static void take_record(void *ctx, const struct record *r)
{
	struct log *log = ctx;
	struct rows *rows = &log->rows;
	struct row *row;

	log->seen |= filter_is_of_session(&log->filter, r);
	if (!filter_takes(&log->filter, log->folder, r))
		return;
	if (rows->count == rows->cap) {
		rows->cap = rows->cap ? rows->cap * 2 : 256;
		rows->list = xrealloc(rows->list, rows->cap * sizeof(*rows->list));
	}
	row = &rows->list[rows->count];
	*row = (struct row){
		.folder = log->folder,
		.ts_us = place_of(log->folder, r),
		.seq = r->seq,
		.order = rows->count,
		.session = xstrdup(r->session ? r->session : ""),
		.line = xmalloc(r->len + 1),
		.len = r->len,
	};
	memcpy(row->line, r->line, r->len);
	row->line[r->len] = '\0';
	rows->count++;
}

static int newest_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strcmp(y->session, x->session);

	if (x->ts_us != y->ts_us)
		return x->ts_us < y->ts_us ? 1 : -1;
	if (order)
		return order;
	if (x->seq != y->seq)
		return x->seq < y->seq ? 1 : -1;
	return (x->order < y->order) - (x->order > y->order);
}

/* 0; 1: no folder has a log; -1. With several folders a bad one is told of and passed over. */
static int read_folders(struct log *log, struct err *err)
{
	uint64_t bad = 0;
	int rc = 1;
	size_t i;

	for (i = 0; i < log->catalog.count; i++) {
		struct folder *f = &log->catalog.folders[i];
		int got;

		if (!is_wanted(log, f))
			continue;
		log->folder = f;
		got = catalog_list(f, err);
		if (!got)
			got = records_read(f->dir, take_record, log, &bad, err);
		if (got < 0 && !log->catalog.is_all)
			return err_wrap(err, "%s", f->path);
		if (got < 0)
			listing_warn(f, err);
		if (!got)
			rc = 0;
	}
	listing_count_bad(bad, "line is", "lines are");
	if (rc)
		err_set(err, "no command was recorded here: %s", log->catalog.folders[0].path);
	else if (log->rows.count)
		qsort(log->rows.list, log->rows.count, sizeof(*log->rows.list), newest_first);
	return rc;
}

/* Printing */

static void put_ref(const struct log *log, const struct row *row, const struct record *r,
		    struct buf *out)
{
	print_colour(out, log->colour, PRINT_NAME);
	if (r->session && r->seq > 0) {
		print_session(out, row->folder, r->session);
		buf_printf(out, ":%" PRId64, r->seq);
	} else {
		buf_putc(out, '-');
	}
	print_plain(out, log->colour);
}

static void put_status(const struct log *log, const struct record *r, struct buf *out)
{
	int on = log->colour && r->exit_code != 0;
	char status[24] = "?";

	if (r->has_exit)
		snprintf(status, sizeof(status), "%" PRId64, r->exit_code);
	print_colour(out, on, r->has_exit ? PRINT_BAD : PRINT_WARN);
	buf_printf(out, "exit=%-3s", status);
	print_plain(out, on);
}

static void put_duration(const struct record *r, struct buf *out)
{
	struct buf span = {0};

	if (r->duration_ms >= 0 && r->duration_ms < INT64_MAX / 1000)
		print_span(&span, r->duration_ms * 1000);
	else
		buf_putc(&span, '?');
	buf_printf(out, "%6s", buf_str(&span));
	buf_release(&span);
}

/* The directory, unless it is the root. */
static void put_cwd(const struct log *log, const struct row *row, const struct record *r,
		    struct buf *out)
{
	const struct entry *e = r->session ? catalog_find(row->folder, r->session) : NULL;
	const char *root = listing_root(row->folder, e);

	if (!r->cwd)
		return;
	if (root && strlen(root) == r->cwd_len && !memcmp(root, r->cwd, r->cwd_len))
		return;
	buf_puts(out, "  ");
	print_colour(out, log->colour, PRINT_DIM);
	buf_puts(out, "(in ");
	print_path(out, r->cwd, r->cwd_len, log->catalog.is_all ? NULL : root);
	buf_putc(out, ')');
	print_plain(out, log->colour);
}

/* As one says it to `steno show`. */
static void put_inside(const struct log *log, const struct record *r, struct buf *out)
{
	if (r->in <= 0)
		return;
	buf_puts(out, "  ");
	print_colour(out, log->colour, PRINT_DIM);
	buf_printf(out, "(inside of :%" PRId64 ")", r->in);
	print_plain(out, log->colour);
}

static void put_line(const struct log *log, const struct row *row, struct buf *out)
{
	char when[WHEN_LOCAL_LEN + 1] = "?";
	struct record r;

	if (record_parse(&r, row->line, row->len) < 0)
		bug("a record that was good is bad");
	if (r.has_ts)
		when_local(r.ts_us, when);
	put_ref(log, row, &r, out);
	buf_printf(out, " %-*s ", WHEN_LOCAL_LEN, when);
	put_status(log, &r, out);
	buf_putc(out, ' ');
	put_duration(&r, out);
	buf_puts(out, "  ");
	if (r.cmd)
		print_text(out, r.cmd, r.cmd_len);
	else
		buf_puts(out, "(text unknown)");
	put_inside(log, &r, out);
	put_cwd(log, row, &r, out);
	buf_putc(out, '\n');
	record_release(&r);
}

static void put_json(const struct log *log, const struct row *row, struct buf *out)
{
	if (log->is_terminal)
		print_json(out, row->line, row->len);
	else
		buf_put(out, row->line, row->len);
	buf_putc(out, '\n');
}

/* Writes what there is so far. 1: whoever reads has gone, which is no failure of ours. */
static int flush(struct buf *out, struct err *err)
{
	int rc = listing_write(out, err);

	buf_clear(out);
	return rc < 0 && err->code == EPIPE ? 1 : rc;
}

static int print_rows(const struct log *log, struct err *err)
{
	enum { ENOUGH = 64 * 1024 };
	size_t i, n = log->rows.count;
	struct buf out = {0};
	int rc = 0;

	if (log->options.most && n > log->options.most)
		n = log->options.most;
	for (i = 0; i < n && !rc; i++) {
		if (log->options.json)
			put_json(log, &log->rows.list[i], &out);
		else
			put_line(log, &log->rows.list[i], &out);
		if (out.len >= ENOUGH || i + 1 == n)
			rc = flush(&out, err);
	}
	buf_release(&out);
	return rc < 0 ? -1 : 0;
}

static int show(struct log *log, struct err *err)
{
	struct pager pager = {0};
	int rc = read_folders(log, err);

	if (rc)
		return rc;
	if (log->session && !log->found && !log->seen) {
		err_set(err, "%s: no such session", log->session);
		return 1;
	}
	if (!log->no_pager && log->rows.count)
		pager_begin(&pager);
	rc = print_rows(log, err);
	pager_end(&pager);
	return rc;
}

static void release(struct log *log)
{
	size_t i;

	for (i = 0; i < log->rows.count; i++) {
		free(log->rows.list[i].session);
		free(log->rows.list[i].line);
	}
	free(log->rows.list);
	free(log->found);
	free(log->path);
	filter_release(&log->filter);
	catalog_release(&log->catalog);
}

int cmd_log(int argc, char **argv)
{
	struct log log = {
		.filter = {.since_us = INT64_MIN, .until_us = INT64_MAX},
		.colour = print_wants_colour(),
		.is_terminal = isatty(STDOUT_FILENO),
	};
	struct err err = {.code = 0};
	int rc;

	if (read_options(&log, argc, argv) < 0) {
		release(&log);
		return 2;
	}
	find_session(&log);
	rc = catalog_open(&log.catalog, log.options.log_dir, log.options.all ? CATALOG_ALL : 0,
			  &err);
	if (!rc && log.path)
		log.catalog.folders[0].is_here = 0; /* its sessions are named by path, too */
	if (!rc)
		rc = show(&log, &err);
	if (rc)
		listing_fail(&err);
	release(&log);
	return rc < 0 ? 3 : rc;
}
