/* SPDX-License-Identifier: MIT */
/* The verb that prints what a recording tells: of a session its transcript, of a command all that
 * is known and all that it printed. Foreign text is printed without control characters but newline
 * and TAB, with --ansi with colours; the recorded bytes themselves for --raw only. */
#include "show.h"
#include "help.h"

#include "cmd.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../out/scribe.h"
#include "../tape/source.h"
#include "moment.h"
#include "pager.h"
#include "print.h"
#include "progress.h"
#include "target.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct options {
	struct session_scope scope;
	struct show show;
	int screen, raw, trusted, follow, no_pager;
};

static int print_transcript(const struct recording *r, int fd, struct err *err)
{
	struct progress progress;
	const struct scribe scribe = {.cast = r->session.cast,
				      .dir = r->session.dir,
				      .session = r->session.name,
				      .watch = progress_watch,
				      .ctx = &progress};
	int rc;

	progress_begin(&progress, "show", 0);
	rc = scribe_print(&scribe, r->is_running ? SCRIBE_RUNNING : 0, fd, err);
	progress_end(&progress);
	return rc;
}

/* A pager takes the terminal over, so what goes to it is made before, while there is progress. */
static int page_transcript(const struct recording *r, struct err *err)
{
	int page = target_scratch(err), rc;
	struct pager pager = {0};

	if (page < 0)
		return -1;
	rc = print_transcript(r, page, err);
	if (!rc) {
		lseek(page, 0, SEEK_SET);
		pager_begin(&pager);
		rc = io_copy(page, STDOUT_FILENO, err);
		if (pager.pid)
			rc = 0; /* it may be left before the end */
		pager_end(&pager);
	}
	close(page);
	return rc;
}

static int show_transcript(const struct show *s, struct err *err)
{
	const struct recording *r = &s->recording;

	if (!r->session.name || !source_is_cast3(r->source))
		return err_set(err, "is no session: `steno export` reads it");
	if (s->with_pager && isatty(STDOUT_FILENO))
		return page_transcript(r, err);
	return print_transcript(r, STDOUT_FILENO, err);
}

static int show_it(const struct options *o, struct show *s, struct err *err)
{
	if (o->screen)
		return show_screen(s, err);
	if (o->raw)
		return show_raw(s, err);
	if (o->follow)
		return show_follow(s, err);
	if (s->number)
		return show_command(s, err);
	if (s->colours || s->only_output || s->only_text) {
		err_set(err, "a session as a whole is shown as its transcript only");
		return 2;
	}
	return show_transcript(s, err);
}

static int show(struct options *o, const char *what)
{
	struct show *s = &o->show;
	struct err err = {.code = 0};
	int rc = recording_open(&s->recording, &o->scope, what, NULL, &err);

	if (!rc) {
		s->number = s->recording.number;
		rc = show_it(o, s, &err);
		if (rc)
			err_wrap(&err, "%s", s->recording.name);
	}
	if (rc)
		print_failure(err.text);
	recording_release(&s->recording);
	return rc < 0 ? 3 : rc;
}

static int take_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'A':
		o->scope.all = 1;
		return 0;
	case 'a':
		o->show.colours = 1;
		return 0;
	case 'c':
		o->show.only_text = 1;
		return 0;
	case 'd':
		o->scope.log_dir = value;
		return 0;
	case 'f':
		o->follow = 1;
		return 0;
	case 'n':
		o->no_pager = 1;
		return 0;
	case 'o':
		o->show.only_output = 1;
		return 0;
	case 'r':
		o->raw = 1;
		return 0;
	case 's':
		o->screen = 1;
		o->show.screen_end = !strcmp(value, "end");
		return o->show.screen_end ? 0 : moment_parse(value, &o->show.screen_us);
	case 't':
		o->trusted = 1;
		return 0;
	default:
		return -1;
	}
}

/* What goes with what. */
static int agree(const struct options *o)
{
	const struct show *s = &o->show;
	int ways = o->screen + o->raw + o->follow;

	if (ways > 1 || s->only_output + s->only_text > 1)
		return 0;
	if (s->colours && (o->raw || s->only_text))
		return 0;
	if ((s->only_output || s->only_text) && (o->screen || o->raw))
		return 0;
	return !(o->follow && s->only_text);
}

static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'A'},
		{"ansi", no_argument, NULL, 'a'},
		{"command", no_argument, NULL, 'c'},
		{"follow", no_argument, NULL, 'f'},
		{"i-trust-it", no_argument, NULL, 't'},
		{"log-dir", required_argument, NULL, 'd'},
		{"no-pager", no_argument, NULL, 'n'},
		{"output", no_argument, NULL, 'o'},
		{"raw", no_argument, NULL, 'r'},
		{"screen", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", NULL};
	int c;

	while ((c = getopt_long(argc, argv, "f", options, NULL)) != -1) {
		if (c == '?')
			return -1;
		if (take_option(o, c, optarg) < 0) {
			fprintf(stderr,
				"steno: --screen %s: no time; say 90, 1:30, 1:02:03 or end\n",
				optarg);
			return -1;
		}
	}
	if (help_words(argc, argv, words, 1) < 0)
		return -1;
	if (agree(o))
		return 0;
	fputs("steno: these options do not go together\n", stderr);
	return -1;
}

int cmd_show(int argc, char **argv)
{
	struct options o = {0};

	if (read_options(&o, argc, argv) < 0)
		return help_usage("show");
	if (o.raw && !recording_allows_raw(o.trusted))
		return 2;
	o.show.with_pager = !o.no_pager;
	return show(&o, optind < argc ? argv[optind] : "last");
}
