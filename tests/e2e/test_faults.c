/* SPDX-License-Identifier: MIT */
/* Whatever of steno is killed, refused or full: the shell goes on, and what was shown is kept. */
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

static void kill_process(struct term *t, const char *name)
{
	pid_t pid = 0;
	int tries;

	for (tries = 0; pid <= 0 && tries < 50;
	     tries++) /* one that has died is just started anew */
		pid = lab_process(&lab, term_pid(t), name);
	if (ok(pid > 0, "there is a %s to be killed", name))
		kill(pid, SIGKILL);
}

static void test_holder_killed(void)
{
	struct term *t;
	int i;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo before");
	for (i = 0; i < 3; i++) {
		kill_process(t, "steno-holder");
		lab_line(t, "echo after");
	}
	is_int(lab_exit(t, 6), 6, "the shell's status is known after its holder was killed");
	term_free(t);
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 5, "no command is lost or doubled");
	lab_is_record(&lab, 0, "echo before", 0);
	lab_is_record(&lab, 3, "echo after", 0);
	lab_transcript_has(&lab, "the process that recorded was killed");
	lab_is_clean(&lab, "after the holder was killed");
	lab_close(&lab);
}

static void test_scribe_killed(void)
{
	struct term *t;
	char line[32];
	int i;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	for (i = 0; i < 10; i++) {
		snprintf(line, sizeof(line), "echo number %d", i);
		lab_line(t, line);
		kill_process(t, "steno-scribe");
	}
	lab_exit(t, 0);
	term_free(t);
	is_int(lab_records(&lab), 0, "the provenance is whole after its scribe was killed");
	is_int((int64_t)lab.n_records, 11, "no line is lost or doubled");
	lab_is_clean(&lab, "after the scribe was killed");
	lab_close(&lab);
}

static void test_front_killed(void)
{
	struct buf out = {0};
	struct term *t;
	int status;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo kept");
	term_signal(t, SIGKILL);
	term_exit(t, &status);
	term_free(t);
	lab_sh(&lab, &out,
	       "i=0; while [ -e codex-logs/.current_session ] && [ $i -lt 200 ]; do i=$((i+1));"
	       " sleep 0.1; done; cat codex-logs/*.md");
	ok(strstr(buf_str(&out), "echo kept") != NULL, "a killed front loses nothing of the log");
	lab_records(&lab);
	lab_is_record(&lab, 0, "echo kept", 0);
	lab_is_clean(&lab, "after the front was killed");
	buf_release(&out);
	lab_close(&lab);
}

static void test_all_killed(void)
{
	struct buf out = {0};
	struct term *t;
	pid_t holder;
	int status;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_type(t, "sh -c 'echo working; exec sleep 100'\r");
	term_expect(t, "\rworking");
	holder = lab_process(&lab, term_pid(t), "steno-holder");
	term_signal(t, SIGSTOP); /* so that it cannot go on with another holder */
	kill(holder, SIGKILL);
	term_signal(t, SIGKILL);
	term_exit(t, &status);
	term_free(t);
	lab_sh(&lab, &out,
	       "i=0; until grep -q interrupted codex-logs/provenance.jsonl || [ $i -gt 200 ]; do"
	       " i=$((i+1)); sleep 0.05; done");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "a session whose processes were all killed is ended");
	is_str(lab_record_text(&lab, 0, "end"), "interrupted", "its open command was interrupted");
	is_int(lab_record_int(&lab, 0, "exit_code"), -1000, "and its status is not known");
	lab_is_clean(&lab, "after all was killed");
	buf_release(&out);
	lab_close(&lab);
}

static void test_unended_mark(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	term_type(t, "printf '\\e]7377;%s;E;s=1;cmd=' \"$__steno_n\"; head -c 300000 /dev/zero |"
		     " tr '\\0' x; kill -9 $$\r");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 137, "a shell dies inside of a mark");
	is_int(lab_sh(&lab, NULL,
		      "! grep -q '\"l\"' codex-logs/*.cast && "
		      "[ $(cat codex-logs/*.cast | wc -c) -gt 300000 ]"),
	       0, "and no byte of it is lost");
	lab_is_clean(&lab, "of a mark without an end");
	lab_close(&lab);
}

static void test_full_disk(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out,
		      "(ulimit -f 16; \"$STENO\" -- sh -c 'seq 20000; echo the end; exit 4'"
		      " </dev/null; echo \"status $?\") 2>&1 | tail -n 3"),
	       0, "a full disk does not end steno");
	ok(strstr(buf_str(&out), "status 4") != NULL, "nor the program");
	ok(strstr(buf_str(&out), "the end") != NULL, "nor hides its output");
	ok(strstr(buf_str(&out), "not complete") != NULL, "and is told in the end");
	buf_release(&out);
	lab_close(&lab);
}

/* A file can be made there, but nothing be written to it. */
static void test_full_from_the_start(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out, "ulimit -f 0; exec \"$STENO\" -- true"), 3,
	       "where nothing can be written nothing begins");
	ok(strstr(buf_str(&out), "File too large") != NULL, "and it is told why");
	is_int(lab_sh(&lab, NULL, "ls -A codex-logs \"$HOME/.local/state/steno\" | grep '[a-z]$'"),
	       1, "and no empty file is left, nor a .gitignore that ignores nothing");
	buf_clear(&out);
	if (lab_sh(&lab, NULL, "unshare -rm mount -t tmpfs steno .") != 0) {
		tap_skip("a disk that is full from the start", "nothing can be mounted here");
	} else {
		is_int(lab_sh(&lab, &out,
			      "mkdir full; exec unshare -rm sh -c 'mount -t tmpfs -o size=64k steno"
			      " full && cd full && cat /dev/zero >file; exec \"$STENO\" --"
			      " sh -c \"exit 4\"'"),
		       4, "a disk that is full from the start ends nothing");
		ok(strstr(buf_str(&out), "they go to ") != NULL, "the logs go elsewhere");
		is_int(lab_sh(&lab, NULL,
			      "grep 'exit=4' \"$HOME\"/.local/state/steno/*-session.md"),
		       0, "and are whole there");
	}
	buf_release(&out);
	lab_close(&lab);
}

static void test_refused_folders(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, "ln -s /tmp codex-logs");
	is_int(lab_sh(&lab, &out, "\"$STENO\" -- sh -c 'exit 4'"), 4,
	       "a folder that is a link is not used, the program runs");
	ok(strstr(buf_str(&out), "symbolic link") != NULL, "and it is told why");
	is_int(lab_sh(&lab, NULL, "ls \"$HOME\"/.local/state/steno/*.md"), 0,
	       "the logs are in the state folder instead");
	buf_clear(&out);
	if (getuid()) {
		lab_sh(&lab, NULL, "rm codex-logs; chmod 555 .");
		is_int(lab_sh(&lab, &out, "\"$STENO\" -- sh -c 'exit 4'"), 4,
		       "nor does a folder that cannot be written end it");
	}
	is_int(lab_sh(&lab, &out,
		      "mkdir x && git init -q x/y && cd x/y && echo junk >.git/config && "
		      "\"$STENO\" -- sh -c 'exit 4'"),
	       4, "nor a repository that cannot be read");
	buf_release(&out);
	lab_close(&lab);
}

static void test_survey_that_hangs(void)
{
	lab_open(&lab, 0);
	lab_sh(&lab, NULL, "rm .git/config; mkfifo .git/config");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- sh -c 'exit 4' </dev/null"), 4,
	       "a repository that cannot be read to the end is no hindrance");
	lab_transcript_has(&lab, "the survey of the repository failed");
	lab_is_clean(&lab, "where the survey hung");
	lab_close(&lab);
}

static void test_stalled_terminal(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	t = lab_start(&lab, "--", "sh", "-c",
		      "trap 'echo interrupted >&3; exit 5' INT; exec 3>got; "
		      "while :; do seq 100000; done",
		      NULL);
	/* nothing is read from the terminal until the program must have been stopped by it */
	lab_sh(&lab, NULL,
	       "i=0; while [ $i -lt 100 ]; do a=$(cat codex-logs/*.cast 2>/dev/null | wc -c);"
	       " sleep 0.1; b=$(cat codex-logs/*.cast 2>/dev/null | wc -c); [ $a -gt 100000 ] && "
	       "[ $a = $b ] && exit; i=$((i+1)); done");
	term_send(t, "\003", 1);
	is_int(lab_sh(&lab, NULL,
		      "i=0; while [ ! -s got ] && [ $i -lt 50 ]; do sleep 0.1; i=$((i+1)); done;"
		      " [ -s got ]"),
	       0, "Ctrl-C reaches the program while the terminal is stalled");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 5, "and it ends as it wants to");
	lab_is_clean(&lab, "after a stall");
	lab_close(&lab);
}

static void test_torn_provenance(void)
{
	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "mkdir -m 700 codex-logs; printf '{\"ts\":\"torn' "
	       ">codex-logs/provenance.jsonl; chmod 600 codex-logs/*");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- true </dev/null"), 0,
	       "a torn line of another session's is no hindrance");
	is_int(lab_sh(&lab, NULL,
		      "[ \"$(head -n 1 codex-logs/provenance.jsonl)\" = "
		      "'{\"ts\":\"torn' ] && tail -n 1 codex-logs/provenance.jsonl | "
		      "grep -q '\"cmd\":\"true\"'"),
	       0, "it is ended, and left as it is");
	lab_close(&lab);
}

int main(void)
{
	test_holder_killed();
	test_scribe_killed();
	test_front_killed();
	test_all_killed();
	test_unended_mark();
	test_full_disk();
	test_full_from_the_start();
	test_refused_folders();
	test_survey_that_hangs();
	test_stalled_terminal();
	test_torn_provenance();
	return tap_done();
}
