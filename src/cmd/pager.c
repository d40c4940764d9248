/* SPDX-License-Identifier: MIT */
/* The pager is the user's own, from the environment only: never what a repository names. */
#include "pager.h"

#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* -F: leave what fits on the screen; -R: colours; -X: do not clear. Without less there is no
 * pager. */
static const char fallback[] =
	"if command -v less >/dev/null; then exec less -FRX; else exec cat; fi";

static const char *choose(void)
{
	const char *pager = getenv("STENO_PAGER");

	if (!pager)
		pager = getenv("PAGER");
	if (!pager)
		return fallback;
	return *pager && strcmp(pager, "cat") != 0 ? pager : NULL;
}

static void run(const char *command, int in)
{
	dup2(in, STDIN_FILENO);
	setenv("LESS", "FRX", 0); /* also for a PAGER=less */
	setenv("LV", "-c", 0);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void ignore_signals(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

void pager_begin(struct pager *p)
{
	const char *command = isatty(STDOUT_FILENO) ? choose() : NULL;
	int fds[2];

	*p = (struct pager){.out = -1};
	if (!command || pipe2(fds, O_CLOEXEC) < 0)
		return;
	p->pid = fork();
	if (p->pid == 0)
		run(command, fds[0]);
	close(fds[0]);
	p->out = p->pid > 0 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) : -1;
	if (p->out >= 0) {
		dup2(fds[1], STDOUT_FILENO);
		ignore_signals();
	} else if (p->pid > 0) {
		kill(p->pid, SIGTERM);
		waitpid(p->pid, NULL, 0);
	}
	if (p->out < 0)
		p->pid = 0;
	close(fds[1]);
}

void pager_end(struct pager *p)
{
	if (!p->pid)
		return;
	dup2(p->out, STDOUT_FILENO);
	io_close(&p->out);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
}
