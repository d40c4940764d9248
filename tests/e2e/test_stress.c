/* SPDX-License-Identifier: MIT */
/* Moments that are hard to hit: kills at the edges of a session, terminals that go away or do not
 * read, steno where job control or hang-ups do not reach it. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;

/* For scripts: await COMMAND waits until it is true; of PID NAME prints the pid of the process NAME
 * below it. */
static const char helpers[] =
	"await() { i=0; until eval \"$1\"; do i=$((i+1)); [ $i -lt 400 ] || exit 99;"
	" sleep 0.05; done; };"
	"of() { for p in $(ps -o pid= --ppid $1); do"
	" case \"$(ps -o stat=,comm= -p $p)\" in Z*) ;; *\" $2\") echo $p;; esac; of $p $2; done; "
	"};";

static int script(const char *text)
{
	struct buf b = {0};
	int status;

	buf_puts(&b, helpers);
	buf_puts(&b, text);
	status = lab_sh(&lab, NULL, buf_str(&b));
	buf_release(&b);
	return status;
}

/* The same for something steno runs below t, whose pid is $front. */
static int script_on(const struct term *t, const char *text)
{
	struct buf b = {0};
	int status;

	buf_printf(&b, "front=%d; ", (int)term_pid(t));
	buf_puts(&b, text);
	status = script(buf_str(&b));
	buf_release(&b);
	return status;
}

/* A shell, not steno, in a terminal, with STENO in its environment. */
static struct term *start_shell(const char *const *argv)
{
	char steno[512], run[512];
	const char *env[] = {steno, run, "PS1=outer> ", NULL};
	struct term_plan plan = {
		.path = argv[0], .argv = argv, .home = lab.home, .cwd = lab.repo, .env = env};

	snprintf(steno, sizeof(steno), "STENO=%s", lab.steno);
	snprintf(run, sizeof(run), "XDG_RUNTIME_DIR=%s", lab.dir);
	return term_start(&plan);
}

static void test_reader_leaves_late(void)
{
	lab_open(&lab, 0);
	is_int(script("(timeout 15 \"$STENO\" -- yes </dev/null; echo $? >status) | "
		      "await '[ $(cat codex-logs/*.cast 2>/dev/null | wc -c) -gt 200000 ]'; "
		      "await '[ -s status ]'; [ $(cat status) = 129 ]"),
	       0, "a reader that leaves while output waits for it ends the program");
	lab_is_clean(&lab, "after the reader left");
	lab_close(&lab);
}

static void test_killed_before_it_told(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "sh", "-c", "seq 20000; exit 6", NULL);
	is_int(script_on(t, "await '[ \"$(of $front steno-holder)\" ]'; "
			    "h=$(of $front steno-holder); "
			    "await 'ps -o stat=,comm= --ppid $h | grep -q \"^Z.* sh\"'; "
			    "kill -KILL $h"),
	       0, "a holder is killed that has seen the end and not told it");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 6, "the status is known all the same");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "the program is in the log");
	lab_is_record(&lab, 0, "sh -c 'seq 20000; exit 6'", 6);
	lab_is_clean(&lab, "after that");
	lab_close(&lab);
}

static void test_killed_after_it_told(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	script_on(t, "kill -STOP $(of $front steno-scribe)");
	term_type(t, "exit 5\r");
	is_int(script_on(t, "await 'grep -q \"\\\"x\\\",\" codex-logs/*.cast'; "
			    "s=$(of $front steno-scribe); kill -KILL $(of $front steno-holder); "
			    "kill -KILL $s"),
	       0, "a holder is killed while it waits for the last files");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 5, "the status is the shell's");
	is_int(script("[ $(grep -c '\"x\",' codex-logs/*.cast) = 1 ] && "
		      "! [ -e codex-logs/.current_session ]"),
	       0, "and the end is told once");
	lab_is_clean(&lab, "after both");
	lab_close(&lab);
}

static void test_killed_before_the_start(void)
{
	lab_open(&lab, 0);
	is_int(script("mkfifo .gitignore; " /* holds the survey, and the start for a moment */
		      "\"$STENO\" -- sh -c 'until [ -e go ]; do sleep 0.05; done; exit 4' "
		      "</dev/null & await '[ \"$(of $! steno-holder)\" ]'; "
		      "kill -KILL $(of $! steno-holder); await '[ \"$(of $! sh)\" ]'; "
		      "rm .gitignore; kill -KILL $(of $! steno-survey); touch go; wait $!"),
	       4, "a program starts though the first holder was killed before that");
	lab_is_clean(&lab, "from the second holder");
	lab_close(&lab);
}

static void test_orphaned(void)
{
	struct term *t;
	int status;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo kept");
	script_on(t, "kill -KILL $(of $front steno-holder)");
	lab_line(t, "echo on");
	term_signal(t, SIGKILL);
	term_exit(t, &status);
	term_free(t);
	is_int(script("await '! [ -e codex-logs/.current_session ]'"), 0,
	       "a holder that inherited its program ends when its front is killed");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 2, "both commands are in the log");
	lab_is_record(&lab, 1, "echo on", 0);
	lab_is_clean(&lab, "of an orphan");
	lab_close(&lab);
}

static void test_resize_around_a_kill(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_resize(t, 30, 100);
	lab_line(t, "until [ \"$(stty size)\" = '30 100' ]; do :; done");
	script_on(t, "kill -KILL $(of $front steno-holder)");
	lab_line(t, "echo again");
	term_resize(t, 24, 80);
	term_type(t, "until [ \"$(stty size)\" = '24 80' ]; do :; done; echo as${x}before\r");
	ok(term_expect(t, "asbefore"), "a new holder takes the size the first one began with");
	lab_exit(t, 0);
	term_free(t);
	lab_is_clean(&lab, "of sizes");
	lab_close(&lab);
}

static void test_terminal_sane(void)
{
	static const char *const argv[] = {
		"sh", "-c",
		"stty -a >before; \"$STENO\" -- sh -c 'echo up; exec sleep 100'; "
		"i=0; until stty -a | cmp -s - before; do i=$((i+1)); [ $i -lt 200 ] || exit 9; "
		"sleep 0.05; done; echo sane",
		NULL};
	struct term *t;

	lab_open(&lab, 0);
	t = start_shell(argv);
	term_expect(t, "up");
	script_on(t, "kill -KILL $(of $front steno)");
	ok(term_expect(t, "sane"), "the terminal is itself again after its front was killed");
	term_free(t);
	lab_close(&lab);
}

static void test_not_our_terminal(void)
{
	static const char *const argv[] = {
		"sh", "-c", "exec 3<&0; setsid \"$STENO\" -- sh -c 'echo up; cat' <&3 3<&- & wait",
		NULL};
	struct term *t;

	lab_open(&lab, 0);
	t = start_shell(argv);
	term_expect(t, "up");
	term_hang_up(t);
	is_int(script("await '! [ -e codex-logs/.current_session ]'"), 0,
	       "a terminal that goes without a signal ends the session, too");
	term_free(t);
	lab_records(&lab);
	lab_is_record(&lab, 0, "sh -c 'echo up; cat'", 129);
	lab_close(&lab);
}

static void test_stalled_at_the_end(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "sh", "-c", "seq 100000 & until [ -e go ]; do sleep 0.05; done",
		      NULL);
	is_int(script_on(t, "await '[ $(cat codex-logs/*.cast 2>/dev/null | wc -c) -gt 200000 ]'; "
			    "h=$(of $front steno-holder); touch go;"
			    "await 'ps -o stat=,comm= --ppid $h | grep -q \"^Z.* sh\"'; "
			    "a=$(cut -d' ' -f14,15 /proc/$h/stat); sleep 0.5; "
			    "[ \"$a\" = \"$(cut -d' ' -f14,15 /proc/$h/stat)\" ]"),
	       0, "waiting for a terminal that does not read costs no time");
	is_int(script_on(t, "kill -TERM $front; await '! [ -e codex-logs/.current_session ]'"), 0,
	       "and SIGTERM ends it");
	term_free(t);
	lab_is_clean(&lab, "without the terminal");
	lab_close(&lab);
}

static void test_background(void)
{
	static const char *const argv[] = {"bash", "--norc", "-i", NULL};
	struct term *t;

	lab_open(&lab, 0);
	t = start_shell(argv);
	term_expect(t, "outer> ");
	term_type(t, "\"$STENO\" --shell /bin/bash &\r");
	is_int(script_on(t, "await 'ps -o stat= --ppid $front | grep -q T'; "
			    "[ -z \"$(of $front steno-holder)\" ]"),
	       0, "in the background it stops before it touches the terminal");
	term_type(t, "fg\r");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo in${x}side");
	script_on(t, "kill -TSTP $(of $front steno)");
	term_expect(t, "outer> ");
	term_type(t, "fg\r");
	term_type(t, "echo back${x}again\r");
	ok(term_expect(t, "backagain"), "suspended from outside it comes back");
	term_type(t, "exit\r");
	term_expect(t, "outer> ");
	term_free(t);
	lab_is_clean(&lab, "after the background");
	lab_close(&lab);
}

static void test_ignored_hang_up(void)
{
	lab_open(&lab, 0);
	is_int(script("(trap '' HUP; exec \"$STENO\" -- sh -c 'until [ -e go ]; do sleep 0.05; "
		      "done; exit 4') </dev/null & p=$!; "
		      "await '[ -e codex-logs/.current_session ]'; kill -HUP $p; touch go; "
		      "wait $p"),
	       4, "a hang-up that steno was told to ignore is ignored");
	lab_close(&lab);
}

static void test_odd_places(void)
{
	lab_open(&lab, LAB_NO_GIT);
	is_int(script("mkdir gone; cd gone; rmdir ../gone; \"$STENO\" -- sh -c 'exit 4'"
		      " </dev/null"),
	       4, "a directory that is no more is no hindrance");
	is_int(script("\"$STENO\" -- sh -c 'until [ -e go ]; do sleep 0.05; done' </dev/null & "
		      "await '[ \"$(of $! steno-holder)\" ]'; "
		      "await '! ps -o stat= --ppid $! | grep -q Z'; touch go; wait"),
	       0, "no zombie stays");
	lab_close(&lab);
}

int main(void)
{
	test_reader_leaves_late();
	test_killed_before_it_told();
	test_killed_after_it_told();
	test_killed_before_the_start();
	test_orphaned();
	test_resize_around_a_kill();
	test_terminal_sane();
	test_not_our_terminal();
	test_stalled_at_the_end();
	test_background();
	test_ignored_hang_up();
	test_odd_places();
	return tap_done();
}
