/* SPDX-License-Identifier: MIT */
/* The way to an agent's log that is to be imported: unpacked where needed, and read in a child that
 * can do nothing else; what a first reading finds. */
#include "import_log.h"

#include "../agent/agent.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../live/jail.h"
#include "../tape/words.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, FIELDS_MOST = 64 * 1024, FIELDS = 13 };

/* Opening, unpacking */

static int is_packed(int fd)
{
	static const unsigned char magic[] = {0x28, 0xB5, 0x2F, 0xFD}; /* RFC 8878 */
	unsigned char head[sizeof(magic)];

	return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       !memcmp(head, magic, sizeof(magic));
}

/* Codex packs old rollouts. The program zstd unpacks them, so that whoever packages steno needs no
 * library for it, and so that it does not happen in this process. */
static int unpack(struct import_log *l, struct err *err)
{
	static char program[] = "zstd", dash_dcq[] = "-dcq";
	char *argv[] = {program, dash_dcq, NULL};
	int out[2];

	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(err, "make a pipe");
	l->unpacker = fork();
	if (l->unpacker < 0) {
		l->unpacker = 0;
		close(out[0]);
		close(out[1]);
		return err_sys(err, "fork");
	}
	if (!l->unpacker) {
		dup2(l->fd, STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execvp(program, argv);
		fprintf(stderr, "steno: zstd, which unpacks %s: %s\n", l->path, strerror(errno));
		_exit(127);
	}
	close(out[1]);
	io_close(&l->fd);
	l->fd = out[0];
	return 0;
}

static int open_log(struct import_log *l, struct err *err)
{
	struct stat st;

	l->fd = open(l->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (l->fd < 0 || fstat(l->fd, &st) < 0)
		return err_sys(err, "open %s", l->path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s is no regular file", l->path);
	return is_packed(l->fd) ? unpack(l, err) : 0;
}

static int end_unpacker(struct import_log *l)
{
	int status = 0;

	if (l->unpacker > 0)
		while (waitpid(l->unpacker, &status, 0) < 0 && errno == EINTR)
			;
	l->unpacker = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

int import_log_read(int fd, struct agent *a)
{
	static char chunk[CHUNK];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		agent_put(a, chunk, (size_t)n);
	}
	agent_end(a);
	return 0;
}

/* The first reading, in a child: fields that end in NUL. */

static void replace(char **field, const char *text)
{
	if (!text)
		return;
	free(*field);
	*field = xstrdup(text);
}

static void count(void *ctx, const struct words *w)
{
	struct import_found *f = ctx;

	f->messages += w->kind == WORDS_SAID;
	f->commands += w->kind == WORDS_RESULT;
	if (w->kind != WORDS_CONTEXT || w->name)
		return;
	replace(&f->model, w->model);
	replace(&f->profile, w->profile);
	replace(&f->sandbox, w->sandbox);
}

static void put_field(struct buf *b, const char *text)
{
	buf_puts(b, text ? text : "");
	buf_putc(b, '\0');
}

static void put_number(struct buf *b, int64_t value)
{
	buf_printf(b, "%" PRId64, value);
	buf_putc(b, '\0');
}

static int scan_child(void *ctx, int in, int out)
{
	struct import_log *l = ctx;
	struct import_found f = {0};
	struct agent *a = agent_new(count, &f);
	const struct agent_info *info = agent_info(a);
	struct buf b = {0};

	(void)in;
	jail_enter(-1);
	if (import_log_read(l->fd, a) < 0)
		return 1;
	put_field(&b, info->agent);
	put_field(&b, info->thread);
	put_field(&b, info->name);
	put_field(&b, info->cwd);
	put_field(&b, f.model);
	put_field(&b, f.profile);
	put_field(&b, f.sandbox);
	put_number(&b, info->start_us);
	put_number(&b, f.messages);
	put_number(&b, f.commands);
	put_number(&b, (int64_t)info->unknown);
	put_number(&b, (int64_t)info->bad);
	put_number(&b, (int64_t)info->too_long);
	return io_write_all(out, b.data, b.len, NULL, NULL) < 0;
}

static char *take_text(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return *text ? xstrdup(text) : NULL;
}

static int64_t take_number(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return strtoll(text, NULL, 10);
}

static void take_found(struct import_found *f, const char *at)
{
	f->agent = take_text(&at);
	f->thread = take_text(&at);
	f->name = take_text(&at);
	f->cwd = take_text(&at);
	f->model = take_text(&at);
	f->profile = take_text(&at);
	f->sandbox = take_text(&at);
	f->start_us = take_number(&at);
	f->messages = take_number(&at);
	f->commands = take_number(&at);
	f->unknown = take_number(&at);
	f->bad = take_number(&at);
	f->too_long = take_number(&at);
}

int import_hear(struct child *c, struct buf *out)
{
	struct pollfd p = {.fd = c->out, .events = POLLIN};
	int status = -1;

	for (;;) {
		char chunk[4096];
		ssize_t n;

		poll(&p, 1, -1);
		n = read(c->out, chunk, sizeof(chunk));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0 || out->len > FIELDS_MOST)
			break;
		buf_put(out, chunk, (size_t)n);
	}
	child_close(c);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

int import_log_run(const char *path, child_main *run, struct import_log *l, const int *keep,
		   struct buf *out, struct err *err)
{
	int fds[] = {-1, keep ? *keep : -1}, rc;
	struct child c;

	l->path = path;
	l->fd = -1;
	l->unpacker = 0;
	rc = open_log(l, err);
	fds[0] = l->fd;
	if (rc == 0)
		rc = child_start(&c, "steno-import", run, l, fds, 2, err);
	io_close(&l->fd);
	if (rc == 0 && import_hear(&c, out) < 0)
		rc = err_set(err, "%s could not be read", path);
	if (end_unpacker(l) < 0 && rc == 0)
		rc = err_set(err, "%s could not be unpacked", path);
	return rc;
}

int import_scan(const char *path, struct import_found *found, struct err *err)
{
	struct buf fields = {0};
	struct import_log log;
	int rc = import_log_run(path, scan_child, &log, NULL, &fields, err);
	size_t i, nuls = 0;

	for (i = 0; i < fields.len; i++)
		nuls += !fields.data[i];
	if (rc == 0 && nuls != FIELDS)
		rc = err_set(err, "%s could not be read", path);
	memset(found, 0, sizeof(*found));
	if (rc == 0)
		take_found(found, (const char *)fields.data);
	buf_release(&fields);
	if (rc == 0 && !found->agent)
		rc = err_set(err, "%s is no log of an agent that steno knows", path);
	return rc;
}

void import_found_release(struct import_found *f)
{
	free(f->agent);
	free(f->thread);
	free(f->name);
	free(f->cwd);
	free(f->model);
	free(f->profile);
	free(f->sandbox);
	memset(f, 0, sizeof(*f));
}
