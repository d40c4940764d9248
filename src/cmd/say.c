/* SPDX-License-Identifier: MIT */
/* The verb that has something said recorded: for harnesses whose own log steno does not know. */
#include "cmd.h"
#include "help.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../live/client.h"
#include "../live/clock.h"
#include "../tape/event.h"
#include "../tape/words.h"
#include "logdir.h"
#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MOST = 64 << 20, NAME_MOST = 64 };

struct say {
	const char *role, *name, *agent, *session, *log_dir;
	struct buf text;
	int sock;
	int failed;
	struct err err;
};

static int read_options(struct say *s, int argc, char **argv)
{
	static const struct option options[] = {
		{"role", required_argument, NULL, 'r'},
		{"name", required_argument, NULL, 'n'},
		{"agent", required_argument, NULL, 'a'},
		{"session", required_argument, NULL, 's'},
		{"log-dir", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const char **field = c == 'r'	? &s->role
				     : c == 'n' ? &s->name
				     : c == 'a' ? &s->agent
				     : c == 's' ? &s->session
				     : c == 'd' ? &s->log_dir
						: NULL;

		if (!field)
			return -1;
		*field = optarg;
	}
	if (s->role && *s->role)
		return 0;
	fputs("steno: --role is missing\n", stderr);
	help_usage("say");
	return -1;
}

static int read_input(struct say *s)
{
	ssize_t n;

	do {
		buf_reserve(&s->text, 65536);
		n = read(STDIN_FILENO, s->text.data + s->text.len, 65536);
		if (n < 0 && errno != EINTR)
			return err_sys(&s->err, "read standard input");
		s->text.len += n > 0 ? (size_t)n : 0;
		if (s->text.len > TEXT_MOST)
			return err_set(&s->err, "more than 64 MiB are no words");
	} while (n);
	return 0;
}

/* The words, separated by a blank; of none, or "-", what standard input says, to the byte. */
static int take_text(struct say *s, char **words)
{
	int i;

	if (!words[0] || (!strcmp(words[0], "-") && !words[1]))
		return read_input(s);
	for (i = 0; words[i]; i++) {
		if (i)
			buf_putc(&s->text, ' ');
		buf_puts(&s->text, words[i]);
	}
	return 0;
}

/* The newest session that runs here, by the file that says so; malloc'ed, or NULL. */
static char *find_current(const char *log_dir)
{
	struct buf path = {0};
	char name[NAME_MOST] = "", *found = NULL;
	int dir, fd = -1;

	if (logdir_find(log_dir, &path, NULL) < 0)
		return NULL;
	dir = open(buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		fd = io_open_file(dir, ".current_session", O_RDONLY, NULL);
	if (fd >= 0 && io_read_full(fd, name, sizeof(name) - 1) > 0) {
		name[strcspn(name, "\n")] = '\0';
		found = *name ? xstrdup(name) : NULL;
	}
	io_close(&fd);
	io_close(&dir);
	buf_release(&path);
	return found;
}

/* 0; 1: there is no such session; -1. */
static int reach(struct say *s)
{
	const char *within = getenv("STENO_SESSION");
	char *current = NULL;
	int rc;

	if (!s->session && (!within || !*within))
		current = find_current(s->log_dir);
	rc = reach_session(s->log_dir, s->session ? s->session : current, &s->sock, &s->err);
	free(current);
	return rc;
}

static void send_piece(void *ctx, const char *data, size_t n)
{
	struct say *s = ctx;

	if (!s->failed && client_event(s->sock, EVENT_WORDS, data, n, &s->err) < 0)
		s->failed = 1;
}

/* Pieces of a long text are told apart from others' by the thread: nobody else says this one. */
static int send_text(struct say *s)
{
	char thread[64];
	struct words w;

	snprintf(thread, sizeof(thread), "say-%d-%lld", (int)getpid(), (long long)clock_wall_us());
	words_init(&w, WORDS_SAID);
	w.role = s->role;
	w.name = s->name;
	w.agent = s->agent;
	w.thread = thread;
	w.wall_us = clock_wall_us();
	w.text = (const char *)s->text.data;
	w.n = s->text.len;
	words_print(&w, send_piece, s);
	return s->failed ? -1 : 0;
}

int cmd_say(int argc, char **argv)
{
	struct say s = {.sock = -1};
	int rc;

	if (read_options(&s, argc, argv) < 0)
		return 2;
	rc = take_text(&s, argv + optind);
	buf_str(&s.text);
	if (rc == 0)
		rc = reach(&s);
	if (rc == 0)
		rc = send_text(&s);
	if (rc)
		fprintf(stderr, "steno: %s\n", s.err.text);
	io_close(&s.sock);
	buf_release(&s.text);
	return rc < 0 ? 3 : rc;
}
