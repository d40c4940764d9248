/* SPDX-License-Identifier: MIT */
/* The verb that tells whether a session's recording and text files can be believed. */
#include "cmd.h"
#include "help.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../live/logs.h"
#include "../out/audit.h"
#include "../out/scribe.h"
#include "catalog.h"
#include "listing.h"
#include "print.h"
#include "progress.h"
#include "sessions.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BELIEVED = 0, DOUBTED = 1, UNREADABLE = 2 };

struct verify {
	struct session_scope scope;
	int json, all_here;
	const char *session; /* the one at hand */
	struct buf line;
};

static void put_line(struct verify *v)
{
	buf_putc(&v->line, '\n');
	fwrite(v->line.data, 1, v->line.len, stdout);
	buf_clear(&v->line);
}

static void put_json(struct verify *v, struct json *j)
{
	struct buf text = {0};

	json_print(j, &text);
	print_json(&v->line, buf_str(&text), text.len);
	put_line(v);
	buf_release(&text);
	json_free(j);
}

static void put_int_if_known(struct json *j, const char *key, int64_t value)
{
	if (value >= 0)
		json_put_int(j, key, value);
}

static void print_finding_json(struct verify *v, const struct audit_finding *f)
{
	struct json *j = json_new();

	json_put_text(j, "session", v->session);
	json_put_text(j, "finding", f->what);
	json_put_flag(j, "grave", f->is_grave);
	put_int_if_known(j, "at_us", f->at_us);
	put_int_if_known(j, "offset", f->offset);
	json_put_text(j, "text", f->text);
	put_json(v, j);
}

static void print_place(struct buf *out, const struct audit_finding *f)
{
	if (f->at_us < 0 && f->offset < 0)
		return;
	buf_puts(out, " (");
	if (f->at_us >= 0)
		buf_printf(out, "at %" PRId64 ".%03d s", f->at_us / 1000000,
			   (int)(f->at_us % 1000000 / 1000));
	if (f->offset >= 0)
		buf_printf(out, "%sbyte %" PRId64, f->at_us >= 0 ? ", " : "", f->offset);
	buf_puts(out, ")");
}

static void on_found(void *ctx, const struct audit_finding *f)
{
	struct verify *v = ctx;

	if (v->json) {
		print_finding_json(v, f);
		return;
	}
	print_text(&v->line, v->session, strlen(v->session));
	buf_puts(&v->line, f->is_grave ? ": wrong: " : ": note: ");
	print_text(&v->line, f->text, strlen(f->text));
	print_place(&v->line, f);
	put_line(v);
}

static void print_sum_json(struct verify *v, const struct audit_sum *sum, int is_running)
{
	struct json *j = json_new();

	json_put_text(j, "session", v->session);
	json_put_flag(j, "believable", !sum->grave);
	json_put_int(j, "grave", (int64_t)sum->grave);
	json_put_int(j, "findings", (int64_t)sum->findings);
	json_put_flag(j, "running", is_running);
	json_put_int(j, "commands", (int64_t)sum->commands);
	json_put_int(j, "without_status", (int64_t)sum->without_status);
	json_put_int(j, "forged_marks", (int64_t)sum->refused);
	json_put_int(j, "bytes", sum->bytes);
	if (sum->length_us >= 0)
		json_put_int(j, "length_us", sum->length_us);
	else
		json_put_null(j, "length_us");
	if (sum->has_exit)
		json_put_int(j, "exit_status", sum->exit_status);
	else
		json_put_null(j, "exit_status");
	put_json(v, j);
}

static void print_sum(struct verify *v, const struct audit_sum *sum, int is_running)
{
	struct buf *out = &v->line;

	print_text(out, v->session, strlen(v->session));
	if (sum->grave)
		buf_printf(out, ": not to be believed: %" PRIu64 " wrong", sum->grave);
	else
		buf_puts(out, is_running ? ": believable so far" : ": believable");
	buf_printf(out, "; %" PRIu64 " command%s", sum->commands, sum->commands == 1 ? "" : "s");
	if (sum->without_status)
		buf_printf(out, ", %" PRIu64 " without a status", sum->without_status);
	buf_puts(out, sum->length_us < 0 ? ", times not known" : " in ");
	if (sum->length_us >= 0)
		print_span(out, sum->length_us);
	if (sum->has_exit)
		buf_printf(out, ", ended with status %d", sum->exit_status);
	if (sum->refused)
		buf_printf(out, ", %" PRIu64 " mark%s not believed", sum->refused,
			   sum->refused == 1 ? "" : "s");
	if (is_running)
		buf_puts(out, ", still being recorded");
	put_line(v);
}

static int verify_file(struct verify *v, const struct session_file *s, struct err *err)
{
	struct progress progress;
	struct scribe scribe = {.cast = s->cast,
				.dir = s->dir,
				.session = s->name,
				.watch = progress_watch,
				.ctx = &progress};
	int is_running = logs_is_running(s->cast);
	struct audit_sum sum;
	int rc;

	v->session = s->name;
	progress_begin(&progress, "verify", PROGRESS_CATCH);
	rc = audit_run(&scribe, is_running ? AUDIT_RUNNING : 0, on_found, v, &sum, err);
	progress_end(&progress);
	if (rc < 0)
		return err_wrap(err, "%s", s->name);
	if (v->json)
		print_sum_json(v, &sum, is_running);
	else
		print_sum(v, &sum, is_running);
	return sum.grave ? DOUBTED : BELIEVED;
}

static int verify(struct verify *v, const char *what)
{
	struct err err = {.code = 0};
	struct session_file s;
	int rc = session_find(&s, &v->scope, what, &err);

	if (rc == 0) {
		rc = verify_file(v, &s, &err);
		session_release(&s);
		if (rc >= 0)
			return rc;
	}
	print_failure(err.text);
	return UNREADABLE;
}

static int worse(int a, int b)
{
	return a > b ? a : b;
}

/* Every session of a folder; of those whose header is bad the number. */
static int verify_folder(struct verify *v, struct folder *f)
{
	struct err err = {.code = 0};
	struct buf path = {0};
	int worst = BELIEVED;
	size_t i;

	if (catalog_list(f, &err) < 0) {
		print_failure(err.text);
		return UNREADABLE;
	}
	for (i = 0; i < f->count; i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s.cast", f->path, f->entries[i].name);
		worst = worse(worst, verify(v, buf_str(&path)));
	}
	buf_release(&path);
	listing_count_bad(f->unreadable, "recording is", "recordings are");
	return f->unreadable ? UNREADABLE : worst;
}

static int verify_here(struct verify *v)
{
	struct catalog catalog = {0};
	struct err err = {.code = 0};
	int worst = BELIEVED;
	size_t i;

	if (catalog_open(&catalog, v->scope.log_dir, v->scope.all ? CATALOG_ALL : 0, &err)) {
		print_failure(err.text);
		return UNREADABLE;
	}
	for (i = 0; i < catalog.count; i++)
		worst = worse(worst, verify_folder(v, &catalog.folders[i]));
	catalog_release(&catalog);
	return worst;
}

static int verify_named(struct verify *v, int argc, char **argv)
{
	int worst = argc ? BELIEVED : verify(v, "last"), i;

	for (i = 0; i < argc; i++)
		worst = worse(worst, verify(v, argv[i]));
	return worst;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"all-here", no_argument, NULL, 'h'},
		{"json", no_argument, NULL, 'j'},
		{"log-dir", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	struct verify v = {.all_here = 0};
	int c, worst;

	while ((c = getopt_long(argc, argv, "a", options, NULL)) != -1) {
		if (c == 'a')
			v.scope.all = 1;
		else if (c == 'h')
			v.all_here = 1;
		else if (c == 'j')
			v.json = 1;
		else if (c == 'd')
			v.scope.log_dir = optarg;
		else
			return help_usage("verify");
	}
	if (v.all_here && optind < argc) {
		fprintf(stderr, "steno: not expected with --all-here: %s\n", argv[optind]);
		return help_usage("verify");
	}
	worst = v.all_here ? verify_here(&v) : verify_named(&v, argc - optind, argv + optind);
	buf_release(&v.line);
	return fflush(stdout) == 0 ? worst : UNREADABLE;
}
