/* SPDX-License-Identifier: MIT */
/* The verb that types into a session. Its holder takes what it has room for, nothing before the
 * shell is ready; the rest is offered again. */
#include "cmd.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/client.h"
#include "../live/wire.h"
#include "help.h"
#include "reach.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { AGAIN_MS = 5, PATIENCE_MS = 15000, MOST = 16 << 20 };

struct send {
	const char *log_dir, *session, *text;
	int enter;
	struct buf bytes;
};

static int read_options(struct send *s, int argc, char **argv)
{
	static const struct option options[] = {
		{"enter", no_argument, NULL, 'e'},
		{"log-dir", required_argument, NULL, 'L'},
		{NULL, 0, NULL, 0},
	};
	static const char *const words[] = {"SESSION", "TEXT", NULL};
	int c;

	while ((c = getopt_long(argc, argv, "e", options, NULL)) != -1) {
		if (c == 'e')
			s->enter = 1;
		else if (c == 'L')
			s->log_dir = optarg;
		else
			return -1;
	}
	if (help_words(argc, argv, words, s->enter) < 0)
		return -1;
	s->session = argv[optind];
	s->text = optind + 1 < argc ? argv[optind + 1] : "";
	return 0;
}

static int read_input(struct buf *out, struct err *err)
{
	ssize_t n;

	do {
		buf_reserve(out, 65536);
		n = read(STDIN_FILENO, out->data + out->len, 65536);
		if (n < 0)
			return err_sys(err, "read standard input");
		out->len += (size_t)n;
		if (out->len > MOST)
			return err_set(err, "standard input is longer than %d bytes", MOST);
	} while (n);
	return 0;
}

static int gather(struct send *s, struct err *err)
{
	if (strcmp(s->text, "-") != 0)
		buf_puts(&s->bytes, s->text);
	else if (read_input(&s->bytes, err) < 0)
		return -1;
	if (s->enter)
		buf_putc(&s->bytes, '\r');
	return 0;
}

/* Offers what is left from `from` on; how much of it was taken, or -1. */
static int offer(const struct send *s, int sock, size_t from, struct err *err)
{
	struct wire_message m;
	size_t left = s->bytes.len - from;

	wire_init(&m, WIRE_SEND);
	m.a = !from;
	m.at = (int64_t)s->bytes.len;
	m.len = left < WIRE_DATA ? left : WIRE_DATA;
	memcpy(m.data, s->bytes.data + from, m.len);
	if (client_ask(sock, &m, &m, err) < 0)
		return -1;
	return m.a >= 0 && (size_t)m.a <= left ? m.a : 0;
}

static int type(const struct send *s, int sock, struct err *err)
{
	size_t done = 0;
	int waited = 0;

	while (done < s->bytes.len) {
		int taken = offer(s, sock, done, err);

		if (taken < 0)
			return -1;
		done += (size_t)taken;
		waited = taken ? 0 : waited + AGAIN_MS;
		if (waited > PATIENCE_MS)
			return err_set(err, "the program does not read what is typed");
		if (!taken)
			poll(NULL, 0, AGAIN_MS);
	}
	return 0;
}

int cmd_send(int argc, char **argv)
{
	struct send s = {.session = NULL};
	struct err err = {.code = 0};
	int sock = -1, rc;

	if (read_options(&s, argc, argv) < 0)
		return help_usage("send");
	rc = gather(&s, &err);
	if (!rc)
		rc = reach_session(s.log_dir, s.session, &sock, &err);
	if (!rc)
		rc = type(&s, sock, &err);
	if (rc)
		fprintf(stderr, "steno: %s\n", err.text);
	if (sock >= 0)
		close(sock);
	buf_release(&s.bytes);
	return rc < 0 ? 3 : rc;
}
