/* SPDX-License-Identifier: MIT */
/* The holder's answers to arbitrary requests, in any order: it goes on, its seats are free when
 * those who had them have gone, what gets into the recording can be read, and the next one is
 * served. Of the input each request is a byte for its kind, two for its numbers, one for the length
 * of its data, and that; the lowest bit of the first number says whether a terminal comes with
 * it. */
#include "live/client.h"
#include "live/holder_private.h"
#include "live/rundir.h"
#include "live/scanner.h"
#include "live/wire.h"

#include "base/err.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/reader.h"
#include "tape/writer.h"

#include <fcntl.h>
#include <pty.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SESSION "20260102-030405-session"
#define ID "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[] = "/tmp/steno-fuzz-XXXXXX";
static struct session session = {.rundir = -1, .id = ID, .detached = 1};
static struct holder holder;
static int master = -1, slave = -1;

static void clean(void)
{
	control_close(&holder.control);
	unlinkat(session.rundir, "../steno", AT_REMOVEDIR);
	rmdir(folder);
}

static void prepare(void)
{
	struct header h = {.cols = 80, .rows = 24, .version = 1};
	char path[RUNDIR_PATH];

	if (!mkdtemp(folder) || openpty(&master, &slave, NULL, NULL, NULL) < 0)
		abort();
	session.rundir = rundir_open(folder, path, NULL);
	memcpy(session.logs.session, SESSION, sizeof(SESSION));
	session.logs.cast = memfd_create("cast", MFD_CLOEXEC);
	fcntl(session.logs.cast, F_SETFL, O_APPEND);
	session.size = (struct winsize){.ws_row = 24, .ws_col = 80};
	holder.s = &session;
	holder.sock = holder.master = holder.pidfd = -1;
	holder.survey = holder.follower.child = (struct child){0, -1, -1};
	holder.recorder.writer = writer_new(session.logs.cast, 0, NULL);
	if (!holder.recorder.writer || writer_put_header(holder.recorder.writer, &h, NULL) < 0 ||
	    terminal_init(&holder.terminal, -1, -1) < 0 || input_init(&holder.input, 0) < 0)
		abort();
	holder.nowhere.in = holder.nowhere.out = -1;
	holder.shown = &holder.terminal;
	holder.seats[0].terminal = &holder.terminal;
	holder.stays = 1;
	holder_open_control(&holder);
	if (holder.control.epoll < 0)
		abort();
	atexit(clean);
}

static int connect_to_it(void)
{
	int sock = -1;

	if (client_connect(&sock, folder, SESSION, ID, NULL) != 0)
		bug("nobody is let in");
	holder_serve_control(&holder);
	return sock;
}

/* Kinds that exist, one that does not, and a good wire_seat for WIRE_ATTACH. */
static size_t request(const uint8_t *data, size_t n, struct wire_message *m)
{
	struct wire_seat seat = {.rows = 24, .cols = 80, .key = LEAVEKEY_DEFAULT};
	size_t len = data[3] < n - 4 ? data[3] : n - 4;

	wire_init(m, data[0] % (WIRE_LEFT + 2));
	m->a = (signed char)data[1];
	m->b = (signed char)data[2];
	m->at = (int64_t)data[1] << (data[2] & 31);
	m->len = len;
	memcpy(m->data, data + 4, len);
	if (m->kind == WIRE_ATTACH && data[2] & 1) {
		seat.flags = data[1] & 3;
		seat.rows += data[2] & 2;
		m->len = sizeof(seat);
		memcpy(m->data, &seat, sizeof(seat));
	}
	if (data[1] & 1)
		m->fds[0] = m->fds[1] = slave;
	return 4 + len;
}

static void check_recording(void)
{
	struct reader *r = reader_new(session.logs.cast, NULL);
	struct event e;

	while (r && reader_next(r, &e, NULL) == 1)
		;
	if (!r || reader_skipped(r) || reader_torn(r))
		bug("the recording cannot be read");
	reader_free(r);
}

static void check_alive(void)
{
	int32_t terminals, watchers;
	struct wire_message m;
	int sock = connect_to_it();

	holder_count_seats(&holder, &terminals, &watchers);
	if (terminals || watchers || holder.shown == NULL)
		bug("a seat is left behind");
	wire_init(&m, WIRE_STATUS);
	wire_send(sock, &m, NULL);
	holder_serve_control(&holder);
	if (wire_receive(sock, &m) != 1 || m.kind != WIRE_STATUS)
		bug("nobody is answered");
	close(sock);
	holder_serve_control(&holder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int socks[2], turn = 0;

	if (master < 0)
		prepare();
	socks[0] = connect_to_it();
	socks[1] = connect_to_it();
	while (n >= 4) {
		struct wire_message m;
		size_t used = request(data, n, &m);

		wire_send(socks[turn++ & 1], &m, NULL);
		holder_serve_control(&holder);
		holder_tell_growth(&holder);
		data += used;
		n -= used;
	}
	close(socks[0]);
	close(socks[1]);
	holder_serve_control(&holder);
	holder_serve_control(&holder);
	holder.input.queue.len = 0;
	holder.kill_at = 0;
	check_alive();
	if (lseek(session.logs.cast, 0, SEEK_END) > 1 << 20) {
		check_recording();
		if (ftruncate(session.logs.cast, 0) < 0)
			abort();
		writer_put_header(holder.recorder.writer,
				  &(struct header){.cols = 80, .rows = 24, .version = 1}, NULL);
	}
	return 0;
}
