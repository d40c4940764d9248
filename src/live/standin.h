/* SPDX-License-Identifier: MIT */
/* standin: runs a program in this process's place, so that whoever started us cannot tell: its
 * streams, its signals, its stops and its end are as if it had been started itself. Only its
 * process id is another one.
 *
 * What differs all the same: $PPID is ours; of a signal's sender it sees us, not who sent it. */
#ifndef STENO_STANDIN_H
#define STENO_STANDIN_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

struct standin {
	const char *path;
	char *const *argv, *const *env;
	int keep; /* a descriptor of ours that stays open here; -1: none */
	pid_t pid;
	pid_t canary;
	int64_t end_us; /* clock_mono_us() after its end */
	int wait_status;
	struct sigaction child_action; /* of SIGCHLD, as it was */
	sigset_t mask;		       /* as it was */
};

/* Runs it until its end, which wait_status then tells. Signals that reach us alone are passed on;
 * it is killed if we are (SIGKILL). All our descriptors but `keep` are closed, so that a pipe's
 * other side sees what it would see without us, and we leave the directory.
 * -1: it could not be started, and nothing has changed: path may be executed in our place. */
int standin_run(struct standin *s);
/* Ends this process as it ended: with its status, or by its signal (without a core of our own). */
void standin_end(const struct standin *s) __attribute__((noreturn));

#endif
