/* SPDX-License-Identifier: MIT */
/* The small parts of live/: queue, input, facts, wire, recorder, pty, logs, watcher. */
#include "live/facts.h"
#include "live/input.h"
#include "live/logs.h"
#include "live/proc.h"
#include "live/pty.h"
#include "live/queue.h"
#include "live/recorder.h"
#include "live/terminal.h"
#include "live/tty.h"
#include "live/watcher.h"
#include "live/wire.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "tape/event.h"
#include "tape/reader.h"
#include "tape/writer.h"

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/steno-test-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void test_queue(void)
{
	struct queue q;
	char out[64];
	int pipe_fds[2], i, same = 1;

	queue_init(&q, 10);
	is_int((int64_t)queue_put(&q, "abcdefgh", 8), 8, "a queue takes what fits");
	is_int((int64_t)queue_put(&q, "ijkl", 4), 2, "and no more");
	if (pipe2(pipe_fds, O_NONBLOCK) < 0)
		return;
	for (i = 0; i < 50; i++) {
		queue_flush(&q, pipe_fds[1], 3);
		queue_put(&q, "0123456789", 3);
	}
	while (q.len)
		queue_flush(&q, pipe_fds[1], 100);
	memset(out, 0, sizeof(out));
	same = read(pipe_fds[0], out, 22) == 22 && !memcmp(out, "abcdefghij012012012012", 22);
	ok(same, "a queue gives its bytes back in order, around its end");
	close(pipe_fds[0]);
	queue_put(&q, "x", 1);
	is_int(queue_flush(&q, pipe_fds[1], 100), -1, "a broken descriptor is told");
	is_int(errno, EPIPE, "with its errno");
	close(pipe_fds[1]);
	queue_release(&q);
}

static void count_fact(void *ctx, const char *fact, size_t n)
{
	struct buf *b = ctx;

	buf_put(b, fact, n);
	buf_putc(b, '|');
}

static void test_facts(void)
{
	struct facts *f = calloc(1, sizeof(*f));
	struct buf got = {0};
	int fds[2], i;
	char *big = calloc(1, FACTS_LINE + 10);

	if (!f || !big || pipe2(fds, O_NONBLOCK) < 0)
		return;
	io_write_all(fds[1], "{\"a\":1}\n{\"b", 11, NULL, NULL);
	is_int(facts_read(f, fds[0], count_fact, &got), 1, "more may come while the pipe is open");
	is_str(buf_str(&got), "{\"a\":1}|", "a cut line waits");
	io_write_all(fds[1], "\":2}\n\n", 6, NULL, NULL);
	facts_read(f, fds[0], count_fact, &got);
	is_str(buf_str(&got), "{\"a\":1}|{\"b\":2}|", "until its rest is there");
	memset(big, 'x', FACTS_LINE + 9);
	for (i = 0; i < FACTS_LINE + 9; i += 1024) {
		io_write_all(fds[1], big, 1024, NULL, NULL);
		facts_read(f, fds[0], count_fact, &got);
	}
	io_write_all(fds[1], "\n{}\ntorn", 8, NULL, NULL);
	close(fds[1]);
	is_int(facts_read(f, fds[0], count_fact, &got), 0, "the end is told");
	is_str(buf_str(&got), "{\"a\":1}|{\"b\":2}|{}|",
	       "a line too long and a torn one are dropped");
	close(fds[0]);
	buf_release(&got);
	free(big);
	free(f);
}

static void test_wire(void)
{
	struct wire_message out, in;
	int pair[2], fds[2];
	char c = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0 || pipe(fds) < 0)
		return;
	is_int(wire_receive(pair[1], &in), -1, "nothing there is no end");
	wire_init(&out, WIRE_SIZE);
	out.a = 24;
	out.b = 80;
	out.at = INT64_C(1) << 40;
	wire_text(&out, "words");
	out.fds[0] = fds[1];
	is_int(wire_send(pair[0], &out, NULL), 0, "a message is sent with a descriptor");
	is_int(wire_receive(pair[1], &in), 1, "and received");
	ok(in.kind == WIRE_SIZE && in.a == 24 && in.b == 80 && in.at == INT64_C(1) << 40 &&
		   in.len == 5 && !strcmp(in.data, "words"),
	   "with all that was in it");
	ok(in.fds[0] >= 0 && in.fds[1] == -1 && write(in.fds[0], "!", 1) == 1 &&
		   read(fds[0], &c, 1) == 1 && c == '!',
	   "and the descriptor works");
	if (write(pair[0], "short", 5) == 5)
		is_int(wire_receive(pair[1], &in), -1, "a message of another size is refused");
	close(pair[0]);
	is_int(wire_receive(pair[1], &in), 0, "the other side's end is told");
	close(pair[1]);
	close(in.fds[0]);
	close(fds[0]);
	close(fds[1]);
}

/* A disk that is full for a while: a limit on the file's size. */
static void test_recorder(void)
{
	struct rlimit old, small;
	struct recorder r = {0};
	struct reader *reader;
	struct event e;
	struct buf got = {0};
	int fd = open(in_folder("full.cast"), O_RDWR | O_CREAT | O_APPEND, 0600);
	char bytes[5000];
	int counted;

	memset(bytes, 'x', sizeof(bytes));
	io_write_all(fd, "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n", 43, NULL, NULL);
	r.writer = writer_new(fd, 0, NULL);
	recorder_bytes(&r, 1000, EVENT_OUTPUT, "first", 5);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 1000;
	setrlimit(RLIMIT_FSIZE, &small);
	recorder_bytes(&r, 2000, EVENT_OUTPUT, bytes, sizeof(bytes));
	counted = r.failing && r.lost_bytes == sizeof(bytes);
	recorder_bytes(&r, 3000, EVENT_OUTPUT, bytes, 10);
	setrlimit(RLIMIT_FSIZE, &old);
	ok(counted, "what a full disk refuses is counted");
	recorder_bytes(&r, 4000, EVENT_OUTPUT, "last", 4);
	ok(!r.failing, "recording goes on when there is room again");
	reader = reader_new(fd, NULL);
	while (reader && reader_next(reader, &e, NULL) == 1) {
		buf_putc(&got, (unsigned char)e.code);
		buf_put(&got, e.data, e.len);
		buf_putc(&got, '\n');
	}
	is_str(buf_str(&got),
	       "ofirst\nl{\"bytes\":5010,\"events\":2,\"why\":\"File too large\"}\nolast\n",
	       "and tells what is missing, in its place");
	reader_free(reader);
	writer_free(r.writer);
	buf_release(&got);
	close(fd);
}

static int run_in_pty(const char *path, const char *const *argv, struct err *err)
{
	struct program p = {.path = path, .argv = (char *const *)(uintptr_t)argv};
	struct tty none = {.fd = -1};
	struct termios modes;
	struct winsize size;
	int master, slave, status = -1;
	pid_t pid;

	tty_modes(&none, &modes);
	tty_size(-1, &size);
	if (pty_open(&master, &slave, &modes, &size, err) < 0)
		return -1;
	if (pty_spawn(&pid, slave, &p, err) == 0) {
		close(slave);
		waitpid(pid, &status, 0);
		status = pty_exit_status(status);
	}
	close(master);
	return status;
}

static void test_pty(void)
{
	const char *exit7[] = {"sh", "-c", "[ -t 0 ] && [ -t 1 ] && exit 7", NULL};
	const char *dies[] = {"sh", "-c", "kill -9 $$", NULL};
	const char *fds[] = {"sh", "-c", "ls /proc/self/fd | wc -l | grep -qx 4", NULL};
	const char *nothing[] = {"no-such-program", NULL};
	const char *size[] = {"sh", "-c", "[ \"$(stty size)\" = '24 80' ]", NULL};
	struct err err = {.code = 0};

	is_int(run_in_pty("sh", exit7, &err), 7, "a program in a pty has a terminal and a status");
	is_int(run_in_pty("sh", dies, &err), 137, "death by a signal is 128 and its number");
	is_int(run_in_pty("sh", fds, &err), 0, "it inherits no descriptor but the three");
	is_int(run_in_pty("sh", size, &err), 0, "without a terminal it is 80 by 24");
	is_int(run_in_pty("no-such-program", nothing, &err), -1, "what cannot be run is an error");
	is_int(err.code, ENOENT, "that says why");
}

static void test_logs(void)
{
	struct logs a, b;
	struct err err = {.code = 0};
	char path[256], text[64] = "";
	const int64_t start = INT64_C(1757271507000000);
	struct stat st;
	int fd, b_dir;

	snprintf(path, sizeof(path), "%s", in_folder("logs"));
	is_int(logs_open(&a, path, 0, start, &err), 0, "a folder for the logs is made");
	is_str(a.session, "20250907-185827-session",
	       "a session has its start, in UTC, as its name");
	stat(path, &st);
	is_int(st.st_mode & 0777, 0700, "the folder is ours alone");
	fstat(a.cast, &st);
	is_int(st.st_mode & 0777, 0600, "so is the recording");
	is_int(logs_open(&b, path, 0, start, &err), 0, "a second session in the same second");
	is_str(b.session, "20250907-185828-session", "takes the next free one");
	logs_current_begin(&a, &err);
	logs_current_begin(&b, &err);
	logs_current_end(&b);
	fd = io_open_file(a.dir, ".current_session", O_RDONLY, &err);
	ok(fd >= 0 && read(fd, text, sizeof(text)) > 0 && !strncmp(text, a.session, 23),
	   "when the newest ends, .current_session names the other that runs");
	close(fd);
	b_dir = dup(b.dir);
	logs_close(&b);
	logs_current_end(&a);
	ok(faccessat(a.dir, ".current_session", F_OK, 0) < 0, "and none when all have ended");
	fd = io_open_file(a.dir, "20250907-185827-session.cast", O_RDONLY, &err);
	ok(logs_is_running(fd), "a session that runs is seen to");
	logs_end(&a);
	ok(!logs_is_running(fd), "until it says that it has ended");
	logs_close(&a);
	close(fd);
	fd = io_open_file(b_dir, "20250907-185828-session.cast", O_RDONLY, &err);
	ok(!logs_is_running(fd), "or is gone");
	close(fd);
	close(b_dir);
}

static void test_hostile_folder(void)
{
	struct logs l;
	struct err err = {.code = 0};
	char path[256];

	snprintf(path, sizeof(path), "%s", in_folder("link"));
	if (symlink("/tmp", path) < 0)
		return;
	ok(logs_open(&l, path, 0, 0, &err) < 0, "a folder that is a link is refused: %s", err.text);
	snprintf(path, sizeof(path), "%s", in_folder("file"));
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ok(logs_open(&l, path, 0, 0, &err) < 0, "one that is a file is refused: %s", err.text);
	snprintf(path, sizeof(path), "%s", in_folder("open"));
	mkdir(path, 0777);
	chmod(path, 0777);
	ok(logs_open(&l, path, 0, 0, &err) == 0, "one that others may write to is used");
	ok((fcntl(l.dir, F_GETFD) & FD_CLOEXEC) != 0, "its descriptor is not inherited");
	if (symlinkat("../file", l.dir, "provenance.jsonl") < 0)
		return;
	logs_close(&l);
	ok(logs_open(&l, path, 0, 0, &err) < 0, "one with a link for the provenance is refused: %s",
	   err.text);
}

static void remove_folder(void)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("rm", "rm", "-rf", folder, (char *)NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

/* A terminal that is being painted gets what the program prints when that is done, not before. */
static void test_terminal(void)
{
	struct terminal t;
	char got[16] = "";
	int ends[2];

	if (pipe(ends) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0 ||
	    terminal_init(&t, -1, ends[1]) < 0) {
		ok(0, "a terminal");
		return;
	}
	t.holds = 1;
	terminal_write(&t, "later", 5);
	ok(read(ends[0], got, sizeof(got)) < 0 && errno == EAGAIN, "what is held is not shown");
	t.holds = 0;
	terminal_flush(&t);
	terminal_write(&t, " now", 4);
	is_int(read(ends[0], got, sizeof(got)), 9, "until it is let go, in its order");
	ok(!memcmp(got, "later now", 9), "and all of it");
	terminal_release(&t);
	close(ends[0]);
}

/* One that does not find out is ended by the alarm. */
static void test_few_descriptors(void)
{
	char name[] = "true", *argv[] = {name, NULL};
	const struct watcher plan = {
		.program = getpid(), .front = getpid(), .argv = argv, .cast = -1};
	const struct rlimit few = {40, 40};
	int in[2], out[2], status = -1;
	pid_t pid;

	if (pipe(in) < 0 || pipe(out) < 0) {
		ok(0, "pipes");
		return;
	}
	pid = fork();
	if (!pid) {
		close(in[1]);
		setrlimit(RLIMIT_NOFILE, &few);
		alarm(20);
		_exit(watcher_run(&plan, in[0], out[1]));
	}
	close(in[0]);
	close(in[1]);
	waitpid(pid, &status, 0);
	is_int(status, 0, "a watcher hears its end where few files may be open");
	close(out[0]);
	close(out[1]);
}

/* What is typed, as keys|lines|rest of it. */
static void test_typed(void)
{
	static const struct {
		const char *typed, *want;
	} rows[] = {
		{"a", "1|0|0"},
		{"ab\r", "1|1|0"},
		{"\n\r", "0|2|0"},
		{"\rb", "0|1|1"},
		{"a\rb\rc\n", "1|3|0"},
		{"\033[1;8R", "0|0|0"},
		{"\033[24;80R\033[1;8R\r\033[1;8R", "0|1|0"},
		{"\033[1;8Ra", "1|0|0"},
		{"\033[1;8", "1|0|0"},
		{"\033[", "1|0|0"},
		{"\033", "1|0|0"},
		{"\033[1;8r", "1|0|0"},
	};
	struct input in;
	char got[64];
	size_t i;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || input_init(&in, 0) < 0)
		bug("no input");
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct input_typed typed;

		in.queue.start = INPUT_QUEUE - 3; /* round its end */
		input_type(&in, rows[i].typed, strlen(rows[i].typed));
		typed = input_flush(&in, null);
		snprintf(got, sizeof(got), "%d|%zu|%d", typed.keys, typed.lines, typed.rest);
		is_str(got, rows[i].want, "keys that were typed, row %zu", i);
	}
	queue_release(&in.queue);
	close(null);
}

static void test_newest_process(void)
{
	pid_t before = proc_newest(), pid;

	is_int(before > 0, 1, "which process was made last is known");
	pid = fork();
	if (!pid)
		_exit(0);
	is_int(proc_newest() != before, 1, "and that there is a new one");
	waitpid(pid, NULL, 0);
}

int main(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
	if (!mkdtemp(folder))
		return 1;
	test_newest_process();
	test_queue();
	test_typed();
	test_facts();
	test_wire();
	test_recorder();
	test_pty();
	test_terminal();
	test_few_descriptors();
	test_logs();
	test_hostile_folder();
	remove_folder();
	return tap_done();
}
