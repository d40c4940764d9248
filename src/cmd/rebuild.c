/* SPDX-License-Identifier: MIT */
/* The verb that makes a session's text files again from its recording. */
#include "cmd.h"
#include "help.h"

#include "../base/err.h"
#include "../live/logs.h"
#include "../out/scribe.h"
#include "print.h"
#include "progress.h"
#include "rebuild_from.h"
#include "sessions.h"

#include <getopt.h>
#include <stdio.h>

static int rebuild(const struct session_scope *scope, const char *what, int check)
{
	struct progress progress;
	struct scribe scribe = {.watch = progress_watch, .ctx = &progress};
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
	progress_begin(&progress, check ? "check" : "rebuild", PROGRESS_CATCH);
	if (logs_is_running(s.cast))
		rc = err_set(&err, "it is still being recorded");
	else if (check)
		rc = scribe_check(&scribe, &err);
	else
		rc = scribe_rebuild(&scribe, &err);
	progress_end(&progress);
	if (rc) {
		err_wrap(&err, "%s", s.name);
		print_failure(err.text);
	}
	session_release(&s);
	return rc < 0 ? 3 : rc;
}

int cmd_rebuild(int argc, char **argv)
{
	static const struct option options[] = {
		{"all", no_argument, NULL, 'a'},
		{"check", no_argument, NULL, 'c'},
		{"from", required_argument, NULL, 'f'},
		{"log-dir", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	struct session_scope scope = {0};
	const char *from = NULL;
	struct err err = {.code = 0};
	int c, check = 0, worst = 0;

	while ((c = getopt_long(argc, argv, "a", options, NULL)) != -1) {
		if (c == 'c')
			check = 1;
		else if (c == 'a')
			scope.all = 1;
		else if (c == 'f')
			from = optarg;
		else if (c == 'd')
			scope.log_dir = optarg;
		else
			return 2;
	}
	if (from ? optind < argc || check || scope.all : optind == argc) {
		fputs(from ? "steno: --from goes with --log-dir only\n"
			   : "steno: SESSION is missing\n",
		      stderr);
		return help_usage("rebuild");
	}
	if (from && rebuild_from(from, scope.log_dir, &err) < 0) {
		print_failure(err.text);
		return 3;
	}
	for (; optind < argc; optind++) {
		int status = rebuild(&scope, argv[optind], check);

		if (status > worst)
			worst = status;
	}
	return worst;
}
