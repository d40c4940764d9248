/* SPDX-License-Identifier: MIT */
/* The terminal gets what the painter makes and nothing else. */
#include "console.h"

#include "../base/err.h"
#include "../live/tty.h"
#include "../play/painter.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MOST = 1000,   /* rows and columns */
	CALM_MS = 200, /* how long to wait for the terminal at the end */
	WRITE_BYTES = 512,
};

static volatile sig_atomic_t ended_by, resized, stopped;
static struct tty tty; /* for the last words */
static volatile sig_atomic_t is_open;

static void on_signal(int sig)
{
	if (sig == SIGWINCH)
		resized = 1;
	else if (sig == SIGTSTP)
		stopped = 1;
	else
		ended_by = sig;
}

/* A crash, too, leaves the terminal as it was. */
static void on_crash(int sig)
{
	if (is_open && write(STDOUT_FILENO, painter_close, strlen(painter_close)) >= 0)
		tty_restore(&tty);
	raise(sig); /* comes when this returns, and is not caught again */
}

void console_init(struct console *c)
{
	static const int wanted[] = {SIGINT,  SIGTERM, SIGHUP,	SIGQUIT,
				     SIGPIPE, SIGALRM, SIGTSTP, SIGWINCH};
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t blocked;
	size_t i;

	tty_init(&tty, STDIN_FILENO);
	c->has_keys = tty.fd >= 0;
	sigemptyset(&blocked);
	for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		sigaddset(&blocked, wanted[i]);
		sigaction(wanted[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &c->outside);
	action.sa_handler = on_crash;
	action.sa_flags = (int)SA_RESETHAND;
	for (i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaction(crashes[i], &action, NULL);
}

void console_release(struct console *c)
{
	sigprocmask(SIG_SETMASK, &c->outside, NULL);
}

void console_measure(struct console *c)
{
	struct winsize size;

	tty_size(STDOUT_FILENO, &size);
	c->rows = size.ws_row < MOST ? size.ws_row : MOST;
	c->cols = size.ws_col < MOST ? size.ws_col : MOST;
}

int console_open(struct console *c, struct err *err)
{
	if (tty_raw(&tty, err) < 0)
		return -1;
	is_open = 1;
	console_measure(c);
	return console_put(c, painter_open, strlen(painter_open), err);
}

void console_close(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	const char *bytes = painter_close;

	if (!is_open)
		return;
	while (*bytes && poll(&out, 1, CALM_MS) > 0 && out.revents & POLLOUT) {
		ssize_t n = write(STDOUT_FILENO, bytes, strlen(bytes));

		if (n <= 0)
			break;
		bytes += n;
	}
	if (tty.fd >= 0)
		tcflush(tty.fd, TCIFLUSH); /* what a terminal answered late is not for the shell */
	tty_restore(&tty);
	is_open = 0;
}

int console_stop(struct console *c, struct err *err)
{
	console_close();
	raise(SIGSTOP);
	return console_open(c, err);
}

int console_put(struct console *c, const void *data, size_t n, struct err *err)
{
	const char *bytes = data;
	sigset_t blocked;

	while (n) {
		struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
		ssize_t done;

		if (ppoll(&out, 1, NULL, &c->outside) < 0 && errno != EINTR)
			return err_sys(err, "wait for the terminal");
		if (ended_by || stopped)
			return 0;
		if (!out.revents)
			continue;
		sigprocmask(SIG_SETMASK, &c->outside, &blocked);
		done = write(STDOUT_FILENO, bytes, n < WRITE_BYTES ? n : WRITE_BYTES);
		sigprocmask(SIG_SETMASK, &blocked, NULL);
		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return err_sys(err, "write to the terminal");
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return 0;
}

int console_wait(struct console *c, int64_t us, struct err *err)
{
	struct pollfd in = {.fd = c->has_keys ? STDIN_FILENO : -1, .events = POLLIN};
	const struct timespec ts = {us / 1000000, us % 1000000 * 1000};

	if (ppoll(&in, 1, &ts, &c->outside) < 0 && errno != EINTR)
		return err_sys(err, "wait for a key");
	return in.revents != 0;
}

int console_ended_by(void)
{
	return ended_by;
}

int console_was_resized(void)
{
	int was = resized;

	resized = 0;
	return was;
}

int console_is_to_stop(void)
{
	int was = stopped;

	stopped = 0;
	return was;
}

void console_end(int sig)
{
	ended_by = sig;
}

void console_ask_stop(void)
{
	stopped = 1;
}
