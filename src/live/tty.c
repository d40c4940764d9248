/* SPDX-License-Identifier: MIT */
/* The user's terminal. */
#include "tty.h"

#include "../base/err.h"

#include <errno.h>
#include <string.h>
#include <sys/ttydefaults.h>
#include <unistd.h>

void tty_init(struct tty *t, int fd)
{
	memset(t, 0, sizeof(*t));
	t->fd = isatty(fd) && tcgetattr(fd, &t->saved) == 0 ? fd : -1;
}

int tty_raw(struct tty *t, struct err *err)
{
	struct termios raw = t->saved;
	int rc;

	if (t->fd < 0)
		return 0;
	cfmakeraw(&raw);
	while ((rc = tcsetattr(t->fd, TCSANOW, &raw)) < 0 && errno == EINTR)
		;
	if (rc < 0)
		return err_sys(err, "set the terminal to raw mode");
	t->raw = 1;
	return 0;
}

void tty_restore(struct tty *t)
{
	if (t->fd < 0 || !t->raw)
		return;
	while (tcsetattr(t->fd, TCSANOW, &t->saved) < 0 && errno == EINTR)
		;
	t->raw = 0;
}

void tty_undo_raw(int fd, const struct termios *saved)
{
	struct termios raw = *saved, is;

	cfmakeraw(&raw);
	if (tcgetattr(fd, &is) == 0 && is.c_iflag == raw.c_iflag && is.c_oflag == raw.c_oflag &&
	    is.c_cflag == raw.c_cflag && is.c_lflag == raw.c_lflag)
		tcsetattr(fd, TCSANOW, saved);
}

static void sane_modes(struct termios *out)
{
	static const cc_t chars[NCCS] = {
		[VINTR] = CINTR,     [VQUIT] = CQUIT,	  [VERASE] = CERASE, [VKILL] = CKILL,
		[VEOF] = CEOF,	     [VSTART] = CSTART,	  [VSTOP] = CSTOP,   [VSUSP] = CSUSP,
		[VREPRINT] = CRPRNT, [VWERASE] = CWERASE, [VLNEXT] = CLNEXT, [VDISCARD] = CDISCARD,
		[VMIN] = 1,
	};

	memset(out, 0, sizeof(*out));
	out->c_iflag = ICRNL | IXON | IUTF8;
	out->c_oflag = OPOST | ONLCR;
	out->c_cflag = CS8 | CREAD;
	out->c_lflag = ICANON | ISIG | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
	memcpy(out->c_cc, chars, sizeof(out->c_cc));
	cfsetispeed(out, B38400);
	cfsetospeed(out, B38400);
}

void tty_modes(const struct tty *t, struct termios *out)
{
	if (t->fd >= 0)
		*out = t->saved;
	else
		sane_modes(out);
}

void tty_size(int fd, struct winsize *out)
{
	memset(out, 0, sizeof(*out));
	if (fd < 0 || ioctl(fd, TIOCGWINSZ, out) < 0)
		memset(out, 0, sizeof(*out));
	if (!out->ws_row)
		out->ws_row = 24;
	if (!out->ws_col)
		out->ws_col = 80;
}
