/* SPDX-License-Identifier: MIT */
/* The writer: exact bytes, exact times, one write an event, and a full disk that costs no more
 * than the event at hand. */
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/reader.h"
#include "tape/writer.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct header header = {.cols = 80, .rows = 24, .version = 1};

/* A file of its own for a recording, nameless, opened as the writer wants it. */
static int new_file(void)
{
	const char *dir = getenv("TMPDIR");
	int fd = open(dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0) {
		fd = memfd_create("recording", MFD_CLOEXEC);
		fcntl(fd, F_SETFL, O_APPEND);
	}
	if (fd < 0)
		bug("no file for a recording");
	return fd;
}

static struct writer *begin(int fd)
{
	struct writer *w = writer_new(fd, 0, NULL);

	if (!w || writer_put_header(w, &header, NULL) < 0)
		bug("no recording");
	return w;
}

static off_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? -1 : st.st_size;
}

/* Everything behind the header. */
static void read_body(int fd, struct buf *out)
{
	size_t n = (size_t)size_of(fd);
	const unsigned char *newline;

	buf_clear(out);
	buf_reserve(out, n + 1);
	if (pread(fd, out->data, n, 0) != (ssize_t)n)
		bug("the recording cannot be read");
	newline = memchr(out->data, '\n', n);
	out->len = n - (size_t)(newline + 1 - out->data);
	memmove(out->data, newline + 1, out->len);
}

static void is_body(int fd, const char *want, const char *name)
{
	struct buf got = {0};

	read_body(fd, &got);
	is_mem(got.data, got.len, want, strlen(want), "%s", name);
	buf_release(&got);
}

static void test_shape(void)
{
	int fd = new_file();
	struct writer *w = begin(fd);

	writer_put_bytes(w, 1234567, 'o', "h\xC3\xA9\"\\\033[m\r\n\t\b\f\x7F/\0", 16, NULL);
	writer_put_bytes(w, 1234567, 'i', "\xF0\x9F\x98\x80", 4, NULL);
	writer_put_bytes(w, 1234568, 'o', "a\xF0\x9Fz\xE2\x82", 6, NULL);
	writer_put_text(w, 9, 'm', "make", 4, NULL);
	writer_put_text(w, INT64_C(100000000000001), 'w', "\xC0", 1, NULL);
	writer_put_text(w, INT64_C(100000000000001), 'x', "", 0, NULL);
	is_body(fd,
		"[1.234567, \"o\", \"h\xC3\xA9\\\"\\\\\\u001b[m\\r\\n\\t\\b\\f\x7F/\\u0000\"]\n"
		"[0.000000, \"i\", \"\xF0\x9F\x98\x80\"]\n"
		"[0.000001, \"b\", \"YfCfeuKC\"]\n"
		"[0.000000, \"o\", \"a\xEF\xBF\xBDz\xEF\xBF\xBD\"]\n"
		"[0.000000, \"m\", \"make\"]\n"
		"[99999998.765433, \"w\", \"\xEF\xBF\xBD\"]\n"
		"[0.000000, \"x\", \"\"]\n",
		"lines are as the format says");
	writer_free(w);
	close(fd);
}

static void test_refused(void)
{
	static unsigned char big[WRITER_TEXT + 1];
	int fd = new_file();
	struct writer *w = begin(fd);
	off_t size = size_of(fd);

	memset(big, 1, sizeof(big));
	is_int(writer_put_bytes(w, 0, 'o', "", 0, NULL), -1, "no bytes are refused");
	is_int(writer_put_bytes(w, 0, 'o', big, WRITER_CHUNK + 1, NULL), -1,
	       "too many bytes are refused");
	is_int(writer_put_bytes(w, 0, 'k', "x", 1, NULL), -1,
	       "bytes with another code are refused");
	is_int(writer_put_text(w, 0, '"', "x", 1, NULL), -1, "a quote as code is refused");
	is_int(writer_put_text(w, 0, 'n', big, WRITER_TEXT + 1, NULL), -1,
	       "too long a text is refused");
	is_int(size_of(fd), size, "what is refused leaves nothing");
	is_int(writer_put_text(w, 0, 'n', big, WRITER_TEXT, NULL), 0,
	       "the longest text fits when every byte is escaped");
	memset(big, 0xFF, sizeof(big));
	is_int(writer_put_bytes(w, 0, 'o', big, WRITER_CHUNK, NULL), 0,
	       "the most bytes fit when none is UTF-8");
	writer_free(w);
	close(fd);
}

/* Fills p with bytes of a kind: text, colours, UTF-8, broken UTF-8, anything. */
static void fill(unsigned char *p, size_t n, int kind, unsigned *seed)
{
	static const char *const pieces[] = {"plain words ", "\033[1;31m",	 "\xC3\xA9",
					     "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\r\n",
					     "\"\\",	     "\xE2\x82",	 "\xF0\x9F\x98",
					     "\xED\xA0\x80", "\xC0\xAF",	 "\xFF"};
	static const int kinds[] = {1, 2, 7, 12};
	size_t at = 0;

	while (at < n) {
		const char *piece = pieces[rand_r(seed) % (kind < 4 ? kinds[kind] : 12)];
		size_t len = strlen(piece), left = n - at;

		if (kind == 4) {
			p[at++] = (unsigned char)(rand_r(seed) >> 7);
			continue;
		}
		memcpy(p + at, piece, len < left ? len : left);
		at += len < left ? len : left;
	}
}

/* Every line must be JSON to a parser that is not ours. */
static int lines_are_json(int fd)
{
	struct buf body = {0};
	size_t at = 0;
	int good = 1;

	read_body(fd, &body);
	while (good && at < body.len) {
		const unsigned char *p = body.data + at;
		const unsigned char *end = memchr(p, '\n', body.len - at);
		struct json *j = end ? json_parse(p, (size_t)(end - p), NULL) : NULL;

		good = j != NULL;
		json_free(j);
		at += (size_t)(end - p) + 1;
	}
	buf_release(&body);
	return good;
}

static void test_any_bytes(void)
{
	enum { EVENTS = 300, MOST = 3000 };
	static const char *const kinds[] = {"plain text", "colours", "UTF-8", "broken UTF-8",
					    "any bytes"};
	static unsigned char data[EVENTS][MOST];
	static size_t len[EVENTS];
	unsigned seed = 7;
	int kind, i;

	for (kind = 0; kind < 5; kind++) {
		int fd = new_file(), good = 1;
		struct writer *w = begin(fd);
		struct reader *r;
		struct event e;

		for (i = 0; i < EVENTS; i++) {
			len[i] = 1 + (size_t)rand_r(&seed) % (i % 4 ? 40 : MOST - 1);
			fill(data[i], len[i], kind, &seed);
			good &= writer_put_bytes(w, i, i % 3 ? 'o' : 'i', data[i], len[i], NULL) ==
				0;
		}
		r = reader_new(fd, NULL);
		for (i = 0; i < EVENTS && good; i++)
			good = reader_next(r, &e, NULL) == 1 && e.at_us == i && e.len == len[i] &&
			       e.code == (i % 3 ? 'o' : 'i') && !memcmp(e.data, data[i], len[i]);
		ok(good && reader_next(r, &e, NULL) == 0, "%s come back exactly", kinds[kind]);
		ok(lines_are_json(fd), "%s make lines that jansson reads", kinds[kind]);
		reader_free(r);
		writer_free(w);
		close(fd);
	}
}

static void test_times(void)
{
	enum { EVENTS = 1000000 };
	int fd = new_file(), good = 1, i;
	struct writer *w = begin(fd);
	unsigned seed = 3;
	int64_t us = 0;
	struct reader *r;
	struct event e;

	for (i = 0; i < EVENTS; i++) {
		us += rand_r(&seed) % (i % 100 ? 1000 : 100000000);
		good &= writer_put_bytes(w, us, 'o', "x", 1, NULL) == 0;
	}
	r = reader_new(fd, NULL);
	seed = 3;
	us = 0;
	for (i = 0; i < EVENTS && good; i++) {
		us += rand_r(&seed) % (i % 100 ? 1000 : 100000000);
		good = reader_next(r, &e, NULL) == 1 && e.at_us == us;
	}
	ok(good, "a million times are exact to the microsecond");
	reader_free(r);
	writer_free(w);
	close(fd);
}

static void test_one_write(void)
{
	static unsigned char got[1 << 18], data[9000];
	unsigned seed = 1;
	int pair[2], i, good = 1;
	struct writer *w;

	/* Each write to a socket of this type is one message. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		bug("no socket");
	w = writer_new(pair[0], 0, NULL);
	for (i = 0; i < 40 && good; i++) {
		size_t n = 1 + (size_t)rand_r(&seed) % sizeof(data);
		ssize_t len, again;

		fill(data, n, i % 5, &seed);
		good = writer_put_bytes(w, i, 'o', data, n, NULL) == 0;
		len = recv(pair[1], got, sizeof(got), MSG_DONTWAIT);
		again = recv(pair[1], got, sizeof(got), MSG_DONTWAIT);
		good = good && len > 0 && got[len - 1] == '\n' && again < 0;
	}
	ok(good, "each event is one write, ended by a newline");
	writer_free(w);
	close(pair[0]);
	close(pair[1]);
}

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = size == RLIM_INFINITY ? limit.rlim_max : size;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* Records "one", then `data` with room for `room` bytes only, then "two"; if data was refused,
 * once more. What a reader gives must be one, data, two in some order that loses and doubles
 * none. */
static int survives_full(const void *data, size_t n, size_t room, int again, int *refused)
{
	int fd = new_file(), good = 1, seen = 0;
	struct writer *w = begin(fd);
	struct reader *r;
	struct event e;

	writer_put_bytes(w, 10, 'o', "one", 3, NULL);
	limit_files((rlim_t)size_of(fd) + room);
	*refused = writer_put_bytes(w, 20, 'o', data, n, NULL) < 0;
	limit_files(RLIM_INFINITY);
	if (*refused && again)
		good &= writer_put_bytes(w, 20, 'o', data, n, NULL) == 0;
	good &= writer_put_bytes(w, 30, 'o', "two", 3, NULL) == 0;
	r = reader_new(fd, NULL);
	good &= reader_next(r, &e, NULL) == 1 && e.at_us == 10 && !memcmp(e.data, "one", 3);
	while (good && reader_next(r, &e, NULL) == 1 && e.at_us == 20) {
		good &= e.code == 'o' && e.len == n && !memcmp(e.data, data, n);
		seen++;
	}
	good &= seen == (again || !*refused);
	good &= e.at_us == 30 && e.len == 3 && !memcmp(e.data, "two", 3);
	good &= reader_next(r, &e, NULL) == 0 && !reader_torn(r) && reader_skipped(r) <= 1;
	reader_free(r);
	writer_free(w);
	close(fd);
	return good;
}

static void test_full_disk(void)
{
	static const struct {
		const char *what, *data;
		size_t n, line;
	} cases[] = {{"text", "a \033[1m\"line\"\r\n", 15, 45},
		     {"no UTF-8",
		      "\xFF\xFE"
		      "b\xC3",
		      4, 55}};
	size_t i, room;

	for (i = 0; i < 2; i++) {
		int good = 1, refused = 0, times = 0, again;

		for (again = 0; again < 2; again++)
			for (room = 0; room <= cases[i].line + 10; room++) {
				good &= survives_full(cases[i].data, cases[i].n, room, again,
						      &refused);
				times += refused;
			}
		ok(good && times > 40 && !refused,
		   "a disk that fills up within %s, at any byte, costs that event at most",
		   cases[i].what);
	}
}

static void test_full_text(void)
{
	int fd = new_file();
	struct writer *w = begin(fd);
	struct err err = {0};

	limit_files((rlim_t)size_of(fd) + 20);
	is_int(writer_put_text(w, 5, 'm', "much too long", 13, &err), -1, "a full disk is told");
	is_int(err.code, EFBIG, "the cause is told");
	is_int(writer_put_text(w, 6, 'm', "much too long", 13, NULL), -1, "it is told again");
	limit_files(RLIM_INFINITY);
	is_int(writer_put_text(w, 7, 'm', "short", 5, NULL), 0, "it goes on when there is room");
	is_body(fd, "[0.000005, \"m\", \"muc!\n[0.000007, \"m\", \"short\"]\n",
		"the torn line is ended, the interval reaches back to the last whole event");
	writer_free(w);
	close(fd);
}

static void put_raw(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bug("short write");
}

static void test_resumed(void)
{
	int fd = new_file();
	struct writer *w = begin(fd);

	writer_free(w);
	put_raw(fd, "[1.000000, \"o\", \"a\"]\n[1.000000, \"o\", \"b\"]");
	w = writer_new(fd, 1000000, NULL);
	writer_put_bytes(w, 3000000, 'o', "c", 1, NULL);
	writer_free(w);
	w = writer_new(fd, 3000000, NULL);
	writer_put_bytes(w, 3000001, 'o', "d", 1, NULL);
	writer_free(w);
	is_body(fd,
		"[1.000000, \"o\", \"a\"]\n[1.000000, \"o\", \"b\"]!\n[2.000000, \"o\", \"c\"]\n"
		"[0.000001, \"o\", \"d\"]\n",
		"a recording is gone on with behind a torn line and behind a whole one");
	close(fd);
}

static void test_write_only(void)
{
	int fd = new_file(), only;
	char path[64];
	struct writer *w = begin(fd);

	writer_free(w);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	only = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (only < 0) {
		tap_skip("a descriptor that cannot be read is taken for torn", "no /proc");
		close(fd);
		return;
	}
	w = writer_new(only, 0, NULL);
	writer_put_bytes(w, 1, 'o', "c", 1, NULL);
	is_body(fd, "!\n[0.000001, \"o\", \"c\"]\n",
		"a descriptor that cannot be read is taken for torn");
	writer_free(w);
	close(only);
	close(fd);
}

int main(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGXFSZ, &ignore, NULL);
	test_shape();
	test_refused();
	test_any_bytes();
	test_times();
	test_one_write();
	test_full_disk();
	test_full_text();
	test_resumed();
	test_write_only();
	return tap_done();
}
