/* SPDX-License-Identifier: MIT */
/* The holder's care for a scribe that keeps dying; the end of an input nobody reads; the jail. */
#include "live/follower.h"
#include "live/input.h"
#include "live/jail.h"
#include "live/pty.h"
#include "live/session.h"
#include "live/tty.h"
#include "tape/follow.h"

#include "base/io.h"

#include "tap.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reports some progress, then dies, at the same place each time. */
static int doomed(void *ctx, int in, int out)
{
	struct follow_report r = {.worked_in = 0};

	(void)ctx;
	(void)in;
	while (++r.worked_in <= 5)
		if (write(out, &r, sizeof(r)) < 0)
			return 2;
	return 1;
}

static void test_doomed_scribe(void)
{
	struct session s = {.scribe = doomed, .logs = {-1, -1, ""}};
	struct follower f;
	int64_t now = 0;
	int starts;

	follower_start(&f, &s, NULL, NULL, now);
	for (starts = 1; !f.gave_up && starts < 20; starts++) {
		waitpid(f.child.pid, NULL, 0);
		follower_answer(&f, ++now);
		follower_died(&f, ++now);
	}
	is_int(f.gave_up, 1, "a scribe that dies at the same place again is given up");
	is_int(f.worked_in, 5, "and how far it got is known");
	child_close(&f.child);
}

static void test_unread_input(void)
{
	struct tty tty = {.fd = -1};
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct termios modes;
	struct input in;
	int64_t now = 0, next;
	int master = -1, slave = -1, looks = 0;

	tty_modes(&tty, &modes);
	modes.c_lflag &= ~(tcflag_t)ICANON;
	if (pty_open(&master, &slave, &modes, &size, NULL) < 0 || input_init(&in, 0) < 0)
		return;
	in.ended = 1;
	while (now < 10000000 && (next = input_time(&in, master, now)) > now) {
		now = next;
		looks++;
	}
	ok(looks > 10 && looks < 100, "a program that does not read is looked at now and then");
	queue_release(&in.queue);
	io_close(&master);
	io_close(&slave);
}

static void test_jail(void)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		jail_enter(-1);
		if (syscall(__NR_execve, "/bin/true", NULL, NULL) == 0 || errno != EPERM)
			_exit(1);
#ifdef __x86_64__
		if (syscall(0x40000000 | __NR_getpid) >= 0 || errno != EPERM)
			_exit(2);
#endif
		if (syscall(__NR_io_uring_setup, 1, NULL) >= 0 || errno != EPERM)
			_exit(3);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "the jail has no side doors");
}

int main(void)
{
	test_doomed_scribe();
	test_unread_input();
	test_jail();
	return tap_done();
}
