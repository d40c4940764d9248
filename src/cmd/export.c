/* SPDX-License-Identifier: MIT */
/* The verb that puts a recording, of steno or of another program, into another form. */
#include "cmd.h"
#include "help.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../out/export.h"
#include "../out/scribe.h"
#include "../page/page.h"
#include "../page/page_player.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/source.h"
#include "datadir.h"
#include "moment.h"
#include "picture.h"
#include "print.h"
#include "progress.h"
#include "recording.h"
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum maker { BY_EXPORTER, BY_SCRIBE, BY_PAGE, BY_PICTURE };

static const struct form {
	const char *name;
	enum maker maker;
	enum export_format format; /* BY_EXPORTER */
	const char *ending;	   /* of files that are this without -f, or NULL */
} forms[] = {
	{"md", BY_SCRIBE, 0, ".md"},
	{"html", BY_PAGE, 0, ".html"},
	{"svg", BY_PICTURE, 0, ".svg"},
	{"text", BY_EXPORTER, EXPORT_TEXT, ".txt"},
	{"json", BY_EXPORTER, EXPORT_JSON, ".json"},
	{"cast", BY_EXPORTER, EXPORT_CAST, ".cast"},
	{"cast2", BY_EXPORTER, EXPORT_CAST2, NULL},
	{"typescript", BY_EXPORTER, EXPORT_TYPESCRIPT, ".typescript"},
};

struct job {
	const struct form *form;
	const char *what, *output, *timing;
	int64_t at_us; /* --at, or -1 */
	int with_frame;
	struct buf picture;
	struct session_scope scope;
	struct recording r;
	int scratch; /* folder, or -1 */
	struct progress progress;
};

static int convert(struct job *j, struct exporter *x, struct err *err)
{
	int64_t size = source_size(j->r.source);
	struct event e;
	int rc;

	while ((rc = source_next(j->r.source, &e, err)) == 1) {
		rc = export_put(x, &e, err);
		if (!rc && progress_step(&j->progress, source_offset(j->r.source), size))
			rc = err_set(err, "interrupted");
		if (rc)
			break;
	}
	export_skipped(x, source_skipped(j->r.source));
	if (!rc)
		rc = export_end(x, j->r.is_running ? EXPORT_RUNNING : 0, err);
	export_free(x);
	return rc;
}

static int convert_to(struct job *j, enum export_format format, int fd, int timing, struct err *err)
{
	return convert(j, export_new(format, source_header(j->r.source), j->scratch, fd, timing),
		       err);
}

/* A page without the player is a page. */
static int convert_to_page(struct job *j, int fd, struct err *err)
{
	const char *name = j->r.name;
	struct page_player player = {.script = {0}};
	int rc = datadir_load_player(&player, err);

	if (rc < 0)
		fprintf(stderr, "steno: the player: %s\n", err->text);
	rc = convert(
		j, page_new(source_header(j->r.source), name, rc ? NULL : &player, j->scratch, fd),
		err);
	page_player_release(&player);
	return rc;
}

/* First, so that nothing is written if there is no such command. */
static int make_picture(struct job *j, struct err *err)
{
	struct picture picture = {.source = j->r.source,
				  .name = j->r.name,
				  .number = j->r.number,
				  .at_us = j->at_us,
				  .with_frame = j->with_frame,
				  .scratch = j->scratch};

	j->r.source = NULL;
	return picture_put(&picture, &j->progress, &j->picture, err);
}

/* The recording as the scribe can read it, owned: another format is converted first. */
static int open_for_scribe(struct job *j, struct err *err)
{
	int cast;

	if (source_is_cast3(j->r.source)) {
		cast = j->r.session.name ? fcntl(j->r.session.cast, F_DUPFD_CLOEXEC, 3)
					 : open(j->r.name, O_RDONLY | O_NOCTTY | O_CLOEXEC);
		return cast < 0 ? err_sys(err, "open %s", j->what) : cast;
	}
	cast = target_scratch(err);
	if (cast >= 0 && convert_to(j, EXPORT_CAST, cast, -1, err) < 0)
		io_close(&cast);
	return cast;
}

static int print_transcript(struct job *j, int fd, struct err *err)
{
	struct scribe scribe = {.watch = progress_watch, .ctx = &j->progress};
	int is_session = j->r.session.name != NULL, rc = -1;

	scribe.cast = open_for_scribe(j, err);
	scribe.dir = is_session ? j->r.session.dir : j->scratch;
	scribe.session = is_session ? j->r.session.name : j->what;
	if (scribe.cast >= 0)
		rc = scribe_print(&scribe, j->r.is_running ? SCRIBE_RUNNING : 0, fd, err);
	io_close(&scribe.cast);
	return rc;
}

static int fill(void *ctx, int fd, struct err *err)
{
	struct job *j = ctx;

	switch (j->form->maker) {
	case BY_SCRIBE:
		return print_transcript(j, fd, err);
	case BY_PAGE:
		return convert_to_page(j, fd, err);
	case BY_PICTURE:
		return io_write_all(fd, j->picture.data, j->picture.len, NULL, err);
	default:
		return convert_to(j, j->form->format, fd, -1, err);
	}
}

/* The transcript is made in a file without a name, where an interruption leaves nothing behind. */
static int copy_transcript(void *ctx, int fd, struct err *err)
{
	const int *made = ctx;

	return io_copy(*made, fd, err);
}

static int write_transcript(struct job *j, struct err *err)
{
	int made = target_scratch(err), rc = -1;

	if (made >= 0 && print_transcript(j, made, err) == 0) {
		lseek(made, 0, SEEK_SET);
		rc = target_write(j->output, &j->r.stat, copy_transcript, &made, err);
	}
	io_close(&made);
	return rc;
}

/* A typescript is two files: the second is written inside of the first, so that both appear only
 * when both are whole. */
struct pair {
	struct job *job;
	int timing;
};

static int fill_both(void *ctx, int fd, struct err *err)
{
	struct pair *pair = ctx;

	return convert_to(pair->job, EXPORT_TYPESCRIPT, fd, pair->timing, err);
}

static int fill_timing(void *ctx, int fd, struct err *err)
{
	struct pair *pair = ctx;

	pair->timing = fd;
	return target_write(pair->job->output, &pair->job->r.stat, fill_both, pair, err);
}

static int write_pair(struct job *j, struct err *err)
{
	struct pair pair = {.job = j};
	struct buf name = {0};
	int rc;

	buf_puts(&name, j->output);
	buf_puts(&name, ".timing");
	rc = target_write(buf_str(&name), &j->r.stat, fill_timing, &pair, err);
	buf_release(&name);
	return rc;
}

static int write_form(struct job *j, struct err *err)
{
	if (!j->output)
		return fill(j, STDOUT_FILENO, err);
	if (j->form->maker == BY_SCRIBE)
		return write_transcript(j, err);
	if (j->form->format == EXPORT_TYPESCRIPT)
		return write_pair(j, err);
	return target_write(j->output, &j->r.stat, fill, j, err);
}

static int write_output(struct job *j, struct err *err)
{
	int makes_first = j->form->maker == BY_SCRIBE || j->form->maker == BY_PICTURE, rc = 0;
	int flags = j->output ? PROGRESS_CATCH : makes_first ? 0 : PROGRESS_STREAM;

	progress_begin(&j->progress, "export", flags);
	if (j->form->maker == BY_PICTURE)
		rc = make_picture(j, err);
	if (!rc)
		rc = write_form(j, err);
	progress_end(&j->progress);
	return rc;
}

/* What a user should know of what was read. */
static void remark(const struct job *j)
{
	const char *note = source_note(j->r.source);
	uint64_t skipped = source_skipped(j->r.source);

	if (note)
		fprintf(stderr, "steno: %s: %s\n", j->what, note);
	if (skipped)
		fprintf(stderr, "steno: %s: %" PRIu64 " pieces were no events\n", j->what, skipped);
	if (j->form->format == EXPORT_JSON && !source_header(j->r.source)->version)
		fprintf(stderr, "steno: %s: not steno's: no commands are told apart in it\n",
			j->what);
}

static int export(struct job *j)
{
	struct err err = {.code = 0};
	int rc;

	j->scratch = target_scratch_dir();
	rc = recording_open(&j->r, &j->scope, j->what, j->timing, &err);
	if (!rc && j->r.number && j->form->maker != BY_PICTURE)
		rc = err_set(&err, "%s: sessions are exported as a whole, but for svg", j->what);
	if (!rc) {
		rc = write_output(j, &err);
		if (j->r.source)
			remark(j);
	}
	if (rc)
		print_failure(err.text);
	recording_release(&j->r);
	buf_release(&j->picture);
	io_close(&j->scratch);
	return rc < 0 ? 3 : rc;
}

static const struct form *find_form(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strcmp(forms[i].name, name))
			return &forms[i];
	fprintf(stderr, "steno: no such form: %s\n", name);
	return NULL;
}

/* What a file is by its name; the transcript if that says nothing. */
static const struct form *form_of(const char *output)
{
	const char *dot = output ? strrchr(output, '.') : NULL;
	size_t i;

	for (i = 0; dot && i < sizeof(forms) / sizeof(*forms); i++)
		if (forms[i].ending && !strcmp(forms[i].ending, dot))
			return &forms[i];
	return &forms[0];
}

static int no_time(const char *text)
{
	fprintf(stderr, "steno: %s: no time; say 90, 1:30 or 1:02:03\n", text);
	return -1;
}

static int take_options(struct job *j, int argc, char **argv)
{
	static const struct option options[] = {
		{"format", required_argument, NULL, 'f'},  {"output", required_argument, NULL, 'o'},
		{"timing", required_argument, NULL, 't'},  {"all", no_argument, NULL, 'a'},
		{"log-dir", required_argument, NULL, 'd'}, {"at", required_argument, NULL, 'T'},
		{"frame", no_argument, NULL, 'F'},	   {NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", NULL};
	int c;

	while ((c = getopt_long(argc, argv, "af:o:t:", options, NULL)) != -1) {
		if (c == 'f')
			j->form = find_form(optarg);
		else if (c == 'o')
			j->output = strcmp(optarg, "-") != 0 ? optarg : NULL;
		else if (c == 't')
			j->timing = optarg;
		else if (c == 'a')
			j->scope.all = 1;
		else if (c == 'F')
			j->with_frame = 1;
		else if (c == 'T' && moment_parse(optarg, &j->at_us) < 0)
			return no_time(optarg);
		else if (c == 'T')
			continue;
		else if (c == 'd')
			j->scope.log_dir = optarg;
		else
			return -1;
		if (c == 'f' && !j->form)
			return -1;
	}
	if (!j->form)
		j->form = form_of(j->output);
	if (j->output && !*j->output) {
		fputs("steno: --output: a file has a name\n", stderr);
		return -1;
	}
	if (help_words(argc, argv, words, 0) < 0)
		return -1;
	j->what = argv[optind];
	return 0;
}

int cmd_export(int argc, char **argv)
{
	struct job j = {.at_us = -1};

	if (take_options(&j, argc, argv) < 0)
		return help_usage("export");
	if (j.form->maker != BY_PICTURE && (j.at_us >= 0 || j.with_frame)) {
		fputs("steno: --at and --frame are for -f svg\n", stderr);
		return 2;
	}
	if (j.form->format == EXPORT_TYPESCRIPT && !j.output) {
		fputs("steno: a typescript is two files: say -o FILE\n", stderr);
		return 2;
	}
	return export(&j);
}
