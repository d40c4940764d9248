/* SPDX-License-Identifier: MIT */
/* A process that blocks all signals keeps those of its group pending, and /proc tells which. It has
 * no memory of its own and may therefore make bare system calls only. */
#include "canary.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 8192, STATUS = 4096 };

static int sing(void *unused)
{
	(void)unused;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
	return 0;
}

pid_t canary_start(void)
{
	static _Alignas(16) char stack[STACK];
	pid_t pid = clone(sing, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES, NULL);

	return pid > 0 ? pid : 0;
}

/* The mask of /proc/PID/status: ShdPnd is of those sent to the process as a whole (proc(5)). */
static unsigned long long pending(pid_t pid)
{
	static const char key[] = "\nShdPnd:\t";
	char path[64], status[STATUS + 1], *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, status, STATUS);
	close(fd);
	status[n > 0 ? n : 0] = '\0';
	at = strstr(status, key);
	return at ? strtoull(at + sizeof(key) - 1, NULL, 16) : 0;
}

int canary_got(pid_t canary, int n)
{
	return canary > 0 && n > 0 && n <= 64 && (pending(canary) >> (n - 1) & 1);
}

void canary_leave(pid_t canary)
{
	if (canary > 0)
		kill(canary, SIGKILL);
}

void canary_stop(pid_t canary)
{
	canary_leave(canary);
	if (canary > 0)
		waitpid(canary, NULL, __WALL);
}
