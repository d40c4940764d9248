/* SPDX-License-Identifier: MIT */
/* Parent and child of one process group. All signals are blocked here and taken one by one: that
 * leaves no handler that the child could inherit, and none is lost. */
#include "standin.h"

#include "canary.h"
#include "clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void become(const struct standin *s, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		raise(SIGKILL);
	sigaction(SIGCHLD, &s->child_action, NULL);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	execve(s->path, s->argv, s->env);
	_exit(errno == ENOENT ? 127 : 126);
}

static void leave(const struct standin *s)
{
	unsigned int keep = s->keep < 0 ? 0 : (unsigned int)s->keep;

	if (s->keep > 0)
		close_range(0, keep - 1, 0);
	close_range(s->keep < 0 ? 0 : keep + 1, ~0U, 0);
	if (chdir("/") < 0)
		return; /* then we stay */
}

static int is_in_our_group(pid_t pid)
{
	return getpgid(pid) == getpgrp();
}

static int comes_from_terminal(int n)
{
	return n == SIGINT || n == SIGQUIT || n == SIGTSTP || n == SIGHUP || n == SIGWINCH ||
	       n == SIGCONT || n == SIGTTIN || n == SIGTTOU;
}

/* What went to the whole group the program has got, too, while it is in it. */
static void pass_on(struct standin *s, const siginfo_t *info)
{
	int n = info->si_signo, to_group;

	if (info->si_code > 0)
		to_group = comes_from_terminal(n);
	else
		to_group = canary_got(s->canary, n);
	if (to_group && is_in_our_group(s->pid))
		n = 0;
	if (n && info->si_code == SI_QUEUE)
		sigqueue(s->pid, n, info->si_value);
	else if (n)
		kill(s->pid, n);
	if (to_group && info->si_code <= 0) { /* what it keeps pending says nothing of the next */
		canary_stop(s->canary);
		s->canary = canary_start();
	}
}

/* The program has stopped: so do we, until somebody lets us go on. */
static void stop(int n)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL}, before;
	const struct timespec at_once = {0};
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, n);
	sigtimedwait(&one, NULL, &at_once); /* once is enough */
	sigaction(n, &dfl, &before);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	raise(n);
	sigprocmask(SIG_BLOCK, &one, NULL);
	sigaction(n, &before, NULL);
}

/* 1: it has ended. */
static int look(struct standin *s)
{
	int status;

	while (waitpid(s->pid, &status, WNOHANG | WUNTRACED) == s->pid) {
		if (!WIFSTOPPED(status)) {
			s->wait_status = status;
			return 1;
		}
		stop(WSTOPSIG(status));
	}
	return 0;
}

static void await(struct standin *s)
{
	sigset_t all;
	siginfo_t info;

	sigfillset(&all);
	for (;;) {
		int n = sigwaitinfo(&all, &info);

		if (n == SIGCHLD && look(s))
			return;
		if (n > 0 && n != SIGCHLD)
			pass_on(s, &info);
	}
}

int standin_run(struct standin *s)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	pid_t parent = getpid();
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &s->mask);
	sigaction(SIGCHLD, &dfl, &s->child_action); /* ignored, it would take the status from us */
	s->canary = canary_start();
	s->pid = fork();
	if (!s->pid)
		become(s, parent);
	if (s->pid < 0) {
		canary_stop(s->canary);
		sigaction(SIGCHLD, &s->child_action, NULL);
		sigprocmask(SIG_SETMASK, &s->mask, NULL);
		return -1;
	}
	leave(s);
	await(s);
	s->end_us = clock_mono_us();
	canary_leave(s->canary);
	return 0;
}

void standin_end(const struct standin *s)
{
	const struct rlimit none = {0, 0};
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t one;

	if (WIFSIGNALED(s->wait_status)) {
		setrlimit(RLIMIT_CORE, &none);
		prctl(PR_SET_DUMPABLE, 0); /* a pipe in core_pattern does not heed the limit */
		sigaction(WTERMSIG(s->wait_status), &dfl, NULL);
		sigemptyset(&one);
		sigaddset(&one, WTERMSIG(s->wait_status));
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		raise(WTERMSIG(s->wait_status));
	}
	_exit(WIFSIGNALED(s->wait_status) ? 128 + WTERMSIG(s->wait_status)
					  : WEXITSTATUS(s->wait_status));
}
