/* SPDX-License-Identifier: MIT */
/* The verb that ends a session: its holder does, kindly, then firmly, and finishes its files. */
#include "cmd.h"

#include "../base/err.h"
#include "../live/client.h"
#include "../live/logs.h"
#include "../live/wire.h"
#include "help.h"
#include "reach.h"
#include "sessions.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { RELEASE_MS = 10, RELEASE_TRIES = 500 };

static int end_session(int sock, struct err *err)
{
	struct wire_message m;
	int rc;

	wire_init(&m, WIRE_FOLLOW); /* whoever follows is not sent away, and sees the end */
	if (client_ask(sock, &m, &m, err) < 0)
		return -1;
	wire_init(&m, WIRE_KILL);
	if (client_ask(sock, &m, &m, err) < 0)
		return -1;
	while ((rc = client_hear(sock, &m, -1, err)) == 1)
		;
	return rc;
}

/* The last of its processes is a moment behind the one that told the end. */
static void await_release(const struct session_file *file)
{
	int tries;

	for (tries = 0; tries < RELEASE_TRIES && logs_is_running(file->cast); tries++)
		poll(NULL, 0, RELEASE_MS);
}

int cmd_kill(int argc, char **argv)
{
	static const struct option options[] = {
		{"log-dir", required_argument, NULL, 'L'},
		{NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", NULL};
	const char *log_dir = NULL;
	struct session_file file = {-1, -1, NULL};
	struct err err = {.code = 0};
	int c, sock = -1, rc;

	while ((c = getopt_long(argc, argv, "", options, NULL)) == 'L')
		log_dir = optarg;
	if (c != -1 || help_words(argc, argv, words, 0) < 0)
		return help_usage("kill");
	rc = session_find_anywhere(&file, log_dir, argv[optind], &err);
	if (!rc)
		rc = reach_file(&file, &sock, &err);
	if (!rc)
		rc = end_session(sock, &err);
	if (!rc)
		await_release(&file);
	if (rc)
		fprintf(stderr, "steno: %s\n", err.text);
	if (sock >= 0)
		close(sock);
	session_release(&file);
	return rc < 0 ? 3 : rc;
}
