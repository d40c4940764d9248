/* SPDX-License-Identifier: MIT */
/* The verb that brings a terminal to a session that runs. */
#include "cmd.h"

#include "../base/err.h"
#include "../live/guest.h"
#include "../live/leavekey.h"
#include "../live/logs.h"
#include "../live/tty.h"
#include "../live/wire.h"
#include "help.h"
#include "painting.h"
#include "reach.h"
#include "sessions.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct attach {
	const char *what;
	struct session_scope scope;
	struct session_file file;
	struct guest_plan plan;
};

static int read_size_rule(struct attach *a, const char *text)
{
	a->plan.flags &= ~WIRE_LATEST;
	if (!strcmp(text, "latest"))
		a->plan.flags |= WIRE_LATEST;
	else if (strcmp(text, "smallest") != 0) {
		fprintf(stderr, "steno: --size-from %s: neither smallest nor latest\n", text);
		return -1;
	}
	return 0;
}

static int read_key(struct attach *a, const char *text)
{
	if (leavekey_parse(text, &a->plan.key) == 0)
		return 0;
	fprintf(stderr, "steno: --detach-key %s: neither a key as ^A or C-a nor none\n", text);
	return -1;
}

static int read_options(struct attach *a, int argc, char **argv)
{
	static const struct option options[] = {
		{"read-only", no_argument, NULL, 'r'},
		{"detach-key", required_argument, NULL, 'k'},
		{"size-from", required_argument, NULL, 's'},
		{"log-dir", required_argument, NULL, 'L'},
		{NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", NULL};
	int c, rc = 0;

	while (!rc && (c = getopt_long(argc, argv, "r", options, NULL)) != -1) {
		if (c == 'r')
			a->plan.flags |= WIRE_WATCHES;
		else if (c == 'k')
			rc = read_key(a, optarg);
		else if (c == 's')
			rc = read_size_rule(a, optarg);
		else if (c == 'L')
			a->scope.log_dir = optarg;
		else
			rc = -1;
	}
	if (rc || help_words(argc, argv, words, 1) < 0)
		return -1;
	a->what = optind < argc ? argv[optind] : NULL;
	return 0;
}

static int connect_to(void *ctx, int *sock, struct err *err)
{
	struct attach *a = ctx;

	return reach_file(&a->file, sock, err);
}

/* A terminal that shows the session which shows it would never come to an end. */
static int is_within(const struct attach *a)
{
	const char *here = getenv("STENO_SESSION");
	struct stat ours, that;

	return here && stat(here, &ours) == 0 && fstat(a->file.cast, &that) == 0 &&
	       ours.st_dev == that.st_dev && ours.st_ino == that.st_ino;
}

/* The newest that runs, among those that have names here, or anywhere. */
static int find_running(struct attach *a, struct err *err)
{
	char what[16] = "last";
	int n = 1, rc;

	while ((rc = session_find(&a->file, &a->scope, what, err)) == 0) {
		if (logs_is_running(a->file.cast) && !is_within(a))
			return 0;
		session_release(&a->file);
		snprintf(what, sizeof(what), "~%d", ++n);
	}
	if (rc == 1)
		err_set(err, "no session runs");
	return rc;
}

static int find(struct attach *a, struct err *err)
{
	int rc;

	if (a->what)
		return session_find_anywhere(&a->file, a->scope.log_dir, a->what, err);
	rc = find_running(a, err);
	if (!rc || a->scope.log_dir)
		return rc;
	a->scope.all = 1;
	return find_running(a, err);
}

static int conclude(const struct attach *a, enum guest_end end, int status)
{
	switch (end) {
	case GUEST_LEFT:
		fprintf(stderr, "[steno: left %s]\n", a->file.name);
		return 0;
	case GUEST_ENDED:
		fprintf(stderr, "[steno: %s has ended with status %d]\n", a->file.name, status);
		return status;
	case GUEST_GONE:
		fprintf(stderr, "steno: the processes of %s are gone\n", a->file.name);
		return 3;
	default:
		return 128 + status;
	}
}

static int attach(struct attach *a, struct err *err)
{
	struct tty tty;
	enum guest_end end;
	int status, rc;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, "standard input and output must be a terminal");
	if (is_within(a))
		return err_set(err, "this terminal is within %s", a->file.name);
	tty_init(&tty, STDIN_FILENO);
	a->plan.cast = a->file.cast;
	a->plan.paint = painting_child;
	a->plan.connect = connect_to;
	a->plan.ctx = a;
	rc = guest_run(&a->plan, &tty, &end, &status, err);
	if (rc)
		return rc;
	exit(conclude(a, end, status));
}

int cmd_attach(int argc, char **argv)
{
	struct attach a = {.plan = {.key = LEAVEKEY_DEFAULT}, .file = {-1, -1, NULL}};
	struct err err = {.code = 0};
	int rc;

	if (read_options(&a, argc, argv) < 0)
		return help_usage("attach");
	rc = find(&a, &err);
	if (!rc)
		rc = attach(&a, &err);
	fprintf(stderr, "steno: %s\n", err.text);
	session_release(&a.file);
	return rc < 0 ? 3 : rc;
}
