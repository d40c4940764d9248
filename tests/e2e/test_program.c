/* SPDX-License-Identifier: MIT */
/* `steno -- program`: with and without terminals around it. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct lab lab;

static void test_status(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "sh", "-c", "echo 'it runs'; exit 7", NULL);
	term_expect(t, "it runs");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 7, "the exit status is the program's own");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "a program is one record");
	lab_is_record(&lab, 0, "sh -c 'echo '\\''it runs'\\''; exit 7'", 7);
	is_str(lab_record_text(&lab, 0, "src"), "argv", "that says where its text is from");
	lab_transcript_has(&lab, "\nit runs\n");
	lab_is_clean(&lab, "of a program");
	lab_close(&lab);
}

static void test_no_program(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out, "\"$STENO\" -- no-such-program"), 127,
	       "what is not there ends with 127");
	ok(strstr(buf_str(&out), "No such file") != NULL, "and says so");
	lab_sh(&lab, NULL, "touch plain");
	is_int(lab_sh(&lab, &out, "\"$STENO\" -- ./plain"), 126,
	       "what is no program ends with 126");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 2, "both are in the log");
	lab_is_record(&lab, 0, "no-such-program", 127);
	lab_is_record(&lab, 1, "./plain", 126);
	is_int(lab_sh(&lab, &out, "\"$STENO\" --nonsense"), 2, "a wrong option is a usage error");
	is_int(lab_sh(&lab, &out, "\"$STENO\" make"), 2, "so is a wrong verb");
	is_int(lab_sh(&lab, &out, "\"$STENO\" --size 1x1 -- true"), 2, "so is a size of 1x1");
	lab_is_clean(&lab, "after programs that did not start");
	buf_release(&out);
	lab_close(&lab);
}

static void test_pipes(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out, "\"$STENO\" -- printf Bingo </dev/null | cat"), 0,
	       "it runs with no terminal anywhere");
	is_str(buf_str(&out), "Bingo", "and only the program's output is printed");
	buf_clear(&out);
	lab_sh(&lab, &out, "seq 3 | \"$STENO\" -- sh -c 'cat; echo end'");
	ok(strstr(buf_str(&out), "3\r\nend\r\n") != NULL,
	   "a pipe's text and end reach the program");
	buf_clear(&out);
	is_int(lab_sh(&lab, &out, "printf 'echo a$((1+1))\\nexit 5\\n' | \"$STENO\""), 5,
	       "a shell takes its commands from a pipe");
	ok(strstr(buf_str(&out), "a2") != NULL, "and runs them");
	is_int(lab_sh(&lab, &out, "printf 'cat\\n' | \"$STENO\""), 0,
	       "a command at the end of a pipe is told the end, then the shell");
	is_int(lab_sh(&lab, &out, "\"$STENO\" </dev/null"), 0, "an empty input ends the shell");
	is_int(lab_sh(&lab, &out, "\"$STENO\" -- sh -c 'exit 3' <&- >&- 2>&-"), 3,
	       "closed standard streams change nothing");
	is_int(lab_sh(&lab, &out, "TERM= \"$STENO\" -- true; env -u TERM \"$STENO\" -- true"), 0,
	       "nor does a missing TERM");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 8, "each command is in the log");
	lab_is_record(&lab, 2, "echo a$((1+1))", 0);
	lab_is_record(&lab, 3, "exit 5", 5);
	lab_is_record(&lab, 4, "cat", 0);
	lab_is_clean(&lab, "without terminals");
	buf_release(&out);
	lab_close(&lab);
}

static void test_broken_pipe(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, &out, "timeout 20 \"$STENO\" -- yes | head -n 1; echo \"ended\"");
	ok(strstr(buf_str(&out), "y\r\nended") != NULL, "a reader that leaves ends the program");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "and the log is whole");
	lab_is_clean(&lab, "after a broken pipe");
	buf_release(&out);
	lab_close(&lab);
}

static void test_bytes(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, &out,
	       "head -c 100000 /dev/urandom >bytes; \"$STENO\" -- sh -c 'stty raw -echo; cat "
	       "bytes' "
	       "</dev/null >shown; cmp bytes shown && echo same");
	is_str(buf_str(&out), "same\n", "binary output is shown byte for byte");
	buf_clear(&out);
	lab_sh(&lab, &out,
	       "i=0; while [ $i -lt 20 ]; do \"$STENO\" -- sh -c 'head -c 60000 /dev/zero | "
	       "tr \"\\0\" x' </dev/null | wc -c; i=$((i+1)); done | sort | uniq -c");
	ok(strstr(buf_str(&out), "20 60000") != NULL,
	   "a program that prints and exits loses nothing");
	lab_is_clean(&lab, "of binary output");
	buf_release(&out);
	lab_close(&lab);
}

static void test_signals(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "sh", "-c", "trap 'echo got TERM; exit 9' TERM; echo up; read x",
		      NULL);
	term_expect(t, "up");
	term_signal(t, SIGTERM);
	term_expect(t, "got TERM");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 9, "SIGTERM to steno reaches the program");

	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_signal(t, SIGTERM);
	term_exit(t, &status);
	term_free(t);
	is_int(status, 129, "SIGTERM to steno hangs a shell up");

	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_type(t, "echo be${x}gun; sleep 100\r");
	term_expect(t, "begun");
	term_hang_up(t);
	term_exit(t, &status);
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 2, "a closed terminal leaves the record of what ran");
	is_str(lab_record_text(&lab, 1, "cmd"), "echo be${x}gun; sleep 100", "with its text");
	lab_is_clean(&lab, "after signals");
	lab_close(&lab);
}

static void test_folder(void)
{
	lab_open(&lab, LAB_NO_GIT);
	is_int(lab_sh(&lab, NULL,
		      "git config --global steno.logDir notes/ && \"$STENO\" -- true </dev/null &&"
		      " ls notes/*.md && \"$STENO\" show last"),
	       0, "the user's steno.logDir names the folder, outside of repositories, too");
	is_int(lab_sh(&lab, NULL,
		      "git init -q r && cd r && git config steno.logDir elsewhere &&"
		      " \"$STENO\" -- true </dev/null && ls notes/*.md && [ ! -e elsewhere ]"),
	       0, "the repository's is not believed");
	is_int(lab_sh(&lab, NULL,
		      "STENO_LOG_DIR=$PWD/x/y \"$STENO\" -- true </dev/null && ls x/y/*.md &&"
		      " \"$STENO\" --log-dir z -- true </dev/null && ls z/*.md"),
	       0, "the environment and the option come first");
	lab_close(&lab);
}

int main(void)
{
	test_status();
	test_no_program();
	test_pipes();
	test_broken_pipe();
	test_bytes();
	test_signals();
	test_folder();
	return tap_done();
}
