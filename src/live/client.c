/* SPDX-License-Identifier: MIT */
/* Finding the socket, and asking. */
#include "client.h"

#include "control.h"
#include "rundir.h"
#include "wire.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* 0, 1: nobody listens, -1. */
static int connect_to(int *sock, int dir, const char *name, struct err *err)
{
	const struct timeval patience = {.tv_sec = CLIENT_PATIENCE_MS / 1000};
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), why;

	if (s < 0)
		return err_sys(err, "make a socket");
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/%.60s", dir, name);
	if (connect(s, (struct sockaddr *)&to, sizeof(to)) == 0) {
		*sock = s;
		return 0;
	}
	why = errno;
	err_sys(err, "connect to %s", name);
	close(s);
	return why == ECONNREFUSED || why == ENOENT ? 1 : -1;
}

static int search(int *sock, int dir, const char *prefix, struct err *err)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 1;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d)
		io_close(&fd);
	while (d && rc && (e = readdir(d))) {
		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		rc = connect_to(sock, dir, e->d_name, err);
		if (rc == 1)
			unlinkat(dir, e->d_name, 0);
	}
	if (d)
		closedir(d);
	return rc;
}

int client_connect(int *sock, const char *runtime, const char *session, const char *id,
		   struct err *err)
{
	char prefix[CONTROL_NAME];
	int place, rc = 1;

	control_prefix(session, id, prefix);
	for (place = 0; place < RUNDIR_PLACES && rc; place++) {
		int dir = rundir_look(runtime, place);

		if (dir >= 0)
			rc = search(sock, dir, prefix, err);
		io_close(&dir);
	}
	if (rc == 1)
		err_set(err, "%s does not run", session);
	return rc;
}

int client_hear(int sock, struct wire_message *m, int timeout_ms, struct err *err)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};
	int rc;

	while ((rc = poll(&p, 1, timeout_ms)) < 0 && errno == EINTR)
		;
	if (!rc)
		errno = ETIMEDOUT;
	if (rc > 0)
		rc = wire_receive(sock, m);
	else
		rc = -1;
	if (rc < 0)
		return err_sys(err, "the session does not answer");
	return rc;
}

/* As wire_send(), but waits for a holder that is behind. */
static int send_patiently(int sock, const struct wire_message *m, struct err *err)
{
	struct pollfd p = {.fd = sock, .events = POLLOUT};

	while (wire_send(sock, m, err) < 0) {
		if (errno != EAGAIN)
			return -1;
		if (poll(&p, 1, CLIENT_PATIENCE_MS) == 0)
			return err_set(err, "the session does not answer");
	}
	return 0;
}

static int ask(int sock, const struct wire_message *request, struct wire_message *answer,
	       int timeout_ms, struct err *err)
{
	int rc;

	if (send_patiently(sock, request, err) < 0)
		return -1;
	rc = client_hear(sock, answer, timeout_ms, err);
	if (rc < 0)
		return -1;
	if (!rc) {
		errno = EPIPE;
		return err_sys(err, "the session is gone");
	}
	if (answer->kind == WIRE_REFUSED)
		return err_set(err, "%.500s", answer->data);
	return 0;
}

int client_ask(int sock, const struct wire_message *request, struct wire_message *answer,
	       struct err *err)
{
	return ask(sock, request, answer, CLIENT_PATIENCE_MS, err);
}

int client_status(int sock, struct wire_status *out, int timeout_ms, struct err *err)
{
	struct wire_message m;

	wire_init(&m, WIRE_STATUS);
	if (ask(sock, &m, &m, timeout_ms, err) < 0)
		return -1;
	if (m.kind != WIRE_STATUS || m.len != sizeof(*out))
		return err_set(err, "the session's answer is not understood");
	memcpy(out, m.data, sizeof(*out));
	out->session[sizeof(out->session) - 1] = '\0';
	out->name[sizeof(out->name) - 1] = '\0';
	return 0;
}

static int send_pieces(int sock, char code, const unsigned char *data, size_t n, struct err *err)
{
	struct wire_message m;

	do {
		wire_init(&m, WIRE_EVENT);
		m.a = code;
		m.len = n < WIRE_DATA ? n : WIRE_DATA;
		memcpy(m.data, data, m.len);
		data += m.len;
		n -= m.len;
		m.b = !n;
		if (n && send_patiently(sock, &m, err) < 0)
			return -1;
	} while (n);
	return client_ask(sock, &m, &m, err);
}

int client_event(int sock, char code, const void *json, size_t n, struct err *err)
{
	struct json *j = json_parse(json, n, err);
	struct buf text = {0};
	int rc;

	if (!j)
		return -1;
	json_print(j, &text);
	json_free(j);
	if (!text.len || !control_is_plain(text.data, text.len))
		rc = err_set(err, "an event must be a JSON object");
	else if (text.len > CONTROL_EVENT)
		rc = err_set(err, "the event is too long");
	else
		rc = send_pieces(sock, code, text.data, text.len, err);
	buf_release(&text);
	return rc;
}
