/* SPDX-License-Identifier: MIT */
/* A front's or guest's care for the child that paints. */
#include "base/io.h"
#include "live/viewer.h"
#include "live/wire.h"
#include "tap.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends at its first order. */
static int doomed(void *ctx, int in, int out)
{
	struct view_order o;

	(void)ctx;
	(void)out;
	return io_read_full(in, &o, sizeof(o)) == (ssize_t)sizeof(o) ? 3 : 1;
}

/* The pipe of a child that has ended is readable until it is closed: whoever does not close it would
 * be told so again and again, and of nothing else: not of the signal that the child has ended. */
static void test_end(void)
{
	struct view_task task = {.cast = -1, .terminal = -1};
	struct wire_message m;
	struct viewer v;
	struct pollfd p;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return;
	viewer_init(&v, doomed, &task);
	v.rows = v.cols = 10;
	wire_init(&m, WIRE_GREW);
	m.at = 1;
	viewer_hear(&v, pair[0], &m);
	ok(v.child.pid > 0, "a child is started to paint");
	p = (struct pollfd){.fd = v.child.out, .events = POLLIN};
	ok(poll(&p, 1, 20000) == 1, "its end is seen");
	errno = EAGAIN; /* of whatever was read before */
	viewer_serve(&v, pair[0]);
	is_int(v.child.out, -1, "and then its pipe is not looked at any more");
	ok(waitpid(v.child.pid, NULL, 0) == v.child.pid, "waitpid(2) tells the rest");
	v.child.pid = 0;
	close(v.child.in);
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	test_end();
	return tap_done();
}
