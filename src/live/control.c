/* SPDX-License-Identifier: MIT */
/* The control socket. Whatever comes may be garbage: it is answered or dropped, never waited
 * for. */
#include "control.h"

#include "wire.h"

#include "../base/err.h"
#include "../base/io.h"
#include "../base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, REST_US = 1000000, EVENTS = 8 };

void control_prefix(const char *session, const char *id, char out[CONTROL_NAME])
{
	snprintf(out, CONTROL_NAME, "%.31s.%.8s.", session, id);
}

/* An earlier holder of this session is dead, or there would be no other. */
static void remove_left(int dir, const char *prefix)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d)
		io_close(&fd);
	while (d && (e = readdir(d)))
		if (!strncmp(e->d_name + (e->d_name[0] == '.'), prefix, strlen(prefix)))
			unlinkat(dir, e->d_name, 0);
	if (d)
		closedir(d);
}

/* By way of the folder's descriptor: no path is too long, and none can be exchanged. It gets its
 * name when it listens: before that it refuses like one whose holder is dead, and would be
 * removed. */
static int bind_in(int sock, int dir, const char *name, struct err *err)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	char new[CONTROL_NAME + 1];

	snprintf(new, sizeof(new), ".%s", name);
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/%s", dir, new);
	if (fchmod(sock, 0600) == 0 && bind(sock, (struct sockaddr *)&to, sizeof(to)) == 0) {
		if (listen(sock, BACKLOG) == 0 && renameat(dir, new, dir, name) == 0)
			return 0;
		err_sys(err, "make the control socket %s", name);
		unlinkat(dir, new, 0);
		return -1;
	}
	return err_sys(err, "make the control socket %s", name);
}

static int add(const struct control *c, int fd, uint32_t number)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u32 = number};

	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &e);
}

int control_open(struct control *c, int dir, const char *session, const char *id, struct err *err)
{
	char prefix[CONTROL_NAME];
	int i;

	memset(&c->epoll, 0, sizeof(*c) - offsetof(struct control, epoll));
	c->dir = dir;
	for (i = 0; i < CONTROL_PEERS; i++)
		c->peers[i].sock = -1;
	control_prefix(session, id, prefix);
	remove_left(dir, prefix);
	snprintf(c->name, sizeof(c->name), "%.50s%d", prefix, (int)getpid());
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->listen = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->epoll < 0 || c->listen < 0) {
		err_sys(err, "make the control socket");
	} else if (bind_in(c->listen, dir, c->name, err) == 0) {
		if (add(c, c->listen, CONTROL_PEERS) == 0)
			return 0;
		err_sys(err, "watch the control socket");
		unlinkat(dir, c->name, 0);
	}
	io_close(&c->epoll);
	io_close(&c->listen);
	return -1;
}

void control_shut(struct control *c)
{
	if (c->epoll < 0 || c->listen < 0)
		return;
	unlinkat(c->dir, c->name, 0);
	io_close(&c->listen);
	c->rest_till = 0;
}

void control_close(struct control *c)
{
	int i;

	if (c->epoll < 0)
		return;
	control_shut(c);
	for (i = 0; i < CONTROL_PEERS; i++)
		control_drop(c, &c->peers[i]);
	io_close(&c->epoll);
}

void control_forget(struct peer *p)
{
	free(p->event);
	p->event = NULL;
	p->event_len = 0;
}

void control_drop(struct control *c, struct peer *p)
{
	if (p->sock < 0)
		return;
	io_close(&p->sock); /* which takes it out of the epoll, too */
	control_forget(p);
	if (c->gone)
		c->gone(c->ctx, p);
	p->refused = p->follows = 0;
}

void control_answer(struct control *c, struct peer *p, const struct wire_message *m)
{
	if (p->sock >= 0 && wire_send(p->sock, m, NULL) < 0)
		control_drop(c, p);
}

void control_refuse(struct control *c, struct peer *p, const char *why)
{
	struct wire_message m;

	wire_init(&m, WIRE_REFUSED);
	wire_text(&m, why);
	control_answer(c, p, &m);
}

static int is_ours(int sock, pid_t *pid)
{
	struct ucred who;
	socklen_t n = sizeof(who);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &who, &n) < 0 || who.uid != geteuid())
		return 0;
	*pid = who.pid;
	return 1;
}

/* A free place, or the one whose peer has been silent longest; NULL if all follow. */
static struct peer *make_place(struct control *c)
{
	struct peer *oldest = NULL;
	int i;

	for (i = 0; i < CONTROL_PEERS; i++) {
		struct peer *p = &c->peers[i];

		if (p->sock < 0)
			return p;
		if (!p->follows && (!oldest || p->heard_at < oldest->heard_at))
			oldest = p;
	}
	if (oldest)
		control_drop(c, oldest);
	return oldest;
}

static void welcome(struct control *c, int64_t now)
{
	int sock = accept4(c->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct peer *p;
	pid_t pid;

	if (sock < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
			c->rest_till = now + REST_US; /* no descriptors, perhaps */
			epoll_ctl(c->epoll, EPOLL_CTL_DEL, c->listen, NULL);
		}
		return;
	}
	p = is_ours(sock, &pid) ? make_place(c) : NULL;
	if (!p) {
		close(sock);
		return;
	}
	*p = (struct peer){.sock = sock, .heard_at = now, .pid = pid};
	if (add(c, sock, (uint32_t)(p - c->peers)) < 0)
		control_drop(c, p);
}

static void hear(struct control *c, struct peer *p, int64_t now, control_handler *handle, void *ctx)
{
	struct wire_message m;
	int rc, i;

	if (p->sock < 0)
		return;
	rc = wire_receive(p->sock, &m);
	if (rc < 0 && errno == EAGAIN)
		return;
	if (rc < 0 && errno == EPROTONOSUPPORT)
		control_refuse(c, p, "the session was started by another version of steno");
	if (rc <= 0) {
		control_drop(c, p);
		return;
	}
	p->heard_at = now;
	handle(ctx, p, &m);
	for (i = 0; i < WIRE_FDS; i++)
		io_close(&m.fds[i]);
}

void control_serve(struct control *c, int64_t now, control_handler *handle, void *ctx)
{
	struct epoll_event events[EVENTS];
	int i, n;

	if (c->epoll < 0)
		return;
	if (c->rest_till && c->listen >= 0 && now >= c->rest_till) {
		c->rest_till = 0;
		add(c, c->listen, CONTROL_PEERS);
	}
	n = epoll_wait(c->epoll, events, EVENTS, 0);
	for (i = 0; i < n; i++) {
		uint32_t number = events[i].data.u32;

		if (number == CONTROL_PEERS)
			welcome(c, now);
		else
			hear(c, &c->peers[number], now, handle, ctx);
	}
}

int64_t control_due(const struct control *c)
{
	return c->epoll >= 0 && c->rest_till ? c->rest_till : INT64_MAX;
}

static void tell(struct control *c, struct peer *p, int64_t size)
{
	struct wire_message m;

	if (!p->follows || p->told || size <= p->seen)
		return;
	p->told = 1;
	wire_init(&m, WIRE_GREW);
	m.at = size;
	control_answer(c, p, &m);
}

void control_seen(struct control *c, struct peer *p, int64_t seen, int64_t size)
{
	p->told = 0;
	p->seen = seen;
	tell(c, p, size);
}

void control_grew(struct control *c, int64_t size)
{
	int i;

	for (i = 0; i < CONTROL_PEERS; i++)
		if (c->peers[i].sock >= 0)
			tell(c, &c->peers[i], size);
}

int control_is_plain(const unsigned char *data, size_t n)
{
	size_t i;

	if (n < 2 || data[0] != '{' || data[n - 1] != '}' || utf8_valid_prefix(data, n) != n)
		return 0;
	for (i = 0; i < n; i++)
		if (data[i] < 0x20)
			return 0;
	return 1;
}

/* The last piece is answered, whatever became of the others. */
static int refuse_event(struct control *c, struct peer *p, const struct wire_message *m,
			const char *why)
{
	control_forget(p);
	p->refused = !m->b;
	if (m->b)
		control_refuse(c, p, why);
	return 0;
}

int control_piece(struct control *c, struct peer *p, const struct wire_message *m)
{
	if (p->refused)
		return refuse_event(c, p, m, "the event was too long");
	if (m->len > CONTROL_EVENT - p->event_len)
		return refuse_event(c, p, m, "the event is too long");
	if (!p->event)
		p->event = malloc(CONTROL_EVENT);
	if (!p->event)
		return refuse_event(c, p, m, "out of memory");
	memcpy(p->event + p->event_len, m->data, m->len);
	p->event_len += m->len;
	return m->b != 0;
}
