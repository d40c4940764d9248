/* SPDX-License-Identifier: MIT */
/* Both sides run on one machine, so numbers are in its own byte order. What comes is looked at
 * before it is believed: anybody of the same user may have sent it. */
#include "wire.h"

#include "../base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct head {
	unsigned char magic[2];
	uint16_t version;
	int32_t kind, a, b;
	int64_t at;
	uint32_t len;
	uint32_t zero;
};

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int) * WIRE_FDS)];
};

static const unsigned char magic[2] = {'s', 't'};

void wire_init(struct wire_message *m, int kind)
{
	int i;

	m->kind = kind;
	m->a = m->b = 0;
	m->at = 0;
	m->len = 0;
	m->data[0] = '\0';
	for (i = 0; i < WIRE_FDS; i++)
		m->fds[i] = -1;
}

void wire_text(struct wire_message *m, const char *text)
{
	m->len = strnlen(text, WIRE_TEXT - 1);
	memcpy(m->data, text, m->len);
	m->data[m->len] = '\0';
}

static int count_fds(const struct wire_message *m)
{
	int n = 0;

	while (n < WIRE_FDS && m->fds[n] >= 0)
		n++;
	return n;
}

int wire_send(int sock, const struct wire_message *m, struct err *err)
{
	struct head head = {.magic = {magic[0], magic[1]},
			    .version = WIRE_VERSION,
			    .kind = m->kind,
			    .a = m->a,
			    .b = m->b,
			    .at = m->at,
			    .len = (uint32_t)m->len};
	struct iovec iov[2] = {{&head, sizeof(head)}, {(void *)(uintptr_t)m->data, m->len}};
	union control control;
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};
	size_t n = (size_t)count_fds(m) * sizeof(int);

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

/* At most WIRE_FDS fit into the space; the kernel closes the others. */
static void take_fds(struct wire_message *m, struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	size_t n;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	n = c->cmsg_len - CMSG_LEN(0);
	memcpy(m->fds, CMSG_DATA(c), n < sizeof(m->fds) ? n : sizeof(m->fds));
}

/* 0, or why the packet of n bytes is not to be believed. */
static int check(const struct head *head, size_t n, int flags)
{
	if (n < sizeof(*head) || memcmp(head->magic, magic, sizeof(magic)) != 0)
		return EBADMSG;
	if (head->version != WIRE_VERSION)
		return EPROTONOSUPPORT;
	if (flags & (MSG_TRUNC | MSG_CTRUNC) || head->len != n - sizeof(*head))
		return EBADMSG;
	return 0;
}

int wire_receive(int sock, struct wire_message *m)
{
	struct head head;
	struct iovec iov[2] = {{&head, sizeof(head)}, {m->data, WIRE_DATA}};
	union control control;
	struct msghdr msg = {.msg_iov = iov,
			     .msg_iovlen = 2,
			     .msg_control = control.space,
			     .msg_controllen = sizeof(control.space)};
	ssize_t n;
	int why, i;

	wire_init(m, 0);
	/* a reset is told once, in front of what the other side had sent: it had not read all */
	while ((n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC)) < 0 &&
	       (errno == EINTR || errno == ECONNRESET))
		;
	if (n == 0)
		return 0;
	if (n < 0)
		return -1;
	take_fds(m, &msg);
	why = check(&head, (size_t)n, msg.msg_flags);
	if (why) {
		for (i = 0; i < WIRE_FDS; i++)
			if (m->fds[i] >= 0)
				close(m->fds[i]);
		wire_init(m, 0);
		errno = why;
		return -1;
	}
	m->kind = head.kind;
	m->a = head.a;
	m->b = head.b;
	m->at = head.at;
	m->len = head.len;
	m->data[m->len] = '\0';
	return 1;
}
