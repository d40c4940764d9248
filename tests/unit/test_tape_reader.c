/* SPDX-License-Identifier: MIT */
/* The reader: the same events however the file is cut, grown or spoilt. Events are compared as
 * text, one line each: time, code, length and data. */
#include "base/buf.h"
#include "base/err.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/reader.h"
#include "tape/writer.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEADER "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n"

static int new_file(void)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0)
		bug("no file for a recording");
	return fd;
}

static void append(int fd, const void *data, size_t n)
{
	if (n && write(fd, data, n) != (ssize_t)n)
		bug("short write");
}

/* Adds all events there are now; returns what ended them. */
static int drain(struct reader *r, struct buf *out)
{
	struct event e;
	int got;

	while ((got = reader_next(r, &e, NULL)) == 1) {
		buf_printf(out, "%" PRId64 " %c %zu ", e.at_us, e.code, e.len);
		buf_put(out, e.data, e.len);
		buf_putc(out, '\n');
	}
	return got;
}

/* The events of a file; NULL header: nothing. Returns whether there was a header. */
static int read_all(int fd, struct buf *out)
{
	struct reader *r = reader_new(fd, NULL);

	buf_clear(out);
	if (!r)
		return 0;
	drain(r, out);
	reader_free(r);
	return 1;
}

/* What the lines give behind a good header. */
static void gives(const char *lines, const char *want, uint64_t skipped, const char *name)
{
	int fd = new_file();
	struct buf got = {0};
	struct reader *r;

	append(fd, HEADER, strlen(HEADER));
	append(fd, lines, strlen(lines));
	r = reader_new(fd, NULL);
	drain(r, &got);
	is_mem(got.data, got.len, want, strlen(want), "%s", name);
	if (reader_skipped(r) != skipped)
		is_int((int64_t)reader_skipped(r), (int64_t)skipped, "%s: lines skipped", name);
	reader_free(r);
	buf_release(&got);
	close(fd);
}

/* A recording with every code, bytes that are no UTF-8, and lines of `n` bytes. */
static int record(size_t n)
{
	static const char codes[] = "rmkwlgn";
	unsigned char *data = xmalloc(n);
	struct header h = {.cols = 80, .rows = 24, .version = 1};
	int fd = new_file();
	struct writer *w = writer_new(fd, 0, NULL);
	int64_t us = 0;
	size_t i;

	writer_put_header(w, &h, NULL);
	writer_put_bytes(w, us += 1001, 'o', "\033[1mhi\"\\\r\n", 10, NULL);
	for (i = 0; codes[i]; i++)
		writer_put_text(w, us += 999999, codes[i], "{\"a\":\"\xE2\x82\xAC\"}", 11, NULL);
	writer_put_bytes(w, us += 5, 'o', "\xFF\xF0\x9F", 3, NULL);
	writer_put_bytes(w, us += 5, 'i', "\x80", 1, NULL);
	for (i = 0; i < n; i++)
		data[i] = (unsigned char)(i % 7 ? 'a' + i % 26 : i % 32);
	writer_put_bytes(w, us += 5, 'o', data, n, NULL);
	memset(data, 0xFE, n / 2);
	writer_put_bytes(w, us += 5, 'o', data, n, NULL);
	writer_put_text(w, us += 5, 'x', "0", 1, NULL);
	writer_free(w);
	free(data);
	return fd;
}

static void contents(int fd, struct buf *out)
{
	off_t n = lseek(fd, 0, SEEK_END);

	buf_clear(out);
	buf_reserve(out, (size_t)n);
	if (pread(fd, out->data, (size_t)n, 0) != n)
		bug("short read");
	out->len = (size_t)n;
}

static void test_prefixes(size_t n, size_t step, const char *name)
{
	int fd = record(n), part = new_file(), good = 1;
	struct buf file = {0}, whole = {0}, got = {0};
	size_t cut, header, longest = 0;

	contents(fd, &file);
	header = (size_t)((unsigned char *)memchr(file.data, '\n', file.len) - file.data);
	read_all(fd, &whole);
	for (cut = 0; cut <= file.len && good; cut += step) {
		if (ftruncate(part, 0) < 0)
			bug("truncate");
		append(part, file.data, cut);
		good = read_all(part, &got) == (cut > header) && got.len <= whole.len &&
		       got.len >= longest && (!got.len || !memcmp(got.data, whole.data, got.len));
		longest = got.len;
	}
	ok(good && (step > 1 || longest == whole.len), "%s", name);
	buf_release(&file);
	buf_release(&whole);
	buf_release(&got);
	close(part);
	close(fd);
}

static void test_growing(size_t n, size_t most, const char *name)
{
	int fd = record(n), part = new_file();
	struct buf file = {0}, whole = {0}, got = {0};
	struct reader *r = NULL;
	unsigned seed = 5;
	size_t at = 0;

	contents(fd, &file);
	read_all(fd, &whole);
	while (at < file.len) {
		size_t more = 1 + (size_t)rand_r(&seed) % most;

		more = more < file.len - at ? more : file.len - at;
		append(part, file.data + at, more);
		at += more;
		if (!r)
			r = reader_new(part, NULL);
		if (r)
			drain(r, &got);
	}
	is_mem(got.data, got.len, whole.data, whole.len, "%s", name);
	is_int(reader_offset(r), (int64_t)file.len, "the offset is then the file's end");
	reader_free(r);
	buf_release(&file);
	buf_release(&whole);
	buf_release(&got);
	close(part);
	close(fd);
}

static void test_spoilt(void)
{
	static const char lines[] = HEADER "[0.5, \"o\", \"\\u001b\\ud83d\\ude00\\n\"]\n"
					   "[1e0, \"b\", \"/w==\"]\n[0, \"o\", \"\xEF\xBF\xBD\"]\n"
					   "# c\n[0.000001, \"x\", \"0\"]\n";
	struct buf got = {0};
	size_t i, readable = 0;
	int fd = new_file(), c;

	append(fd, lines, sizeof(lines) - 1);
	fcntl(fd, F_SETFL, 0);
	for (i = 0; i < sizeof(lines) - 1; i++) {
		for (c = 0; c < 256; c++) {
			unsigned char byte = (unsigned char)c;

			if (pwrite(fd, &byte, 1, (off_t)i) != 1)
				bug("short write");
			readable += (size_t)read_all(fd, &got);
		}
		if (pwrite(fd, lines + i, 1, (off_t)i) != 1)
			bug("short write");
	}
	ok(readable > 20000, "any one byte may change: %zu spoilt recordings were read", readable);
	buf_release(&got);
	close(fd);
}

static void test_tolerance(void)
{
	gives(" [ 0.5 ,\t\"o\" , \"a\" ] \r\n[1,\"o\",\"b\"]\n", "500000 o 1 a\n1500000 o 1 b\n", 0,
	      "white space may be anywhere");
	gives("[5e-1, \"o\", \"\"]\n[1.5E+1, \"o\", \"\"]\n[0.01e2,\"o\",\"\"]\n",
	      "500000 o 0 \n15500000 o 0 \n16500000 o 0 \n", 0, "an interval may have an exponent");
	gives("[0.0000005, \"o\", \"\"]\n[0.00000149999999999999999999, \"o\", \"\"]\n"
	      "[0.1234567890123456789012345, \"o\", \"\"]\n",
	      "1 o 0 \n2 o 0 \n123459 o 0 \n", 0, "an interval is rounded to microseconds");
	gives("[1, \"o\", \"\"]\n[-5, \"o\", \"\"]\n[-0.0, \"o\", \"\"]\n",
	      "1000000 o 0 \n1000000 o 0 \n1000000 o 0 \n", 0,
	      "a negative interval counts as none");
	gives("[1, \"hello\", \"x\"]\n[0, \"\\u006f\\u006f\", \"y\"]\n[0, \"\xC3\xA9\", \"z\"]\n",
	      "1000000 h 1 x\n1000000 o 1 y\n1000000 ? 1 z\n", 0,
	      "a longer code is its first letter");
	gives("[0, \"o\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00.\"]\n",
	      "0 o 18 \"\\/\b\f\n\r\t\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80.\n", 0,
	      "every escape is known");
	gives("[0, \"o\", \"\\ud83d.\\ude00\\ud83d\\ud83d\\ude00\\ud83d\"]\n",
	      "0 o 17 \xEF\xBF\xBD.\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF\xBF\xBD\n", 0,
	      "a lone surrogate is U+FFFD");
	gives("# a\n\n \t\r\n[0, \"o\", \"\"]\n#", "0 o 0 \n", 0,
	      "comments and blank lines are none");
}

static void test_bad_lines(void)
{
	static const char *const bad[] = {"x",
					  "{}",
					  "[]",
					  "[0]",
					  "[0, \"o\"]",
					  "[0, \"o\", 1]",
					  "[0, \"\", \"x\"]",
					  "[0, \"o\", \"x\"]!",
					  "[0, \"o\", \"x\", 1]",
					  "[0, \"o\", \"x\"",
					  "[0, \"o\", \"x]",
					  "[, \"o\", \"x\"]",
					  "[., \"o\", \"x\"]",
					  "[1e, \"o\", \"x\"]",
					  "[1e+, \"o\", \"x\"]",
					  "[-, \"o\", \"x\"]",
					  "[0, \"o\", \"\\x\"]",
					  "[0, \"o\", \"\\u12g4\"]",
					  "[0, \"o\", \"\\u12",
					  "[0, \"o\", \"\\",
					  "[0, \"b\", \"a===\"]",
					  "[0, \"b\", \"\\n\"]",
					  "[null, \"o\", \"x\"]",
					  "[0, o, \"x\"]"};
	struct buf lines = {0};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		buf_printf(&lines, "%s\n", bad[i]);
	buf_puts(&lines, "[2, \"o\", \"good\"]\n");
	gives(buf_str(&lines), "2000000 o 4 good\n", sizeof(bad) / sizeof(bad[0]),
	      "lines that are no events are passed over, counted, and take no time");
	buf_release(&lines);
}

static void test_mad_times(void)
{
	int fd = new_file(), good = 1, i;
	struct event e = {0};
	struct reader *r;
	int64_t last = 0;

	append(fd, HEADER, strlen(HEADER));
	for (i = 0; i < 300; i++) {
		static const char line[] =
			"[99999999999999999999999e999999999999999999999, \"o\", \"\"]\n";

		append(fd, line, sizeof(line) - 1);
	}
	r = reader_new(fd, NULL);
	for (i = 0; i < 300; i++) {
		good &= reader_next(r, &e, NULL) == 1 && e.at_us >= last;
		last = e.at_us;
	}
	ok(good && last < INT64_MAX / 16, "absurd times add up to something safe");
	reader_free(r);
	close(fd);
}

static void test_pairs(void)
{
	gives("[1, \"b\", \"/2E=\"]\n[1, \"o\", \"\xEF\xBF\xBD"
	      "a\"]\n[1, \"o\", \"c\"]\n",
	      "2000000 o 2 \xFF"
	      "a\n3000000 o 1 c\n",
	      0, "the exact bytes take the text's place");
	gives("[1, \"b\", \"/2E=\"]\n# c\n\n[0, \"i\", \"\\ufffda\"]\n",
	      "1000000 i 2 \xFF"
	      "a\n",
	      0, "the pair may be of input, and a comment does not part it");
	gives("[1, \"b\", \"/2E=\"]\n[0, \"o\", \"\xEF!\n[3, \"o\", \"c\"]\n",
	      "1000000 o 2 \xFF"
	      "a\n3000000 o 1 c\n",
	      1, "bytes whose text is torn are given, their interval does not count");
	gives("[1, \"b\", \"/2E=\"]\n[3, \"o\", \"c\"]\n[0, \"x\", \"0\"]\n",
	      "1000000 o 2 \xFF"
	      "a\n3000000 o 1 c\n3000000 x 1 0\n",
	      0, "another text does not lose to bytes that are not its own");
	gives("[3, \"b\", \"/2E=\"]\n[1, \"b\", \"/2I=\"]\n[1, \"m\", \"c\"]\n",
	      "3000000 o 2 \xFF"
	      "a\n3000000 o 2 \xFF"
	      "b\n3000000 m 1 c\n",
	      0, "times do not fall behind bytes alone");
	gives("[1, \"b\", \"/2E=\"]\n", "", 0, "bytes alone wait for the next line");
	gives("[1, \"b\", \"/2E\"]\n[1, \"o\", \"\xEF\xBF\xBD"
	      "a\"]\n",
	      "1000000 o 4 \xEF\xBF\xBD"
	      "a\n",
	      1, "bad base64 leaves the text");
}

static void test_long_lines(void)
{
	static const size_t over[] = {0, 1, 1000, 3 << 20};
	unsigned char *line = xmalloc(READER_LINE + (4 << 20));
	size_t i;

	for (i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		const char *last = over[i] ? "2000000 x 1 0\n" : "3000000 x 1 0\n";
		size_t n = READER_LINE + over[i];
		int fd = new_file();
		struct buf got = {0};
		struct reader *r;

		memset(line, 'a', n);
		memcpy(line, "[1, \"o\", \"", 10);
		memcpy(line + n - 2, "\"]\n", 3);
		append(fd, HEADER, strlen(HEADER));
		append(fd, line, n + 1);
		append(fd, "[2, \"x\", \"0\"]\n", 14);
		r = reader_new(fd, NULL);
		drain(r, &got);
		is_int((int64_t)reader_skipped(r), over[i] > 0,
		       "a line of %zu bytes over is skipped", over[i]);
		ok(got.len >= 14 && !memcmp(got.data + got.len - 14, last, 14),
		   "what follows it is read");
		reader_free(r);
		buf_release(&got);
		close(fd);
	}
	free(line);
}

static void test_headers(void)
{
	int fd = new_file();
	struct err err = {0};
	struct reader *r;

	ok(!reader_new(fd, &err) && err.code == EAGAIN, "an empty file has no header yet");
	append(fd, HEADER, 10);
	ok(!reader_new(fd, &err) && err.code == EAGAIN, "a torn header is not complete yet");
	append(fd, &HEADER[10], strlen(HEADER) - 10);
	r = reader_new(fd, &err);
	ok(r && reader_header(r)->cols == 80, "a whole one is read");
	is_int(reader_offset(r), (int64_t)strlen(HEADER), "the offset is behind it");
	reader_free(r);
	close(fd);
	fd = new_file();
	append(fd, "# c\n", 4);
	ok(!reader_new(fd, &err) && err.code != EAGAIN, "a bad one is told");
	ok(!reader_new(-1, &err) && err.code == EBADF, "a bad descriptor is told");
	close(fd);
}

static void test_torn_and_shrunk(void)
{
	int fd = new_file();
	struct err err = {0};
	struct reader *r;
	struct event e;

	append(fd, HEADER "[1, \"o\", \"a\"]\n", strlen(HEADER) + 14);
	r = reader_new(fd, NULL);
	reader_next(r, &e, NULL);
	ok(reader_next(r, &e, NULL) == 0 && !reader_torn(r), "a whole file is not torn");
	append(fd, "[1, \"o\"", 7);
	ok(reader_next(r, &e, NULL) == 0 && reader_torn(r), "a piece of a line is torn");
	append(fd, ", \"b\"]\n", 7);
	ok(reader_next(r, &e, NULL) == 1 && e.at_us == 2000000 && *e.data == 'b',
	   "until the rest is there");
	ok(reader_next(r, &e, NULL) == 0 && !reader_torn(r), "then it is whole again");
	if (ftruncate(fd, 50) < 0)
		bug("truncate");
	ok(reader_next(r, &e, &err) == -1 && err.text[0], "a file that has become shorter is told");
	reader_free(r);
	close(fd);
}

int main(void)
{
	test_prefixes(40, 1, "every prefix of a recording gives a prefix of its events");
	test_prefixes(WRITER_CHUNK, 4001, "so it is with long lines");
	test_growing(40, 1, "a recording that grows by single bytes gives the same events");
	test_growing(WRITER_CHUNK, 3000, "so it is with long lines and larger steps");
	test_spoilt();
	test_tolerance();
	test_bad_lines();
	test_mad_times();
	test_pairs();
	test_long_lines();
	test_headers();
	test_torn_and_shrunk();
	return tap_done();
}
