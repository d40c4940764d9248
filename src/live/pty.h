/* SPDX-License-Identifier: MIT */
/* pty: a pseudo-terminal and the program in it. */
#ifndef STENO_PTY_H
#define STENO_PTY_H

#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

struct err;

/* Opens a pair, both close-on-exec; the master does not block. */
int pty_open(int *master, int *slave, const struct termios *modes, const struct winsize *size,
	     struct err *err);

struct program {
	const char *path; /* looked up in PATH if it has no slash */
	char *const *argv;
	char *const *env;   /* "NAME=value" set in the child over what is there; may be NULL */
	char *const *unset; /* names removed in the child; may be NULL */
};

/* Starts it as the leader of a new session whose terminal is the slave, with no other descriptor
 * open and all signals at their defaults. On failure err->code is why exec failed (ENOENT, ...). */
int pty_spawn(pid_t *pid, int slave, const struct program *p, struct err *err);

/* What a shell would say of a wait(2) status: 0 to 255, 128+n for signal n. */
int pty_exit_status(int wait_status);

/* The terminal's number, as stat(2) and /proc have it; 0 if it cannot be told. */
dev_t pty_device(int master);
/* How many bytes wait in the pty for the program to read; whether it takes its input by lines. */
int pty_input_waiting(int master);
int pty_is_canonical(int master);
/* Neither the terminal shows what is typed nor, by all appearances, a line editor. */
int pty_is_quiet(int master);

#endif
