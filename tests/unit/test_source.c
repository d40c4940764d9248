/* SPDX-License-Identifier: MIT */
/* Recordings of other programs: what each format gives, whole, torn and broken. tests/fixtures/ has
 * what script 2.38.1, asciinema 2.2 and ttyrec 1.0.8 recorded of the same few lines. */
#include "tap.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What all of them printed. */
static const char shown[] = "plain \033[1;32mgreen\033[0m\r\r\n"
			    "h\303\251llo \344\270\255\346\226\207\r\n"
			    "Script done on the stage\r\n";

static int file_of(const void *data, size_t n)
{
	int fd = memfd_create("source", MFD_CLOEXEC);

	if (fd < 0 || io_write_all(fd, data, n, NULL, NULL) < 0)
		bug("memory file");
	return fd;
}

/* All events as text: "0.004246 o plain...|", time in seconds; output alone into *output. */
static void drain(struct source *s, struct buf *all, struct buf *output)
{
	struct event e;
	int rc;

	while ((rc = source_next(s, &e, NULL)) == 1) {
		buf_printf(all, "%lld.%06lld %c ", (long long)(e.at_us / 1000000),
			   (long long)(e.at_us % 1000000), e.code);
		buf_put(all, e.data, e.len);
		buf_putc(all, '|');
		if (e.code == EVENT_OUTPUT && output)
			buf_put(output, e.data, e.len);
	}
	if (rc < 0)
		buf_puts(all, "error");
}

/* The events of this text, which is no typescript with timing. */
static struct source *parse(const char *text, int *fd)
{
	*fd = file_of(text, strlen(text));
	return source_new(*fd, -1, NULL);
}

static void gives(const char *text, const char *format, const char *want, const char *name)
{
	struct buf all = {0};
	int fd;
	struct source *s = parse(text, &fd);

	if (s)
		drain(s, &all, NULL);
	is_str(s ? source_format(s) : NULL, format, "%s: the format is seen", name);
	is_str(buf_str(&all), want, "%s", name);
	buf_release(&all);
	source_free(s);
	close(fd);
}

static void fixture(const char *file, const char *format, const char *first_time, const char *exit)
{
	struct buf path = {0}, all = {0}, output = {0};
	struct err err = {.code = 0};
	struct source *s;

	buf_printf(&path, "tests/fixtures/%s", file);
	s = source_open(buf_str(&path), NULL, &err);
	if (!ok(s != NULL, "%s can be opened", file)) {
		tap_note("%s", err.text);
		buf_release(&path);
		return;
	}
	drain(s, &all, &output);
	is_str(source_format(s), format, "%s is %s", file, format);
	ok(output.len >= sizeof(shown) - 1 && !memcmp(output.data, shown, sizeof(shown) - 1),
	   "%s gives what was shown, and nothing of the recorder's own", file);
	ok(!strncmp(buf_str(&all), first_time, strlen(first_time)), "%s begins at its time", file);
	ok(all.len >= strlen(exit) && !strcmp(buf_str(&all) + all.len - strlen(exit), exit),
	   "%s ends as it did", file);
	is_int(source_torn(s), 0, "%s is whole", file);
	is_int((int64_t)source_skipped(s), 0, "all of %s was understood", file);
	if (strncmp(file, "ttyrec", 6) != 0) {
		is_int(source_header(s)->cols, 90, "%s has its columns", file);
		is_int(source_header(s)->rows, 25, "%s has its rows", file);
		is_str(source_header(s)->term, "xterm", "%s has its TERM", file);
	}
	ok(source_header(s)->start_us / 1000000 >= 1795408884 &&
		   source_header(s)->start_us / 1000000 <= 1795408885,
	   "%s has its start", file);
	source_free(s);
	buf_release(&path);
	buf_release(&all);
	buf_release(&output);
}

static void test_fixtures(void)
{
	fixture("asciinema-2.2.cast", "asciicast v2", "0.007094 o plain", "stage\r\n|");
	fixture("ttyrec-1.0.8.ttyrec", "ttyrec", "0.000000 o plain", "stage\r\n|");
	fixture("classic.typescript", "typescript", "0.004246 o plain", "0.177816 x 3|");
	fixture("advanced.typescript", "typescript", "0.002793 o plain", "0.179420 x 3|");
	fixture("both.typescript", "typescript", "0.005281 o plain", "|0.284226 x 0|");
	fixture("split.typescript", "typescript", "0.004958 o plain", "|0.181330 x 0|");
}

static void test_input(void)
{
	struct source *s = source_open("tests/fixtures/both.typescript", NULL, NULL);
	struct buf all = {0};

	drain(s, &all, NULL);
	ok(strstr(buf_str(&all), " o type?|0.179419 i ada\r|0.179453 o ada\r\n|") != NULL,
	   "what was typed is told apart where both are in one file");
	source_free(s);
	buf_clear(&all);
	s = source_open("tests/fixtures/split.typescript", NULL, NULL);
	drain(s, &all, NULL);
	ok(!strstr(buf_str(&all), " i "), "and takes no output where it is in another");
	ok(strstr(buf_str(&all), " o type?|") && strstr(buf_str(&all), " o ada\r\n|"),
	   "so the pieces are those that the timing counts");
	source_free(s);
	buf_release(&all);
}

static void test_cast1(void)
{
	static const char doc[] = "{\n  \"version\": 1,\n  \"width\": 100,\n  \"height\": 50,\n"
				  "  \"title\": null,\n  \"stdout\": [\n    [\n      1.23,\n"
				  "      \"a\\u001b[1m\\\"]\"\n    ],\n    [0.5, \"b\"]\n  ],\n"
				  "  \"env\": {\"TERM\": \"vt100\"},\n  \"command\": \"sh\"\n}\n";
	struct source *s;
	size_t n;
	int fd, bad = 0;

	gives(doc, "asciicast v1", "1.230000 o a\033[1m\"]|1.730000 o b|", "v1: delays are summed");
	s = parse(doc, &fd);
	is_int(source_header(s)->cols, 100, "v1: the width is the header's");
	is_str(source_header(s)->term, "vt100", "v1: TERM may come behind the events");
	is_str(source_header(s)->command, "sh", "v1: so may the command");
	source_free(s);
	close(fd);
	gives("{\"version\":1,\"width\":80,\"height\":24,\"stdout\":[[0,\"a\"],7,\"],\",[1],"
	      "[0.1,\"b\"]]}",
	      "asciicast v1", "0.000000 o a|0.100000 o b|", "v1: what is no pair is passed over");
	for (n = 0; n < sizeof(doc) - 1; n++) {
		struct buf all = {0};

		fd = file_of(doc, n);
		s = source_new(fd, -1, NULL);
		if (s)
			drain(s, &all, NULL);
		bad += strncmp("1.230000 o a\033[1m\"]|1.730000 o b|", buf_str(&all), all.len) != 0;
		bad += n > 140 && !s;
		source_free(s);
		buf_release(&all);
		close(fd);
	}
	is_int(bad, 0, "v1: each beginning of a document gives the beginning of its events");
	ok(!parse("{\"version\":1,\"width\":80,\"height\":24}", &fd),
	   "v1: without events it is none");
	close(fd);
}

static void test_cast2(void)
{
	static const char head[] =
		"{\"version\": 2, \"width\": 90, \"height\": 25, \"timestamp\": 5, "
		"\"title\": \"T\", \"env\": {\"SHELL\": \"/bin/sh\"}}\n";
	struct buf text = {0};
	struct source *s;
	struct event e;
	int fd;

	buf_puts(&text, head);
	buf_puts(&text,
		 "[1.5, \"o\", \"a\"]\n[1.0, \"o\", \"b\"]\nnonsense\n[2, \"r\", \"80x40\"]\n"
		 "[2.25, \"i\", \"\\r\"]\n[3, \"o\", \"to");
	s = parse(buf_str(&text), &fd);
	is_str(source_header(s)->title, "T", "v2: the title is kept");
	is_int(source_header(s)->start_us, 5000000, "v2: the start is the timestamp");
	buf_clear(&text);
	drain(s, &text, NULL);
	is_str(buf_str(&text), "1.500000 o a|1.500000 o b|2.000000 r 80x40|2.250000 i \r|",
	       "v2: times are absolute and never fall");
	is_int((int64_t)source_skipped(s), 1, "v2: nonsense is counted");
	is_int(source_torn(s), 1, "v2: a torn last line is seen");
	ok(write(fd, "rn\"]\n", 5) == 5 && source_next(s, &e, NULL) == 1 && e.at_us == 3000000 &&
		   e.len == 4,
	   "v2: and read when it is whole");
	source_free(s);
	buf_release(&text);
	close(fd);
}

static void test_no_start(void)
{
	static const char script[] = "Script started on some day\nabc";
	int fd = file_of(script, sizeof(script) - 1);
	struct source *s = source_new(fd, -1, NULL);

	is_str(source_header(s)->times, "none", "typescript: a date that cannot be read is none");
	source_free(s);
	close(fd);
}

static void test_typescript(void)
{
	static const char script[] = "Script started on 2026-01-02 03:04:05+01:00 [COMMAND=\"sh -c "
				     "\"a b\"\" TERM=\"linux\" TTY=\"/dev/pts/2\" COLUMNS=\"70\" "
				     "LINES=\"20\"]\nabcdef\nScript done on x\nmore\n"
				     "\nScript done on 2026 [COMMAND_EXIT_CODE=\"7\"]\n";
	int fd = file_of(script, sizeof(script) - 1), timing;
	struct source *s = source_new(fd, -1, NULL);
	struct buf all = {0};

	drain(s, &all, NULL);
	is_str(buf_str(&all), "0.000000 o abcdef\nScript done on x\nmore\n|0.000000 x 7|",
	       "typescript: without timing all of it comes, its own two lines excepted");
	is_str(source_header(s)->command, "sh -c \"a b\"",
	       "typescript: quotes may be in a command");
	is_int(source_header(s)->start_us, INT64_C(1767319445000000),
	       "typescript: the zone of the start counts");
	ok(source_note(s) != NULL, "typescript: that there is no timing is told");
	is_str(source_header(s)->times, "begin", "typescript: then only the start is known");
	source_free(s);
	buf_clear(&all);
	timing = file_of("H 0 COLUMNS 71\nO 1.5 3\nS 0.5 SIGWINCH ROWS=30 COLS=100\n"
			 "S 1 SIGTERM\nX 9 9\nO 0.25 2\nO 9",
			 83);
	s = source_new(fd, timing, NULL);
	drain(s, &all, NULL);
	is_str(buf_str(&all),
	       "1.500000 o abc|2.000000 r 100x30|3.250000 o de|"
	       "3.250000 o f\nScript done on x\nmore\n|3.250000 x 7|",
	       "typescript: sizes and signals have their time; what was not timed comes last");
	is_int(source_header(s)->cols, 71, "typescript: the timing's size is believed");
	is_str(source_header(s)->times, NULL, "typescript: with it times are known");
	is_int((int64_t)source_skipped(s), 1, "typescript: a line of an unknown kind is counted");
	is_int(source_torn(s), 1, "typescript: a timing that breaks off is seen");
	source_free(s);
	close(timing);
	timing = file_of("0.5 99999999999999999999\n", 25);
	s = source_new(fd, timing, NULL);
	buf_clear(&all);
	drain(s, &all, NULL);
	ok(!strncmp(buf_str(&all), "0.500000 o abcdef", 17) && source_torn(s),
	   "typescript: a count that no file has gives the file");
	source_free(s);
	close(timing);
	close(fd);
	buf_release(&all);
}

static void test_ttyrec(void)
{
	static const unsigned char rec[] = {
		9,   0,	  0,   0,   1,	 0, 0, 0, 10, 0, 0, 0, 27,  '[', '8', ';', '3',
		'0', ';', '9', '9', 't', 9, 0, 0, 0,  2, 0, 0, 0,   0,	 0,   0,   0,
		11,  0,	  0,   0,   3,	 0, 0, 0, 4,  0, 0, 0, 'a', 0,	 'b', 'c'};
	static const char want[] = "0.000000 r 99x30|0.000000 o \033[8;30;99t|2.000002 o a\0bc|";
	struct buf all = {0};
	struct source *s;
	int fd = file_of(rec, sizeof(rec)), bad = 0;
	size_t n;

	s = source_new(fd, -1, NULL);
	drain(s, &all, NULL);
	is_mem(all.data, all.len, want, sizeof(want) - 1,
	       "ttyrec: time runs from the first frame; a size at a frame's start is a resize");
	is_int(source_header(s)->cols, 99, "ttyrec: the first is the size of the whole");
	is_int(source_header(s)->start_us, 0, "ttyrec: a clock of 1970 is none");
	source_free(s);
	close(fd);
	for (n = 12; n < sizeof(rec); n++) {
		buf_clear(&all);
		fd = file_of(rec, n);
		s = source_new(fd, -1, NULL);
		drain(s, &all, NULL);
		bad += all.len > sizeof(want) ||
		       (n >= 22 && memcmp(want, all.data, all.len ? all.len - 1 : 0) != 0) ||
		       !source_torn(s) != (n == 22 || n == 34);
		source_free(s);
		close(fd);
	}
	is_int(bad, 0, "ttyrec: a file that breaks off gives what is there");
	buf_release(&all);
}

static void refuses(const char *text, const char *why, const char *name)
{
	struct err err = {.code = 0};
	int fd = file_of(text, strlen(text));
	struct source *s = source_new(fd, -1, &err);

	ok(!s && strstr(err.text, why), "%s", name);
	if (s || !strstr(err.text, why))
		tap_note("%s", s ? source_format(s) : err.text);
	source_free(s);
	close(fd);
}

static void test_refusals(void)
{
	struct err err = {.code = 0};

	refuses("hello, world\n", "neither", "what is no recording is refused");
	refuses("0.1 25\n0.2 3\n", "timing file", "a timing file says what to name instead");
	refuses("{\"version\":4}\n", "version 4", "an asciicast of the future is refused");
	refuses("", "not complete", "an empty file is no recording yet");
	refuses("{\"vers", "not complete", "nor is one whose header has only begun");
	ok(!source_open("tests/fixtures", NULL, &err) && strstr(err.text, "regular"),
	   "a folder is refused");
	ok(!source_open("tests/fixtures/asciinema-2.2.cast", "tests/fixtures/asciinema-2.2.cast",
			&err) &&
		   strstr(err.text, "timing"),
	   "what is given as a timing file must be one");
}

static void test_v3(void)
{
	gives("{\"version\":3,\"term\":{\"cols\":80,\"rows\":24,\"version\":\"2\"}}\n"
	      "[1,\"o\",\"a\"]\n[1,\"x\",\"0\"]\n",
	      "asciicast v3", "1.000000 o a|2.000000 x 0|", "v3: intervals are summed");
	gives("{\"term\":{\"version\":\"x\",\"cols\":80,\"rows\":24},\"version\": "
	      "3}\n[1,\"o\",\"a\"]\n",
	      "asciicast v3", "1.000000 o a|", "v3: keys may come in any order");
}

int main(void)
{
	test_fixtures();
	test_input();
	test_cast1();
	test_cast2();
	test_v3();
	test_typescript();
	test_no_start();
	test_ttyrec();
	test_refusals();
	return tap_done();
}
