/* SPDX-License-Identifier: MIT */
/* What everything stands on: bytes, characters, errors, times, files, JSON, base64. */
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/json.h"
#include "base/stamp.h"
#include "base/utf8.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char *bytes(const char *s)
{
	return (const unsigned char *)s;
}

/* The characters of a text, decoded one by one, a cut one at the end as U+FFFD. */
static void decode_all(const char *text, size_t n, struct buf *out)
{
	size_t at = 0;

	buf_clear(out);
	while (at < n) {
		uint32_t cp = UTF8_REPLACEMENT;
		size_t used = utf8_decode(bytes(text) + at, n - at, &cp);

		buf_printf(out, "%s%X", at ? " " : "", cp);
		at += used ? used : n - at;
	}
}

static void decodes(const char *text, size_t n, const char *want, const char *name)
{
	struct buf got = {0};

	decode_all(text, n, &got);
	is_str(buf_str(&got), want, "%s", name);
	buf_release(&got);
}

static void test_utf8_decode(void)
{
	decodes("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10, "61 E9 20AC 1F600",
		"characters of one to four bytes are decoded");
	decodes("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 19,
		"7F 80 7FF 800 FFFF 10000 10FFFF", "the first and last of each length are decoded");
	/* The Unicode Standard 15.0, tables 3-8 to 3-11. */
	decodes("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", 9,
		"FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD 41",
		"overlong forms are bad byte by byte");
	decodes("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", 9,
		"FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD 41", "surrogates are bad byte by byte");
	decodes("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", 9,
		"FFFD FFFD FFFD FFFD FFFD 41 FFFD FFFD 42",
		"other ill-formed bytes are bad one by one");
	decodes("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", 9, "FFFD FFFD FFFD FFFD 41",
		"a cut character is one bad subpart");
}

/* For all characters: what is encoded decodes to itself, and is valid, and cut nowhere else. */
static void test_utf8_round_trip(void)
{
	uint32_t cp, got;
	int good = 1;

	for (cp = 0; cp <= 0x110010; cp++) {
		unsigned char out[4];
		size_t n = utf8_encode(cp, out), cut;
		int bad = cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000);

		good &= utf8_decode(out, n, &got) == n && got == (bad ? UTF8_REPLACEMENT : cp);
		good &= utf8_valid_prefix(out, n) == n && utf8_cut_tail(out, n) == 0;
		for (cut = 1; cut < n; cut++)
			good &= utf8_decode(out, cut, &got) == 0 &&
				utf8_valid_prefix(out, cut) == 0 && utf8_cut_tail(out, cut) == cut;
	}
	ok(good, "every character is encoded and decoded, whole and cut");
}

static void test_utf8_runs(void)
{
	static const char text[] = "0123456789abcde\xC3\xA9"
				   "fghijklmnop\xFFqrs";
	size_t at;
	int good = 1;

	for (at = 0; at < 15; at++)
		good &= utf8_valid_prefix(bytes(text) + at, sizeof(text) - 1 - at) == 28 - at;
	ok(good, "the valid prefix ends at the bad byte, wherever it begins");
	is_int((int64_t)utf8_valid_prefix(bytes("abcdefgh\xE2\x82"), 10), 8,
	       "the valid prefix ends at a cut character");
	is_int((int64_t)utf8_cut_tail(bytes("a\x82\x82\x82"), 4), 0,
	       "stray continuation bytes are no cut character");
	is_int((int64_t)utf8_cut_tail(bytes("\xED\xA0"), 2), 0, "a surrogate is no cut character");
	is_int((int64_t)utf8_cut_tail(bytes(""), 0), 0, "nothing is cut in nothing");
}

/* As utf8_valid_prefix() says it, one character after the other. */
static size_t valid_by_characters(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		uint32_t cp;
		size_t used = utf8_decode(p + i, n - i, &cp);
		unsigned char good[4];

		if (!used || utf8_encode(cp, good) != used || memcmp(good, p + i, used) != 0)
			break;
		i += used;
	}
	return i;
}

static void test_utf8_random(void)
{
	static const char *const pieces[] = {"a",
					     "words of ASCII that fill a block",
					     "\xC2\x80",
					     "\xDF\xBF",
					     "\xE0\xA0\x80",
					     "\xE0\x9F\x80",
					     "\xED\x9F\xBF",
					     "\xED\xA0\x80",
					     "\xEF\xBF\xBD",
					     "\xF0\x90\x80\x80",
					     "\xF0\x8F\x80\x80",
					     "\xF4\x8F\xBF\xBF",
					     "\xF4\x90\x80\x80",
					     "\xE2\x82",
					     "\x80",
					     "\xFF"};
	unsigned seed = 11;
	int i, good = 1;

	for (i = 0; i < 50000; i++) {
		unsigned char text[400];
		size_t n = 0, want, most = (size_t)rand_r(&seed) % (sizeof(text) - 40);

		while (n < most) { /* mostly good, or few would get far */
			size_t k = (size_t)rand_r(&seed) % (rand_r(&seed) % 32 ? 5 : 16);
			size_t len = strlen(pieces[k]);

			memcpy(text + n, pieces[k], len);
			n += len;
		}
		n -= n && i % 3 == 0; /* cut */
		want = valid_by_characters(text, n);
		good &= utf8_valid_prefix(text, n) == want;
	}
	ok(good, "the valid prefix is as long as its characters say");
}

static void test_buf(void)
{
	struct buf b = {0};
	int i, good = 1;

	is_str(buf_str(&b), "", "an empty buf is an empty string");
	for (i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	is_int((int64_t)b.len, 3890, "what is printed adds up");
	good &= strncmp(buf_str(&b), "0,1,2,3,", 8) == 0 && b.len == strlen(buf_str(&b));
	ok(good, "it is a string of that length");
	buf_clear(&b);
	buf_put(&b, "a\0b", 3);
	buf_put(&b, NULL, 0);
	buf_putc(&b, 'c');
	buf_puts(&b, "d");
	is_mem(b.data, b.len, "a\0bcd", 5, "bytes, zero among them, are put in order");
	buf_clear(&b);
	buf_put_number(&b, INT64_MIN);
	buf_put_number(&b, 0);
	buf_put_number(&b, INT64_MAX);
	is_str(buf_str(&b), "-922337203685477580809223372036854775807", "numbers of any size");
	buf_release(&b);
	ok(!b.data && !b.len && !b.cap, "a released buf is empty and may be used again");
}

static void test_err(void)
{
	char longer[2000];
	struct err err = {0};

	is_int(err_set(&err, "no %s", "way"), -1, "an error is -1");
	is_str(err.text, "no way", "it says why");
	errno = ENOENT;
	err_sys(&err, "open %s", "/x");
	is_str(err.text, "open /x: No such file or directory", "the system's reason is added");
	is_int(err.code, ENOENT, "its number is kept");
	err_wrap(&err, "step %d", 2);
	is_str(err.text, "step 2: open /x: No such file or directory", "a step is put in front");
	is_int(err.code, ENOENT, "the number of the first cause stays");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&err, "%s", longer);
	err_wrap(&err, "%s", longer);
	err_sys(&err, "%s", longer);
	is_int((int64_t)strlen(err.text), sizeof(err.text) - 1, "too long a text is cut");
	is_int(err_set(NULL, "x") + err_sys(NULL, "x") + err_wrap(NULL, "x"), -3,
	       "nobody need listen");
}

static void iso(int64_t us, const char *want, const char *name)
{
	char got[STAMP_ISO_LEN + 1];

	stamp_iso(us, got);
	is_str(got, want, "%s", name);
}

static void test_stamp(void)
{
	char name[STAMP_NAME_LEN + 1];

	iso(0, "1970-01-01T00:00:00.000Z", "time begins in 1970");
	iso(INT64_C(1757271507123999), "2025-09-07T18:58:27.123Z", "microseconds are cut");
	iso(-1, "1969-12-31T23:59:59.999Z", "before it, they are cut downwards");
	iso(INT64_C(951782400000000), "2000-02-29T00:00:00.000Z", "a leap day is one");
	iso(INT64_MAX, "9999-12-31T23:59:59.999Z", "the end of time is clamped");
	iso(INT64_MIN, "0000-01-01T00:00:00.000Z", "its beginning too");
	stamp_name(INT64_C(1757271507123999), name);
	is_str(name, "20250907-185827", "a file's name has the second");
}

/* A folder of our own, removed at the end. */
static char dir[] = "/tmp/steno-test-base-XXXXXX";

static void touch(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (io_write_all(fd, text, strlen(text), NULL, NULL) < 0)
		bug("cannot write %s", name);
	io_close(&fd);
}

static void holds(int dirfd, const char *name, const char *want, const char *sentence)
{
	char got[100];
	int fd = openat(dirfd, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : io_read_full(fd, got, sizeof(got));

	is_mem(got, n < 0 ? 0 : (size_t)n, want, strlen(want), "%s", sentence);
	io_close(&fd);
}

static void refuses(int dirfd, const char *name, int flags, const char *why, const char *sentence)
{
	struct err err = {0};
	int fd = io_open_file(dirfd, name, flags, &err);

	ok(fd < 0 && strstr(err.text, why), "%s", sentence);
	if (fd < 0 && !strstr(err.text, why))
		tap_note("said: %s", err.text);
	io_close(&fd);
}

static void test_io_open_file(int dirfd)
{
	struct stat st = {0};
	int fd = io_open_file(dirfd, "new", O_RDWR | O_CREAT | O_EXCL, NULL);

	ok(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0600, "a new file is private");
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "programs that are started do not get it");
	io_close(&fd);
	is_int(fd, -1, "a closed descriptor is -1");
	touch(dirfd, "real", "text");
	if (symlinkat("real", dirfd, "link") < 0 || linkat(dirfd, "real", dirfd, "twin", 0) < 0 ||
	    mkfifoat(dirfd, "fifo", 0600) < 0 || mkdirat(dirfd, "folder", 0700) < 0)
		bug("cannot prepare %s", dir);
	refuses(dirfd, "link", O_RDONLY, "symbolic link", "a symbolic link is refused");
	refuses(dirfd, "twin", O_RDONLY, "hard link", "a file with a second name is refused");
	refuses(dirfd, "twin", O_WRONLY | O_TRUNC, "hard link", "also when it was to be emptied");
	holds(dirfd, "real", "text", "then it is not emptied");
	refuses(dirfd, "fifo", O_RDONLY, "not a regular file", "a pipe to read is refused");
	refuses(dirfd, "fifo", O_WRONLY, "not a regular file", "a pipe to write is refused");
	refuses(dirfd, "folder", O_RDONLY, "not a regular file", "a folder is refused");
	refuses(dirfd, "none", O_RDONLY, "No such file", "what is missing is told");
	touch(dirfd, "full", "text");
	fd = io_open_file(dirfd, "full", O_WRONLY | O_TRUNC, NULL);
	ok(fd >= 0 && fstat(fd, &st) == 0 && st.st_size == 0, "a file of ours is emptied if asked");
	io_close(&fd);
}

static int fill_good(void *ctx, int fd, struct err *err)
{
	return io_write_all(fd, ctx, strlen(ctx), NULL, err);
}

static int fill_bad(void *ctx, int fd, struct err *err)
{
	fill_good(ctx, fd, err);
	return err_set(err, "no more");
}

static void test_io_replace(int dirfd)
{
	static char text[] = "second";
	struct err err = {0};

	touch(dirfd, "file", "first");
	is_int(io_replace_file(dirfd, "file", IO_WHOLE, fill_bad, text, &err), -1,
	       "a failure is told");
	is_str(err.text, "file: no more", "with the file's name");
	holds(dirfd, "file", "first", "the old file is then untouched");
	is_int(io_replace_file(dirfd, "file", IO_NAMED, fill_good, text, &err), 0,
	       "a file is replaced");
	holds(dirfd, "file", "second", "as a whole");
}

static void test_io_open_dir(void)
{
	char path[200], link[200];
	struct stat st = {0};
	struct err err = {0};
	int fd;

	snprintf(path, sizeof(path), "%s/a/b/c", dir);
	is_int(io_open_dir(path, 0, &err), -1, "without its parents a folder is not made");
	fd = io_open_dir(path, IO_PARENTS, &err);
	ok(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0700,
	   "it is made with them, private");
	io_close(&fd);
	snprintf(link, sizeof(link), "%s/to", dir);
	if (symlink(path, link) < 0)
		bug("cannot prepare %s", dir);
	is_int(io_open_dir(link, 0, &err), -1, "a link to a folder is refused");
	snprintf(link, sizeof(link), "%s/to/", dir);
	is_int(io_open_dir(link, 0, &err), -1, "also with a slash behind it");
	snprintf(path, sizeof(path), "%s/a/b/", dir);
	fd = io_open_dir(path, IO_PARENTS, &err);
	ok(fd >= 0, "a folder with a slash behind it is opened");
	io_close(&fd);
}

static void test_io_write(void)
{
	static char zeros[200000], back[sizeof(zeros)];
	size_t done = 99;
	int pair[2];

	if (pipe2(pair, O_CLOEXEC) < 0 || io_set_nonblock(pair[1]) < 0)
		bug("no pipe");
	is_int(io_write_all(pair[1], zeros, sizeof(zeros), &done, NULL), -1,
	       "a full pipe that does not block is told");
	ok(done > 0 && done < sizeof(zeros), "with how much was written");
	io_close(&pair[1]);
	is_int(io_read_full(pair[0], back, sizeof(back)), (int64_t)done, "just that is read");
	io_close(&pair[0]);
	is_int(io_read_full(-1, back, 1), -1, "a bad descriptor cannot be read");
}

static void test_json_write(void)
{
	struct json *j = json_new(), *child;
	struct buf out = {0};

	json_put_text(j, "z", "a\"\\\n\x01\x7F");
	json_put_bytes(j, "bad", "a\xE2\x82z\xFF\xF0\x9F", 7);
	json_put_bytes(j, "nul", "a\0b", 3);
	json_put_bytes(j, "none", NULL, 0);
	json_put_text(j, "unknown", NULL);
	json_put_int(j, "int", INT64_MIN);
	json_put_flag(j, "flag", 2);
	json_put_null(j, "null");
	child = json_put_object(j, "object");
	json_put_int(child, "int", 1);
	json_print(j, &out);
	is_str(buf_str(&out),
	       "{\"z\":\"a\\\"\\\\\\n\\u0001\x7F\",\"bad\":"
	       "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\","
	       "\"nul\":\"a\\u0000b\",\"none\":\"\",\"unknown\":null,"
	       "\"int\":-9223372036854775808,\"flag\":true,\"null\":null,\"object\":{\"int\":1}}",
	       "values are printed in the order put, bad bytes as U+FFFD");
	json_free(j);
	buf_release(&out);
}

static void test_json_read(void)
{
	static const char text[] = "{\"t\":\"x\\u0000y\",\"i\":5,\"r\":1.5,\"f\":true,\"n\":null,"
				   "\"o\":{\"i\":6}}";
	struct json *j = json_parse(text, sizeof(text) - 1, NULL);
	size_t n = 0;

	ok(json_get_bytes(j, "t", &n) && n == 3, "a text with a zero has its length");
	is_int(json_get_int(j, "i", 0), 5, "a number is read");
	is_int(json_get_int(json_get(j, "o"), "i", 0), 6, "also in an object within");
	is_int(json_get_int(j, "r", 7) + json_get_int(j, "t", 7) + json_get_int(j, "?", 7), 21,
	       "what is no whole number gives the fallback");
	ok(json_get_flag(j, "f") && !json_get_flag(j, "i"), "a flag is true or not");
	ok(json_lacks(j, "n") && json_lacks(j, "?") && !json_lacks(j, "i"), "null is lacking");
	ok(!json_get(json_get(j, "?"), "i") && !json_get_text(j, "i"), "what is missing is NULL");
	json_free(j);
	json_free(NULL);
}

static void test_json_refused(void)
{
	static const char *const bad[] = {
		"", "{", "{\"a\":1,\"a\":2}", "{} x", "{\"a\":\"\xFF\"}", "{\"a\":\"\\ud800\"}"};
	struct buf deep = {0};
	struct err err = {0};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!json_parse(bad[i], strlen(bad[i]), &err) && err.text[0], "bad JSON %zu is told",
		   i);
	for (i = 0; i < 100000; i++)
		buf_putc(&deep, '[');
	ok(!json_parse(deep.data, deep.len, &err), "JSON nested too deeply is refused");
	buf_release(&deep);
}

static void test_base64_known(void)
{
	/* RFC 4648 section 10. */
	static const char *const pairs[][2] = {{"", ""},
					       {"f", "Zg=="},
					       {"fo", "Zm8="},
					       {"foo", "Zm9v"},
					       {"foob", "Zm9vYg=="},
					       {"fooba", "Zm9vYmE="},
					       {"foobar", "Zm9vYmFy"}};
	unsigned char out[16];
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t n = base64_encode(pairs[i][0], strlen(pairs[i][0]), out);

		is_mem(out, n, pairs[i][1], strlen(pairs[i][1]), "\"%s\" is encoded", pairs[i][0]);
	}
}

static void test_base64_round_trip(void)
{
	unsigned char data[300], text[400];
	unsigned seed = 2;
	size_t n, i, len = 0;
	int good = 1;

	for (n = 0; n <= sizeof(data); n++) {
		for (i = 0; i < n; i++)
			data[i] = (unsigned char)(rand_r(&seed) >> 7);
		good &= base64_encode(data, n, text) == base64_length(n);
		good &= base64_decode(text, base64_length(n), text, &len) == 0;
		good &= len == n && !memcmp(text, data, n);
	}
	ok(good, "any bytes come back, decoded in place");
}

static void test_base64_refused(void)
{
	static const char *const bad[] = {"Z",	  "Zg",	  "Zg=",      "Zg==Zg==", "Zh==",
					  "Zm9=", "====", "Z===",     "Zm 8",	  "Zm9v\n",
					  "Zm9-", "Z=8=", "Zm9v====", "\xFFm9v"};
	unsigned char out[16];
	size_t i, len;
	int good = 1;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		good &= base64_decode(bytes(bad[i]), strlen(bad[i]), out, &len) < 0;
	ok(good, "what base64_encode would not write is refused");
}

static void remove_dir(void)
{
	static const char *const names[] = {"new",  "real", "link", "twin",
					    "fifo", "full", "file", "to"};
	static const char *const folders[] = {"folder", "a/b/c", "a/b", "a"};
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(fd, names[i], 0);
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		unlinkat(fd, folders[i], AT_REMOVEDIR);
	io_close(&fd);
	ok(rmdir(dir) == 0, "no temporary file is left");
}

static void test_io(void)
{
	int dirfd;

	if (!mkdtemp(dir))
		bug("no folder");
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_io_open_file(dirfd);
	test_io_replace(dirfd);
	io_close(&dirfd);
	test_io_open_dir();
	test_io_write();
	remove_dir();
}

int main(void)
{
	test_utf8_decode();
	test_utf8_round_trip();
	test_utf8_runs();
	test_utf8_random();
	test_buf();
	test_err();
	test_stamp();
	test_io();
	test_json_write();
	test_json_read();
	test_json_refused();
	test_base64_known();
	test_base64_round_trip();
	test_base64_refused();
	return tap_done();
}
