/* SPDX-License-Identifier: MIT */
/* Hooks that make an agent's shells report themselves: what a shell sees, and what is in the
 * log. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;

/* Runs this script as if it were an agent, named so; its output. Its input never ends: zsh's read
 * changes the terminal's modes for a moment, and an end that is told just then is echoed. */
static int run_agent(const char *name, const char *options, const char *script, struct buf *out)
{
	char line[512];

	setenv("SCRIPT", script, 1);
	snprintf(line, sizeof(line),
		 "mkdir -p \"$LAB/bin\"; { echo '#!/bin/sh'; printf '%%s\\n' \"$SCRIPT\"; } "
		 ">\"$LAB/bin/%s\"; chmod +x \"$LAB/bin/%s\"; "
		 "[ -p \"$LAB/in\" ] || mkfifo \"$LAB/in\"; "
		 "\"$STENO\" %s -- \"$LAB/bin/%s\" <>\"$LAB/in\"",
		 name, name, options, name);
	return lab_sh(&lab, out, line);
}

static size_t count(const char *cmd)
{
	size_t i, n = 0;

	for (i = 0; i < lab.n_records; i++) {
		const char *text = lab_record_text(&lab, i, "cmd");

		n += text && !strcmp(text, cmd);
	}
	return n;
}

static void test_which(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "echo 'P=$(bash --norc -ec \": of a profile\"; zsh -c \": of it, too\")' "
	       ">\"$HOME/.profile\"");
	is_int(run_agent("codex", "",
			 "bash -c 'exit 3'; bash -lc ': login'; bash -c \"bash -c ': inner'\"\n"
			 "echo 'bash -c \": in a script\"; echo script' >s; bash s\n"
			 "sh -c ': sh'; bash -c ': one' & bash -c ': two' & wait\n"
			 "echo ': stdin' | bash; bash --posix -c ': posix'; exit 5",
			 &out),
	       5, "an agent ends as ever");
	lab_records(&lab);
	ok(count("exit 3") == 1 && count(": login") == 1 && count(": one") == 1 &&
		   count(": two") == 1,
	   "each command of its shells is in the log once");
	ok(count(": of a profile") == 0 && count(": of it, too") == 0,
	   "nor is what its start-up files run");
	ok(count("bash -c ': inner'") == 1 && count(": inner") == 0,
	   "what a command starts is not");
	ok(count(": in a script") == 1, "what a script starts is");
	ok(count(": sh") == 0 && count(": stdin") == 0 && count(": posix") == 0,
	   "shells that read no such file are not led");
	lab_is_clean(&lab, "of an agent");
	lab_close(&lab);
	lab_open(&lab, 0);
	run_agent("make", "",
		  "bash -c 'exit 3'; echo \"env: ${BASH_ENV-}${ZDOTDIR-}${STENO_HOOKS-}.\"", &out);
	ok(strstr(buf_str(&out), "env: .") != NULL, "what is no agent gets nothing");
	run_agent("codex", "", "echo \"level ${SHLVL-}.\"", &out);
	ok(strstr(buf_str(&out), "level 1.") != NULL,
	   "bash is not to take a socket for a remote shell's");
	run_agent("codex", "--no-measure", "bash -c 'exit 3'", NULL);
	lab_records(&lab);
	ok(count("exit 3") == 0, "nor is anything of it measured, nor where it is not wanted");
	run_agent("make", "--measure", "bash -c 'exit 3'", NULL);
	lab_records(&lab);
	ok(count("exit 3") == 1, "where it is wanted it is");
	is_int(lab_sh(&lab, &out, "ls \"$LAB\"/steno/ 2>/dev/null | grep -c ."), 1,
	       "and nothing is left behind");
	buf_release(&out);
	lab_close(&lab);
}

/* A recorded shell's own hooks go before. */
static void test_shell(void)
{
	if (access("/bin/zsh", X_OK) < 0) {
		tap_skip("zsh", "not installed");
		return;
	}
	lab_open(&lab, 0);
	lab_sh(&lab, NULL, ": >\"$HOME/.zshrc\"");
	is_int(lab_sh(&lab, NULL,
		      "printf 'echo typed\\nbash -c \": within\"\\nexit 3\\n' | \"$STENO\" "
		      "--measure "
		      "--shell /bin/zsh"),
	       3, "a shell is recorded where all is to be measured");
	lab_records(&lab);
	ok(count("echo typed") == 1, "its commands are told apart as ever");
	ok(count(": within") == 1, "and those of shells within it are measured");
	lab_is_clean(&lab, "of a shell in which all is measured");
	lab_close(&lab);
}

/* Started by a person in a recorded shell: nothing is recorded twice, and its shells report. */
static void test_joined(void)
{
	struct buf line = {0};
	struct term *t;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "mkdir -p \"$HOME/bin\"; printf '%s\n' '#!/bin/sh' 'echo \"in "
	       "${STENO_SESSION##*/}\"' "
	       "'bash -c \"exit 3\"; bash -c \": two\"' 'read x; echo \"<$x>\"; kill -TERM $$' "
	       ">\"$HOME/bin/codex\"; chmod +x \"$HOME/bin/codex\"; cp \"$HOME/bin/codex\" "
	       "nothing");
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "PATH=$HOME/bin:$PATH");
	buf_printf(&line, "%s -- codex\r", lab.steno);
	term_type(t, buf_str(&line));
	term_expect(t, "in 2");
	term_type(t, "typed\r");
	term_expect(t, "<typed>");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "bash -c ': not led'; echo \"<${BASH_ENV-}${STENO_HOOKS-}>\"");
	buf_clear(&line);
	buf_printf(&line, "%s -- ./nothing; %s -- codexx", lab.steno, lab.steno);
	lab_line(t, buf_str(&line));
	lab_exit(t, 0);
	term_free(t);
	lab_records(&lab);
	ok(count("exit 3") == 1 && count(": two") == 1,
	   "an agent that steno starts in a recorded shell is measured");
	buf_clear(&line);
	buf_printf(&line, "%s -- codex", lab.steno);
	lab_is_record(&lab, 3, buf_str(&line), 143);
	ok(count(": not led") == 0, "the shell itself is as before");
	lab_transcript_has(&lab, "\n<>\n");
	is_int(lab_sh(&lab, NULL, "test $(ls codex-logs/*.cast | wc -l) = 1"), 0,
	       "there is one recording");
	is_int(lab_sh(&lab, NULL, "test $(grep -c 'recorded already' codex-logs/*.md) = 2"), 0,
	       "what is no agent is refused as ever");
	is_int(lab_sh(&lab, NULL, "! ls -d \"$LAB\"/steno/agent-*"), 0,
	       "and nothing is left behind");
	lab_is_clean(&lab, "of an agent in a shell");
	buf_release(&line);
	lab_close(&lab);
}

/* A shell that reads no such file: the agent's own log says what it ran. */
static void test_told(void)
{
	size_t i;

	lab_open(&lab, 0);
	run_agent("codex", "",
		  "d=$HOME/.codex/sessions/2026/01/01; mkdir -p $d; exec 9>>$d/rollout-t.jsonl\n"
		  "put() { printf '{\"timestamp\":\"%s\",\"type\":\"%s\",\"payload\":%s}\\n' "
		  "\"$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)\" \"$1\" \"$2\" >&9; }\n"
		  "put session_meta '{\"id\":\"t\",\"cwd\":\"/r\"}'\n"
		  "put event_msg '{\"type\":\"user_message\",\"message\":\"go on\"}'; n=0\n"
		  "until grep -q 'go on' \"$STENO_SESSION\"; do n=$((n+1)); [ $n -lt 600 ] || exit "
		  "99; "
		  "sleep 0.05; done\n"
		  "sh -lc ': told; exit 4'\n"
		  "put event_msg '{\"type\":\"exec_command_end\",\"call_id\":\"c1\",\"command\":"
		  "[\"/bin/sh\",\"-lc\",\": told; exit 4\"],\"cwd\":\"/r\",\"exit_code\":4,"
		  "\"duration\":{\"secs\":0,\"nanos\":5000000},\"aggregated_output\":\"hi\"}'\n"
		  "CODEX_CI=1 CODEX_TOOL_CALL_ID=c2 bash -c ': measured; exit 5'\n"
		  "put event_msg '{\"type\":\"exec_command_end\",\"call_id\":\"c2\",\"command\":"
		  "[\"bash\",\"-c\",\": measured; exit 5\"],\"cwd\":\"/r\",\"exit_code\":5,"
		  "\"duration\":{\"secs\":9,\"nanos\":0},\"aggregated_output\":\"\"}'\n",
		  NULL);
	lab_records(&lab);
	ok(count(": told; exit 4") == 1 && count(": measured; exit 5") == 1,
	   "what a shell ran that is not led is in the log once, too");
	for (i = 0; i < lab.n_records; i++) {
		const char *cmd = lab_record_text(&lab, i, "cmd");

		if (!strcmp(cmd, ": told; exit 4"))
			ok(!strcmp(lab_record_text(&lab, i, "src"), "codex") &&
				   lab_record_int(&lab, i, "exit_code") == 4 &&
				   lab_record_int(&lab, i, "duration_ms") == 5,
			   "as the agent's word, which it says");
		else if (!strcmp(cmd, ": measured; exit 5"))
			ok(!strcmp(lab_record_text(&lab, i, "src"), "sh-c") &&
				   lab_record_int(&lab, i, "agent_duration_ms") == 9000,
			   "beside those that were measured");
	}
	lab_is_clean(&lab, "of a shell that is not led");
	lab_close(&lab);
}

/* What a shell of an agent's prints must not tell whether it is measured. */
static void test_same(void)
{
	static const char *const lines[] = {
		"$s -c 'echo \"$0 $# $*\"; exit 3' n 'a b' ''",
		"$s -c 'echo \"$0 $-\"'",
		"$s -lc 'echo \"$0 $- $P\"; alias; true'",
		"$s -euc 'echo $x; echo no'",
		"$s -c 'env | grep -v -e ^_= -e ^SHLVL= -e ^STENO_ | sort'",
		"echo one | $s -c 'read x; echo \"<$x>\"; cat'",
		"$s -c 'trap \"echo bye\" EXIT; false'",
		"$s -c 'kill -9 $$'",
		"$s -c 'echo \"$BASH_EXECUTION_STRING$ZSH_EXECUTION_STRING\"'",
		"$s -c 'exec '$s' -c \"echo in \\$0\"'",
		"$s ./script a b",
		"$s -c 'nosuch' 2>&1 | sed 's/line [0-9]*//'",
		"$s -c",
		"$s -c 'set -o; umask; pwd; ulimit -a'",
		"$s -c 'echo \"$(printf \"\\377\\351\")\" é'",
		"A='new\nline' $s -c 'echo \"$A\"' \"$(printf '\\001\\n')\"",
		"$s -c 'read -r x <&7; echo \"$x\"' 7<script",
		"$s -c 'exit 4' <&- >&- 2>&-",
		"trap '' USR1; $s -c 'kill -USR1 $$; echo on'",
		"env -i $s -c 'echo \"${PATH+x}\"; exit 6'",
	};
	static const char *const shells[] = {"bash", "zsh"};
	struct buf plain = {0}, measured = {0};
	size_t i, j, led;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "echo 'echo script $0 $*; exit 3' >script; echo 'P=profile' >\"$HOME/.profile\"; "
	       "echo 'P=zprofile' >\"$HOME/.zprofile\"; "
	       "echo 'echo env of the user, $0' >\"$LAB/users\"; "
	       "echo 'echo zshenv of the user' >\"$HOME/.zshenv\"");
	setenv("BASH_ENV", "$LAB/users", 1);
	for (i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		char path[32], line[256];

		snprintf(path, sizeof(path), "/bin/%s", shells[i]);
		if (access(path, X_OK) < 0) {
			tap_skip(shells[i], "not installed");
			continue;
		}
		for (j = 0; j < sizeof(lines) / sizeof(*lines); j++) {
			snprintf(line, sizeof(line), "s=%s; { %s; }; echo \"status $?\"", shells[i],
				 lines[j]);
			buf_clear(&plain);
			buf_clear(&measured);
			run_agent("codex", "--no-measure", line, &plain);
			run_agent("codex", "", line, &measured);
			if (!ok(plain.len == measured.len &&
					!memcmp(buf_str(&plain), buf_str(&measured), plain.len),
				"%s: %s", shells[i], lines[j]))
				tap_note("plain <%s>, measured <%s>", buf_str(&plain),
					 buf_str(&measured));
		}
	}
	unsetenv("BASH_ENV");
	lab_records(&lab);
	for (j = led = 0; j < lab.n_records; j++)
		led += !strcmp(lab_record_text(&lab, j, "src"), "sh-c");
	ok(led >= 12, "and they were measured (%zu)", led);
	lab_is_clean(&lab, "of them all");
	buf_release(&plain);
	buf_release(&measured);
	lab_close(&lab);
}

static void test_wrapped(void)
{
	lab_open(&lab, 0);
	run_agent("codex", "",
		  "cat >w <<'X'\n__CODEX_SNAPSHOT_X=1\n"
		  "exec '/bin/bash' -c 'echo '\"'\"'it'\"'\"'; exit 3'\nX\n"
		  "CODEX_CI=1 CODEX_TOOL_CALL_ID=call_7 bash -lc \"$(cat w)\"",
		  NULL);
	run_agent("claude", "",
		  "export CLAUDECODE=1; bash -c env >/dev/null\n"
		  "bash -c \"source /nowhere 2>/dev/null || true && eval 'echo a; (exit 4)' < "
		  "/dev/null && pwd -P >| $LAB/cwd\"",
		  NULL);
	lab_records(&lab);
	ok(count("echo a; (exit 4)") == 1 && count("echo 'it'; exit 3") == 1,
	   "a command is told as the agent was asked for it");
	ok(count("env") == 0, "and the agent's own are not");
	ok(lab.n_records >= 3 && lab_record_text(&lab, 0, "call_id") &&
		   !strcmp(lab_record_text(&lab, 0, "call_id"), "call_7") &&
		   !strcmp(lab_record_text(&lab, 0, "agent"), "codex"),
	   "with the agent's name and its own for it");
	is_int(lab_record_int(&lab, 0, "exit_code"), 3, "and its status");
	lab_is_clean(&lab, "of wrapped commands");
	lab_close(&lab);
}

int main(void)
{
	test_which();
	test_shell();
	test_joined();
	test_told();
	test_same();
	test_wrapped();
	return tap_done();
}
