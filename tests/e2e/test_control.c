/* SPDX-License-Identifier: MIT */
/* A running session is asked, and told, from outside. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/err.h"
#include "live/client.h"
#include "live/wire.h"
#include "tape/header.h"
#include "tape/reader.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;

/* The newest session's holder, or -1. */
static int reach(struct err *err)
{
	struct buf path = {0};
	struct reader *r;
	int cast, sock = -1;

	buf_printf(&path, "%s/%s.cast", lab.logs, lab_session(&lab));
	cast = open(buf_str(&path), O_RDONLY | O_CLOEXEC);
	r = reader_new(cast, err);
	if (r && client_connect(&sock, lab.dir, reader_header(r)->session, reader_header(r)->id,
				err) != 0)
		sock = -1;
	reader_free(r);
	close(cast);
	buf_release(&path);
	return sock;
}

/* Until a command runs and its name has been read off the screen. */
static void await_command(struct wire_status *status)
{
	int sock = reach(NULL), left;

	for (left = TERM_DEADLINE_MS; left > 0; left -= 20) {
		if (client_status(sock, status, CLIENT_PATIENCE_MS, NULL) < 0 ||
		    (status->command && status->name[0]))
			break;
		poll(NULL, 0, 20);
	}
	close(sock);
}

static void test_status(struct term *t)
{
	struct wire_status status = {0};
	struct err err;
	int sock = reach(&err);

	if (!ok(sock >= 0, "a running session is reached"))
		tap_note("%s", err.text);
	is_int(client_status(sock, &status, CLIENT_PATIENCE_MS, &err), 0, "and says how it is");
	is_str(status.session, lab_session(&lab), "it is that session");
	ok(status.rows == 24 && status.cols == 80, "of that size");
	ok(status.program > 1 && kill(status.program, 0) == 0, "with a program");
	ok(status.front && !status.terminals && !status.watchers, "at its own terminal only");
	is_int(status.command, 0, "and no command runs at the prompt");
	close(sock);
	term_type(t, "cat # waits\r");
	await_command(&status);
	is_int(status.command, 1, "a command that runs has its number");
	is_str(status.name, "cat # waits", "and its name");
	term_type(t, "\004");
	term_expect(t, LAB_PROMPT);
}

static void test_event(void)
{
	static const char words[] = "{\"role\":\"user\",\"text\":\"Why\\n\\u001b[31mso?\"}";
	struct err err = {.text = ""};
	int sock = reach(&err);

	is_int(client_event(sock, 'w', words, sizeof(words) - 1, &err), 0, "words are taken");
	is_str(err.text, "", "without a word");
	is_int(client_event(sock, 'o', "{}", 2, &err), -1, "output from outside is not");
	is_str(err.text, "an event of this kind is not taken", "and it is said so");
	is_int(client_event(sock, 'x', "{}", 2, &err), -1, "nor an exit status");
	close(sock);
}

/* Somebody else's terminal, of any size, and with sizes that no terminal has. */
static void test_sizes(struct term *t)
{
	struct wire_seat seat = {.rows = 50, .cols = 200};
	struct wire_message m;
	struct err err = {.text = ""};
	int sock = reach(&err), pty = posix_openpt(O_RDWR | O_NOCTTY), fd = -1;

	if (pty >= 0 && !grantpt(pty) && !unlockpt(pty))
		fd = open(ptsname(pty), O_RDWR | O_NOCTTY);
	wire_init(&m, WIRE_ATTACH);
	m.len = sizeof(seat);
	memcpy(m.data, &seat, sizeof(seat));
	m.fds[0] = m.fds[1] = fd;
	is_int(wire_send(sock, &m, &err), 0, "another terminal is handed over");
	is_int(client_hear(sock, &m, CLIENT_PATIENCE_MS, &err), 1, "and answered");
	is_int(m.kind, WIRE_OK, "it is taken");
	wire_init(&m, WIRE_SIZE);
	m.b = 1 << 20;
	is_int(wire_send(sock, &m, &err), 0, "a size that cannot be is sent");
	term_resize(t, 23, 79);
	term_type(t, "stty size\r");
	ok(term_expect(t, "23 79\r\n"), "it holds back no size that can");
	close(sock);
	close(fd);
	close(pty);
	term_resize(t, 24, 80);
}

int main(void)
{
	struct term *t;
	struct err err;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	test_status(t);
	test_event();
	test_sizes(t);
	is_int(lab_sh(&lab, NULL, "[ \"$(ls \"$XDG_RUNTIME_DIR/steno\" | grep -c session)\" = 1 ]"),
	       0, "there is one socket");
	is_int(lab_exit(t, 0), 0, "the shell ends");
	term_free(t);
	is_int(reach(&err), -1, "a session that has ended is not reached");
	is_int(lab_sh(&lab, NULL, "[ -z \"$(ls -A \"$XDG_RUNTIME_DIR/steno\")\" ]"), 0,
	       "and leaves nothing in the private folder");
	lab_transcript_has(&lab, "### User\n```\nWhy\n");
	lab_records(&lab);
	lab_is_record(&lab, 0, "cat # waits", 0);
	lab_is_clean(&lab, "after words from outside");
	lab_close(&lab);
	return tap_done();
}
