/* SPDX-License-Identifier: MIT */
/* What a stand-in for a shell reads of its arguments, what it reports, and what of that is
 * taken. */
#include "base/buf.h"
#include "cmd/sh_args.h"
#include "live/inbox.h"
#include "live/report.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_led(void)
{
	static const struct {
		const char *argv[6];
		int is_led;
	} cases[] = {
		{{"/bin/bash", "-lc", "x"}, 1},
		{{"-zsh", "-c", "x"}, 1},
		{{"bash", "--norc", "-ec", "x"}, 1},
		{{"bash", "-p", "-c", "x"}, 0},
		{{"bash", "--posix", "-c", "x"}, 0},
		{{"bash", "-ic", "x"}, 0},
		{{"zsh", "-fc", "x"}, 0},
		{{"sh", "-c", "x"}, 0},
		{{"bash", "script", "-c", "x"}, 0},
		{{"bash"}, 0},
		{{NULL}, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int argc = 0;

		while (cases[i].argv[argc])
			argc++;
		is_int(sh_args_is_led(argc, (char *const *)(uintptr_t)cases[i].argv),
		       cases[i].is_led, "%zu: whether a shell is led to report", i);
	}
}

static void test_args(void)
{
	static const struct {
		const char *argv[8];
		int has_c;
		const char *command;
	} cases[] = {
		{{"sh", "-c", "x", "y"}, 1, "x"},
		{{"sh", "-lc", "x"}, 1, "x"},
		{{"sh", "-c", "-l", "x"}, 1, "x"},
		{{"sh", "-c", "--", "-x"}, 1, "-x"},
		{{"sh", "-c", "-", "-x"}, 1, "-x"},
		{{"sh", "-o", "errexit", "-c", "x"}, 1, "x"},
		{{"sh", "-co", "errexit", "x"}, 1, "x"},
		{{"sh", "-O", "extglob", "-c", "x"}, 1, "x"},
		{{"sh", "+e", "-c", "x"}, 1, "x"},
		{{"sh", "--rcfile", "f", "-ic", "x"}, 1, "x"},
		{{"sh", "--norc", "-c", "x"}, 1, "x"},
		{{"sh", "-c"}, 1, NULL},
		{{"sh", "-c", ""}, 1, ""},
		{{"sh", "-e"}, 0, NULL},
		{{"sh", "script", "-c"}, 0, NULL},
		{{"sh", "--", "script", "-c"}, 0, NULL},
		{{"sh", "+c", "x"}, 0, NULL},
		{{"sh"}, 0, NULL},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *command = NULL;
		int argc = 0, has_c;

		while (cases[i].argv[argc])
			argc++;
		has_c = sh_args_command(argc, (char *const *)(uintptr_t)cases[i].argv, &command);
		ok(has_c == cases[i].has_c &&
			   !strcmp(command ? command : "(none)",
				   cases[i].command ? cases[i].command : "(none)"),
		   "%zu: %s %s: the command is found", i, cases[i].argv[0],
		   cases[i].argv[1] ? cases[i].argv[1] : "");
	}
	ok(sh_args_shell("/bin/bash") && sh_args_shell("-zsh") && !sh_args_shell("steno") &&
		   !sh_args_shell("-steno") && !sh_args_shell("bashful"),
	   "shells are known by their names");
}

static void test_plain(void)
{
	char line[REPORT_LINE + 8];

	memset(line, 'x', sizeof(line));
	memcpy(line, "T;", 2);
	ok(inbox_is_plain("B;i=1", 5) && inbox_is_plain("E;", 2) &&
		   inbox_is_plain(line, REPORT_LINE - 1),
	   "what looks like a report is taken");
	ok(!inbox_is_plain("", 0) && !inbox_is_plain("B", 1) && !inbox_is_plain("X;i=1", 5) &&
		   !inbox_is_plain("B;\033[m", 5) && !inbox_is_plain("B;\xc3\xa9", 4) &&
		   !inbox_is_plain("B;\0", 3) && !inbox_is_plain("\0;x", 3) &&
		   !inbox_is_plain(line, REPORT_LINE),
	   "what does not is not");
}

/* All lines that a report of this text makes. */
static void report(const char *text, struct buf *out)
{
	struct report_command c = {.text = text,
				   .cwd = "/a;b",
				   .agent = "codex",
				   .call = "call 1",
				   .pid = 7,
				   .wall_us = 5};
	struct report r = {.id = "0123456789abcdef"};
	int fds[2];

	if (pipe2(fds, O_NONBLOCK) < 0 || fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) < 0)
		return;
	r.fd = fds[1];
	report_begin(&r, &c);
	report_end(&r, &c, 1500, W_EXITCODE(3, 0));
	report_end(&r, &c, 1500, W_EXITCODE(0, 9));
	close(fds[1]);
	buf_reserve(out, 1 << 20);
	for (;;) {
		ssize_t n = read(fds[0], out->data + out->len, out->cap - out->len);

		if (n <= 0)
			break;
		out->len += (size_t)n;
	}
	close(fds[0]);
}

static void test_report(void)
{
	struct buf out = {0};
	char *text, *line, *end;
	size_t n = 0;
	int good = 1;

	report("a;\n%\xff", &out);
	is_str(buf_str(&out),
	       "T;i=0123456789abcdef;d=/a%3Bb\n"
	       "T;i=0123456789abcdef;cmd=a%3B%0A%25%FF\n"
	       "B;i=0123456789abcdef;w=5;pid=7;tty=0;agent=codex;call=call 1\n"
	       "E;i=0123456789abcdef;us=1500;st=3\n"
	       "E;i=0123456789abcdef;us=1500;sig=9\n",
	       "a report is spelt");
	buf_clear(&out);
	text = malloc(REPORT_TEXT + 100);
	memset(text, 'z', REPORT_TEXT + 99);
	text[REPORT_TEXT + 99] = '\0';
	report(text, &out);
	for (line = (char *)out.data; line < (char *)out.data + out.len; line = end + 1) {
		end = memchr(line, '\n', REPORT_LINE);
		if (!end)
			break;
		good &= inbox_is_plain(line, (size_t)(end - line));
		for (; line < end; line++)
			n += *line == 'z';
	}
	ok(good && line == (char *)out.data + out.len, "a long text makes lines that are taken");
	is_int((int64_t)n, REPORT_TEXT, "with as much of it as is kept");
	ok(memmem(out.data, out.len, ";cut=1", 6) != NULL, "and says so");
	free(text);
	buf_release(&out);
}

static void test_nobody(void)
{
	struct report_command c = {.text = "x", .cwd = "/"};
	struct report r = {.fd = -1};
	int fds[2];

	report_begin(&r, &c);
	report_end(&r, &c, 1, 0);
	ok(!r.begun, "where there is nobody to report to nothing is");
	if (pipe2(fds, O_NONBLOCK) == 0) {
		close(fds[0]);
		r.fd = fds[1];
		report_begin(&r, &c);
		report_end(&r, &c, 1, 0);
		ok(!r.begun, "one who has gone does not kill");
		close(fds[1]);
	}
}

static void test_fifo(void)
{
	char dir[] = "/tmp/steno-inbox-XXXXXX", name[INBOX_NAME], other[INBOX_NAME], path[128];
	struct stat st = {.st_dev = 5, .st_ino = 6};
	int d, in, out;

	if (!mkdtemp(dir))
		return;
	d = open(dir, O_RDONLY | O_DIRECTORY);
	inbox_name(&st, name);
	ok(inbox_reach(d, name) < 0, "an inbox that is not there is not reached");
	in = inbox_open(d, name, NULL);
	out = inbox_reach(d, name);
	ok(in >= 0 && out >= 0, "one that is there is");
	close(out);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	chmod(path, 0620);
	ok(inbox_reach(d, name) < 0, "one that others may write to is not");
	chmod(path, 0600);
	close(in);
	ok(inbox_reach(d, name) < 0, "nor one that nobody reads");
	st.st_ino = 7;
	inbox_name(&st, other);
	in = inbox_open(d, other, NULL);
	ok(in >= 0 && access(path, F_OK) < 0, "the next session removes that");
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	close(in);
	unlinkat(d, other, 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ok(inbox_reach(d, name) < 0, "nor a file");
	unlinkat(d, name, 0);
	close(d);
	rmdir(dir);
}

int main(void)
{
	test_args();
	test_led();
	test_plain();
	test_report();
	test_nobody();
	test_fifo();
	return tap_done();
}
