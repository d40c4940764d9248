/* SPDX-License-Identifier: MIT */
/* The holder's control socket under arbitrary packets: whatever comes, it is answered or dropped,
 * the next client is served, and an event that is taken is one line. Of the input each packet is a
 * byte, how many 64 bytes long, then these; a packet of 0 is a well-formed piece of an event, whose
 * data goes up to the next 0. */
#include "live/client.h"
#include "live/control.h"
#include "live/rundir.h"
#include "live/wire.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SESSION "20260102-030405-session"
#define ID "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[] = "/tmp/steno-fuzz-XXXXXX";
static int dir = -1;
static struct control control;
static int64_t now;

static void handle(void *ctx, struct peer *p, struct wire_message *m)
{
	struct control *c = ctx;

	if (m->len > WIRE_DATA || m->data[m->len])
		bug("a message without an end");
	if (m->kind == WIRE_STATUS) {
		control_answer(c, p, m);
	} else if (m->kind != WIRE_EVENT) {
		control_refuse(c, p, "not known");
	} else if (control_piece(c, p, m)) {
		if (p->event_len > CONTROL_EVENT)
			bug("an event without a bound");
		if (control_is_plain(p->event, p->event_len) &&
		    memchr(p->event, '\n', p->event_len))
			bug("an event of two lines");
		control_forget(p);
		wire_init(m, WIRE_OK);
		control_answer(c, p, m);
	}
}

static void serve(void)
{
	control_serve(&control, ++now, handle, &control);
	control_serve(&control, ++now, handle, &control);
}

static void clean(void)
{
	char path[64] = "";

	control_close(&control);
	unlinkat(dir, "../steno", AT_REMOVEDIR);
	memcpy(path, folder, sizeof(folder));
	rmdir(path);
}

static void prepare(void)
{
	char path[RUNDIR_PATH];

	if (!mkdtemp(folder))
		abort();
	dir = rundir_open(folder, path, NULL);
	if (dir < 0 || control_open(&control, dir, SESSION, ID, NULL) < 0)
		abort();
	atexit(clean);
}

/* Sends one packet; returns how much of the input it was. */
static size_t send_one(int sock, const uint8_t *data, size_t n)
{
	const uint8_t *end = memchr(data + 1, 0, n - 1);
	size_t size = (size_t)data[0] * 64;
	struct wire_message m;

	if (data[0]) {
		size = size < n - 1 ? size : n - 1;
		send(sock, data + 1, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		return 1 + size;
	}
	size = end ? (size_t)(end - data - 1) : n - 1;
	wire_init(&m, WIRE_EVENT);
	m.a = 'w';
	m.b = !(size & 1);
	m.len = size < WIRE_DATA ? size : WIRE_DATA;
	memcpy(m.data, data + 1, m.len);
	wire_send(sock, &m, NULL);
	return 1 + size;
}

static void check_alive(void)
{
	struct wire_message m;
	int sock = -1;

	if (client_connect(&sock, folder, SESSION, ID, NULL) != 0)
		bug("nobody is let in");
	wire_init(&m, WIRE_STATUS);
	wire_send(sock, &m, NULL);
	serve();
	if (wire_receive(sock, &m) != 1 || m.kind != WIRE_STATUS)
		bug("nobody is answered");
	close(sock);
	serve();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int sock = -1;

	if (dir < 0)
		prepare();
	if (client_connect(&sock, folder, SESSION, ID, NULL) != 0)
		bug("nobody is let in");
	serve();
	while (n) {
		size_t used = send_one(sock, data, n);

		serve();
		data += used;
		n -= used;
	}
	close(sock);
	serve();
	check_alive();
	return 0;
}
