/* SPDX-License-Identifier: MIT */
/* The pseudo-terminal. The exec's error comes back through a close-on-exec pipe. */
#include "pty.h"

#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* TIOCGPTPEER opens the slave without a path, so no mount of /dev/pts can mislead us
 * (Linux 4.13, ioctl_tty(2)). */
static int open_slave(int master)
{
	return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int pty_open(int *master, int *slave, const struct termios *modes, const struct winsize *size,
	     struct err *err)
{
	int m = -1, s = -1;

	m = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (m < 0 || grantpt(m) < 0 || unlockpt(m) < 0) {
		err_sys(err, "open a pseudo-terminal");
		goto fail;
	}
	s = open_slave(m);
	if (s < 0) {
		err_sys(err, "open the pseudo-terminal's other side");
		goto fail;
	}
	if (tcsetattr(s, TCSANOW, modes) < 0 || ioctl(s, TIOCSWINSZ, size) < 0 ||
	    io_set_nonblock(m) < 0) {
		err_sys(err, "set up the pseudo-terminal");
		goto fail;
	}
	*master = m;
	*slave = s;
	return 0;
fail:
	io_close(&m);
	io_close(&s);
	return -1;
}

static void reset_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;
	int n;

	for (n = 1; n < NSIG; n++)
		sigaction(n, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void change_environment(const struct program *p)
{
	char *const *v;

	for (v = p->unset; v && *v; v++)
		unsetenv(*v);
	for (v = p->env; v && *v; v++)
		putenv(*v);
}

static void become(int slave, int report, const struct program *p)
{
	int code;

	reset_signals();
	setsid();
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		goto fail;
	if (dup2(slave, 0) < 0 || dup2(slave, 1) < 0 || dup2(slave, 2) < 0)
		goto fail;
	change_environment(p);
	execvp(p->path, p->argv);
fail:
	code = errno;
	if (write(report, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

/* Everything but 0, 1 and 2 is close-on-exec, ours or inherited, so that no descriptor of the
 * user's terminal or of the recording gets into the session. */
static void mark_cloexec(void)
{
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

int pty_spawn(pid_t *pid, int slave, const struct program *p, struct err *err)
{
	int report[2], code = 0;
	ssize_t n;
	pid_t child;

	if (pipe2(report, O_CLOEXEC) < 0)
		return err_sys(err, "make a pipe");
	child = fork();
	if (child < 0) {
		err_sys(err, "fork");
		close(report[0]);
		close(report[1]);
		return -1;
	}
	if (!child) {
		mark_cloexec();
		become(slave, report[1], p);
	}
	close(report[1]);
	n = io_read_full(report[0], &code, sizeof(code));
	close(report[0]);
	if (n == (ssize_t)sizeof(code)) {
		waitpid(child, NULL, 0);
		errno = code;
		return err_sys(err, "run %s", p->path);
	}
	*pid = child;
	return 0;
}

int pty_exit_status(int wait_status)
{
	if (WIFSIGNALED(wait_status))
		return 128 + WTERMSIG(wait_status);
	return WEXITSTATUS(wait_status);
}

int pty_input_waiting(int master)
{
	int slave = open_slave(master), n = 0;

	if (slave < 0)
		return 0;
	if (ioctl(slave, FIONREAD, &n) < 0)
		n = 0;
	close(slave);
	return n;
}

/* Linux, Documentation/admin-guide/devices.txt: 136 is the first major number of Unix98 slaves, and
 * since 2.6 the only one. */
dev_t pty_device(int master)
{
	unsigned int n;

	return ioctl(master, TIOCGPTN, &n) == 0 ? makedev(136, n) : 0;
}

int pty_is_quiet(int master)
{
	struct termios modes;

	return tcgetattr(master, &modes) == 0 && (modes.c_lflag & (ICANON | ECHO)) == ICANON;
}

int pty_is_canonical(int master)
{
	struct termios modes;

	return tcgetattr(master, &modes) == 0 && (modes.c_lflag & ICANON);
}
