/* SPDX-License-Identifier: MIT */
#include "watched.h"

#include <signal.h>
#include <stddef.h>

static const int watched[] = {SIGHUP,	SIGTERM, SIGINT,  SIGQUIT,
			      SIGWINCH, SIGTSTP, SIGCONT, SIGCHLD};
static volatile sig_atomic_t got[NSIG];

static void on_signal(int n)
{
	got[n] = 1;
}

int watched_take(int n)
{
	int was = got[n];

	got[n] = 0;
	return was;
}

void watched_set(int n)
{
	got[n] = 1;
}

static int is_ignored(int n)
{
	struct sigaction was;

	return (n == SIGHUP || n == SIGINT || n == SIGQUIT) && sigaction(n, NULL, &was) == 0 &&
	       was.sa_handler == SIG_IGN;
}

void watched_begin(void)
{
	struct sigaction flag = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(watched) / sizeof(*watched); i++) {
		sigaddset(&set, watched[i]);
		if (!is_ignored(watched[i]))
			sigaction(watched[i], &flag, NULL);
	}
	sigprocmask(SIG_SETMASK, &set, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}
