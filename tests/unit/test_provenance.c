/* SPDX-License-Identifier: MIT */
/* Provenance lines: valid and short whatever the command, appended once whatever happens. */
#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "out/provenance.h"
#include "story/story.h"
#include "tape/header.h"
#include "box.h"
#include "tap.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char id[] = "00112233445566778899aabbccddeeff", session[] = "20250907-185827-session";
static const struct header header = {.session = session, .id = id};

static void command_set(struct command *c, uint32_t seq, const void *text, size_t n)
{
	c->seq = seq;
	c->src = "shell";
	c->start_us = 1000;
	c->end_us = 13999;
	c->start_wall_us = 1757271507123456;
	c->text_from = COMMAND_TEXT_SHELL;
	c->has_exit = 1;
	c->exit_code = 1;
	c->end = "exit";
	buf_clear(&c->text);
	buf_put(&c->text, text, n);
	buf_clear(&c->cwd);
	buf_puts(&c->cwd, "/home/u/pytorch");
}

static void command_release(struct command *c)
{
	buf_release(&c->text);
	buf_release(&c->cwd);
}

static void test_lost(void)
{
	struct command c = {0};
	struct buf line = {0};

	command_set(&c, 7, "rg -n foo", 9);
	c.has_exit = 0;
	c.end = "lost";
	provenance_line(&header, &c, &line);
	ok(strstr(buf_str(&line), "\"exit_code\":null,\"duration_ms\":null,") != NULL,
	   "one whose end is lost took nobody knows how long");
	buf_release(&line);
	command_release(&c);
}

static void test_untimed(void)
{
	struct command c = {0};
	struct buf line = {0};

	command_set(&c, 7, "rg -n foo", 9);
	c.untimed = 1;
	provenance_line(&header, &c, &line);
	ok(strstr(buf_str(&line), "{\"ts\":\"2025-09-07T18:58:27.123Z\",") &&
		   strstr(buf_str(&line), "\"exit_code\":1,\"duration_ms\":null,"),
	   "one that was not timed took nobody knows how long, and has its start");
	buf_clear(&line);
	c.start_wall_us = -1;
	provenance_line(&header, &c, &line);
	ok(strstr(buf_str(&line), "{\"ts\":null,\"cwd\":\"/home/u/pytorch\",") &&
		   strstr(buf_str(&line), "\"exit_code\":1,\"duration_ms\":null,"),
	   "if that is known");
	buf_release(&line);
	command_release(&c);
}

static void test_line(void)
{
	struct command c = {0};
	struct buf line = {0};

	command_set(&c, 7, "rg -n foo", 9);
	provenance_line(&header, &c, &line);
	is_str(buf_str(&line),
	       "{\"ts\":\"2025-09-07T18:58:27.123Z\",\"cwd\":\"/home/u/pytorch\",\"cmd\":\"rg -n "
	       "foo\","
	       "\"exit_code\":1,\"duration_ms\":12,\"v\":1,"
	       "\"id\":\"00112233445566778899aabbccddeeff-7\","
	       "\"session\":\"20250907-185827-session\",\"seq\":7,\"end\":\"exit\",\"src\":"
	       "\"shell\"}\n",
	       "the policy's five keys first, then ours");
	c.has_exit = 0;
	c.end_us = -1;
	c.end = "interrupted";
	c.text_from = COMMAND_TEXT_NONE;
	buf_clear(&c.cwd);
	buf_clear(&c.text);
	buf_clear(&line);
	provenance_line(&header, &c, &line);
	ok(strstr(buf_str(&line),
		  "\"cwd\":null,\"cmd\":null,\"exit_code\":null,\"duration_ms\":null,") != NULL,
	   "what is not known is null");
	ok(strstr(buf_str(&line),
		  "\"end\":\"interrupted\",\"src\":\"shell\",\"text_from\":\"none\"}") != NULL,
	   "and says why");
	command_release(&c);
	buf_release(&line);
}

/* One line, valid, short, with the five keys; its text is the beginning of the command's. */
static int is_good_line(const struct buf *line, const struct command *c)
{
	struct json *j = json_parse(line->data, line->len, NULL);
	const char *coded, *cmd;
	size_t n = 0, m = 0;
	int good;

	if (!j)
		return 0;
	cmd = json_get_bytes(j, "cmd", &n);
	good = cmd && line->len <= PROVENANCE_LINE && line->data[line->len - 1] == '\n' &&
	       !memchr(line->data, '\n', line->len - 1) &&
	       utf8_valid_prefix(line->data, line->len) == line->len;
	coded = json_get_bytes(j, "cmd_b64", &m);
	if (coded) {
		struct buf raw = {0};

		buf_reserve(&raw, m);
		good &= base64_decode((const unsigned char *)coded, m, raw.data, &raw.len) == 0;
		good &= raw.len <= c->text.len && !memcmp(raw.data, c->text.data, raw.len);
		good &= (raw.len < c->text.len) == json_get_flag(j, "truncated");
		buf_release(&raw);
	} else {
		good &= n <= c->text.len && !memcmp(cmd, c->text.data, n);
		good &= (n < c->text.len) == json_get_flag(j, "truncated");
	}
	json_free(j);
	return good;
}

static void test_any_text(void)
{
	static const char *const units[] = {
		"a",  "\n",   "\x7f",	 "\xe2\x80\xa8", "\xc2\x85", "\xff", "\xf0\x9f\x98\x80",
		"\"", "\x01", "\xe2\x82"};
	struct command c = {0};
	struct header evil = header;
	struct buf line = {0}, text = {0};
	size_t i, n;
	int round;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int good = 1;

		buf_clear(&text);
		for (n = 0; n < 40000; n++)
			buf_puts(&text, units[i]);
		for (n = 1; n <= text.len; n = n * 3 + 1) {
			command_set(&c, 1, text.data, n);
			buf_clear(&line);
			provenance_line(&header, &c, &line);
			good &= is_good_line(&line, &c);
		}
		ok(good, "a command of any length of character %zu gives a good line", i);
	}
	srand(2);
	for (round = 0, n = 1; round < 2000; round++) {
		size_t len = (size_t)rand() % 64;

		buf_clear(&text);
		while (text.len < len)
			buf_putc(&text, (unsigned char)rand());
		command_set(&c, 1, text.data, text.len);
		buf_clear(&line);
		provenance_line(&header, &c, &line);
		n &= (size_t)is_good_line(&line, &c);
	}
	ok(n == 1, "2,000 commands of random bytes give good lines");
	buf_clear(&c.cwd);
	for (n = 0; n < 40000; n++)
		buf_putc(&c.cwd, 1);
	buf_clear(&line);
	provenance_line(&header, &c, &line);
	ok(line.len <= PROVENANCE_LINE && strstr(buf_str(&line), "\"truncated\":true"),
	   "an endless directory is cut, too");
	evil.id = evil.session = xstrdup(buf_str(&c.cwd));
	buf_clear(&line);
	provenance_line(&evil, &c, &line);
	ok(line.len <= PROVENANCE_LINE, "a recording with an endless name gives no endless line");
	free(evil.id);
	command_release(&c);
	buf_release(&line);
	buf_release(&text);
}

/* The file */

static void write_file(const char *text)
{
	FILE *f = fopen(PROVENANCE_NAME, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		bug("cannot write");
}

static const char *read_file(struct buf *out)
{
	FILE *f = fopen(PROVENANCE_NAME, "r");
	char chunk[4096];
	size_t n;

	buf_clear(out);
	while (f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_put(out, chunk, n);
	if (f)
		fclose(f);
	return buf_str(out);
}

/* A session of n commands, "cmd 1" and so on. */
static struct provenance *make(int dir, uint32_t n)
{
	struct provenance *p = provenance_new(&header, dir);
	struct command c = {0};
	uint32_t i;

	for (i = 1; i <= n; i++) {
		struct buf text = {0};

		buf_printf(&text, "cmd %" PRIu32, i);
		command_set(&c, i, text.data, text.len);
		provenance_put(p, &c);
		buf_release(&text);
	}
	command_release(&c);
	return p;
}

static void want_lines(uint32_t from, uint32_t to, struct buf *out)
{
	struct command c = {0};
	uint32_t i;

	for (i = from; i <= to; i++) {
		struct buf text = {0};

		buf_printf(&text, "cmd %" PRIu32, i);
		command_set(&c, i, text.data, text.len);
		provenance_line(&header, &c, out);
		buf_release(&text);
	}
	command_release(&c);
}

static void is_file(const char *want, const char *name)
{
	struct buf out = {0};

	is_str(read_file(&out), want, "%s", name);
	buf_release(&out);
}

static const char other[] = "{\"cmd\":\"other\",\"id\":\"ffeeddccbbaa99887766554433221100-1\"}\n";
static const char torn[] = "{\"cmd\":\"to";

static void test_append(int dir)
{
	struct provenance *p = make(dir, 3);
	struct buf want = {0};
	struct err err;

	want_lines(1, 3, &want);
	unlink(PROVENANCE_NAME);
	is_int(provenance_flush(p, &err), 0, "lines are appended to a file that was not there");
	is_file(buf_str(&want), "they are there");
	is_int(provenance_flush(p, &err), 0, "a second flush");
	is_file(buf_str(&want), "appends nothing");
	provenance_free(p);
	p = make(dir, 3);
	is_int(provenance_check(p, &err), 0, "a check finds them");
	is_int(provenance_flush(p, &err), 0, "another scribe of the same session");
	is_file(buf_str(&want), "doubles nothing");
	ok(provenance_in_doubt(p), "and knows that it is not the first");
	provenance_free(p);
	buf_release(&want);
}

static void test_restart(int dir)
{
	struct buf want = {0};
	struct provenance *p;
	struct err err;
	uint32_t n;

	want_lines(1, 5, &want);
	for (n = 0; n <= 5; n++) {
		struct buf there = {0};

		want_lines(1, n, &there);
		write_file(buf_str(&there));
		p = make(dir, 2);
		provenance_flush(p, &err);
		provenance_free(p);
		p = make(dir, 5);
		provenance_flush(p, &err);
		is_file(buf_str(&want), "after a death behind any line there is each line once");
		provenance_free(p);
		buf_release(&there);
	}
	buf_release(&want);
}

static void test_torn(int dir)
{
	struct provenance *p = make(dir, 1);
	struct buf want = {0}, text = {0};
	struct err err;

	buf_printf(&text, "%s%s", other, torn);
	write_file(buf_str(&text));
	buf_printf(&want, "%s%s\n", other, torn);
	want_lines(1, 1, &want);
	provenance_flush(p, &err);
	is_file(buf_str(&want), "a torn line of another session is ended, not joined");
	provenance_free(p);
	buf_release(&want);
	buf_release(&text);
}

/* As a file system leaves a file whose size it has written, and not its bytes. */
static void test_zeros(int dir)
{
	struct provenance *p = make(dir, 1);
	struct buf want = {0};
	struct err err;
	int fd;

	buf_printf(&want, "%s%s", other, torn);
	write_file(buf_str(&want));
	fd = openat(dir, PROVENANCE_NAME, O_RDWR | O_CLOEXEC);
	is_int(ftruncate(fd, (off_t)want.len + 20000), 0, "a file with zeros at its end");
	buf_putc(&want, '\n');
	want_lines(1, 1, &want);
	is_int(provenance_flush(p, &err), 0, "is appended to");
	is_file(buf_str(&want), "where the zeros began, which are no line's");
	provenance_free(p);

	is_int(ftruncate(fd, 0) || ftruncate(fd, 5000), 0, "one with nothing but zeros");
	p = make(dir, 1);
	buf_clear(&want);
	want_lines(1, 1, &want);
	is_int(provenance_settle(p, &err), 0, "is settled");
	is_file(buf_str(&want), "and has the line alone");
	provenance_free(p);
	close(fd);
	buf_release(&want);
}

static void test_replaced(int dir)
{
	struct provenance *p = make(dir, 1);
	struct command c = {0};
	struct buf want = {0};
	struct err err;

	unlink(PROVENANCE_NAME);
	provenance_flush(p, &err);
	rename(PROVENANCE_NAME, "old");
	write_file(other);
	buf_puts(&want, other);
	want_lines(1, 2, &want);
	command_set(&c, 2, "cmd 2", 5);
	provenance_put(p, &c);
	is_int(provenance_flush(p, &err), 0, "the file is replaced by another");
	is_file(buf_str(&want), "the session's lines are in the new one");
	provenance_free(p);
	command_release(&c);
	buf_release(&want);
}

static void test_settle(int dir)
{
	struct buf text = {0}, want = {0};
	struct provenance *p;
	struct err err = {.code = 0};
	char *wrong;

	want_lines(1, 4, &text);
	buf_puts(&text, other);
	want_lines(2, 2, &text); /* twice */
	want_lines(9, 9, &text); /* of no command */
	buf_puts(&text, torn);
	wrong = xstrdup(buf_str(&text));
	*strstr(wrong, "cmd 3") = 'X';
	write_file(wrong);
	p = make(dir, 5);
	is_int(provenance_check(p, &err), 1, "a check finds lines that differ");
	provenance_free(p);
	p = make(dir, 5);
	is_int(provenance_settle(p, &err), 0, "settling corrects them");
	want_lines(1, 4, &want);
	buf_printf(&want, "%s%s\n", other, torn);
	want_lines(5, 5, &want);
	is_file(buf_str(&want), "in their place, and others' lines stay as they are");
	is_int(provenance_check(p, &err), 0, "then a check is content");
	provenance_free(p);
	free(wrong);
	buf_release(&text);
	buf_release(&want);
}

static void test_no_room(int dir)
{
	const struct rlimit none = {.rlim_cur = 500, .rlim_max = RLIM_INFINITY};
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct provenance *p = make(dir, 4);
	struct buf want = {0}, part = {0};
	struct err err;
	int rc;

	want_lines(1, 1, &part);
	want_lines(1, 4, &want);
	unlink(PROVENANCE_NAME);
	sigaction(SIGXFSZ, &ignore, NULL);
	setrlimit(RLIMIT_FSIZE, &none);
	rc = provenance_flush(p, &err);
	setrlimit(RLIMIT_FSIZE, &all); /* what the test prints has its limit, too */
	is_int(rc, -1, "a full disk is a failure");
	is_int(strncmp(buf_str(&want), read_file(&part), part.len), 0,
	       "what is there are whole lines");
	ok(part.len && part.data[part.len - 1] == '\n', "the short write was taken back");
	is_int(provenance_flush(p, &err), 0, "when there is room again");
	is_file(buf_str(&want), "the rest is appended");
	provenance_free(p);
	buf_release(&want);
	buf_release(&part);
}

/* Sessions at once. */
static void test_concurrent(int dir)
{
	enum { WRITERS = 4, LINES = 200 };
	struct buf out = {0};
	int i, lines = 0, good = 1;
	char *p, *end;

	unlink(PROVENANCE_NAME);
	for (i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			struct header mine = header;
			struct provenance *w;
			struct command c = {0};
			uint32_t n;

			mine.id = xstrdup(id);
			mine.id[0] = (char)('a' + i);
			w = provenance_new(&mine, dir);
			for (n = 1; n <= LINES; n++) {
				command_set(&c, n, "some command", 12);
				provenance_put(w, &c);
				while (provenance_flush(w, NULL) < 0)
					;
			}
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	read_file(&out);
	for (p = (char *)out.data; p < (char *)out.data + out.len; p = end + 1) {
		struct json *j;

		end = memchr(p, '\n', out.len - (size_t)(p - (char *)out.data));
		j = json_parse(p, (size_t)(end - p), NULL);
		good &= j != NULL;
		json_free(j);
		lines++;
	}
	is_int(lines, WRITERS * LINES, "four sessions at once leave all their lines");
	ok(good, "each of them whole");
	buf_release(&out);
}

static void test_refused(int dir)
{
	struct provenance *p = make(dir, 1);
	struct err err;

	unlink(PROVENANCE_NAME);
	if (symlink("elsewhere", PROVENANCE_NAME) < 0)
		bug("symlink");
	is_int(provenance_flush(p, &err), -1, "a symbolic link is refused");
	ok(access("elsewhere", F_OK) < 0, "and not followed");
	unlink(PROVENANCE_NAME);
	is_int(provenance_flush(p, &err), 0, "when it is gone the line is written");
	provenance_free(p);
}

static void test_locked(int dir)
{
	struct provenance *p = make(dir, 1);
	struct err err;
	int fd = open(PROVENANCE_NAME, O_RDONLY | O_CLOEXEC);

	flock(fd, LOCK_EX);
	is_int(provenance_settle(p, &err), -1, "who never gives the lock back delays, no more");
	flock(fd, LOCK_UN);
	is_int(provenance_settle(p, &err), 0, "then it goes on");
	close(fd);
	provenance_free(p);
}

int main(void)
{
	int dir;

	test_line();
	test_lost();
	test_untimed();
	test_any_text();
	box_open();
	dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_append(dir);
	test_restart(dir);
	test_torn(dir);
	test_zeros(dir);
	test_replaced(dir);
	test_settle(dir);
	test_no_room(dir);
	test_concurrent(dir);
	test_refused(dir);
	test_locked(dir);
	close(dir);
	box_close();
	return tap_done();
}
