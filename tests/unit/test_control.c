/* SPDX-License-Identifier: MIT */
/* The control socket: who gets in, what is believed, and that nobody can be in the way. A child is
 * the holder; this process the client. */
#include "live/client.h"
#include "live/clock.h"
#include "live/control.h"
#include "live/rundir.h"
#include "live/wire.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SESSION "20260102-030405-session"
#define ID "0123456789abcdef0123456789abcdef"

static char folder[] = "/tmp/steno-test-XXXXXX";
static char path[RUNDIR_PATH];
static int dir;

/* Answers as a holder would, and says back how long an event is. */
static void handle(void *ctx, struct peer *p, struct wire_message *m)
{
	struct control *c = ctx;

	if (m->kind == WIRE_STATUS) {
		control_answer(c, p, m);
	} else if (m->kind != WIRE_EVENT) {
		control_refuse(c, p, "the request is not known");
	} else if (control_piece(c, p, m)) {
		wire_init(m, WIRE_OK);
		m->at = control_is_plain(p->event, p->event_len) ? (int64_t)p->event_len : -1;
		control_forget(p);
		control_answer(c, p, m);
	}
}

static pid_t start_holder(void)
{
	static struct control c;
	pid_t pid;

	if (control_open(&c, dir, SESSION, ID, NULL) < 0 || (pid = fork()) < 0)
		exit(1);
	while (!pid) {
		struct pollfd p = {.fd = c.epoll, .events = POLLIN};

		poll(&p, 1, -1);
		control_serve(&c, clock_mono_us(), handle, &c);
	}
	close(c.listen);
	close(c.epoll);
	return pid;
}

static int connect_here(struct err *err)
{
	int sock = -1;

	return client_connect(&sock, folder, SESSION, ID, err) == 0 ? sock : -1;
}

static int count_sockets(void)
{
	struct buf b = {0};
	FILE *f;
	int n = 0, c;

	buf_printf(&b, "%s/list", folder);
	f = fopen(buf_str(&b), "r");
	while (f && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	buf_release(&b);
	return n;
}

static int sockets(void)
{
	char script[256];
	int status;
	pid_t pid = fork();

	snprintf(script, sizeof(script), "ls -A '%s/steno' >'%s/list'", folder, folder);
	if (!pid)
		_exit(execl("/bin/sh", "sh", "-c", script, (char *)NULL));
	waitpid(pid, &status, 0);
	return count_sockets();
}

static void test_rundir(void)
{
	struct stat st = {0};
	int fd = rundir_open(folder, path, NULL);

	fstat(fd, &st);
	is_int(st.st_mode & 07777, 0700, "the folder is private");
	fchmod(fd, 0755);
	close(fd);
	dir = rundir_open(folder, path, NULL);
	fstat(dir, &st);
	is_int(st.st_mode & 07777, 0700, "one that was open to others is closed");
	is_int(rundir_look("/nowhere/at/all", 0), -1, "looking for one makes none");
}

static void test_names(void)
{
	struct err err;
	struct stat st = {0};
	char name[CONTROL_NAME];
	pid_t pid;
	int sock;

	is_int(connect_here(&err), -1, "a session that does not run is not reached");
	is_str(err.text, SESSION " does not run", "and it is said so");
	pid = start_holder();
	snprintf(name, sizeof(name), SESSION ".01234567.%d", (int)getpid());
	is_int(fstatat(dir, name, &st, 0), 0, "the socket has its name");
	is_int(st.st_mode & 07777, 0600, "and is its user's only");
	sock = connect_here(&err);
	ok(sock >= 0, "a running session is reached");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	is_int(client_status(sock, &(struct wire_status){0}, CLIENT_PATIENCE_MS, &err), -1,
	       "one that dies is noticed");
	close(sock);
	is_int(connect_here(NULL), -1, "a dead one is not reached");
	is_int(sockets(), 0, "and its socket is removed");
}

static void test_status(int sock)
{
	struct wire_message m, answer;
	struct err err;

	wire_init(&m, WIRE_STATUS);
	m.at = 77;
	is_int(client_ask(sock, &m, &answer, NULL), 0, "a request is answered");
	is_int(answer.at, 77, "by the answer to it");
	wire_init(&m, 4711);
	is_int(client_ask(sock, &m, &answer, &err), -1, "an unknown request is refused");
	is_str(err.text, "the request is not known", "with the reason");
}

static void ask_event(int sock, const char *json, const char *name)
{
	struct err err = {.text = ""};
	int rc = client_event(sock, 'w', json, strlen(json), &err);

	ok(rc < 0 && err.text[0], "refused: %s", name);
}

static void test_event(int sock)
{
	struct buf b = {0};
	struct err err = {.text = ""};
	struct wire_message m;
	int i;

	is_int(client_event(sock, 'w', "{\"role\":\"user\"}", 15, &err), 0, "an event is taken");
	is_str(err.text, "", "without a word");
	ask_event(sock, "[1]", "what is no object");
	ask_event(sock, "{\"a\":1", "what is no JSON");
	ask_event(sock, "{\"a\":\"\377\"}", "what is no UTF-8");
	buf_puts(&b, "{\"text\":\"");
	for (i = 0; i < 500000; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\"}");
	is_int(client_event(sock, 'w', b.data, b.len, &err), 0, "a long event goes in pieces");
	b.len -= 2;
	for (i = 0; i < 600000; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\"}");
	is_int(client_event(sock, 'w', b.data, b.len, &err), -1, "not one that is too long");
	for (i = 0; i <= CONTROL_EVENT / WIRE_DATA; i++) {
		wire_init(&m, WIRE_EVENT);
		m.len = WIRE_DATA;
		m.b = i == CONTROL_EVENT / WIRE_DATA;
		if (!m.b)
			while (wire_send(sock, &m, NULL) < 0)
				;
	}
	is_int(client_ask(sock, &m, &m, &err), -1, "whoever does not count is refused");
	is_str(err.text, "the event is too long", "by the holder");
	buf_release(&b);
}

static void test_lines(void)
{
	ok(control_is_plain((const unsigned char *)"{}", 2), "an empty object may be recorded");
	ok(!control_is_plain((const unsigned char *)"{\n}", 3), "no newline may");
	ok(!control_is_plain((const unsigned char *)"{\033}", 3), "no escape may");
	ok(!control_is_plain((const unsigned char *)"{\200}", 3), "no byte that is not UTF-8 may");
	ok(!control_is_plain((const unsigned char *)"{", 1), "nor half a thing");
}

static void send_garbage(const void *data, size_t n, const char *what)
{
	struct wire_message m;
	struct err err;
	int sock = connect_here(&err), rc = -2;

	if (sock >= 0 && send(sock, data, n, 0) == (ssize_t)n)
		rc = client_hear(sock, &m, CLIENT_PATIENCE_MS, &err);
	ok(rc == 0 || (rc == 1 && m.kind == WIRE_REFUSED), "dropped: %s", what);
	close(sock);
}

static void test_garbage(void)
{
	unsigned char bytes[WIRE_DATA + 100] = "st\1";

	send_garbage("x", 1, "a byte");
	send_garbage("not a message at all, but a long enough one for a head", 54, "a wrong head");
	send_garbage(bytes, 40, "a length that is not its own");
	send_garbage(bytes, sizeof(bytes), "a packet that is too long");
	bytes[2] = 99;
	send_garbage(bytes, 32, "another version");
}

static void test_crowd(int sock)
{
	struct wire_message m;
	int socks[3 * CONTROL_PEERS], i, last;

	for (i = 0; i < 3 * CONTROL_PEERS; i++)
		socks[i] = connect_here(NULL);
	last = connect_here(NULL);
	wire_init(&m, WIRE_STATUS);
	is_int(client_ask(last, &m, &m, NULL), 0, "a crowd of the silent keeps nobody out");
	wire_init(&m, WIRE_STATUS);
	is_int(client_ask(sock, &m, &m, NULL), -1, "the one silent longest had to go");
	for (i = 0; i < 3 * CONTROL_PEERS; i++)
		io_close(&socks[i]);
	close(last);
}

static void test_deaf(void)
{
	struct wire_message m;
	int deaf = connect_here(NULL), other, i;

	for (i = 0; i < 100000; i++) {
		wire_init(&m, WIRE_STATUS);
		m.len = WIRE_DATA;
		if (wire_send(deaf, &m, NULL) < 0 && errno != EAGAIN)
			break;
	}
	ok(i < 100000, "one who asks and never listens is dropped");
	other = connect_here(NULL);
	wire_init(&m, WIRE_STATUS);
	is_int(client_ask(other, &m, &m, NULL), 0, "and the others are served");
	close(deaf);
	close(other);
}

int main(void)
{
	struct err err;
	pid_t pid;
	int sock;

	if (!mkdtemp(folder))
		return 1;
	test_rundir();
	test_names();
	test_lines();
	pid = start_holder();
	sock = connect_here(&err);
	test_status(sock);
	test_event(sock);
	test_garbage();
	test_crowd(sock);
	test_deaf();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(sock);
	close(dir);
	if (!fork())
		_exit(execl("/bin/rm", "rm", "-rf", folder, (char *)NULL));
	wait(NULL);
	return tap_done();
}
