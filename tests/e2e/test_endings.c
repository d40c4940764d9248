/* SPDX-License-Identifier: MIT */
/* The part of the table of boundaries that takes a session for each cell: what ends a shell, and
 * how one begins. As the rest (tests/lib/boundaries.h), by real shells in a real terminal; in front
 * of the records stands the status that steno itself ends with. */
#include "lab.h"
#include "shells.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/json.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 8 };

struct row {
	const char *name;
	unsigned in;
	enum trial_way way;
	const char *env; /* or NULL */
	struct step steps[STEPS];
	int hang_up;		/* behind the steps the terminal is closed */
	const char *want;	/* in all, but for: */
	const char *of[SHELLS]; /* NULL: as all */
	unsigned quiet;		/* in these the outputs are not told */
};

#define FISH_IN "[exec fish --no-config -C 'function fish_prompt; echo -n \"i\"\"n> \"; end']=4"

static const struct row rows[] = {
	{"exit",
	 IN_ALL,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("exit 5\r")},
	 0,
	 "5 [exit 5]=5{}",
	 {[BASH] = "5 [exit 5]=5{exit}"},
	 0},
	{"exit behind a command that failed",
	 IN_ALL,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("false\r"), TYPE("exit\r")},
	 0,
	 "1 [false]=1{} [exit]=1{}",
	 {[BASH] = "1 [false]=1{} [exit]=1{exit}"},
	 0},
	{"Ctrl-D", IN_ALL, TRIAL_PLAIN, NULL, {TYPE("\004")}, 0, "0", {0}, 0},
	{"Ctrl-D behind a command that failed",
	 IN_ALL,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("sh -c 'exit 3'\r"), TYPE("\004")},
	 0,
	 "3 [sh -c 'exit 3']=3{}",
	 {[FISH] = "0 [sh -c 'exit 3']=3{}",
	  /* so without steno: 1.0.4, and 1.0.10 */
	  [KSH] = "0 [sh -c 'exit 3']=3{}\n3 [sh -c 'exit 3']=3{}"},
	 0},
	{"exec of a program",
	 IN_ALL,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("exec sh -c 'echo n\"\"ew; exit 7'\r")},
	 0,
	 "7 [exec sh -c 'echo n\"\"ew; exit 7']=7{new}",
	 {0},
	 0},
	{"kill -9 of the shell",
	 IN_POSIX,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("kill -9 $$\r")},
	 0,
	 "137 [kill -9 $$]=137{}",
	 {0},
	 0},
	{"kill -9 of fish",
	 IN_FISH,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("kill -9 $fish_pid\r")},
	 0,
	 "137 [kill -9 $fish_pid]=137{}",
	 {0},
	 0},
	{"set -e and a command that fails",
	 IN_POSIX,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("set -e\r"), TYPE("true\r"), TYPE("sh -c 'exit 4'\r")},
	 0,
	 "4 [set -e]=0{} [true]=0{} [sh -c 'exit 4']=4{}",
	 {0},
	 0},
	{"a dumb terminal",
	 IN_ALL,
	 TRIAL_PLAIN,
	 "TERM=dumb",
	 {TYPE("false\r"), TYPE("echo hi\r"), TYPE("exit 5\r")},
	 0,
	 "5 [false]=1{} [echo hi]=0{hi} [exit 5]=5{}",
	 {[BASH] = "5 [false]=1{} [echo hi]=0{hi} [exit 5]=5{exit}"},
	 0},
	{"a login shell",
	 IN_POSIX,
	 TRIAL_LOGIN,
	 NULL,
	 {TYPE("case $0 in -*) echo $LOGIN;; esac\r"), TYPE("false\r"), TYPE("exit 5\r")},
	 0,
	 "5 [case $0 in -*) echo $LOGIN;; esac]=0{yes} [false]=1{} [exit 5]=5{}",
	 {[BASH] = "5 [case $0 in -*) echo $LOGIN;; esac]=0{yes} [false]=1{} [exit 5]=5{logout}"},
	 0},
	{"a login shell, of a steno that is called as one",
	 IN_POSIX,
	 TRIAL_LOGIN_NAME,
	 NULL,
	 {TYPE("case $0 in -*) echo $LOGIN;; esac\r"), TYPE("false\r"), TYPE("exit 5\r")},
	 0,
	 "5 [case $0 in -*) echo $LOGIN;; esac]=0{yes} [false]=1{} [exit 5]=5{}",
	 {[BASH] = "5 [case $0 in -*) echo $LOGIN;; esac]=0{yes} [false]=1{} [exit 5]=5{logout}"},
	 0},
	{"fish as a login shell",
	 IN_FISH,
	 TRIAL_LOGIN,
	 NULL,
	 {TYPE("echo $LOGIN; status is-login\r"), TYPE("false\r"), TYPE("exit 5\r")},
	 0,
	 "5 [echo $LOGIN; status is-login]=0{yes} [false]=1{} [exit 5]=5{}",
	 {0},
	 0},
	{"fish as a login shell, of a steno that is called as one",
	 IN_FISH,
	 TRIAL_LOGIN_NAME,
	 NULL,
	 {TYPE("echo $LOGIN; status is-login\r"), TYPE("false\r"), TYPE("exit 5\r")},
	 0,
	 "5 [echo $LOGIN; status is-login]=0{yes} [false]=1{} [exit 5]=5{}",
	 {0},
	 0},
	{"exec of the same shell",
	 IN_LINES,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("exec env ENV=/dev/null PS1='i''n# ' $SELF\r"), AFTER("in# ", "echo i\"\"n\r"),
	  AFTER("in# ", "exit 4\r")},
	 0,
	 "4 [exec env ENV=/dev/null PS1='i''n# ' $SELF]=4",
	 {0},
	 IN_ALL},
	{"exit of a shell whose prompt was set anew",
	 IN_LINES,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("false\r"), TYPE("PS1='i''n# '\r"), AFTER("in# ", "echo i\"\"n\r"),
	  AFTER("in# ", "exit 4\r")},
	 0,
	 "4 [false]=1 [PS1='i''n# ']=null",
	 {0},
	 IN_ALL},
	{"exit by what a loop in the shell reads", /* dash and ksh93 read as at a prompt */
	 IN_LINES,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("while echo m\"\"ore; do read l; [ -z \"$l\" ] || exit $l; done\r"),
	  AFTER("more\r\n", "\r"), AFTER("more\r\n", "4\r")},
	 0,
	 "4 [while echo m\"\"ore; do read l; [ -z \"$l\" ] || exit $l; done]=4",
	 {[DASH] = "4 [while echo m\"\"ore; do read l; [ -z \"$l\" ] || exit $l; done]=null",
	  [KSH] = "4 [while echo m\"\"ore; do read l; [ -z \"$l\" ] || exit $l; done]=null"},
	 IN_ALL},
	{"exit of a program that reads lines, without job control",
	 IN_LINES,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("set +m\r"), TYPE("echo g\"\"o; sed 2q; exit 4\r"), AFTER("go\r\n", "a\r"),
	  AFTER("a\r\na\r\n", "b\r")},
	 0,
	 "4 [set +m]=0{} [echo g\"\"o; sed 2q; exit 4]=4{go|a|a|b|b}",
	 {0},
	 0},
	{"exec of bash",
	 IN_BASH,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("exec env PS1='i''n> ' bash --norc\r"), AFTER("in> ", "echo i\"\"n\r"),
	  AFTER("in> ", "exit 4\r")},
	 0,
	 "4 [exec env PS1='i''n> ' bash --norc]=4",
	 {0},
	 IN_ALL},
	{"exec of zsh",
	 IN_ZSH,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("exec env PS1='i''n> ' zsh -f\r"), AFTER("in> ", "echo i\"\"n\r"),
	  AFTER("in> ", "exit 4\r")},
	 0,
	 "4 [exec env PS1='i''n> ' zsh -f]=4",
	 {0},
	 IN_ALL},
	{"exec of fish", /* fish 4 prints marks of its own, which are heard then */
	 IN_FISH,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("exec fish --no-config -C 'function fish_prompt; echo -n \"i\"\"n> \"; end'\r"),
	  AFTER("in> ", "echo i\"\"n\r"), AFTER("in\r\n", "exit 4\r")},
	 0,
	 "4 " FISH_IN "\n4 [echo i\"\"n]=0 [exit 4]=4 " FISH_IN,
	 {0},
	 IN_ALL},
	{"the terminal closed at the prompt",
	 IN_ALL,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("echo a\r"), TYPE("")},
	 1,
	 "129 [echo a]=0{a}",
	 /* so without steno; fish 4.9 as others do */
	 {[ZSH] = "1 [echo a]=0{a}", [FISH] = "0 [echo a]=0{a}\n129 [echo a]=0{a}"},
	 0},
	{"the terminal closed while a command runs",
	 IN_ALL,
	 TRIAL_PLAIN,
	 NULL,
	 {TYPE("sh -c 'echo g\"\"o; exec sleep 60'\r"), AFTER("go\r\n", "")},
	 1,
	 "129 [sh -c 'echo g\"\"o; exec sleep 60']=129",
	 {[ZSH] = "1 [sh -c 'echo g\"\"o; exec sleep 60']=1",
	  /* its own status, 0, or the command's, whichever hears of it first */
	  [FISH] = "0 [sh -c 'echo g\"\"o; exec sleep 60']=0\n129 [sh -c 'echo g\"\"o; exec sleep "
		   "60']=129"},
	 IN_ALL /* it may have time to say why the command ended */},
};

static struct lab lab;

static void put_records(struct buf *out, int quiet)
{
	struct buf json = {0};
	char *at, *newline;

	lab_sh(&lab, &json, "\"$STENO\" export -f json last");
	at = (char *)(uintptr_t)buf_str(&json);
	for (; (newline = strchr(at, '\n')); at = newline + 1) {
		struct json *j = json_parse(at, (size_t)(newline - at), NULL);

		if (j)
			shells_put_record(out, &lab, j, quiet);
		json_free(j);
	}
	buf_release(&json);
}

static void test_row(int shell, const struct row *r)
{
	struct trial trial;
	struct buf got = {0};
	int status = 0;

	trial_start(&trial, &lab, shell, r->way, r->env);
	trial_play(&trial, r->steps, STEPS);
	if (r->hang_up)
		term_hang_up(trial.t);
	term_exit(trial.t, &status);
	trial_end(&trial);
	buf_printf(&got, "%d", status);
	put_records(&got, r->quiet >> shell & 1);
	shells_is_one(&trial, buf_str(&got), r->of[shell] ? r->of[shell] : r->want, r->name);
	lab_is_clean(&lab, r->name);
	buf_release(&got);
	lab_close(&lab);
}

/* Arguments: a shell, and a part of the name of a row. */
int main(int argc, char **argv)
{
	size_t i;
	int shell;

	for (shell = 0; shell < SHELLS; shell++)
		for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
			if (rows[i].in >> shell & 1 &&
			    (argc < 2 || !strcmp(argv[1], shells_name(shell))) &&
			    (argc < 3 || strstr(rows[i].name, argv[2])))
				test_row(shell, &rows[i]);
	return tap_done();
}
