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
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
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

/* Says how often it is woken. */
static int counting(void *ctx, int in, int out)
{
	struct follow_report r = {.worked_in = 0};
	char ring;

	(void)ctx;
	while (read(in, &ring, 1) == 1)
		if (++r.worked_in && write(out, &r, sizeof(r)) < 0)
			return 1;
	return 0;
}

/* Until it has answered to all rings; how many there were. */
static int64_t rings(struct follower *f, int64_t now)
{
	struct pollfd p = {.fd = f->child.out, .events = POLLIN};

	while (f->rung && poll(&p, 1, 20000) == 1)
		follower_answer(f, now);
	return f->rung ? -1 : f->worked_in;
}

enum { MS = 1000 };

/* Prints with pauses of 10 ms, as on a busy machine, until the scribe has been woken more than so many
 * times; how many pauses that were. */
static int flood(struct follower *f, int64_t *now, int64_t woken)
{
	int i;

	for (i = 0; i < 1000 && rings(f, *now) <= woken; i++) {
		follower_ring(f, i ? 50000 : 500000, *now);
		follower_check(f, *now += 10 * MS);
	}
	return i;
}

static void test_flood(void)
{
	struct session s = {.scribe = counting, .logs = {-1, -1, ""}};
	struct follower f;
	int64_t now = 1000000;
	int i;

	follower_start(&f, &s, NULL, NULL, now);
	follower_ring(&f, 100, now);
	is_int(rings(&f, now), 0, "a scribe is not woken while the recording grows");
	follower_check(&f, now += 3 * MS);
	is_int(rings(&f, now), 1, "but when nothing has come for 3 ms");
	i = flood(&f, &now, 1);
	ok(i > 400 && i <= 500, "a flood is left alone for seconds, also if it is interrupted");
	is_int(flood(&f, &now, 2) > 400, 1, "and then again");
	is_int(rings(&f, now), 3, "but not for longer");
	follower_ring(&f, 50000, now);
	follower_check(&f, now += 20 * MS);
	is_int(rings(&f, now), 3, "it is not over");
	follower_check(&f, now += 10 * MS);
	is_int(rings(&f, now), 4, "until nothing has come for 30 ms");
	follower_ring(&f, 100, now += 30 * MS);
	follower_check(&f, now += 3 * MS);
	is_int(rings(&f, now), 5, "then 3 ms count again");
	child_close(&f.child);
	waitpid(f.child.pid, NULL, 0);
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

/* Landlock knows of opening, making and removing: what changes a file in another way is a call. */
static int may_change(const char *path)
{
	const struct timespec times[2] = {{0}};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return truncate(path, 0) == 0 || chmod(path, 0777) == 0 || fchmod(fd, 0777) == 0 ||
	       fchmodat(AT_FDCWD, path, 0777, 0) == 0 || chown(path, getuid(), getgid()) == 0 ||
	       fchown(fd, getuid(), getgid()) == 0 || utimensat(AT_FDCWD, path, times, 0) == 0 ||
	       setxattr(path, "user.x", "x", 1, 0) == 0;
}

static void test_jail(void)
{
	char path[] = "/tmp/steno-jail-XXXXXX";
	int status = -1, fd = mkstemp(path);
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
		if (may_change(path))
			_exit(4);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	close(fd);
	unlink(path);
	is_int(status, 0, "the jail has no side doors");
}

int main(void)
{
	test_doomed_scribe();
	test_flood();
	test_unread_input();
	test_jail();
	return tap_done();
}
