/* SPDX-License-Identifier: MIT */
/* tty: the user's terminal: raw mode and its certain undoing. */
#ifndef STENO_TTY_H
#define STENO_TTY_H

#include <sys/ioctl.h>
#include <termios.h>

struct err;

struct tty {
	int fd;		      /* -1: there is no terminal; borrowed */
	int raw;	      /* it is in raw mode now, by us */
	struct termios saved; /* as it was */
};

/* fd: standard input. Not a terminal: t->fd is -1 and all else here does nothing. */
void tty_init(struct tty *t, int fd);
/* As cfmakeraw(3). Stops with SIGTTOU in the background, as any program does. */
int tty_raw(struct tty *t, struct err *err);
/* Safe in a signal handler. TCSADRAIN semantics would wait for a stopped terminal: TCSANOW. */
void tty_restore(struct tty *t);

/* For another process than the one that called tty_raw(), which was killed: undoes its raw mode, if
 * nobody has yet. saved: as tty_modes() gave it. fd may be no terminal. */
void tty_undo_raw(int fd, const struct termios *saved);

/* What a new pty is to be like: the modes and size of the terminal, or sane ones (canonical, echo,
 * UTF-8) and 80x24 where there is none or it says 0. */
void tty_modes(const struct tty *t, struct termios *out);
void tty_size(int fd, struct winsize *out);

#endif
