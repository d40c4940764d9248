/* SPDX-License-Identifier: MIT */
/* The verb that prints what a session left: its transcript, or all that one command printed. Both
 * come from the recording; what is printed holds no control characters but newline and TAB. */
#include "cmd.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/logs.h"
#include "../out/scribe.h"
#include "../story/story.h"
#include "../tape/event.h"
#include "../tape/reader.h"
#include "print.h"
#include "sessions.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct show {
	uint32_t wanted;
	int began, ended;
};

static void on_started(void *ctx, const struct command *c)
{
	struct show *show = ctx;

	if (c->seq == show->wanted)
		show->began = 1;
	else if (c->seq > show->wanted)
		show->ended = 1;
}

static void on_line(void *ctx, const struct command *c, const unsigned char *text, size_t n)
{
	const struct show *show = ctx;

	if (c->seq != show->wanted)
		return;
	fwrite(text, 1, n, stdout);
	putchar('\n');
}

static int show_command(const struct session_file *s, uint32_t number, struct err *err)
{
	const struct story_sink sink = {.started = on_started, .line = on_line};
	struct show show = {.wanted = number};
	struct reader *reader = reader_new(s->cast, err);
	struct story *story;
	struct event e;
	int rc = 1;

	if (!reader)
		return -1;
	story = story_new(reader_header(reader), &sink, &show);
	while (!show.ended && (rc = reader_next(reader, &e, err)) == 1)
		story_put(story, &e);
	if (!rc)
		story_end(story);
	story_free(story);
	reader_free(reader);
	if (rc < 0)
		return -1;
	if (show.began)
		return 0;
	err_set(err, "has no command %" PRIu32, number);
	return 1;
}

static int show(const struct session_scope *scope, char *what)
{
	uint32_t number = session_cut_number(what);
	struct scribe scribe = {0};
	struct session_file s;
	struct err err = {.code = 0};
	int rc = session_find(&s, scope, what, &err);

	if (rc) {
		print_failure(err.text);
		return rc == 1 ? 1 : 3;
	}
	scribe.cast = s.cast;
	scribe.dir = s.dir;
	scribe.session = s.name;
	if (number)
		rc = show_command(&s, number, &err);
	else
		rc = scribe_print(&scribe, logs_is_running(s.cast) ? SCRIBE_RUNNING : 0,
				  STDOUT_FILENO, &err);
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = err_sys(&err, "write");
	if (rc) {
		err_wrap(&err, "%s", s.name);
		print_failure(err.text);
	}
	session_release(&s);
	return rc < 0 ? 3 : rc;
}

int cmd_show(int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"log-dir", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	struct session_scope scope = {0};
	char *what;
	int c, status;

	while ((c = getopt_long(argc, argv, "a", options, NULL)) != -1) {
		if (c == 'a')
			scope.all = 1;
		else if (c == 'd')
			scope.log_dir = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fputs("usage: steno show [--all] [--log-dir DIR] SESSION[:N]\n", stderr);
		return 2;
	}
	what = xstrdup(argv[optind]);
	status = show(&scope, what);
	free(what);
	return status;
}
