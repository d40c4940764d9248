/* SPDX-License-Identifier: MIT */
/* steno -c beside the shell it stands for: whoever starts it must not be able to tell the one from
 * the other; and what it reports. */
#include "lab.h"
#include "run.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct lab lab;
static char session[4096], run_dir[4096]; /* STENO_SESSION=..., XDG_RUNTIME_DIR=... */

static void ignore_some(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGUSR1, &ignore, NULL);
	sigaction(SIGCHLD, &ignore, NULL);
}

static void block_some(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void open_nine(void)
{
	if (dup2(1, 9) < 0)
		_exit(125);
}

static void close_all(void)
{
	close(0);
	close(1);
	close(2);
}

static void term_alone(pid_t pid)
{
	kill(pid, SIGTERM);
}

static void term_group(pid_t pid)
{
	kill(-pid, SIGTERM);
}

static void int_group(pid_t pid)
{
	kill(-pid, SIGINT);
}

static void stop_group(pid_t pid)
{
	kill(-pid, SIGTSTP);
}

static void user_queued(pid_t pid)
{
	sigqueue(pid, SIGUSR1, (union sigval){.sival_int = 7});
}

/* A trap runs when the command in front of it has ended, which the signal ends, too. */
#define CAUGHT(sig)                                                                                \
	"exec 2>/dev/null; n=0; trap 'n=$((n+1))' " sig                                            \
	"; sh -c 'echo ready; exec cat'; sleep 0; echo caught $n"

static const struct {
	const char *name;
	struct run_plan plan;
} cases[] = {
	{"streams and status", {.argv = {"-c", "echo out; echo err >&2; exit 7"}}},
	{"$0 without a name", {.argv = {"-c", "echo $0 $#"}}},
	{"$0 and arguments", {.argv = {"-c", "printf '<%s>' \"$0\" \"$@\"", "n", "a b", "", "*"}}},
	{"an argument that looks like an option", {.argv = {"-c", "echo $0 $1", "-c", "-l"}}},
	{"a login shell", {.argv = {"-lc", "echo $0; exit 3"}}},
	{"options in front", {.argv = {"-e", "-c", "false; echo no"}}},
	{"options behind", {.argv = {"-c", "-e", "false; echo no"}}},
	{"options bundled", {.argv = {"-ec", "false; echo no"}}},
	{"an option with a word", {.argv = {"-o", "errexit", "-c", "false; echo no"}}},
	{"an option with a word, bundled", {.argv = {"-co", "errexit", "false; echo no"}}},
	{"an option switched off", {.argv = {"+e", "-c", "false; echo yes"}}},
	{"the end of the options", {.argv = {"-c", "--", "echo yes"}}},
	{"unset variables", {.argv = {"-uc", "echo $nosuch"}}},
	{"a trace", {.argv = {"-xc", "echo traced"}}},
	{"-c without a command", {.argv = {"-c"}}},
	{"an empty command", {.argv = {"-c", ""}}},
	{"an option that is none", {.argv = {"-c", "-%", "echo"}}},
	{"a syntax error", {.argv = {"-c", "if"}}},
	{"a command that is not there", {.argv = {"-c", "nosuchcommand"}}},
	{"a command that is a folder", {.argv = {"-c", "/"}}},
	{"an exit status above 255", {.argv = {"-c", "exit 300"}}},
	{"an exit trap", {.argv = {"-c", "trap 'echo bye' EXIT; exit 4"}}},
	{"exec", {.argv = {"-c", "exec sh -c 'exit 9'"}}},
	{"input", {.argv = {"-c", "read x; echo \"<$x>\"; cat"}, .input = "one\ntwo\nthree"}},
	{"no input", {.argv = {"-c", "cat; echo $?"}}},
	{"input that is not read", {.argv = {"-c", "exit 1"}, .input = "x"}},
	{"bytes that are no text",
	 {.argv = {"-c", "printf '\\377\\000\\033[31m'; cat"}, .input = "\xff\xfe\n"}},
	{"death by SIGTERM", {.argv = {"-c", "kill -TERM $$"}}},
	{"death by SIGKILL", {.argv = {"-c", "kill -KILL $$"}}},
	{"death by SIGINT", {.argv = {"-c", "kill -INT $$"}}},
	{"death by SIGHUP", {.argv = {"-c", "kill -HUP $$"}}},
	{"death by SIGPIPE", {.argv = {"-c", "kill -PIPE $$"}}},
	{"death by SIGUSR1", {.argv = {"-c", "kill -USR1 $$"}}},
	{"a child's death", {.argv = {"-c", "exec 2>/dev/null; sh -c 'kill -9 $$'; echo $?"}}},
	{"a stop", {.argv = {"-c", "kill -STOP $$; echo on; exit 3"}}},
	{"descriptors",
	 {.argv = {"-c", "for f in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do "
			 "[ ! -e /proc/$$/fd/$f ] || echo $f; done"}}},
	{"a descriptor of the caller's", {.argv = {"-c", "echo nine >&9"}, .prepare = open_nine}},
	{"closed streams", {.argv = {"-c", "exit 6"}, .prepare = close_all}},
	{"ignored signals",
	 {.argv = {"-c", "grep SigIgn /proc/self/status; kill -USR1 $$; exit 2"},
	  .prepare = ignore_some}},
	{"blocked signals",
	 {.argv = {"-c", "grep -E 'SigBlk|ShdPnd' /proc/self/status"}, .prepare = block_some}},
	{"the environment", {.argv = {"-c", "env | grep -v -e ^STENO_COMMAND= -e ^_= | sort"}}},
	{"directory, mask and limits", {.argv = {"-c", "pwd; umask; ulimit -n; ulimit -c"}}},
	{"its process group", {.argv = {"-c", "ps -o pgid= -p $PPID >/dev/null; sh -c 'exit 0'"}}},
	{"output that outlives it", {.argv = {"-c", "(sleep 0.2; echo late) & echo now"}}},
	{"streams closed early",
	 {.argv = {"-c", "exec >&- 2>&-; cat >/dev/null; exit 5"}, .keep_input = 1}},
	{"SIGTERM to it alone",
	 {.argv = {"-c", "echo ready; exec sleep 60"}, .when = "ready", .meddle = term_alone}},
	{"SIGTERM to its group",
	 {.argv = {"-c", "echo ready; sleep 60; echo no"}, .when = "ready", .meddle = term_group}},
	{"SIGTERM to its group, caught",
	 {.argv = {"-c", CAUGHT("TERM")}, .keep_input = 1, .when = "ready", .meddle = term_group}},
	{"SIGINT to its group, caught",
	 {.argv = {"-c", CAUGHT("INT")}, .keep_input = 1, .when = "ready", .meddle = int_group}},
	{"a queued signal",
	 {.argv = {"-c", "echo ready; exec sleep 60"}, .when = "ready", .meddle = user_queued}},
	{"^Z and fg",
	 {.argv = {"-c", "sh -c 'echo ready; exec sleep 0.5'; exit 8"},
	  .when = "ready",
	  .meddle = stop_group}},
};

/* Runs one with the shell itself, or with steno in its place. */
static void run_case(const char *shell, const char *path, const struct run_plan *plan, int is_steno,
		     struct run *out)
{
	static char named[64];
	const char *env[] = {session, run_dir, named, NULL};
	struct run_plan p = *plan;

	snprintf(named, sizeof(named), "STENO_SHELL=%s", path);
	memmove(p.argv + 1, plan->argv, sizeof(plan->argv) - sizeof(*plan->argv));
	p.argv[0] = shell;
	p.path = path;
	p.env = env;
	if (is_steno) {
		p.path = lab.steno;
		p.argv[0] = "steno";
	}
	run_it(&p, out);
}

static void compare(const char *shell, const char *path, const char *name,
		    const struct run_plan *plan)
{
	struct run want, got;

	run_case(shell, path, plan, 0, &want);
	run_case(shell, path, plan, 1, &got);
	if (!ok(got.wait_status == want.wait_status && got.stopped == want.stopped &&
			got.out.len == want.out.len &&
			!memcmp(buf_str(&got.out), buf_str(&want.out), want.out.len) &&
			!strcmp(buf_str(&got.err), buf_str(&want.err)),
		"%s: %s", shell, name))
		tap_note("wanted status %#x, stopped %d, out <%s>, err <%s>; got %#x, %d, <%s>, "
			 "<%s>",
			 (unsigned)want.wait_status, want.stopped, buf_str(&want.out),
			 buf_str(&want.err), (unsigned)got.wait_status, got.stopped,
			 buf_str(&got.out), buf_str(&got.err));
	run_release(&want);
	run_release(&got);
}

static int is_measured(const struct run_plan *p)
{
	return p->argv[1] && strcmp(p->argv[1], "-c") ? 1 : p->argv[2] != NULL;
}

static void test_conformance(void)
{
	static const char *const shells[] = {"bash", "dash", "zsh"};
	struct term *t;
	size_t i, j, measured = 0;
	int status;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "cat", NULL);
	term_type(t, "begun\r");
	term_expect(t, "begun\r\nbegun");
	snprintf(session, sizeof(session), "STENO_SESSION=%s/%s.cast", lab.logs, lab_session(&lab));
	snprintf(run_dir, sizeof(run_dir), "XDG_RUNTIME_DIR=%s", lab.dir);
	for (i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/bin/%s", shells[i]);
		if (access(path, X_OK) < 0) {
			tap_skip(shells[i], "not installed");
			continue;
		}
		for (j = 0; j < sizeof(cases) / sizeof(*cases); j++) {
			compare(shells[i], path, cases[j].name, &cases[j].plan);
			measured += (size_t)is_measured(&cases[j].plan);
		}
	}
	term_type(t, "\x04");
	term_exit(t, &status);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, (int64_t)measured + 1, "each is in the log once");
	lab_is_clean(&lab, "after them all");
	lab_close(&lab);
}

/* Reports */

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The record of a command; -1 if there is not exactly one. */
static long record_of(const char *cmd)
{
	long found = -1;
	size_t i;

	for (i = 0; i < lab.n_records; i++) {
		const char *text = lab_record_text(&lab, i, "cmd");

		if (!text || strcmp(text, cmd) != 0)
			continue;
		if (found >= 0)
			return -1;
		found = (long)i;
	}
	return found;
}

static void is_reported(const char *cmd, long exit_code, long signal)
{
	long i = record_of(cmd);

	ok(i >= 0 && lab_record_int(&lab, (size_t)i, "exit_code") == exit_code &&
		   (!signal || lab_record_int(&lab, (size_t)i, "signal") == signal),
	   "once, with its status: %.60s", cmd);
}

/* Its duration is no less than what it measured itself, and no more than what was measured around
 * all of them. */
static void takes(const char *cmd, long least, long most)
{
	long i = record_of(cmd), ms = i < 0 ? -1 : lab_record_int(&lab, (size_t)i, "duration_ms");

	if (!ok(ms >= least && ms <= most, "with its duration: %.60s", cmd))
		tap_note("%ld ms, not %ld to %ld", ms, least, most);
}

static void test_reports(void)
{
	static const char script[] =
		"s=$STENO\n"
		"$s -c 'sleep 0.3; exit 3'\n"
		"$s -c 'sleep 0.4; : one' & $s -c 'sleep 0.4; : two' & wait\n"
		"$s -c 'sh -c \"exit 7\"; bash -c \"exit 8\"; kill -9 $$'\n"
		"$s -c \"$STENO -c 'exit 5'; exit 6\"\n"
		"$s -c \"printf '\\\\377\\\\000' | cat >bytes\"\n"
		"$s -c 'echo changed >>file' | cat\n"
		"mkdir -p below; cd below; $s -c pwd >/dev/null; cd ..\n"
		"timeout -s KILL 0.3 $s -c 'sleep 50; : killed'\n"
		"$s -c \": $(printf '%0100000d' 7)\"\n"
		"$s -c \"$(printf ': \\303\\251 \\377')\"\n"
		"trap '' HUP; $s -c 'sleep 60; : outlives' </dev/null >/dev/null 2>&1 &\n"
		"echo $! >pid; until grep -q outlives codex-logs/*.md; do sleep 0.05; done\n"
		"exit 4\n";
	struct buf out = {0};
	long began, took, i;

	lab_open(&lab, 0);
	began = now_ms();
	setenv("SCRIPT", script, 1);
	is_int(lab_sh(&lab, &out, "printf '%b' \"$SCRIPT\" >script; \"$STENO\" -- bash script"), 4,
	       "a session with commands in it ends as ever");
	took = now_ms() - began;
	lab_sh(&lab, NULL, "kill $(cat pid)");
	lab_records(&lab);
	is_reported("sleep 0.3; exit 3", 3, 0);
	takes("sleep 0.3; exit 3", 300, took);
	is_reported("sleep 0.4; : one", 0, 0);
	takes("sleep 0.4; : one", 400, took);
	is_reported("sleep 0.4; : two", 0, 0);
	is_reported("sh -c \"exit 7\"; bash -c \"exit 8\"; kill -9 $$", 137, 9);
	ok(record_of("exit 8") < 0, "what a command starts is none of its own");
	i = record_of("exit 5");
	ok(i < 0, "not even by steno -c");
	is_reported("echo changed >>file", 0, 0);
	i = record_of("pwd");
	ok(i >= 0 && strstr(lab_record_text(&lab, (size_t)i, "cwd"), "/below") != NULL,
	   "with its directory");
	i = record_of("sleep 50; : killed");
	ok(i >= 0 && lab_record_int(&lab, (size_t)i, "exit_code") == -1000 &&
		   lab_record_int(&lab, (size_t)i, "duration_ms") == -1000,
	   "one whose steno was killed has no status");
	is_str(i < 0 ? "" : lab_record_text(&lab, (size_t)i, "end"), "lost", "and says why");
	i = record_of("sleep 60; : outlives");
	is_str(i < 0 ? "" : lab_record_text(&lab, (size_t)i, "end"), "lost",
	       "so has one that outlives the session");
	for (i = 0; i < (long)lab.n_records; i++)
		if (lab_record_text(&lab, (size_t)i, "cmd_b64"))
			break;
	ok(i < (long)lab.n_records, "bytes that are no text are kept");
	lab_transcript_has(&lab, "0000000000007");
	lab_transcript_has(&lab, "(its output went elsewhere, unseen)");
	lab_transcript_has(&lab, "(its output went to the terminal)");
	lab_is_clean(&lab, "with commands beside each other");
	buf_release(&out);
	lab_close(&lab);
}

/* Until a session's files are there: who started the command does not wait for them. */
static int await_records(size_t n)
{
	int tries;

	for (tries = 0; tries < 2000; tries++) {
		const struct timespec pause = {.tv_nsec = 10000000};

		if (lab_records(&lab) == 0 && lab.n_records >= n)
			return 1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

static void test_alone(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out, "\"$STENO\" -c 'echo alone; exit 3' n a"), 3,
	       "without a session it runs as well");
	is_str(buf_str(&out), "alone\n", "and nothing else is printed");
	ok(await_records(1), "and has a session of its own");
	lab_is_record(&lab, 0, "echo alone; exit 3", 3);
	is_str(lab_record_text(&lab, 0, "src"), "sh-c", "that says how it was seen");
	lab_sh(&lab, NULL, "until grep -q 'exit status 3' codex-logs/*.md; do sleep 0.05; done");
	lab_is_clean(&lab, "of a command alone");
	buf_clear(&out);
	is_int(lab_sh(&lab, &out,
		      "chmod 0 codex-logs 2>/dev/null; rm -rf codex-logs; touch codex-logs; "
		      "\"$STENO\" -c 'echo still'"),
	       0, "where nothing can be recorded it runs, too");
	is_str(buf_str(&out), "still\n", "and says nothing of it");
	buf_clear(&out);
	is_int(lab_sh(&lab, &out, "STENO_SESSION=/nowhere \"$STENO\" -c 'exit 9'"), 9,
	       "so it does where the session is gone");
	buf_release(&out);
	lab_close(&lab);
}

/* A session that runs in the repository is found by whoever is outside of it. */
static void test_current(void)
{
	struct term *t;
	int status;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "cat", NULL);
	term_type(t, "begun\r");
	term_expect(t, "begun\r\nbegun");
	setenv("XDG_RUNTIME_DIR", lab.dir, 1);
	is_int(lab_sh(&lab, NULL, "XDG_RUNTIME_DIR=\"$LAB\" \"$STENO\" -c 'exit 3'"), 3, "it runs");
	ok(await_records(1), "and is reported to the session that runs here");
	term_type(t, "\x04");
	term_exit(t, &status);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 2, "in its log");
	lab_is_clean(&lab, "with a command from outside");
	lab_close(&lab);
}

/* Types one of steno's commands into a recorded shell, and waits until it runs. */
static void type_command(struct term *t, const char *command)
{
	char line[4096];

	snprintf(line, sizeof(line), "%s -c '%s'\r", lab.steno, command);
	term_type(t, line);
	term_expect(t, "started");
}

static void test_keys(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	type_command(t, "echo st\"\"arted; exec sleep 60");
	term_type(t, "\003");
	term_expect(t, LAB_PROMPT);
	term_type(t, "echo st=$?\r");
	ok(term_expect(t, "st=130"), "^C ends it");
	type_command(t,
		     "trap \"echo caught\" INT; sh -c \"echo st\\\"\\\"arted; exec cat\"; exit 6");
	term_type(t, "\003");
	ok(term_expect(t, "caught"), "or is caught by it");
	term_expect(t, LAB_PROMPT);
	type_command(t, "echo st\"\"arted; sleep 1; exit 7");
	term_type(t, "\032");
	ok(term_expect(t, "Stopped"), "^Z stops it");
	term_expect(t, LAB_PROMPT);
	term_type(t, "fg; echo st=$?\r");
	ok(term_expect(t, "st=7"), "and fg lets it go on");
	lab_exit(t, 0);
	term_free(t);
	lab_is_clean(&lab, "with keys");
	lab_close(&lab);
}

/* Called as a shell, by a link's name and by a login's. */
static void test_names(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out,
		      "mkdir bin; ln -s \"$STENO\" bin/bash; ln -s \"$STENO\" bin/steno\n"
		      "PATH=$PWD/bin:$PATH; bash -c 'echo $0 ${BASH_VERSION:+is bash}; exit 4'"),
	       4, "a link with a shell's name is that shell");
	is_str(buf_str(&out), "bash is bash\n", "the real one");
	buf_clear(&out);
	is_int(lab_sh(&lab, &out, "SHELL=$PWD/bin/steno STENO_SHELL= bin/steno -c 'exit 2'"), 2,
	       "steno as $SHELL does not find itself");
	is_int(lab_sh(&lab, &out, "echo 'exit 6' >s; PATH=$PWD/bin:$PATH bash s"), 6,
	       "a script is run by the shell as it is");
	buf_release(&out);
	lab_close(&lab);
}

int main(void)
{
	test_conformance();
	test_reports();
	test_alone();
	test_current();
	test_keys();
	test_names();
	return tap_done();
}
