/* SPDX-License-Identifier: MIT */
/* The verb that waits for something in a session. It follows the recording, so it finds what has
 * been there before it looked, and the end of one whose processes were killed. */
#include "cmd.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../live/client.h"
#include "../live/clock.h"
#include "../live/logs.h"
#include "../live/wire.h"
#include "../tape/event.h"
#include "../tape/reader.h"
#include "await.h"
#include "help.h"
#include "reach.h"
#include "sessions.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEIR_MS = 50, HEIR_TRIES = 60, END_MS = 10, LONG_MS = 3600000 };
/* As timeout(1) and env(1) have it, since others are the command's own. */
enum { TIMED_OUT = 124, CANNOT = 125 };

struct wait {
	const char *log_dir, *session;
	struct await await;
	regex_t regex;
	int64_t till; /* clock_mono_us(); INT64_MAX: for good */
	struct session_file file;
	struct reader *reader;
	int sock;
};

static int read_number(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	if (!errno && end != text && !*end && *number >= 1)
		return 0;
	fprintf(stderr, "steno: --command %s: not a number from 1 on\n", text);
	return -1;
}

static int read_timeout(const char *text, int64_t *till)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0 && seconds < 1e9)) {
		fprintf(stderr, "steno: --timeout %s: not a number of seconds\n", text);
		return -1;
	}
	*till = clock_mono_us() + (int64_t)(seconds * 1e6);
	return 0;
}

static int read_regex(struct wait *w, const char *text)
{
	char why[256];
	int rc = regcomp(&w->regex, text, REG_EXTENDED);

	if (!rc) {
		w->await.regex = &w->regex;
		return 0;
	}
	regerror(rc, &w->regex, why, sizeof(why));
	fprintf(stderr, "steno: --text %s: %s\n", text, why);
	return -1;
}

/* optarg: its argument. */
static int choose(struct wait *w, enum await_what what)
{
	if (w->await.what != AWAIT_NEXT) {
		fputs("steno: one of --command, --text and --exit at a time\n", stderr);
		return -1;
	}
	w->await.what = what;
	if (what == AWAIT_COMMAND)
		return read_number(optarg, &w->await.number);
	return what == AWAIT_TEXT ? read_regex(w, optarg) : 0;
}

static int read_options(struct wait *w, int argc, char **argv)
{
	static const struct option options[] = {
		{"command", required_argument, NULL, AWAIT_COMMAND},
		{"text", required_argument, NULL, AWAIT_TEXT},
		{"exit", no_argument, NULL, AWAIT_EXIT},
		{"timeout", required_argument, NULL, 't'},
		{"log-dir", required_argument, NULL, 'L'},
		{NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", NULL};
	int c, rc = 0;

	while (!rc && (c = getopt_long(argc, argv, "t:", options, NULL)) != -1) {
		if (c == 'L')
			w->log_dir = optarg;
		else if (c == 't')
			rc = read_timeout(optarg, &w->till);
		else
			rc = c == '?' ? -1 : choose(w, (enum await_what)c);
	}
	if (rc || help_words(argc, argv, words, 0) < 0)
		return -1;
	w->session = argv[optind];
	return 0;
}

static int read_on(struct wait *w, struct err *err)
{
	struct event e;
	int rc;

	while ((rc = reader_next(w->reader, &e, err)) == 1)
		await_put(&w->await, &e);
	return rc;
}

/* Follows the holder, or, if that was killed, the next one. 1: the session does not run. */
static int connect_again(struct wait *w, struct err *err)
{
	struct wire_message m;
	int tries, rc = 1;

	for (tries = 0; tries < HEIR_TRIES && rc == 1; tries++) {
		rc = reach_file(&w->file, &w->sock, err);
		if (rc == 1 && (w->await.over || !logs_is_running(w->file.cast)))
			break;
		if (rc == 1)
			poll(NULL, 0, HEIR_MS);
	}
	if (rc)
		return rc;
	wire_init(&m, WIRE_FOLLOW);
	if (client_ask(w->sock, &m, &m, err) == 0)
		return 0;
	io_close(&w->sock);
	return 0;
}

/* Until the recording has grown, or the holder is gone. 1: the time is up. */
static int await_growth(struct wait *w, struct err *err)
{
	int64_t left = w->till - clock_mono_us();
	int ms = left / 1000 < LONG_MS ? (int)(left / 1000) + 1 : LONG_MS;
	struct wire_message m;
	int rc;

	if (left <= 0)
		return 1;
	rc = client_hear(w->sock, &m, ms, err);
	if (rc < 0)
		return err->code == ETIMEDOUT ? 0 : -1;
	if (rc == 0) {
		io_close(&w->sock);
		return 0;
	}
	m.kind = WIRE_SEEN;
	m.len = 0;
	wire_send(w->sock, &m, NULL);
	return 0;
}

/* 0; 1: the time is up; 2: it will not come any more. */
static int follow(struct wait *w, struct err *err)
{
	int gone = 0, rc;

	for (;;) {
		if (read_on(w, err) < 0)
			return -1;
		if (await_found(&w->await))
			return 0;
		if (gone)
			return 2;
		if (w->sock < 0)
			rc = gone = connect_again(w, err);
		else
			rc = await_growth(w, err);
		if (rc && !(rc == 1 && gone))
			return rc;
	}
}

/* Of a program that has ended, the files are still being finished. */
static void await_files(const struct wait *w)
{
	while (logs_is_running(w->file.cast) && clock_mono_us() < w->till)
		poll(NULL, 0, END_MS);
}

static int conclude(const struct wait *w, int rc, const struct err *err)
{
	static const char *const what[] = {"no prompt came", "that command did not end",
					   "the text did not appear", "its end was not recorded"};

	if (rc == 1)
		return TIMED_OUT;
	if (rc == 2 && !w->await.over && logs_is_running(w->file.cast))
		rc = -1; /* it is out of reach, as *err says */
	if (rc == 2)
		fprintf(stderr, "steno: %s does not run any more: %s\n", w->file.name,
			what[w->await.what]);
	else if (rc < 0)
		fprintf(stderr, "steno: %s\n", err->text);
	if (rc)
		return w->await.what == AWAIT_TEXT && rc == 2 ? 1 : CANNOT;
	if (w->await.what == AWAIT_TEXT)
		return 0;
	if (w->await.status >= 0)
		return w->await.status;
	fputs("steno: its status is not known\n", stderr);
	return CANNOT;
}

int cmd_wait(int argc, char **argv)
{
	struct wait w = {.till = INT64_MAX, .sock = -1};
	struct err err = {.code = 0};
	int rc;

	if (read_options(&w, argc, argv) < 0) {
		help_usage("wait");
		return CANNOT;
	}
	rc = session_find_anywhere(&w.file, w.log_dir, w.session, &err);
	if (rc) {
		fprintf(stderr, "steno: %s\n", err.text);
		return CANNOT;
	}
	w.reader = reader_new(w.file.cast, &err);
	rc = -1;
	if (w.reader) {
		await_init(&w.await, reader_header(w.reader));
		rc = follow(&w, &err);
		if (!rc && w.await.what == AWAIT_EXIT)
			await_files(&w);
	}
	rc = conclude(&w, rc, &err);
	io_close(&w.sock);
	await_release(&w.await);
	reader_free(w.reader);
	session_release(&w.file);
	if (w.await.regex)
		regfree(&w.regex);
	return rc;
}
