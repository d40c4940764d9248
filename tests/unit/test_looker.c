/* SPDX-License-Identifier: MIT */
/* When looks are taken, and what becomes of those that fail. */
#include "live/clock.h"
#include "live/looker.h"
#include "live/session.h"

#include "base/buf.h"
#include "base/io.h"

#include "tap.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAUSE_US = 50000 };

static int good(void *ctx, int in, int out)
{
	(void)ctx;
	(void)in;
	return write(out, "looked\n", 7) == 7 ? 0 : 2;
}

static int blind(void *ctx, int in, int out)
{
	(void)ctx;
	(void)in;
	return write(out, "blind\n", 6) == 6 ? 1 : 2;
}

static int crash(void *ctx, int in, int out)
{
	(void)ctx;
	(void)in;
	if (write(out, "half", 4) == 4)
		kill(getpid(), SIGKILL);
	return 2;
}

static int hang(void *ctx, int in, int out)
{
	char byte;

	(void)ctx;
	(void)out;
	return read(in, &byte, 1) < 0;
}

static struct session s;
static struct looker l;
static struct buf said;

static void put(void *ctx, const char *fact, size_t n)
{
	(void)ctx;
	buf_put(&said, fact, n);
	buf_putc(&said, '\n');
}

static void begin(child_main *look)
{
	s = (struct session){.look = look, .survey_state = -1, .look_state = -1};
	s.start_mono = clock_mono_us();
	s.start_wall = clock_wall_us();
	buf_clear(&said);
	looker_init(&l, &s, put, NULL);
}

/* Until the child is gone, as the holder's loop does. */
static void reap(int64_t now)
{
	int status;

	while (waitpid(l.child.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (l.child.out >= 0)
		looker_hear(&l, now);
	looker_died(&l, status);
}

static void test_times(void)
{
	int64_t now = 1000000, next;

	begin(good);
	ok(looker_check(&l, now) == INT64_MAX, "no look without a command");
	looker_mark(&l, 'A', now);
	ok(looker_check(&l, now + PAUSE_US) == INT64_MAX, "nor at the first prompt");
	looker_mark(&l, 'C', now);
	ok(looker_check(&l, now + PAUSE_US) == INT64_MAX, "nor while one runs");
	looker_mark(&l, 'D', now);
	ok(looker_check(&l, now) == now + PAUSE_US, "but a moment after its end");
	looker_mark(&l, 'A', now + 10);
	ok(looker_check(&l, now + 10) == now + PAUSE_US, "a prompt does not put it off");
	now += PAUSE_US;
	next = looker_check(&l, now);
	ok(l.child.pid > 0 && next > now + 1000000 && next < INT64_MAX,
	   "it is started, and has a while");
	looker_mark(&l, 'C', now + 1);
	looker_mark(&l, 'D', now + 2);
	ok(looker_check(&l, now + PAUSE_US + 2) == next, "there is one at a time");
	reap(now + 100000);
	is_str(buf_str(&said), "looked\n", "its facts are taken over");
	ok(looker_check(&l, now + 100000) == now + 20 * 100000,
	   "the next not before twenty times as long");
	ok(looker_check(&l, now + 20 * 100000) < INT64_MAX && l.child.pid > 0, "then it is taken");
	reap(now + 20 * 100000);
	ok(looker_check(&l, now + 100000000) == INT64_MAX, "what was seen is not owed any more");
	looker_finish(&l);
	is_str(buf_str(&said), "looked\nlooked\n", "not in the end, either");
	looker_mark(&l, 'C', now);
	looker_finish(&l);
	is_str(buf_str(&said), "looked\nlooked\nlooked\n", "but a last command is looked at");
	now = clock_mono_us() + 1000000000;
	looker_owe(&l, now);
	looker_owe(&l, now + 10);
	ok(looker_check(&l, now + 10) == now + PAUSE_US,
	   "a command of an agent's is looked at while the shell's own runs");
	looker_finish(&l);
}

static void test_failures(void)
{
	int64_t now = 1000000;

	begin(blind);
	looker_mark(&l, 'C', now);
	looker_mark(&l, 'D', now);
	looker_check(&l, now + PAUSE_US);
	reap(now + PAUSE_US);
	is_str(buf_str(&said), "blind\n", "one that cannot look says so");
	looker_mark(&l, 'C', now);
	looker_mark(&l, 'D', now);
	ok(looker_check(&l, now + 100000000) == INT64_MAX && !l.child.pid, "and is the last");

	begin(crash);
	looker_mark(&l, 'C', now);
	looker_finish(&l);
	is_str(buf_str(&said), "{\"fact\":\"blind\",\"why\":\"a look at the files failed\"}\n",
	       "one that dies is the last");
	looker_finish(&l);
	is_int(l.child.pid, 0, "no other is started");

	begin(hang);
	looker_mark(&l, 'C', now);
	looker_mark(&l, 'D', now);
	looker_check(&l, now + PAUSE_US);
	ok(looker_check(&l, now + 60000000) == INT64_MAX, "one that hangs is given up");
	is_str(buf_str(&said),
	       "{\"fact\":\"blind\",\"why\":\"a look at the files took too long\"}\n",
	       "and that is said");
	reap(now);
	is_int(l.over, 1, "it was the last");

	begin(NULL);
	looker_mark(&l, 'C', now);
	looker_mark(&l, 'D', now);
	ok(looker_check(&l, now + 60000000) == INT64_MAX, "where there is no repository, none");
	looker_stop(&l, "x");
	looker_finish(&l);
	is_str(buf_str(&said), "", "and nothing is said about it");
}

int main(void)
{
	test_times();
	test_failures();
	buf_release(&said);
	return tap_done();
}
