/* SPDX-License-Identifier: MIT */
/* Fixed-size messages: a datagram is whole or not there at all. */
#include "wire.h"

#include "../base/err.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct payload {
	int kind, a, b;
	char text[WIRE_TEXT];
};

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int) * WIRE_FDS)];
};

static int count_fds(const struct wire_message *m)
{
	int n = 0;

	while (n < WIRE_FDS && m->fds[n] >= 0)
		n++;
	return n;
}

int wire_send(int sock, const struct wire_message *m, struct err *err)
{
	struct payload p = {m->kind, m->a, m->b, ""};
	struct iovec iov = {&p, sizeof(p)};
	union control control;
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	size_t n = (size_t)count_fds(m) * sizeof(int);

	memcpy(p.text, m->text, sizeof(p.text));
	memset(&control, 0, sizeof(control));
	if (n) {
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(n);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(n);
		memcpy(CMSG_DATA(&control.header), m->fds, n);
	}
	while (sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		if (errno != EINTR)
			return err_sys(err, "send to the other steno process");
	return 0;
}

static void take_fds(struct wire_message *m, struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	size_t n;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	n = c->cmsg_len - CMSG_LEN(0);
	memcpy(m->fds, CMSG_DATA(c), n < sizeof(m->fds) ? n : sizeof(m->fds));
}

int wire_receive(int sock, struct wire_message *m)
{
	struct payload p;
	struct iovec iov = {&p, sizeof(p)};
	union control control;
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control.space,
			     .msg_controllen = sizeof(control.space)};
	ssize_t n;
	int i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < WIRE_FDS; i++)
		m->fds[i] = -1;
	while ((n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0)
		return -1;
	take_fds(m, &msg);
	if (n != (ssize_t)sizeof(p)) {
		errno = EBADMSG;
		return -1;
	}
	m->kind = p.kind;
	m->a = p.a;
	m->b = p.b;
	memcpy(m->text, p.text, sizeof(m->text));
	m->text[sizeof(m->text) - 1] = '\0';
	return 1;
}
