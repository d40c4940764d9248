/* SPDX-License-Identifier: MIT */
/* The verb that lists sessions. What a session was comes from its recording, the numbers of its
 * commands from provenance.jsonl, which is read once for all of them. */
#include "cmd.h"
#include "help.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../base/stamp.h"
#include "../live/clock.h"
#include "../live/wire.h"
#include "catalog.h"
#include "listing.h"
#include "print.h"
#include "progress.h"
#include "reach.h"
#include "records.h"
#include "when.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ls {
	struct listing_options options;
	struct catalog catalog;
	int colour;
	int64_t now;
};

/* A session on its way to a line. */
struct row {
	struct folder *folder;
	struct entry *entry;
	int64_t commands, failed;
	const char *state;
};

enum column { BEGAN = 1, LONG, COMMANDS, FAILED, STATE, EXIT, SIZE, MODEL, WHERE, COLUMNS };

static const struct {
	const char *title;
	int is_number; /* stands on the right */
} columns[COLUMNS] = {
	{"SESSION", 0}, {"BEGAN", 0}, {"LONG", 1}, {"CMDS", 1},	 {"FAILED", 1},
	{"STATE", 0},	{"EXIT", 1},  {"SIZE", 1}, {"MODEL", 0}, {"WHERE", 0},
};

static const char *const states[] = {
	[SESSION_RUNNING] = "running",
	[SESSION_ENDED] = "ended",
	[SESSION_RECOVERED] = "recovered",
	[SESSION_IMPORTED] = "imported",
};

/* Of one that runs: who is there. */
static const char *look_for_terminals(const struct entry *e)
{
	struct wire_status status;

	if (reach_status(e->name, e->id, &status) < 0)
		return states[SESSION_RUNNING];
	if (status.terminals || status.watchers)
		return "attached";
	return status.front ? states[SESSION_RUNNING] : "detached";
}

/* Counting */

struct count {
	struct row *rows; /* of one folder, by id */
	size_t n;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->entry->id, ((const struct row *)b)->entry->id);
}

/* A command's id is its session's, a hyphen, and its number. */
static int compare_id(const void *key, const void *row)
{
	const char *id = key, *want = ((const struct row *)row)->entry->id;
	size_t n = strlen(id) - strlen(strrchr(id, '-')), len = strlen(want);
	int order = memcmp(id, want, n < len ? n : len);

	return order ? order : (n > len) - (n < len);
}

static void count_record(void *ctx, const struct record *r)
{
	const struct count *count = ctx;
	struct row *row;

	if (!r->id || !strrchr(r->id, '-'))
		return;
	row = bsearch(r->id, count->rows, count->n, sizeof(*count->rows), compare_id);
	if (!row)
		return;
	row->commands++;
	row->failed += record_failed(r);
}

static int newest_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->entry->start_us != y->entry->start_us)
		return x->entry->start_us < y->entry->start_us ? 1 : -1;
	return strcmp(y->entry->name, x->entry->name);
}

/* The sessions of all folders, owned, the newest first; those past the options' number are left out
 * before anything is read of them but the header. */
static struct row *collect(struct ls *ls, size_t *n)
{
	struct row *rows = NULL;
	size_t i, k, count = 0;

	for (i = 0; i < ls->catalog.count; i++) {
		struct folder *f = &ls->catalog.folders[i];

		if (!f->count)
			continue;
		rows = xrealloc(rows, (count + f->count) * sizeof(*rows));
		for (k = 0; k < f->count; k++)
			rows[count++] = (struct row){.folder = f, .entry = &f->entries[k]};
	}
	if (count)
		qsort(rows, count, sizeof(*rows), newest_first);
	*n = ls->options.most && count > ls->options.most ? ls->options.most : count;
	return rows;
}

/* Counts the commands of the rows that are in this folder. */
static int count_folder(struct folder *f, struct row *rows, size_t n, uint64_t *bad,
			struct err *err)
{
	struct count count = {.rows = xcalloc(n, sizeof(*rows))};
	size_t i, k;
	int rc;

	for (i = 0; i < n; i++)
		if (rows[i].folder == f)
			count.rows[count.n++] = rows[i];
	qsort(count.rows, count.n, sizeof(*count.rows), by_id);
	rc = count.n ? records_read(f->dir, count_record, &count, bad, err) : 0;
	for (k = 0; k < count.n; k++)
		for (i = 0; i < n; i++)
			if (rows[i].entry == count.rows[k].entry)
				rows[i] = count.rows[k];
	free(count.rows);
	return rc;
}

/* Printing */

/* Base of relative paths: the root that the folder belongs to, unless folders are mixed. */
static const char *base_of(const struct ls *ls, const struct row *row)
{
	return ls->catalog.is_all ? NULL : listing_root(row->folder, row->entry);
}

static void put_cell(const struct ls *ls, const struct row *row, int column, struct buf *out)
{
	const struct entry *e = row->entry;
	char when[WHEN_LOCAL_LEN + 1];
	int64_t length = e->length_us;

	switch (column) {
	case 0:
		print_session(out, row->folder, e->name);
		break;
	case BEGAN:
		when_local(e->start_us, when);
		buf_puts(out, e->has_start ? when : "?");
		break;
	case LONG:
		if (e->state == SESSION_RUNNING && ls->now - e->start_us > length)
			length = ls->now - e->start_us;
		if (e->has_times)
			print_span(out, length);
		else
			buf_putc(out, '?');
		break;
	case COMMANDS:
		buf_printf(out, "%" PRId64, row->commands);
		break;
	case FAILED:
		buf_printf(out, "%" PRId64, row->failed);
		break;
	case STATE:
		buf_puts(out, row->state);
		break;
	case EXIT:
		if (e->has_exit)
			buf_printf(out, "%d", e->exit_status);
		else
			buf_putc(out, '-');
		break;
	case SIZE:
		print_size(out, e->size);
		break;
	case MODEL:
		print_text(out, e->model ? e->model : "-", e->model ? strlen(e->model) : 1);
		break;
	case WHERE:
		if (e->cwd)
			print_path(out, e->cwd, strlen(e->cwd), base_of(ls, row));
		else
			buf_putc(out, '-');
		break;
	}
}

static enum print_colour colour_of(const struct row *row, int column)
{
	const struct entry *e = row->entry;

	if (column == 0)
		return PRINT_NAME;
	if (column == FAILED && row->failed)
		return PRINT_BAD;
	if (column == EXIT && e->has_exit && e->exit_status)
		return PRINT_BAD;
	if (column == STATE && e->state == SESSION_RUNNING)
		return PRINT_GOOD;
	if (column == STATE && e->state == SESSION_RECOVERED)
		return PRINT_WARN;
	return PRINT_PLAIN;
}

/* row: NULL for the titles. The last column is not filled up. */
static void put_row(const struct ls *ls, const struct row *row, const size_t *widths,
		    struct buf *out)
{
	struct buf cell = {0};
	int i;

	for (i = 0; i < COLUMNS; i++) {
		enum print_colour colour = row ? colour_of(row, i) : PRINT_DIM;
		int on = ls->colour && colour != PRINT_PLAIN;
		size_t width, pad;

		buf_clear(&cell);
		if (row)
			put_cell(ls, row, i, &cell);
		else
			buf_puts(&cell, columns[i].title);
		width = print_width(buf_str(&cell));
		pad = width < widths[i] ? widths[i] - width : 0;
		if (columns[i].is_number)
			buf_printf(out, "%*s", (int)pad, "");
		print_colour(out, on, colour);
		buf_put(out, cell.data, cell.len);
		print_plain(out, on);
		if (i == COLUMNS - 1)
			buf_putc(out, '\n');
		else
			buf_printf(out, "%*s", (int)(columns[i].is_number ? 2 : pad + 2), "");
	}
	buf_release(&cell);
}

static void put_table(const struct ls *ls, const struct row *rows, size_t n, struct buf *out)
{
	size_t widths[COLUMNS], k;
	struct buf cell = {0};
	int i;

	for (i = 0; i < COLUMNS; i++)
		widths[i] = strlen(columns[i].title);
	for (k = 0; k < n; k++) {
		for (i = 0; i < COLUMNS - 1; i++) {
			size_t width;

			buf_clear(&cell);
			put_cell(ls, &rows[k], i, &cell);
			width = print_width(buf_str(&cell));
			if (width > widths[i])
				widths[i] = width;
		}
	}
	buf_release(&cell);
	put_row(ls, NULL, widths, out);
	for (k = 0; k < n; k++)
		put_row(ls, &rows[k], widths, out);
}

static void put_json(const struct row *row, int is_terminal, struct buf *out)
{
	const struct entry *e = row->entry;
	struct json *j = json_new();
	char began[STAMP_ISO_LEN + 1];
	struct buf line = {0};

	stamp_iso(e->start_us, began);
	json_put_text(j, "session", e->name);
	json_put_text(j, "folder", row->folder->path);
	json_put_text(j, "began", e->has_start ? began : NULL);
	if (e->has_times)
		json_put_int(j, "duration_ms", e->length_us / 1000);
	else
		json_put_null(j, "duration_ms");
	json_put_text(j, "root", e->root);
	json_put_text(j, "cwd", e->cwd);
	json_put_int(j, "commands", row->commands);
	json_put_int(j, "failed", row->failed);
	json_put_text(j, "model", e->model);
	json_put_text(j, "state", row->state);
	if (e->has_exit)
		json_put_int(j, "exit_code", e->exit_status);
	else
		json_put_null(j, "exit_code");
	json_put_int(j, "bytes", e->size);
	json_print(j, &line);
	json_free(j);
	if (is_terminal)
		print_json(out, (const char *)line.data, line.len);
	else
		buf_put(out, line.data, line.len);
	buf_putc(out, '\n');
	buf_release(&line);
}

/* Measures the rows; those that went away meanwhile are dropped. */
static size_t measure(struct row *rows, size_t n)
{
	struct progress progress;
	size_t i, kept = 0;

	progress_begin(&progress, "ls", 0);
	for (i = 0; i < n; i++) {
		progress_step(&progress, (int64_t)i, (int64_t)n);
		if (catalog_measure(rows[i].folder, rows[i].entry, NULL) == 0)
			rows[kept++] = rows[i];
	}
	progress_end(&progress);
	for (i = 0; i < kept; i++)
		rows[i].state = rows[i].entry->state == SESSION_RUNNING
					? look_for_terminals(rows[i].entry)
					: states[rows[i].entry->state];
	return kept;
}

static int list(struct ls *ls, struct buf *out, struct err *err)
{
	uint64_t bad = 0, unreadable = 0;
	struct row *rows;
	size_t i, n;

	for (i = 0; i < ls->catalog.count; i++) {
		struct folder *f = &ls->catalog.folders[i];

		if (catalog_list(f, err) < 0) {
			if (!ls->catalog.is_all)
				return -1;
			listing_warn(f, err);
		}
		unreadable += f->unreadable;
	}
	rows = collect(ls, &n);
	n = measure(rows, n);
	for (i = 0; n && i < ls->catalog.count; i++)
		if (count_folder(&ls->catalog.folders[i], rows, n, &bad, err) < 0)
			listing_warn(&ls->catalog.folders[i], err);
	if (ls->options.json)
		for (i = 0; i < n; i++)
			put_json(&rows[i], isatty(STDOUT_FILENO), out);
	else if (n)
		put_table(ls, rows, n, out);
	free(rows);
	listing_count_bad(bad, "line of provenance.jsonl is", "lines of provenance.jsonl are");
	listing_count_bad(unreadable, "recording is", "recordings are");
	if (n)
		return 0;
	err_set(err, "nothing was recorded here: %s holds no session%s",
		ls->catalog.folders[0].path,
		ls->options.all || ls->options.log_dir ? "" : "; --all looks elsewhere, too");
	return 1;
}

static int read_options(struct ls *ls, int argc, char **argv)
{
	static const struct option options[] = {LISTING_OPTIONS, {NULL, 0, NULL, 0}};
	static const char *const words[] = {NULL};
	int c;

	while ((c = getopt_long(argc, argv, "an:", options, NULL)) != -1)
		if (listing_option(&ls->options, c, optarg) < 0)
			return -1;
	return help_words(argc, argv, words, 0);
}

int cmd_ls(int argc, char **argv)
{
	struct ls ls = {.now = clock_wall_us(), .colour = print_wants_colour()};
	struct err err = {.code = 0};
	struct buf out = {0};
	int rc;

	if (read_options(&ls, argc, argv) < 0)
		return help_usage("ls");
	rc = catalog_open(&ls.catalog, ls.options.log_dir, ls.options.all ? CATALOG_ALL : 0, &err);
	if (!rc)
		rc = list(&ls, &out, &err);
	if (!rc)
		rc = listing_write(&out, &err);
	if (rc)
		listing_fail(&err);
	buf_release(&out);
	catalog_release(&ls.catalog);
	return rc < 0 ? 3 : rc;
}
