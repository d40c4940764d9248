/* SPDX-License-Identifier: MIT */
/* The verb that records: reads the options, has the place surveyed, opens the logs, and hands over
 * to the front. The only place that knows both the live part and the parsing children. */
#include "rec.h"

#include "help.h"

#include "../agent/tail.h"
#include "../base/base64.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"
#include "../base/quote.h"
#include "../base/stamp.h"
#include "../live/clock.h"
#include "../live/front.h"
#include "../live/jail.h"
#include "../live/rundir.h"
#include "../live/session.h"
#include "../live/tty.h"
#include "../live/watcher.h"
#include "../out/scribe.h"
#include "../repo/survey.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/reader.h"
#include "../tape/writer.h"
#include "background.h"
#include "logdir.h"
#include "painting.h"
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ORPHAN_TRIES = 40, PLACE_MS = 5000, PLACE_MOST = 64 * 1024 };

struct rec {
	struct session session;
	struct tty tty;
	struct place place;
	char *user_dir;	   /* the user's git config steno.logDir, or NULL */
	char *folder;	   /* of the logs, absolute */
	const char *asked; /* --log-dir or STENO_LOG_DIR, or NULL */
	const char *shell, *model, *profile, *sandbox;
	int login, quiet, nested, within;
	char *parent; /* the session that this runs within, or NULL */
	int report;   /* to the process that started this one in the background; -1 */
	char rundir[RUNDIR_PATH];
	struct buf text; /* the command as a shell would read it */
	char *env_session;
	char *env[16];
	char *unset[8];
	int measure; /* what agents' shells run: 1, 0, -1: if it is an agent */
	char *argv_shell[2];
	int state; /* the survey's */
	int look_state;
};

/* Options */

static int bad_size(const char *text, struct winsize *size)
{
	char rest;
	int cols, rows;

	if (sscanf(text, "%dx%d%c", &cols, &rows, &rest) != 2 || cols < 2 || rows < 2 ||
	    cols > 1000 || rows > 1000)
		return 1;
	size->ws_col = (unsigned short)cols;
	size->ws_row = (unsigned short)rows;
	return 0;
}

static int read_options(struct rec *r, int argc, char **argv)
{
	const struct option options[] = {
		{"log-dir", required_argument, NULL, 'L'},
		{"shell", required_argument, NULL, 's'},
		{"login", no_argument, NULL, 'l'},
		{"size", required_argument, NULL, 'z'},
		{"detach", no_argument, NULL, 'd'},
		{"model", required_argument, NULL, 'm'},
		{"profile", required_argument, NULL, 'p'},
		{"sandbox", required_argument, NULL, 'b'},
		{"quiet", no_argument, NULL, 'q'},
		{"nested", no_argument, &r->nested, 1},
		{"within", no_argument, NULL, 'w'},
		{"measure", no_argument, &r->measure, 1},
		{"no-measure", no_argument, &r->measure, 0},
		{NULL, 0, NULL, 0},
	};
	int c;

	r->asked = getenv("STENO_LOG_DIR");
	while ((c = getopt_long(argc, argv, "+dlq", options, NULL)) != -1) {
		switch (c) {
		case 0: /* a flag */
			break;
		case 'L':
			r->asked = optarg;
			break;
		case 'd':
			r->session.detached = 1;
			break;
		case 's':
			r->shell = optarg;
			break;
		case 'l':
			r->login = 1;
			break;
		case 'm':
			r->model = optarg;
			break;
		case 'p':
			r->profile = optarg;
			break;
		case 'b':
			r->sandbox = optarg;
			break;
		case 'w':
			r->within = 1;
			break;
		case 'q':
			r->quiet = 1;
			break;
		case 'z':
			if (!bad_size(optarg, &r->session.size))
				break;
			fprintf(stderr, "steno: --size %s: not COLSxROWS from 2x2 to 1000x1000\n",
				optarg);
			return -1;
		default:
			help_usage("rec");
			return -1;
		}
	}
	if (r->asked && !*r->asked)
		r->asked = NULL;
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0) {
		fprintf(stderr, "steno: put -- before the command: steno -- %s\n", argv[optind]);
		return -1;
	}
	return 0;
}

/* The survey */

static void put_field(struct buf *b, const char *text)
{
	buf_put(b, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void write_fact(void *out, const char *fact, size_t n)
{
	int fd = *(const int *)out;

	if (io_write_all(fd, fact, n, NULL, NULL) == 0)
		io_write_all(fd, "\n", 1, NULL, NULL);
}

/* The folder of the logs relative to the root, or NULL if it is not below it. */
static const char *logs_in_root(const struct rec *r)
{
	size_t n = strlen(r->place.root);

	if (!r->folder || strncmp(r->folder, r->place.root, n) != 0 || r->folder[n] != '/')
		return NULL;
	return r->folder + n + 1;
}

static void choose_folder(struct rec *r)
{
	struct buf path = {0};

	logdir_choose(r->place.root, r->asked, r->user_dir, &path);
	free(r->folder);
	r->folder = xstrdup(buf_str(&path));
	buf_release(&path);
}

/* In a child: says where we are (six NUL-ended fields behind their length), then the facts. */
static int survey_begin_child(void *ctx, int in, int out)
{
	struct rec *r = ctx;
	struct buf fields = {0};
	unsigned int n;

	(void)in;
	jail_enter(-1);
	place_find(&r->place, r->session.cwd);
	if (!r->asked)
		r->user_dir = place_user_config("steno.logDir");
	put_field(&fields, r->place.root);
	put_field(&fields, r->place.repo);
	put_field(&fields, r->place.head);
	put_field(&fields, r->place.branch);
	put_field(&fields, r->place.why);
	put_field(&fields, r->user_dir);
	n = (unsigned int)fields.len;
	if (io_write_all(out, &n, sizeof(n), NULL, NULL) < 0 ||
	    io_write_all(out, fields.data, fields.len, NULL, NULL) < 0)
		return 1;
	if (!r->place.repo)
		return 0;
	choose_folder(r);
	return survey_begin(&r->place, logs_in_root(r), r->state, r->session.start_wall, write_fact,
			    &out, NULL) < 0;
}

static int survey_end_child(void *ctx, int in, int out)
{
	struct rec *r = ctx;

	(void)in;
	jail_enter(-1);
	return survey_end(&r->place, logs_in_root(r), r->state, r->session.start_wall, write_fact,
			  &out, NULL) < 0;
}

static int look_child(void *ctx, int in, int out)
{
	struct rec *r = ctx;
	const struct look_plan *plan = &r->session.look_plan;
	struct survey_look look = {.begun = r->state,
				   .state = r->look_state,
				   .since_us = plan->since_us,
				   .until_us = plan->until_us,
				   .wall_us = plan->wall_us,
				   .clock_was_set = plan->clock_was_set};

	(void)in;
	jail_enter(-1);
	return survey_look(&r->place, logs_in_root(r), &look, write_fact, &out, NULL) < 0;
}

/* n bytes from a pipe that does not block, or -1 when they do not come. */
static int read_exactly(int fd, void *data, size_t n)
{
	char *p = data;
	size_t at = 0;

	while (at < n) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		ssize_t got = read(fd, p + at, n - at);

		if (got > 0)
			at += (size_t)got;
		else if (got == 0 || (errno != EAGAIN && errno != EINTR))
			return -1;
		else if (errno == EAGAIN && poll(&poll_fd, 1, PLACE_MS) <= 0)
			return -1;
	}
	return 0;
}

static char *take_field(char **at, const char *end)
{
	char *from = *at;
	size_t n = strnlen(from, (size_t)(end - from));

	*at = from + n < end ? from + n + 1 : from + n;
	return n ? xstrdup(from) : NULL;
}

static int hear_place(struct rec *r)
{
	char fields[PLACE_MOST + 1], *at = fields;
	unsigned int n = 0;

	if (read_exactly(r->session.survey.out, &n, sizeof(n)) < 0 || n > PLACE_MOST ||
	    read_exactly(r->session.survey.out, fields, n) < 0)
		return -1;
	fields[n] = '\0';
	r->place.root = take_field(&at, fields + n);
	r->place.repo = take_field(&at, fields + n);
	r->place.head = take_field(&at, fields + n);
	r->place.branch = take_field(&at, fields + n);
	r->place.why = take_field(&at, fields + n);
	r->user_dir = take_field(&at, fields + n);
	return r->place.root ? 0 : -1;
}

static void find_place(struct rec *r)
{
	const int keep[] = {r->state};
	struct err err;

	if (child_start(&r->session.survey, "steno-survey", survey_begin_child, r, keep, 1, &err) ==
		    0 &&
	    hear_place(r) == 0)
		return;
	if (r->session.survey.pid > 0)
		kill(r->session.survey.pid, SIGKILL);
	child_close(&r->session.survey);
	place_release(&r->place);
	r->place.root = xstrdup(r->session.cwd);
	r->place.why = xstrdup("the survey of the repository failed");
}

/* The logs */

static void choose_state_folder(struct rec *r)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = {0};

	if (state && state[0] == '/')
		buf_printf(&path, "%s/steno", state);
	else
		buf_printf(&path, "%s/.local/state/steno", home && home[0] == '/' ? home : "/tmp");
	free(r->folder);
	r->folder = xstrdup(buf_str(&path));
	buf_release(&path);
}

static int open_logs(struct rec *r, struct err *err)
{
	struct logs *l = &r->session.logs;

	choose_folder(r);
	if (logs_open(l, r->folder, r->asked ? IO_PARENTS : 0, r->session.start_wall, err) == 0)
		return 0;
	fprintf(stderr, "steno: cannot keep the logs in %s: %s\n", r->folder, err->text);
	choose_state_folder(r);
	if (logs_open(l, r->folder, IO_PARENTS, r->session.start_wall, err) < 0)
		return -1;
	fprintf(stderr, "steno: they go to %s instead\n", r->folder);
	return 0;
}

static void make_hex(char *out, size_t digits)
{
	unsigned char bytes[64];
	size_t i;

	if (getrandom(bytes, digits / 2, 0) != (ssize_t)(digits / 2))
		bug("no random bytes");
	for (i = 0; i < digits / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void make_nonce(char out[SCANNER_NONCE + 1])
{
	unsigned char bytes[16], text[24];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		bug("no random bytes");
	base64_encode(bytes, sizeof(bytes), text);
	memcpy(out, text, SCANNER_NONCE); /* the rest is padding */
	out[SCANNER_NONCE] = '\0';
}

/* No survey will say why git cannot be asked. */
static int write_why(struct writer *w, const struct rec *r, struct err *err)
{
	struct json *fact = json_new();
	struct buf text = {0};
	int rc;

	json_put_text(fact, "fact", "unreadable");
	json_put_text(fact, "why", r->place.why);
	json_print(fact, &text);
	rc = writer_put_text(w, 0, EVENT_FACT, text.data, text.len, err);
	buf_release(&text);
	json_free(fact);
	return rc;
}

static int write_header(struct rec *r, struct err *err)
{
	struct session *s = &r->session;
	char nested[] = "marks";
	struct header h = {
		.cols = s->size.ws_col,
		.rows = s->size.ws_row,
		.term = getenv("TERM"),
		.start_us = s->start_wall,
		.command = r->text.len ? (char *)r->text.data : NULL,
		.version = 1,
		.session = s->logs.session,
		.id = s->id,
		.steno = xstrdup(STENO_VERSION),
		.root = r->place.root,
		.cwd = s->cwd,
		.shell = s->hooks.shell || !s->text ? (char *)(uintptr_t)r->shell : NULL,
		.hooks = (char *)(uintptr_t)s->hooks.shell,
		.repo = r->place.repo,
		.git_head = r->place.head,
		.git_branch = r->place.branch,
		.model = (char *)(uintptr_t)r->model,
		.profile = (char *)(uintptr_t)r->profile,
		.sandbox = (char *)(uintptr_t)r->sandbox,
		.nested = r->nested ? nested : NULL,
		.parent = r->parent,
	};
	struct writer *w = writer_new(s->logs.cast, 0, err);
	int rc;

	make_hex(s->id, 32);
	rc = w ? writer_put_header(w, &h, err) : -1;
	if (rc == 0 && r->place.why && !r->place.repo)
		rc = write_why(w, r, err);
	free(h.steno);
	writer_free(w);
	return rc;
}

/* The program */

static const char *user_shell(void)
{
	const char *shell = getenv("SHELL");
	const struct passwd *pw;

	if (shell && shell[0] == '/' && access(shell, X_OK) == 0)
		return shell;
	pw = getpwuid(getuid());
	return pw && pw->pw_shell && pw->pw_shell[0] ? pw->pw_shell : "/bin/sh";
}

static int prepare_shell(struct rec *r, struct err *err)
{
	struct session *s = &r->session;

	if (!r->shell)
		r->shell = user_shell();
	make_nonce(s->nonce);
	s->hooks.user_env = getenv("ENV");
	s->hooks.user_zdotdir = getenv("ZDOTDIR");
	if (s->rundir < 0 || hooks_prepare(&s->hooks, r->shell, r->login ? HOOKS_LOGIN : 0,
					   r->rundir, s->nonce, err) < 0) {
		fprintf(stderr, "steno: commands cannot be told apart: %s\n", err->text);
		hooks_release(&s->hooks);
		r->argv_shell[0] = xstrdup(r->shell);
		s->program.argv = r->argv_shell;
	} else {
		s->program.argv = s->hooks.argv;
	}
	s->program.path = r->shell;
	return 0;
}

static void prepare_command(struct rec *r, char **argv)
{
	size_t i;

	make_nonce(r->session.nonce);
	for (i = 0; argv[i]; i++) {
		if (i)
			buf_putc(&r->text, ' ');
		quote_shell(&r->text, argv[i]);
	}
	r->session.text = buf_str(&r->text);
	r->session.program.path = argv[0];
	r->session.program.argv = argv;
}

/* The user's own value of a variable that a session around this one may have made its own. */
static const char *users_own(const char *name, const char *kept)
{
	const char *value = getenv(name), *hooks = getenv("STENO_HOOKS");

	if (hooks && *hooks && value && !strncmp(value, hooks, strlen(hooks)))
		return getenv(kept);
	return value;
}

/* The commands of an agent's shells. Those of a person's are told apart by the shell's own hooks. */
static void prepare_measuring(struct rec *r)
{
	const struct measure_user user = {users_own("BASH_ENV", "STENO_BASH_ENV"),
					  users_own("ZDOTDIR", "STENO_ZDOTDIR"), getenv("SHLVL")};
	const struct session *s = &r->session;
	char program[4096];
	struct err err;
	ssize_t n;

	if (r->measure < 0)
		r->measure = s->text && measure_is_agent(s->program.argv);
	if (!r->measure || s->inbox < 0)
		return;
	n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[n > 0 ? n : 0] = '\0';
	if (measure_prepare(&r->session.measure, r->rundir, program, &user, &err) < 0)
		fprintf(stderr, "steno: the agent's commands cannot be measured: %s\n", err.text);
}

/* zsh is led to the hooks at its prompt by the same variable. */
static int is_taken(const struct rec *r, const char *variable)
{
	const char *shell = r->session.hooks.shell;

	return shell && !strcmp(shell, "zsh") && !strncmp(variable, "ZDOTDIR=", 8);
}

static void prepare_environment(struct rec *r)
{
	static char term[] = "TERM=xterm-256color";
	static char guard[] = "STENO_COMMAND"; /* of a session around this */
	struct buf b = {0};
	size_t n = 0, m = 0, i;

	buf_printf(&b, "STENO_SESSION=%s/%s.cast", r->folder, r->session.logs.session);
	r->env_session = xstrdup(buf_str(&b));
	buf_release(&b);
	r->env[n++] = r->env_session;
	if (r->session.detached && !getenv("TERM"))
		r->env[n++] = term; /* of whatever will be attached */
	for (i = 0; r->session.hooks.env && r->session.hooks.env[i] && n < 7; i++)
		r->env[n++] = r->session.hooks.env[i];
	r->unset[m++] = guard;
	prepare_measuring(r);
	for (i = 0; i < MEASURE_VARIABLES && r->session.measure.env[i]; i++)
		if (!is_taken(r, r->session.measure.env[i]))
			r->env[n++] = r->session.measure.env[i];
	for (i = 0; i < MEASURE_VARIABLES && r->session.measure.unset[i]; i++)
		r->unset[m++] = r->session.measure.unset[i];
	r->session.program.env = r->env;
	r->session.program.unset = r->unset;
}

/* Whoever recorded is gone. If nobody goes on soon, the session has ended with that. */
static int end_orphan(const struct scribe *s)
{
	const struct timespec pause = {.tv_nsec = 50000000};
	struct err err;
	int i;

	for (i = 0; i < ORPHAN_TRIES; i++) {
		if (!logs_is_running(s->cast))
			return scribe_rebuild(s, &err) < 0 ? 3 : 0;
		nanosleep(&pause, NULL);
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

/* What runs within a session that runs is recorded already. Not so what has a terminal of its own. */
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

static int prepare(struct rec *r, char **command, struct err *err)
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
	find_place(r);
	s->rundir = rundir_open(runtime_folder(r), r->rundir, err);
	if (s->rundir < 0)
		fprintf(stderr, "steno: the session cannot be reached by others: %s\n", err->text);
	if (command)
		prepare_command(r, command);
	else
		prepare_shell(r, err);
	if (open_logs(r, err) < 0 || write_header(r, err) < 0)
		return -1;
	open_inbox(r);
	registry_add(r->folder);
	prepare_environment(r);
	if (logs_current_begin(&s->logs, err) < 0)
		fprintf(stderr, "steno: %s\n", err->text);
	s->started = say_started;
	s->scribe = scribe_child;
	s->painter = painting_child;
	s->survey_end = r->place.repo ? survey_end_child : NULL;
	s->look = r->place.repo && (!s->text || r->measure > 0) ? look_child : NULL;
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
	r.login = argv[0] && argv[0][0] == '-';
	if (read_options(&r, argc, argv) < 0)
		return 2;
	if (r.session.detached && background_begin(&r.report, &status) != 0)
		return status;
	rc = check_nesting(&r, &err);
	if (!rc)
		rc = prepare(&r, optind < argc ? argv + optind : NULL, &err);
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
