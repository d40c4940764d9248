/* SPDX-License-Identifier: MIT */
/* The verb that makes a session of an agent's own log afterwards. The log is foreign: it is read in
 * children that can do nothing else, once to learn whose it is and when it began, once more to
 * write the recording. What is made says that it was imported and that nothing in it was
 * measured. */
#include "import.h"

#include "cmd.h"
#include "help.h"
#include "import_log.h"
#include "import_merge.h"
#include "import_subs.h"

#include "../agent/agent.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../live/jail.h"
#include "../live/logs.h"
#include "../out/scribe.h"
#include "../tape/event.h"
#include "../tape/header.h"
#include "../tape/words.h"
#include "../tape/writer.h"
#include "catalog.h"
#include "logdir.h"
#include "registry.h"

#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COLS = 80, ROWS = 24, ID = 32 };

struct import {
	struct import_log log; /* first: the child that writes gets it */
	const char *path;
	struct import_found found;
	struct import_subs subs;
	char id[ID + 1];
	struct logs logs;

	/* In that child */
	struct writer *writer;
	int64_t start_us, last_us;
	int failed;
};

/* The second, in a child: writes the recording. */

/* A file that may not grow is told by write(2). */
static void ignore_limit(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGXFSZ, &ignore, NULL);
}

static void put_words(void *ctx, int64_t at_us, const char *data, size_t n)
{
	struct import *m = ctx;
	int64_t at = at_us < 0 ? 0 : at_us - m->start_us;

	if (at > m->last_us)
		m->last_us = at;
	if (writer_put_text(m->writer, m->last_us, EVENT_WORDS, data, n, NULL) < 0)
		m->failed = 1;
}

static void put_note(void *ctx, const char *data, size_t n)
{
	put_words(ctx, -1, data, n);
}

static void write_note(struct import *m, const struct agent_info *info)
{
	struct buf note = {0};
	struct words w;

	if (!info->unknown && !info->bad)
		return;
	buf_printf(&note,
		   "of %" PRIu64 " lines of the log %" PRIu64
		   " were of a kind that steno does not know, and %" PRIu64 " no JSON",
		   info->lines, info->unknown, info->bad);
	words_init(&w, WORDS_NOTE);
	w.agent = info->agent;
	w.text = buf_str(&note);
	w.n = note.len;
	words_print(&w, put_note, m);
	buf_release(&note);
}

static int write_child(void *ctx, int in, int out)
{
	struct import *m = ctx;
	struct import_merge *merge = import_merge_new();
	struct agent_info info;
	size_t i;

	(void)in;
	(void)out;
	jail_enter(-1);
	ignore_limit();
	m->writer = writer_new(m->logs.cast, 0, NULL);
	import_merge_add(merge, m->log.fd, NULL);
	for (i = 0; i < m->subs.n; i++) {
		int fd = import_subs_open(&m->subs, i);
		const char *name = m->subs.list[i].name;

		if (fd >= 0)
			import_merge_add(merge, fd, *name ? name : NULL);
	}
	if (!m->writer || import_merge_run(merge, put_words, m) < 0)
		return 1;
	info = import_merge_info(merge);
	write_note(m, &info);
	return m->failed;
}

/* The session */

/* The agent's own id of the conversation is ours, too: a UUID has as many digits. */
static void make_id(struct import *m)
{
	const char *p = m->found.thread ? m->found.thread : m->path;
	uint64_t h = UINT64_C(14695981039346656037), g = UINT64_C(1099511628211); /* FNV-1a */
	size_t n = 0;

	for (; *p && n <= ID; p++)
		if (*p != '-')
			m->id[n < ID ? n : ID] = (char)tolower((unsigned char)*p), n++;
	m->id[ID] = '\0';
	if (n == ID && !*p && strspn(m->id, "0123456789abcdef") == ID)
		return;
	for (p = m->found.thread ? m->found.thread : m->path; *p; p++) {
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
		g = (g + (unsigned char)*p) * UINT64_C(0x9E3779B97F4A7C15);
	}
	snprintf(m->id, sizeof(m->id), "%016" PRIx64 "%016" PRIx64, h, g);
}

/* The nearest folder above with a .git in it; else the one it ran in. */
static char *find_root(const char *cwd)
{
	struct buf path = {0};
	char *root;

	buf_puts(&path, cwd);
	while (path.len > 1) {
		struct buf git = {0};
		struct stat st;
		int is_there;

		buf_printf(&git, "%s/.git", buf_str(&path));
		is_there = lstat(buf_str(&git), &st) == 0;
		buf_release(&git);
		if (is_there)
			break;
		while (path.len > 1 && path.data[path.len - 1] != '/')
			path.len--;
		path.len -= path.len > 1;
	}
	root = xstrdup(path.len > 1 ? buf_str(&path) : cwd);
	buf_release(&path);
	return root;
}

/* The name of the session that was made of this log before, malloc'ed; NULL: none. */
static char *find_earlier(const char *log_dir, const char *id)
{
	struct catalog c;
	char *name = NULL;
	size_t i;

	if (catalog_open(&c, log_dir, 0, NULL) != 0)
		return NULL;
	if (catalog_list(&c.folders[0], NULL) == 0)
		for (i = 0; i < c.folders[0].count && !name; i++)
			if (c.folders[0].entries[i].is_imported &&
			    !strcmp(c.folders[0].entries[i].id, id))
				name = xstrdup(c.folders[0].entries[i].name);
	catalog_release(&c);
	return name;
}

static int write_header(struct import *m, struct err *err)
{
	const char *slash = strrchr(m->path, '/');
	struct import_found *f = &m->found;
	char *root = f->cwd && f->cwd[0] == '/' ? find_root(f->cwd) : NULL;
	struct header h = {
		.cols = COLS,
		.rows = ROWS,
		.start_us = m->start_us,
		.version = 1,
		.session = m->logs.session,
		.id = m->id,
		.steno = xstrdup(STENO_VERSION),
		.root = root,
		.cwd = f->cwd,
		.model = f->model,
		.profile = f->profile,
		.sandbox = f->sandbox,
		.imported = f->agent,
		.imported_from = (char *)(uintptr_t)(slash ? slash + 1 : m->path),
	};
	struct writer *w = writer_new(m->logs.cast, 0, err);
	int rc = w ? writer_put_header(w, &h, err) : -1;

	writer_free(w);
	free(root);
	free(h.steno);
	return rc;
}

static int rebuild_child(void *ctx, int in, int out)
{
	struct import *m = ctx;
	const struct scribe scribe = {
		.cast = m->logs.cast, .dir = m->logs.dir, .session = m->logs.session};
	struct err err = {.code = 0};

	(void)in;
	jail_enter(m->logs.dir);
	ignore_limit();
	if (scribe_rebuild(&scribe, &err) == 0)
		return 0;
	io_write_all(out, err.text, strlen(err.text), NULL, NULL);
	return 1;
}

/* A recording of half a log would pass for the whole. */
static void undo(struct import *m)
{
	char name[LOGS_SESSION + 8];

	snprintf(name, sizeof(name), "%s.cast", m->logs.session);
	unlinkat(m->logs.dir, name, 0);
}

/* Header, events: into m->logs.cast. */
static int write_cast(struct import *m, struct err *err)
{
	struct buf none = {0};
	int rc = write_header(m, err);

	if (rc == 0)
		rc = import_log_run(m->path, write_child, &m->log, &m->logs.cast, &none, err);
	buf_release(&none);
	return rc;
}

static int write_texts(struct import *m, struct err *err)
{
	const int keep[] = {m->logs.cast, m->logs.dir};
	struct buf said = {0};
	struct child c;
	int rc = child_start(&c, "steno-scribe", rebuild_child, m, keep, 2, err);

	if (rc == 0 && import_hear(&c, &said) < 0)
		rc = err_set(err, "%.*s", (int)said.len, said.len ? (char *)said.data : "");
	buf_release(&said);
	return rc;
}

/* The writer wants to read, too. */
static int fill_cast(void *ctx, int fd, struct err *err)
{
	struct import *m = ctx;
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	m->logs.cast = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
	if (m->logs.cast < 0)
		return err_sys(err, "open it again");
	rc = write_cast(m, err);
	io_close(&m->logs.cast);
	return rc;
}

/* The recording appears as a whole, whatever happens to us or the machine; then the texts are made
 * of it. */
static int write_session(struct import *m, struct err *err)
{
	char cast[LOGS_SESSION + 8];

	snprintf(cast, sizeof(cast), "%s.cast", m->logs.session);
	if (io_replace_file(m->logs.dir, cast, IO_WHOLE | IO_NAMED, fill_cast, m, err) < 0)
		return -1;
	m->logs.cast = io_open_file(m->logs.dir, cast, O_RDONLY, err);
	return m->logs.cast < 0 ? -1 : write_texts(m, err);
}

static int make_session(struct import *m, const char *folder, int flags, struct err *err)
{
	int rc, reserved;

	if (logs_open(&m->logs, folder, flags, m->start_us, err) < 0)
		return -1;
	reserved = m->logs.cast; /* empty, and locked, until the recording takes its name */
	m->logs.cast = -1;
	rc = write_session(m, err);
	if (rc < 0)
		undo(m);
	io_close(&reserved);
	return rc;
}

static int renew_session(struct import *m, const char *folder, const char *name, struct err *err)
{
	snprintf(m->logs.session, sizeof(m->logs.session), "%s", name);
	m->logs.dir = io_open_dir(folder, 0, err);
	return m->logs.dir < 0 ? -1 : write_session(m, err);
}

static void release(struct import *m)
{
	import_found_release(&m->found);
	import_subs_release(&m->subs);
	if (m->logs.dir >= 0)
		logs_close(&m->logs);
}

static void tell(const struct import *m)
{
	const struct import_found *f = &m->found;

	printf("%s %s: %s, %" PRId64 " messages, %" PRId64 " commands", m->logs.session, m->path,
	       f->agent, f->messages, f->commands);
	if (m->subs.n)
		printf(", %zu %s", m->subs.n, m->subs.n == 1 ? "sub-agent" : "sub-agents");
	if (f->unknown || f->bad || f->too_long)
		printf("; lines passed over: %" PRId64 " unknown, %" PRId64 " bad, %" PRId64
		       " too long",
		       f->unknown, f->bad, f->too_long);
	putchar('\n');
}

/* Its id is known now. */
static int put_session(struct import *m, const char *log_dir, int flags, struct err *err)
{
	char *earlier = find_earlier(log_dir, m->id);
	struct buf folder = {0};
	int rc = 0;

	if (earlier && !(flags & IMPORT_AGAIN)) {
		if (!(flags & IMPORT_QUIET))
			printf("%s %s: was imported before\n", earlier, m->path);
		goto out;
	}
	rc = logdir_find(log_dir, &folder, err);
	m->start_us = m->found.start_us > 0 ? m->found.start_us : 0;
	if (rc == 0 && earlier)
		rc = renew_session(m, buf_str(&folder), earlier, err);
	else if (rc == 0)
		rc = make_session(m, buf_str(&folder), log_dir ? IO_PARENTS : 0, err);
	if (rc == 0) {
		registry_add(buf_str(&folder));
		if (!(flags & IMPORT_QUIET))
			tell(m);
	}
out:
	free(earlier);
	buf_release(&folder);
	return rc;
}

int import_file(const char *path, const char *log_dir, int flags, struct err *err)
{
	struct import m = {.path = path, .logs = {.dir = -1, .cast = -1}};
	int rc = import_scan(path, &m.found, err);

	if (rc == 0) {
		import_subs_find(&m.subs, path, &m.found);
		make_id(&m);
		rc = put_session(&m, log_dir, flags, err);
	}
	release(&m);
	return rc;
}

int cmd_import(int argc, char **argv)
{
	static const struct option options[] = {
		{"again", no_argument, NULL, 'a'},
		{"log-dir", required_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	const char *log_dir = NULL;
	int c, flags = 0, worst = 0;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'a')
			flags |= IMPORT_AGAIN;
		else if (c == 'd')
			log_dir = optarg;
		else
			return 2;
	}
	if (optind == argc) {
		fputs("steno: FILE is missing\n", stderr);
		return help_usage("import");
	}
	for (; optind < argc; optind++) {
		struct err err = {.code = 0};

		if (import_file(argv[optind], log_dir, flags, &err) == 0)
			continue;
		fprintf(stderr, "steno: %s\n", err.text);
		worst = 3;
	}
	return fflush(stdout) == 0 ? worst : 3;
}
