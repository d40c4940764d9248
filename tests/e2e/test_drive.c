/* SPDX-License-Identifier: MIT */
/* A script drives a recorded shell: rec -d, send, wait, kill. COMMANDS=100: how many. */
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

/* Runs a script with $s, the session; ok(): it ends with this status. */
static void runs(int status, const char *script, const char *name)
{
	struct buf all = {0}, out = {0};
	int got;

	buf_printf(&all,
		   "s=$(cat \"$LAB/s\"); send() { \"$STENO\" send --enter $s \"$1\"; }\n"
		   "await() { \"$STENO\" wait -t 60 \"$@\" $s; }\n%s",
		   script);
	got = lab_sh(&lab, &out, buf_str(&all));
	if (!is_int(got, status, "%s", name))
		tap_note("%s", buf_str(&out));
	buf_release(&all);
	buf_release(&out);
}

static void begin(const char *arguments)
{
	char script[512];

	lab_open(&lab, 0);
	snprintf(script, sizeof(script),
		 "export SHELL=/bin/bash; \"$STENO\" rec -d %s >\"$LAB/s\" && "
		 "[ \"$(cat \"$LAB/s\")\" = \"$(basename codex-logs/*.cast .cast)\" ]",
		 arguments);
	is_int(lab_sh(&lab, NULL, script), 0, "rec -d %s prints the session's name", arguments);
}

/* Nothing is left of it: no process, no socket, no lock. */
static void end(const char *after)
{
	runs(0, "! \"$STENO\" ls --json | grep -v '\"state\":\"ended\"'", "the session has ended");
	runs(0, "[ -z \"$(ls -A \"$XDG_RUNTIME_DIR/steno\")\" ]", "and leaves no socket");
	lab_is_clean(&lab, after);
	lab_close(&lab);
}

static void test_many(void)
{
	const char *asked = getenv("COMMANDS");
	int n = asked ? (int)strtol(asked, NULL, 10) : 100, i, wrong = 0;
	char script[512];

	n = n > 0 && n < LAB_RECORDS ? n : 100;
	begin("--size 100x30");
	snprintf(script, sizeof(script),
		 "i=0; bad=0; while [ $i -lt %d ]; do send \"(exit $((i %% 256)))\"; await;"
		 " [ $? = $((i %% 256)) ] || bad=1; i=$((i + 1)); done; exit $bad",
		 n);
	runs(0, script, "wait gives the status of each command that was sent");
	runs(7, "send 'exit 7'; await", "of the last, too, which ends the shell");
	runs(7, "await --exit", "the session's own is had afterwards");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, n + 1, "each was recorded");
	for (i = 0; i < n; i++)
		wrong += lab_record_int(&lab, (size_t)i, "exit_code") != i % 256;
	is_int(wrong, 0, "with its status");
	end("after many commands");
}

static void test_what_is_awaited(void)
{
	begin("--size 100x30");
	runs(0, "send 'stty size'; await --text '^30 100$'", "the size is the one asked for");
	runs(130,
	     "send 'sh -c \"echo g; exec sleep 100\"'; await --text '^g$' || exit 1; "
	     "await -t 0.1; [ $? = 124 ] || exit 1; "
	     "printf '\\003' | \"$STENO\" send $s -; await",
	     "a wait that takes too long is told, and the next sees the end");
	runs(2, "send ')'; await", "a syntax error has its status");
	runs(2, "send ''; await", "an empty line has the last one's");
	runs(0, "send 'true; true'; send 'false'; send true; await; await --command 5",
	     "commands sent ahead are all run");
	runs(1, "await --command 4", "and each can be asked for");
	runs(124, "\"$STENO\" wait -t 0 --command 99 $s", "not one that is still to come");
	runs(9, "send 'sleep 0.3; (exit 9)'; \"$STENO\" wait -t 4294967.3 $s",
	     "a timeout of weeks is not over at once");
	runs(0, "send \"printf 'a%.0s' 1 2 3; sleep 0.2; echo b\"; await --text '^aaab$'",
	     "a text is found when it is complete");
	runs(0,
	     "send 'printf \"\\033[?1049h\\033[3;5Hin the middle\"; read x'; "
	     "await --text 'in the middle$' && send '' && await",
	     "a text on a full screen is found");
	runs(125, "\"$STENO\" wait --text '(' $s", "a bad expression is refused");
	runs(125, "\"$STENO\" wait nothing", "and a session that is none");
	runs(0,
	     "XDG_RUNTIME_DIR=/nowhere \"$STENO\" send $s x 2>&1 | grep 'runs, but has no socket'",
	     "one that cannot be reached is not said to have ended");
	runs(125, "XDG_RUNTIME_DIR=/nowhere \"$STENO\" wait --command 99 $s",
	     "so it cannot be waited for");
	runs(129, "\"$STENO\" kill $s; await --exit", "kill ends the session");
	runs(1, "send true", "nothing is typed into one that has ended");
	runs(1, "\"$STENO\" kill $s", "nor is it ended once more");
	runs(1, "await --text 'never printed'", "what is not in it will not come");
	end("after a kill");
}

/* What the user sets in the shell takes the hooks that were in the way. */
static void test_hooks_lost(void)
{
	begin("");
	runs(4, "send 'echo \"${PS1@P}\"; (exit 4)'; await",
	     "a prompt that a command prints does not end it");
	runs(3, "send 'PROMPT_COMMAND='; await; send '(exit 3)'; await",
	     "without PROMPT_COMMAND a command's end is seen by the prompt");
	runs(5, "send 'PS0='; await; send 'echo unseen; (exit 5)'; await",
	     "without PS0, too, by its number");
	runs(0, "\"$STENO\" kill $s", "it ends");
	lab_transcript_has(&lab,
			   "not listed, since the shell did not say when they began: 1 command;");
	lab_transcript_has(&lab, "### Between commands\n```\necho unseen; (exit 5)\n");
	end("after hooks were lost");
}

static void test_program(void)
{
	begin("-- sh -c 'read x; echo \"<$x>\"; exit 5'");
	runs(5,
	     "\"$STENO\" ls | grep -q detached || exit 1; send word; await --text '^<word>$' && "
	     "await",
	     "a program that was started alone is awaited");
	runs(5, "await --exit", "and its files");
	end("after a program");
	begin("-- /no/such/program");
	runs(127, "await --exit", "a program that is not there is told by its status");
	end("without a program");
}

static void test_long_input(void)
{
	begin("");
	runs(0,
	     "send 'stty -echo; wc -c >n'; i=0; while [ $i -lt 3000 ]; do echo "
	     "'0123456789012345678901234567890123456789012345678901234567890123456789'; "
	     "i=$((i + 1)); done | \"$STENO\" send $s -; printf '\\004' | \"$STENO\" send $s -;"
	     " await && [ $(cat n) = 213000 ]",
	     "more is typed than the pty takes at once");
	runs(0, "\"$STENO\" kill $s", "it ends");
	end("after long input");
}

static void test_untold(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out,
		      "\"$STENO\" rec -d >/dev/full; r=$?; ls codex-logs/*.cast >\"$LAB/s\"; exit "
		      "$r"),
	       3, "a name that cannot be printed is a failure");
	ok(strstr(buf_str(&out), "No space left on device: 20") != NULL,
	   "and it is told with the reason");
	runs(0, "\"$STENO\" kill $s", "so that the session can be ended");
	end("after that");
	buf_release(&out);
}

/* There is no folder for its socket: in /tmp nothing can be made. */
static void test_unreachable(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	if (lab_sh(&lab, NULL, "unshare -rm mount --bind . /mnt") != 0) {
		tap_skip("a session that could not be reached", "nothing can be mounted here");
		lab_close(&lab);
		return;
	}
	is_int(lab_sh(&lab, &out,
		      "cp \"$STENO\" \"$LAB/steno\"; exec unshare -rm sh -c 'mount --bind \"$LAB\""
		      " /mnt && mount -t tmpfs -o ro steno /tmp && cd /mnt/repo && HOME=/mnt/home"
		      " XDG_RUNTIME_DIR= exec /mnt/steno rec -d'"),
	       3, "a session that nobody could end does not begin");
	ok(strstr(buf_str(&out), "the session could not be reached by anybody: ") != NULL,
	   "and it is told why");
	is_int(lab_sh(&lab, NULL,
		      "exec unshare -rm sh -c 'mount -t tmpfs steno /run && mkdir -pm 700"
		      " /run/user/0 || exit 1; XDG_RUNTIME_DIR=/run/user/0 \"$STENO\" -q -- sleep"
		      " 100 & unset XDG_RUNTIME_DIR; i=0; until \"$STENO\" kill last || [ $i -gt"
		      " 200 ]; do i=$((i + 1)); sleep 0.1; done; wait $!'"),
	       129, "one whose socket is where a login puts it is found");
	buf_release(&out);
	lab_close(&lab);
}

static void test_stubborn(void)
{
	begin("-- sh -c 'trap \"\" HUP TERM; echo ready; while :; do sleep 0.1; done'");
	runs(137, "await --text ready; \"$STENO\" kill $s; await --exit",
	     "what ignores kindness is killed");
	end("after a firm kill");
}

/* The holder is killed while it is driven; its keeper goes on with another. */
static void test_heir(void)
{
	begin("");
	runs(3,
	     "send 'sleep 0.5; (exit 3)'; h=$(pgrep -xn steno-holder -s $(ls "
	     "\"$XDG_RUNTIME_DIR/steno\" | sed -n 's/.*session.*\\.//p')); kill -9 $h; await",
	     "a wait outlives a killed holder");
	runs(4, "send '(exit 4)'; await", "and the session can be driven on");
	runs(0, "\"$STENO\" kill $s", "it ends");
	end("after a killed holder");
}

static void test_all_killed(void)
{
	begin("");
	runs(0,
	     "send 'echo $PPID >p; sleep 100'; while [ ! -s p ]; do :; done; h=$(cat p);"
	     " k=$(ps -o ppid= -p $h | tr -d ' '); kill -9 $k $h;"
	     " await; [ $? = 125 ]",
	     "a wait sees that all is gone");
	runs(1, "send true", "it is told that the session does not run");
	runs(0,
	     "i=0; until \"$STENO\" ls | grep -q recovered || [ $i -gt 200 ]; do"
	     " i=$((i+1)); sleep 0.05; done; \"$STENO\" ls | grep recovered",
	     "ls says so");
	runs(0, "[ -z \"$(ls \"$XDG_RUNTIME_DIR/steno\" | grep session)\" ]",
	     "and nothing stale is left");
	lab_close(&lab);
}

int main(void)
{
	test_many();
	test_what_is_awaited();
	test_hooks_lost();
	test_program();
	test_long_input();
	test_untold();
	test_unreachable();
	test_stubborn();
	test_heir();
	test_all_killed();
	return tap_done();
}
