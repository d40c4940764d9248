/* SPDX-License-Identifier: MIT */
/* A recorder without a terminal. It runs beside the command: finding the repository and making
 * files takes longer than a command may be kept waiting. Nobody hears what it has to say, so it
 * says nothing. The repository is not asked what has changed: that would have to be asked before
 * the command, too. */
#include "solo.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../live/child.h"
#include "../live/clock.h"
#include "../live/facts.h"
#include "../live/inbox.h"
#include "../live/jail.h"
#include "../live/logs.h"
#include "../live/report.h"
#include "../live/rundir.h"
#include "../out/scribe.h"
#include "../repo/survey.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/writer.h"
#include "logdir.h"
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

struct solo {
	const char *shell, *cwd;
	int64_t start_wall, start_mono;
	struct place place;
	struct facts lines;
	int inbox; /* of the session that runs here, or -1: */
	struct logs logs;
	struct writer *writer;
	int status; /* of the command; -1: not seen */
};

int solo_reach(const char *cast)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char name[INBOX_NAME];
	struct stat st;
	int place, fd = -1;

	if (stat(cast, &st) < 0)
		return -1;
	inbox_name(&st, name);
	for (place = 0; place < RUNDIR_PLACES && fd < 0; place++) {
		int dir = rundir_look(runtime, place);

		if (dir < 0)
			continue;
		fd = inbox_reach(dir, name);
		close(dir);
	}
	return fd;
}

/* The session that .current_session names, if it takes reports. */
static int reach_current(const char *folder)
{
	char session[LOGS_SESSION + 1] = "";
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd, inbox = -1;
	struct buf cast = {0};

	fd = dir < 0 ? -1 : io_open_file(dir, ".current_session", O_RDONLY, NULL);
	if (fd >= 0 && io_read_full(fd, session, LOGS_SESSION) > 0) {
		session[strcspn(session, "\n")] = '\0';
		buf_printf(&cast, "%s/%s.cast", folder, session);
		if (!strchr(session, '/'))
			inbox = solo_reach(buf_str(&cast));
	}
	io_close(&fd);
	io_close(&dir);
	buf_release(&cast);
	return inbox;
}

/* A session of its own */

static int write_header(struct solo *s, struct err *err)
{
	unsigned char bytes[16] = {0};
	char id[33];
	struct header h = {
		.cols = 80,
		.rows = 24,
		.start_us = s->start_wall,
		.version = 1,
		.session = s->logs.session,
		.id = id,
		.steno = xstrdup(STENO_VERSION),
		.root = s->place.root,
		.cwd = (char *)(uintptr_t)s->cwd,
		.shell = (char *)(uintptr_t)s->shell,
		.hooks = xstrdup("sh-c"),
		.repo = s->place.repo,
		.git_head = s->place.head,
		.git_branch = s->place.branch,
	};
	size_t i;
	int rc;

	if (getrandom(bytes, sizeof(bytes), 0) < 0)
		return err_sys(err, "random bytes");
	for (i = 0; i < sizeof(bytes); i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	rc = writer_put_header(s->writer, &h, err);
	free(h.steno);
	free(h.hooks);
	return rc;
}

static int begin_session(struct solo *s, const char *folder, int flags, struct err *err)
{
	static const char unseen[] =
		"{\"fact\":\"unreadable\",\"why\":\"a command that is recorded by itself is not "
		"kept waiting for git\"}";

	if (logs_open(&s->logs, folder, flags, s->start_wall, err) < 0)
		return -1;
	s->writer = writer_new(s->logs.cast, 0, err);
	if (!s->writer || write_header(s, err) < 0)
		return -1;
	registry_add(folder);
	if (!s->place.repo)
		return 0;
	return writer_put_text(s->writer, 0, EVENT_FACT, unseen, sizeof(unseen) - 1, err);
}

static void end_session(struct solo *s)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", s->status);
	struct scribe scribe = {.dir = s->logs.dir, .session = s->logs.session};
	struct err err;
	char path[64];

	if (s->status >= 0)
		writer_put_text(s->writer, clock_mono_us() - s->start_mono, EVENT_EXIT, text,
				(size_t)n, NULL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->logs.cast);
	scribe.cast = open(path, O_RDONLY | O_CLOEXEC);
	jail_enter(s->logs.dir);
	if (scribe.cast >= 0)
		scribe_rebuild(&scribe, &err);
	io_close(&scribe.cast);
}

/* The end says how the shell ended: that is the session's end. */
static void note_status(struct solo *s, const char *line)
{
	const char *st = strstr(line, ";st="), *sig = strstr(line, ";sig=");

	if (line[0] != 'E')
		return;
	if (sig)
		s->status = 128 + (int)strtol(sig + 5, NULL, 10);
	else if (st)
		s->status = (int)strtol(st + 4, NULL, 10);
}

static void take_line(void *ctx, const char *line, size_t n)
{
	struct solo *s = ctx;
	char copy[REPORT_LINE + 1];

	if (!inbox_is_plain(line, n))
		return;
	memcpy(copy, line, n);
	copy[n] = '\n';
	if (s->inbox >= 0) {
		io_write_all(s->inbox, copy, n + 1, NULL, NULL);
		return;
	}
	writer_put_text(s->writer, clock_mono_us() - s->start_mono, EVENT_COMMAND, line, n, NULL);
	copy[n] = '\0';
	note_status(s, copy);
}

static void find_session(struct solo *s, struct err *err)
{
	const char *asked = getenv("STENO_LOG_DIR");
	char *config = asked && *asked ? NULL : place_user_config("steno.logDir");
	struct buf folder = {0};

	place_find(&s->place, s->cwd);
	logdir_choose(s->place.root, asked, config, &folder);
	s->inbox = reach_current(buf_str(&folder));
	if (s->inbox < 0 && begin_session(s, buf_str(&folder), asked ? IO_PARENTS : 0, err) < 0) {
		writer_free(s->writer);
		s->writer = NULL;
	}
	buf_release(&folder);
	free(config);
}

static int record(void *ctx, int in, int out)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct solo *s = ctx;
	struct err err;

	close(out);
	setsid(); /* what is sent to the command's group is not for us */
	sigaction(SIGXFSZ, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	find_session(s, &err);
	if (s->inbox < 0 && !s->writer)
		return 3;
	while (facts_read(&s->lines, in, take_line, s))
		;
	if (s->inbox < 0)
		end_session(s);
	return 0;
}

int solo_start(const char *shell, const char *cwd, int64_t wall_us)
{
	struct child child;
	struct solo *s;

	if (!cwd)
		return -1;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -1;
	s->shell = shell;
	s->cwd = cwd;
	s->start_wall = wall_us;
	s->start_mono = clock_mono_us();
	s->inbox = s->logs.dir = s->logs.cast = s->status = -1;
	if (child_start(&child, "steno-record", record, s, NULL, 0, NULL) < 0) {
		free(s);
		return -1;
	}
	free(s);
	close(child.out);
	fcntl(child.in, F_SETPIPE_SZ, 1 << 20);
	return child.in;
}
