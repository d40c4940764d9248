/* SPDX-License-Identifier: MIT */
/* The verb that records: has the place surveyed, opens the logs, and hands over to the front. The
 * only place that knows both the live part and the parsing children. */
#include "rec.h"

#include "../agent/tail.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../live/clock.h"
#include "../live/front.h"
#include "../live/jail.h"
#include "../live/watcher.h"
#include "../out/scribe.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "background.h"
#include "measuring.h"
#include "painting.h"
#include "rec_private.h"
#include "registry.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ORPHAN_TRIES = 40 };

static int goes_on(void *ctx, int64_t done, int64_t all)
{
	const struct scribe *s = ctx;

	(void)done;
	(void)all;
	return logs_is_running(s->cast);
}

/* Whoever recorded is gone. If nobody goes on soon, the session has ended with that. Somebody may go on
 * late, and even come to the end, while we write what was before: then it is written again. */
static int end_orphan(struct scribe *s)
{
	const struct timespec patience = {.tv_nsec = 250000000}, pause = {.tv_nsec = 50000000};
	struct stat before, after;
	struct err err;
	int i, rc;

	s->watch = goes_on;
	s->ctx = s;
	for (i = 0; i < ORPHAN_TRIES; i++) {
		nanosleep(i ? &pause : &patience, NULL);
		if (fstat(s->cast, &before) < 0)
			return 3;
		if (logs_is_running(s->cast))
			continue;
		rc = scribe_rebuild(s, &err);
		if (fstat(s->cast, &after) == 0 && after.st_size == before.st_size &&
		    !logs_is_running(s->cast))
			return rc < 0 ? 3 : 0;
	}
	return 0;
}

static int scribe_child(void *ctx, int in, int out)
{
	struct rec *r = ctx;
	struct session *s = &r->session;
	struct scribe scribe = {
		.dir = s->logs.dir, .session = s->logs.session, .doorbell = in, .report = out};
	char path[64];
	struct err err;

	/* a description of its own: for its own lock, and so that it does not hold the session's */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->logs.cast);
	scribe.cast = open(path, O_RDONLY | O_CLOEXEC);
	if (scribe.cast < 0)
		return 3;
	io_close(&s->logs.cast);
	jail_enter(s->logs.dir);
	switch (scribe_follow(&scribe, &err)) {
	case 0:
		return 0;
	case 1:
		return end_orphan(&scribe);
	default:
		return 3;
	}
}

/* Reads the log of an agent that runs in the session, and can do nothing else. */
static int reader_child(void *ctx, int in, int out)
{
	const struct watcher_log *log = ctx;
	struct tail tail = {.log = log->quarry.log,
			    .cast = log->cast,
			    .since_us = log->quarry.since_us,
			    .profile = log->quarry.profile,
			    .name = log->quarry.name[0] ? log->quarry.name : NULL};

	tail.notify = tail_notify(tail.log);
	jail_seal();
	return tail_run(&tail, in, out) < 0;
}

static void open_inbox(struct rec *r)
{
	struct session *s = &r->session;
	struct stat st;
	struct err err;

	if (s->rundir < 0 || fstat(s->logs.cast, &st) < 0)
		return;
	inbox_name(&st, s->inbox_name);
	s->inbox = inbox_open(s->rundir, s->inbox_name, &err);
	if (s->inbox < 0)
		fprintf(stderr, "steno: commands of agents cannot be reported: %s\n", err.text);
}

static void settle_size(struct rec *r)
{
	struct winsize asked = r->session.size;

	tty_size(isatty(STDIN_FILENO) ? STDIN_FILENO : STDOUT_FILENO, &r->session.size);
	if (asked.ws_col && r->tty.fd < 0)
		r->session.size = asked;
	tty_modes(&r->tty, &r->session.modes);
}

static void release(struct rec *r)
{
	hooks_remove(&r->session.hooks);
	hooks_release(&r->session.hooks);
	measure_remove(&r->session.measure);
	measure_release(&r->session.measure);
	logs_close(&r->session.logs);
	if (r->session.inbox >= 0)
		unlinkat(r->session.rundir, r->session.inbox_name, 0);
	io_close(&r->session.inbox);
	io_close(&r->session.rundir);
	if (r->session.survey.pid > 0)
		kill(r->session.survey.pid, SIGKILL);
	child_close(&r->session.survey);
	place_release(&r->place);
	io_close(&r->state);
	io_close(&r->look_state);
	buf_release(&r->text);
	free(r->user_dir);
	free(r->folder);
	free(r->env_session);
	free(r->parent);
	free(r->argv_shell[0]);
}

/* One that was removed is told as Linux tells it: with " (deleted)" behind, so that no file is made
 * there. */
static int find_cwd(char *cwd, size_t size)
{
	ssize_t n;

	if (getcwd(cwd, size))
		return 0;
	n = readlink("/proc/self/cwd", cwd, size - 1);
	cwd[n > 0 ? n : 0] = '\0';
	return n > 0 ? 0 : -1;
}

static void say_started(void *ctx)
{
	struct rec *r = ctx;
	char line[LOGS_SESSION + 2];

	snprintf(line, sizeof(line), "%s\n", r->session.logs.session);
	if (r->report >= 0)
		background_tell(&r->report, line);
}

/* What runs within a session that runs is recorded already. Not so what has a terminal of its own.
 * 1: only what an agent's shells run is not. */
static int check_nesting(struct rec *r, struct err *err)
{
	const char *within = getenv("STENO_SESSION");
	int cast = within ? open(within, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
	struct reader *reader = cast >= 0 && logs_is_running(cast) ? reader_new(cast, NULL) : NULL;

	if (reader && reader_header(reader)->session)
		r->parent = xstrdup(reader_header(reader)->session);
	reader_free(reader);
	io_close(&cast);
	if (!r->parent || r->within || r->session.detached)
		return 0;
	if (r->command && rec_is_measured(r))
		return 1;
	return err_set(
		err,
		"this is recorded already, by %.64s; to record it once more: steno rec --within",
		r->parent);
}

/* systemd's is removed when the user logs out, which a session without a terminal outlives. */
static const char *runtime_folder(const struct rec *r)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	return r->session.detached && runtime && !strncmp(runtime, "/run/user/", 10) ? NULL
										     : runtime;
}

static int prepare(struct rec *r, struct err *err)
{
	struct session *s = &r->session;

	s->start_mono = clock_mono_us();
	s->start_wall = clock_wall_us();
	if (find_cwd(s->cwd, sizeof(s->cwd)) < 0)
		return err_sys(err, "find the current directory");
	r->state = memfd_create("steno-survey", MFD_CLOEXEC);
	r->look_state = memfd_create("steno-look", MFD_CLOEXEC);
	tty_init(&r->tty, STDIN_FILENO);
	settle_size(r);
	rec_find_place(r);
	s->rundir = rundir_open(runtime_folder(r), r->rundir, err);
	if (s->rundir < 0 && s->detached) /* nobody could ever end it */
		return err_wrap(err, "the session could not be reached by anybody");
	if (s->rundir < 0)
		fprintf(stderr, "steno: the session cannot be reached by others: %s\n", err->text);
	rec_prepare_program(r);
	if (rec_open_logs(r, err) < 0)
		return -1;
	open_inbox(r);
	registry_add(r->folder);
	rec_prepare_environment(r);
	if (logs_current_begin(&s->logs, err) < 0)
		fprintf(stderr, "steno: %s\n", err->text);
	s->started = say_started;
	s->scribe = scribe_child;
	s->painter = painting_child;
	s->survey_end = r->place.repo ? rec_survey_end : NULL;
	s->look = r->place.repo && (!s->text || r->measure > 0) ? rec_look : NULL;
	s->survey_state = r->state;
	s->look_state = r->look_state;
	s->ctx = r;
	s->reader = reader_child;
	return 0;
}

/* Standard streams that are closed would make room for descriptors of ours. */
static void fill_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

/* A file that may not grow is told of like a full disk. */
static void ignore_size_limit(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGXFSZ, &ignore, NULL);
}

int cmd_rec(int argc, char **argv)
{
	struct rec r = {
		.state = -1,
		.look_state = -1,
		.report = -1,
		.measure = -1,
		.session = {
			.rundir = -1, .inbox = -1, .logs = {-1, -1, ""}, .survey = {0, -1, -1}}};
	struct err err = {.code = 0};
	int status = 3, rc;

	fill_standard_streams();
	ignore_size_limit();
	r.login = argv[0] && argv[0][0] == '-';
	if (rec_options(&r, argc, argv) < 0)
		return 2;
	if (r.session.detached && background_begin(&r.report, &status) != 0)
		return status;
	rc = check_nesting(&r, &err);
	if (rc == 1) {
		release(&r);
		return measuring_run(r.command);
	}
	if (rc == 0)
		rc = prepare(&r, &err);
	if (rc == 0 && !r.quiet && !r.session.text && r.tty.fd >= 0)
		fprintf(stderr, "steno: recording into %s/%s.md; exit ends it\n", r.folder,
			r.session.logs.session);
	if (rc == 0)
		rc = front_run(&r.session, &r.tty, &status, &err);
	if (rc < 0)
		fprintf(stderr, "steno: %s\n", err.text);
	release(&r);
	io_close(&r.report);
	return rc < 0 ? 3 : status;
}
