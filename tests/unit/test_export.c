/* SPDX-License-Identifier: MIT */
/* The forms of export from events that no session is likely to have. */
#include "tap.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "out/export.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct header header(void)
{
	static char term[] = "xterm", command[] = "a\nb \"c\"";
	struct header h = {.cols = 80, .rows = 24, .start_us = 1795408884000000};

	h.term = term;
	h.command = command;
	return h;
}

static int memory(void)
{
	int fd = memfd_create("export", MFD_CLOEXEC);

	if (fd < 0)
		bug("memory file");
	return fd;
}

static void take(int fd, struct buf *out)
{
	char bytes[4096];
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	while ((n = io_read_full(fd, bytes, sizeof(bytes))) > 0)
		buf_put(out, bytes, (size_t)n);
}

static void put(struct exporter *x, int64_t at_us, char code, const void *data, size_t n)
{
	const struct event e = {.at_us = at_us, .code = code, .data = data, .len = n};

	if (export_put(x, &e, NULL) < 0)
		bug("memory file");
}

/* All output of a recording. */
static void take_output(int fd, int timing, struct buf *out)
{
	struct source *s = source_new(fd, timing, NULL);
	struct event e;

	while (s && source_next(s, &e, NULL) == 1)
		if (e.code == EVENT_OUTPUT)
			buf_put(out, e.data, e.len);
	source_free(s);
}

/* The text in two events, cut at n, as this form gives it back. */
static void cut_at(enum export_format format, const char *text, size_t len, size_t n,
		   struct buf *out)
{
	const struct header h = header();
	int fd = memory(), timing = memory();
	struct exporter *x = export_new(format, &h, -1, fd, timing);

	put(x, 10, EVENT_OUTPUT, text, n);
	put(x, 20, EVENT_OUTPUT, text + n, len - n);
	if (export_end(x, 0, NULL) < 0)
		bug("memory file");
	export_free(x);
	buf_clear(out);
	take_output(fd, format == EXPORT_TYPESCRIPT ? timing : -1, out);
	close(fd);
	close(timing);
}

static void test_cuts(void)
{
	static const char text[] = "a\303\251\344\270\255\360\237\230\200\"\\\033[1m\ndone";
	static const enum export_format formats[] = {EXPORT_CAST, EXPORT_CAST2, EXPORT_TYPESCRIPT};
	static const char *const names[] = {"cast", "cast2", "typescript"};
	struct buf got = {0};
	size_t i, n;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		int bad = 0;

		for (n = 0; n < sizeof(text); n++) {
			cut_at(formats[i], text, sizeof(text) - 1, n, &got);
			bad += got.len != sizeof(text) - 1 || memcmp(got.data, text, got.len) != 0;
		}
		is_int(bad, 0, "%s gives the same text wherever a character is cut", names[i]);
	}
	cut_at(EXPORT_CAST, "a\303", 2, 1, &got);
	is_str(buf_str(&got), "a\357\277\275", "a character that is never complete is replaced");
	cut_at(EXPORT_TYPESCRIPT, "a\377\303\0b", 5, 2, &got);
	is_mem(got.data, got.len, "a\377\303\0b", 5, "a typescript has the exact bytes");
	buf_release(&got);
}

static void test_intervals(void)
{
	const struct header h = header();
	struct buf got = {0};
	int fd = memory();
	struct exporter *x = export_new(EXPORT_CAST, &h, -1, fd, -1);

	put(x, 1000000, EVENT_MARK, "A;s=0", 5);
	put(x, 1500000, EVENT_OUTPUT, "\303", 1);
	put(x, 1600000, EVENT_RESIZE, "90x30", 5);
	put(x, 2000001, EVENT_OUTPUT, "\251", 1);
	put(x, 2000001, EVENT_EXIT, "3", 1);
	export_end(x, 0, NULL);
	export_free(x);
	take(fd, &got);
	ok(strstr(buf_str(&got), "\n[1.600000, \"r\", \"90x30\"]\n[0.400001, \"o\", \"\303\251\"]\n"
				 "[0.000000, \"x\", \"3\"]\n") != NULL,
	   "the time of what is left out is in the interval of what follows");
	buf_release(&got);
	close(fd);
}

static void test_banner(void)
{
	const struct header h = header();
	int fd = memory(), timing = memory();
	struct exporter *x = export_new(EXPORT_TYPESCRIPT, &h, -1, fd, timing);
	struct buf got = {0};
	struct source *s;

	put(x, 0, EVENT_OUTPUT, "x", 1);
	put(x, 1, EVENT_EXIT, "3\"]\nforged", 10);
	export_end(x, 0, NULL);
	export_free(x);
	s = source_new(fd, timing, NULL);
	is_str(source_header(s)->command, "a b \"c\"", "a command of two lines stays in its line");
	is_int(source_header(s)->start_us, h.start_us, "the start is the recording's");
	source_free(s);
	take(fd, &got);
	ok(!strstr(buf_str(&got), "forged"), "a status that is no number is left out");
	buf_release(&got);
	close(fd);
	close(timing);
}

static void test_full(void)
{
	const struct header h = header();
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct exporter *x = export_new(EXPORT_TEXT, &h, -1, full, -1);
	struct err err = {.code = 0};

	put(x, 0, EVENT_OUTPUT, "x", 1);
	ok(export_end(x, 0, &err) < 0 && strstr(err.text, "No space"), "a full disk is told");
	export_free(x);
	close(full);
}

int main(void)
{
	test_cuts();
	test_intervals();
	test_banner();
	test_full();
	return tap_done();
}
