/* SPDX-License-Identifier: MIT */
/* Words of the child's go through a pipe, a line, since its own children may hold the pipe open.
 * The parent prints them: whoever reads its output to the end is not kept waiting. */
#include "background.h"

#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPORT = 3, LINE = 256 };

static void become_background(int *report)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	dup2(null, STDIN_FILENO);
	dup3(*report, REPORT, O_CLOEXEC);
	close_range(REPORT + 1, ~0U, 0);
	*report = REPORT;
}

/* Whoever does not get it would not know what to end. */
static int pass_on(const char *line, size_t n)
{
	struct err err;

	if (io_write_all(STDOUT_FILENO, line, n, NULL, &err) == 0)
		return 0;
	fprintf(stderr, "steno: this runs now, but could not be told: %s: %.*s", err.text, (int)n,
		line);
	return 3;
}

static void await(pid_t pid, int report, int *status)
{
	char line[LINE];
	size_t n = 0;
	int wait_status = 0;

	while (n < sizeof(line) && !memchr(line, '\n', n) && io_read_full(report, line + n, 1) == 1)
		n++;
	if (n) {
		*status = pass_on(line, n);
		return;
	}
	while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
		;
	*status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 3;
}

int background_begin(int *report, int *status)
{
	int fds[2] = {-1, -1};
	pid_t pid = -1;

	if (pipe2(fds, O_CLOEXEC) == 0)
		pid = fork();
	if (pid < 0) {
		fprintf(stderr, "steno: no process can be started: %s\n", strerror(errno));
		io_close(&fds[0]);
		io_close(&fds[1]);
		return -1;
	}
	if (!pid) {
		become_background(&fds[1]);
		*report = fds[1];
		return 0;
	}
	close(fds[1]);
	await(pid, fds[0], status);
	close(fds[0]);
	return 1;
}

void background_tell(int *report, const char *line)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	io_write_all(*report, line, strlen(line), NULL, NULL);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		close(null);
	}
	io_close(report);
}
