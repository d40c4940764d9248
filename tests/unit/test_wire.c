/* SPDX-License-Identifier: MIT */
/* Messages between two processes of steno's, one of which goes. */
#include "live/wire.h"
#include "tap.h"

#include <sys/socket.h>
#include <unistd.h>

static void send_kind(int sock, int kind)
{
	struct wire_message m;

	wire_init(&m, kind);
	wire_send(sock, &m, NULL);
}

/* A socket whose other side had not read everything is reset. What it had sent is there all the
 * same, and says that it was not killed. */
static void test_unread(void)
{
	struct wire_message m;
	int pair[2];

	if (!ok(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), "there is a pair"))
		return;
	send_kind(pair[1], WIRE_SIGNAL);
	send_kind(pair[0], WIRE_EXITED);
	send_kind(pair[0], WIRE_DONE);
	close(pair[0]);
	is_int(wire_receive(pair[1], &m), 1, "who went without reading all had said something");
	is_int(m.kind, WIRE_EXITED, "which is heard");
	is_int(wire_receive(pair[1], &m), 1, "all of it");
	is_int(m.kind, WIRE_DONE, "to its last word");
	is_int(wire_receive(pair[1], &m), 0, "before the end");
	close(pair[1]);
}

int main(void)
{
	test_unread();
	return tap_done();
}
