/* SPDX-License-Identifier: MIT */
/* Scripts are run by sh in a child; what they print is taken from a pipe. */
#include "box.h"

#include "base/buf.h"
#include "base/io.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
/* libgit2 1.5 loses what pcre2_match_data_create() gives it whenever a pattern does not match
 * (git_regexp_match in its util/regexp.c). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2\n";
}
#endif

static char *folder;

static void give_up(const char *what)
{
	printf("Bail out! %s\n", what);
	exit(1);
}

const char *box_open(void)
{
	static const char *const unset[] = {"GIT_DIR",	       "GIT_WORK_TREE",
					    "GIT_INDEX_FILE",  "GIT_CEILING_DIRECTORIES",
					    "XDG_CONFIG_HOME", "GIT_OBJECT_DIRECTORY"};
	char name[] = "/tmp/steno-box-XXXXXX";
	size_t i;

	if (!mkdtemp(name) || chdir(name) < 0)
		give_up("no temporary folder");
	folder = realpath(name, NULL);
	for (i = 0; i < sizeof(unset) / sizeof(unset[0]); i++)
		unsetenv(unset[i]);
	setenv("HOME", folder, 1);
	setenv("TZ", "UTC", 1);
	setenv("LC_ALL", "C", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	box_sh("git config --global user.name N; git config --global user.email n@example.org;"
	       "git config --global init.defaultBranch main;"
	       "git config --global protocol.file.allow always");
	return folder;
}

void box_close(void)
{
	if (chdir("/") == 0)
		box_sh("chmod -R u+rwx '%s'; rm -rf '%s'", folder, folder);
	free(folder);
	folder = NULL;
}

static pid_t start(const char *script, int out)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	else
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
	_exit(127);
}

static int succeeded(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

__attribute__((format(printf, 1, 0))) static char *format(const char *fmt, va_list ap)
{
	char *script = NULL;

	if (vasprintf(&script, fmt, ap) < 0)
		give_up("out of memory");
	return script;
}

void box_sh(const char *fmt, ...)
{
	va_list ap;
	char *script;

	va_start(ap, fmt);
	script = format(fmt, ap);
	va_end(ap);
	if (!succeeded(start(script, -1)))
		give_up(script);
	free(script);
}

static void read_all(struct buf *b, int fd)
{
	char chunk[4096];
	ssize_t n;

	while ((n = io_read_full(fd, chunk, sizeof(chunk))) > 0)
		buf_put(b, chunk, (size_t)n);
	if (b->len && b->data[b->len - 1] == '\n')
		b->len--;
	buf_str(b);
}

char *box_ask(const char *fmt, ...)
{
	struct buf b = {0};
	char *script;
	int fd[2];
	va_list ap;
	pid_t pid;

	va_start(ap, fmt);
	script = format(fmt, ap);
	va_end(ap);
	if (pipe2(fd, O_CLOEXEC) < 0)
		give_up("no pipe");
	pid = start(script, fd[1]);
	io_close(&fd[1]);
	read_all(&b, fd[0]);
	io_close(&fd[0]);
	free(script);
	if (!succeeded(pid)) {
		buf_release(&b);
		return NULL;
	}
	return (char *)b.data;
}

int64_t box_wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void box_tick(void)
{
	struct timespec now, stamp;

	/* a late tick may leave it behind even after it has moved */
	clock_gettime(CLOCK_REALTIME, &now);
	do {
		clock_gettime(CLOCK_REALTIME_COARSE, &stamp);
	} while (stamp.tv_sec < now.tv_sec ||
		 (stamp.tv_sec == now.tv_sec && stamp.tv_nsec <= now.tv_nsec));
}
