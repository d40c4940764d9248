/* SPDX-License-Identifier: MIT */
/* The scribe: what it leaves while a recording grows, when it is killed, and afterwards is what a
 * rebuild makes. */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "out/desk.h"
#include "out/provenance.h"
#include "out/scribe.h"
#include "tape/follow.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/writer.h"
#include "box.h"
#include "tap.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SESSION "20250907-185827-session"

static char id[] = "00112233445566778899aabbccddeeff", session[] = SESSION, root[] = "/r",
	    hooks[] = "bash";

/* One event of the recording that all tests use, with its number. */
static int put_event(struct writer *w, int i)
{
	int command = i / 5 + 1, n;
	struct err err;
	char text[256];
	char code = EVENT_MARK;

	switch (i % 5) {
	case 0:
		n = snprintf(text, sizeof(text), "A;s=%d;st=0", command - 1);
		break;
	case 1:
		n = snprintf(text, sizeof(text), "B;s=%d", command - 1);
		break;
	case 2:
		n = snprintf(text, sizeof(text), "C;s=%d;d=/r;prev=0;cmd=run %d", command, command);
		break;
	case 3:
		code = EVENT_OUTPUT;
		n = snprintf(text, sizeof(text), "output of %d\r\nmore of it\r\n", command);
		break;
	default:
		n = snprintf(text, sizeof(text), "D;s=%d;st=%d", command, command % 256);
		break;
	}
	if (code == EVENT_OUTPUT)
		return writer_put_bytes(w, i * 1000, code, text, (size_t)n, &err);
	return writer_put_text(w, i * 1000, code, text, (size_t)n, &err);
}

struct box {
	int dir, cast;
	struct writer *writer;
};

static void box_begin(struct box *b)
{
	struct header h = {.cols = 80,
			   .rows = 24,
			   .start_us = 1757271507123000,
			   .version = 1,
			   .session = session,
			   .id = id,
			   .root = root,
			   .hooks = hooks};
	struct err err;

	unlink(SESSION ".cast");
	unlink(SESSION ".md");
	unlink(PROVENANCE_NAME);
	b->dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	b->cast = open(SESSION ".cast", O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	b->writer = writer_new(b->cast, 0, &err);
	if (!b->writer || writer_put_header(b->writer, &h, &err) < 0)
		bug("%s", err.text);
}

static void box_end(struct box *b)
{
	writer_free(b->writer);
	io_close(&b->cast);
	io_close(&b->dir);
}

static void put_events(struct box *b, int from, int to)
{
	for (; from < to; from++)
		if (put_event(b->writer, from) < 0)
			bug("cannot record");
}

static void put_exit(struct box *b)
{
	writer_put_text(b->writer, 1000000000, EVENT_EXIT, "0", 1, NULL);
}

static void slurp(const char *name, struct buf *out)
{
	FILE *f = fopen(name, "r");
	char chunk[4096];
	size_t n;

	buf_clear(out);
	while (f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_put(out, chunk, n);
	if (f)
		fclose(f);
}

/* A scribe in a process of its own. */
struct child {
	pid_t pid;
	int bell, report;
};

static void child_start(struct child *c, const struct box *b)
{
	int bell[2], report[2];

	if (pipe2(bell, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
		bug("pipe");
	c->pid = fork();
	if (c->pid == 0) {
		struct scribe s = {.cast = b->cast,
				   .dir = b->dir,
				   .session = SESSION,
				   .doorbell = bell[0],
				   .report = report[1]};
		struct err err;

		close(bell[1]);
		_exit(scribe_follow(&s, &err) < 0);
	}
	close(bell[0]);
	close(report[1]);
	c->bell = bell[1];
	c->report = report[0];
}

static void ring(const struct child *c, char what)
{
	if (write(c->bell, &what, 1) < 0)
		tap_note("the scribe is gone");
}

/* Waits until it has worked in all that is recorded; 0 if it does not within 10 s. */
static int wait_worked_in(const struct child *c, const struct box *b)
{
	struct pollfd p = {.fd = c->report, .events = POLLIN};
	struct stat st;
	struct follow_report r = {.worked_in = -1};

	fstat(b->cast, &st);
	while (r.worked_in < st.st_size) {
		if (poll(&p, 1, 10000) != 1 || read(c->report, &r, sizeof(r)) != sizeof(r))
			return 0;
	}
	return 1;
}

static int child_end(struct child *c)
{
	int status;

	close(c->bell);
	close(c->report);
	waitpid(c->pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int check(const struct box *b, struct err *err)
{
	const struct scribe s = {.cast = b->cast, .dir = b->dir, .session = SESSION};

	return scribe_check(&s, err);
}

static int rebuild(const struct box *b, struct err *err)
{
	const struct scribe s = {.cast = b->cast, .dir = b->dir, .session = SESSION};

	return scribe_rebuild(&s, err);
}

static void is_as_rebuilt(const struct box *b, const char *name)
{
	struct err err = {.code = 0};

	if (!is_int(check(b, &err), 0, "%s", name))
		tap_note("%s", err.text);
}

static void test_follow(void)
{
	struct buf md = {0}, lines = {0};
	struct child c;
	struct box b;
	int i;

	box_begin(&b);
	child_start(&c, &b);
	for (i = 0; i < 23; i++) {
		put_events(&b, i, i + 1);
		ring(&c, FOLLOW_GROWN);
		if (!wait_worked_in(&c, &b))
			break;
	}
	is_int(i, 23, "the scribe says how far it is after each step");
	slurp(PROVENANCE_NAME, &lines);
	ok(strstr(buf_str(&lines), "\"seq\":4,") != NULL,
	   "a command that ended has its line at once");
	ok(!strstr(buf_str(&lines), "\"seq\":5,"), "one that runs has none");
	put_exit(&b);
	ring(&c, FOLLOW_COMPLETE);
	is_int(child_end(&c), 0, "it ends when the recording is complete");
	is_as_rebuilt(&b, "what it leaves is what a rebuild makes");
	slurp(SESSION ".md", &md);
	ok(strstr(buf_str(&md), "run 5 (cwd=/r)") != NULL, "the transcript has the last command");
	box_end(&b);
	buf_release(&md);
	buf_release(&lines);
}

static void test_running_page(void)
{
	struct buf md = {0};
	struct child c;
	struct box b;
	int tries;

	box_begin(&b);
	child_start(&c, &b);
	put_events(&b, 0, 4);
	ring(&c, FOLLOW_GROWN);
	for (tries = 0; tries < 1000 && !strstr(buf_str(&md), "more of it"); tries++) {
		poll(NULL, 0, 10);
		slurp(SESSION ".md", &md);
	}
	ok(strstr(buf_str(&md), "| exit=null (running) | null | run 1 (cwd=/r)") != NULL,
	   "a running command and its output are in the transcript soon");
	io_close(&c.bell);
	c.bell = -1;
	is_int(child_end(&c), 0, "a recorder that is gone ends the scribe, too");
	slurp(SESSION ".md", &md);
	ok(strstr(buf_str(&md), "(running)") != NULL,
	   "a command that may go on is not called ended");
	is_int(rebuild(&b, NULL), 0, "a rebuild knows that nobody goes on");
	slurp(SESSION ".md", &md);
	ok(strstr(buf_str(&md), "exit=null (interrupted) | null") != NULL, "it is interrupted");
	is_as_rebuilt(&b, "and that is final");
	box_end(&b);
	buf_release(&md);
}

static void test_killed(void)
{
	struct child c;
	struct box b;
	int round, events = 0;

	box_begin(&b);
	child_start(&c, &b);
	srand(3);
	for (round = 0; round < 40; round++) {
		int more = rand() % 200;

		put_events(&b, events, events + more);
		events += more;
		ring(&c, FOLLOW_GROWN);
		poll(NULL, 0, rand() % 5);
		kill(c.pid, SIGKILL);
		child_end(&c);
		child_start(&c, &b);
	}
	put_exit(&b);
	ring(&c, FOLLOW_COMPLETE);
	is_int(child_end(&c), 0, "killed 40 times, it is started again and ends well");
	is_as_rebuilt(&b, "no line is lost or doubled");
	box_end(&b);
}

static void test_flood(void)
{
	struct child c;
	struct box b;

	box_begin(&b);
	child_start(&c, &b);
	put_events(&b, 0, 20000);
	put_exit(&b);
	ring(&c, FOLLOW_COMPLETE);
	is_int(child_end(&c), 0, "4,000 commands at once");
	is_as_rebuilt(&b, "are as a rebuild makes them");
	box_end(&b);
}

/* What comes while it works would be without end in a flood, and takes the flood's time. */
static void test_bounded(void)
{
	struct follow_report r = {.worked_in = 0};
	struct stat st = {0};
	struct child c;
	struct box b;
	int more = 0;

	box_begin(&b);
	put_events(&b, 0, 60000); /* some steps */
	fstat(b.cast, &st);
	child_start(&c, &b);
	while (r.worked_in < st.st_size && read(c.report, &r, sizeof(r)) == sizeof(r))
		if (!more++)
			put_events(&b, 60000, 60100);
	ok(more > 1, "a long recording is worked in by steps");
	is_int(r.worked_in, st.st_size, "what comes meanwhile is left to the next ring");
	ring(&c, FOLLOW_GROWN);
	ok(wait_worked_in(&c, &b), "and worked in then");
	put_exit(&b);
	ring(&c, FOLLOW_COMPLETE);
	is_int(child_end(&c), 0, "and the end as ever");
	is_as_rebuilt(&b, "nothing is left out");
	box_end(&b);
}

/* Works in what there is; the bytes that are written of the transcript then. */
static int64_t refreshed(struct desk *d)
{
	struct err err;
	int64_t size = -1;

	if (desk_read(d, INT64_MAX / 2, &err) < 0 || desk_refresh(d, &size, &err) < 0)
		tap_note("%s", err.text);
	return size;
}

static void type(struct box *b, const char *text)
{
	writer_put_bytes(b->writer, 1000000, EVENT_OUTPUT, text, strlen(text), NULL);
}

/* A long transcript would be written for each key. */
static void test_refresh(void)
{
	struct desk d;
	struct err err;
	struct box b;
	int64_t size;

	box_begin(&b);
	if (desk_open(&d, b.cast, b.dir, SESSION, &err) < 0)
		bug("%s", err.text);
	size = refreshed(&d);
	ok(size > 0 && access(SESSION ".md", F_OK) == 0, "the transcript is there at once");
	is_int(refreshed(&d), 0, "and not written again without need");
	put_events(&b, 0, 7);
	ok(refreshed(&d) > size, "but when a command has run");
	type(&b, "$ ma");
	is_int(refreshed(&d), 0, "what is typed at a prompt is no need");
	put_events(&b, 7, 8);
	size = refreshed(&d);
	ok(size > 0, "a command that begins is");
	type(&b, "some of its output");
	ok(refreshed(&d) > size, "and what it prints");
	put_events(&b, 8, 10);
	ok(refreshed(&d) > 0, "and its end");
	type(&b, "job 1 done\r\n");
	size = refreshed(&d);
	ok(size > 0, "and what no command has printed");
	put_events(&b, 10, 12);
	ok(refreshed(&d) > 0, "and that it is told as such");
	is_int(refreshed(&d), 0, "then there is nothing new");
	desk_close(&d);
	box_end(&b);
}

static int stop(void *ctx, int64_t done, int64_t all)
{
	*(int *)ctx = done > 0 && done <= all;
	return 1;
}

static void test_interrupted(void)
{
	struct err err = {.code = 0};
	struct box b;
	int seen = 0;
	struct scribe s = {.session = SESSION, .watch = stop, .ctx = &seen};

	box_begin(&b);
	put_events(&b, 0, 52);
	s.cast = b.cast;
	s.dir = b.dir;
	is_int(scribe_rebuild(&s, &err), -1, "a rebuild can be stopped");
	ok(seen, "having said how far it is");
	is_str(err.text, "interrupted", "which is said");
	ok(access(SESSION ".md", F_OK) < 0 && access(PROVENANCE_NAME, F_OK) < 0,
	   "then nothing is written");
	box_end(&b);
}

static void test_rebuild(void)
{
	struct buf md = {0}, again = {0};
	struct err err = {.code = 0};
	struct box b;
	FILE *f;

	box_begin(&b);
	put_events(&b, 0, 52);
	is_int(check(&b, &err), 1, "files that are not there differ");
	is_int(rebuild(&b, &err), 0, "a rebuild makes them");
	slurp(SESSION ".md", &md);
	is_as_rebuilt(&b, "then they do not differ");
	f = fopen(SESSION ".md", "a");
	fputs("x\n", f);
	fclose(f);
	is_int(check(&b, &err), 1, "a line more is a difference");
	ok(strstr(err.text, SESSION ".md: differs from line") != NULL, "it says where");
	rebuild(&b, &err);
	slurp(SESSION ".md", &again);
	is_mem(again.data, again.len, md.data, md.len, "rebuilding gives the same bytes again");
	box_end(&b);
	buf_release(&md);
	buf_release(&again);
}

/* The header comes in pieces, and a file that is none is refused. */
static void test_header(void)
{
	struct buf whole = {0};
	struct child c;
	struct box b;
	size_t half;

	box_begin(&b);
	slurp(SESSION ".cast", &whole);
	half = whole.len / 2;
	if (ftruncate(b.cast, 0) < 0 || write(b.cast, whole.data, half) != (ssize_t)half)
		bug("cannot write");
	child_start(&c, &b);
	ring(&c, FOLLOW_GROWN);
	if (write(b.cast, whole.data + half, whole.len - half) < 0)
		bug("cannot write");
	ring(&c, FOLLOW_GROWN);
	ok(wait_worked_in(&c, &b), "a header that comes in pieces is waited for");
	ring(&c, FOLLOW_COMPLETE);
	is_int(child_end(&c), 0, "an empty session ends well");
	is_as_rebuilt(&b, "and is as a rebuild makes it");
	if (ftruncate(b.cast, 0) < 0)
		bug("cannot write");
	child_start(&c, &b);
	ring(&c, FOLLOW_COMPLETE);
	is_int(child_end(&c), 1, "an empty file is a failure, not a wait");
	box_end(&b);
	buf_release(&whole);
}

int main(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGPIPE, &ignore, NULL);
	box_open();
	test_follow();
	test_running_page();
	test_killed();
	test_flood();
	test_bounded();
	test_refresh();
	test_rebuild();
	test_interrupted();
	test_header();
	box_close();
	return tap_done();
}
