/* SPDX-License-Identifier: MIT */
/* Words of agents that run in a session. The agents here are scripts with their names, which keep
 * logs in the same places and forms; test_codex.c and test_claude.c run the real ones. Each waits
 * for what steno has recorded, so that nothing depends on time. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lab lab;

/* What the scripts share. await TEXT: until it is in the recording. */
#define COMMON                                                                                     \
	"await() { n=0; until grep -qF -e \"$1\" \"$STENO_SESSION\"; do n=$((n+1)); "              \
	"[ $n -lt 600 ] || exit 99; sleep 0.05; done; }\n"                                         \
	"now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }\n"                                             \
	"watcher() { for p in /proc/[0-9]*; do read -r stat <$p/stat || continue; case $stat in "  \
	"*'(steno-watcher) '?\" $PPID \"*) echo ${p#/proc/};; esac; done 2>/dev/null; }\n"
/* Codex: open_log ID; line TYPE PAYLOAD; say ROLE TEXT. */
#define CODEX                                                                                      \
	"#!/bin/sh\n" COMMON "open_log() { d=${CODEX_HOME:-$HOME/.codex}/sessions/2026/01/01; "    \
	"mkdir -p $d; exec 9>>$d/rollout-2026-01-01T00-00-00-$1.jsonl; }\n"                        \
	"line() { printf '{\"timestamp\":\"%s\",\"type\":\"%s\",\"payload\":%s}\\n' \"$(now)\" "   \
	"\"$1\" \"$2\" >&9; }\n"                                                                   \
	"meta() { line session_meta "                                                              \
	"\"{\\\"id\\\":\\\"$1\\\",\\\"cwd\\\":\\\"$PWD\\\"$2}\"; }\n"                              \
	"say() { line event_msg "                                                                  \
	"\"{\\\"type\\\":\\\"$1_message\\\",\\\"message\\\":\\\"$2\\\"}\"; }\n"                    \
	"context() { line turn_context \"{\\\"model\\\":\\\"$1\\\",\\\"approval_policy\\\":"       \
	"\\\"on-request\\\",\\\"sandbox_policy\\\":{\\\"type\\\":\\\"workspace-write\\\"}}\"; }\n"

static void install(const char *name, const char *script)
{
	char path[4096];
	FILE *f;

	lab_sh(&lab, NULL, "mkdir -p bin");
	snprintf(path, sizeof(path), "%s/bin/%s", lab.repo, name);
	f = fopen(path, "w");
	if (f) {
		fputs(script, f);
		fclose(f);
	}
	lab_sh(&lab, NULL, "chmod +x bin/*");
}

static void open_lab(const char *name, const char *script)
{
	lab_open(&lab, 0);
	install(name, script);
}

/* How often a text is in the newest transcript. */
static int count(const char *text)
{
	struct buf page = {0};
	const char *p;
	int n = 0;

	lab_transcript(&lab, &page);
	for (p = buf_str(&page); (p = strstr(p, text)); p++)
		n++;
	buf_release(&page);
	return n;
}

static void test_codex(void)
{
	open_lab("codex", CODEX "open_log t; meta t; context m-one\nsay user 'Please "
				"`look`.'\nawait 'Please `look`.'\n"
				"say agent 'I am done.'\nexit 5\n");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/codex -p fast </dev/null"), 5,
	       "a program that is an agent has its exit status");
	lab_transcript_has(&lab, "# repo — model: m-one, profile: fast, sandbox: "
				 "workspace-write/on-request\n");
	lab_transcript_has(&lab, "### User\n```\nPlease `look`.\n```\n");
	lab_transcript_has(&lab, "### Assistant\n```\nI am done.\n```\n");
	is_int(count("I am done."), 1, "its last words before it exits are there, once");
	lab_is_clean(&lab, "of an agent");
	lab_close(&lab);
}

/* By hand in a recorded shell, with a home of its own; a thread that was begun before. */
static void test_in_shell(void)
{
	struct term *t;

	open_lab("codex",
		 CODEX "open_log old; printf "
		       "'{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"event_msg\","
		       "\"payload\":{\"type\":\"user_message\",\"message\":\"long ago\"}}\\n' >&9\n"
		       "say user 'now again'\nawait 'now again'\nopen_log new; meta new; say user "
		       "'a new one'\n"
		       "await 'a new one'\necho found both\n");
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "CODEX_HOME=$PWD/elsewhere bin/codex");
	lab_exit(t, 0);
	term_free(t);
	ok(count("found both") == 1 && count("now again") == 1 && count("a new one") == 1,
	   "an agent started by hand is heard, and a second thread of it");
	is_int(count("long ago"), 0,
	       "what was said before it was started is no part of the session");
	lab_is_clean(&lab, "of an agent in a shell");
	lab_close(&lab);
}

static void test_killed(void)
{
	open_lab("codex", CODEX
		 "open_log t; meta t; context m\nsay user one\nawait '\"one'\nsay agent two\nawait "
		 "two\n"
		 "w=$(watcher); kill -9 $w; n=0\n"
		 "until [ -n \"$(watcher)\" ] && [ \"$(watcher)\" != \"$w\" ]; do n=$((n+1)); "
		 "[ $n -lt 600 ] || exit 98; sleep 0.05; echo tick; done\n"
		 "say user three\nawait three\nsay agent four\n");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/codex </dev/null"), 0,
	       "a watcher that is killed is started again");
	ok(count("\none\n") == 1 && count("\ntwo\n") == 1 && count("\nthree\n") == 1 &&
		   count("\nfour\n") == 1,
	   "nothing is lost and nothing told twice");
	is_int(lab_sh(&lab, NULL,
		      "test \"$(grep -E '^(one|two|three|four)$' codex-logs/*.md | tr '\\n' ' ')\" "
		      "= "
		      "'one two three four '"),
	       0, "and all stand in order");
	lab_is_clean(&lab, "after a watcher was killed");
	lab_close(&lab);
}

static void test_holder_killed(void)
{
	struct term *t;
	int status;

	open_lab("codex", CODEX
		 "open_log t; meta t\nsay user one\nawait '\"one'\nkill -9 $PPID\necho go on\n"
		 "say agent two\nawait two\nsay user three\n");
	t = lab_start(&lab, "--", "bin/codex", NULL);
	term_exit(t, &status);
	term_free(t);
	ok(count("\none\n") == 1 && count("\ntwo\n") == 1 && count("\nthree\n") == 1,
	   "when the holder is killed its heir goes on with the words");
	lab_is_clean(&lab, "after a holder with a watcher was killed");
	lab_close(&lab);
}

static void test_claude(void)
{
	open_lab("claude",
		 "#!/bin/sh\n" COMMON
		 "id=00000000-1111-2222-3333-444444444444; c=${CLAUDE_CONFIG_DIR:-$HOME/.claude}\n"
		 "mkdir -p $c/sessions $c/projects/-some-name/$id/subagents\n"
		 "printf '{\"pid\":%s,\"sessionId\":\"%s\"}' $$ $id >$c/sessions/$$.json\n"
		 "say() { printf "
		 "'{\"type\":\"%s\",\"uuid\":\"%s\",\"sessionId\":\"%s\",\"timestamp\":\"%s\","
		 "\"permissionMode\":\"plan\",\"message\":{\"model\":\"c-model\",\"content\":[{"
		 "\"type\":"
		 "\"text\",\"text\":\"%s\"}]}%s}\\n' $1 \"$2\" $id \"$(now)\" \"$2\" \"$3\"; }\n"
		 "log=$c/projects/-some-name/$id.jsonl\nsay user hello >>$log; await hello\n"
		 "echo '{\"agentType\":\"Explore\"}' "
		 ">$c/projects/-some-name/$id/subagents/agent-a1.meta.json\n"
		 "say assistant 'sub says' ',\"isSidechain\":true,\"agentId\":\"a1\"' "
		 ">$c/projects/-some-name/$id/subagents/agent-a1.jsonl\necho more\nawait 'sub "
		 "says'\n"
		 "say assistant bye >>$log\nrm $c/sessions/$$.json\n");
	is_int(lab_sh(&lab, NULL,
		      "CLAUDE_CONFIG_DIR=$PWD/conf \"$STENO\" -- bin/claude </dev/null"),
	       0, "Claude Code is found by the file that names its conversation");
	lab_transcript_has(&lab, "model: c-model, profile: unknown, sandbox: unknown/plan\n");
	lab_transcript_has(&lab, "### User\n```\nhello\n```\n");
	lab_transcript_has(&lab, "### Assistant (sub-agent Explore a1)\n```\nsub says\n```\n");
	lab_transcript_has(&lab, "### Assistant\n```\nbye\n```\n");
	lab_is_clean(&lab, "of Claude Code");
	lab_close(&lab);
}

/* A server that was started elsewhere keeps the logs of several programs. */
static void test_server(void)
{
	open_lab("codex", CODEX "until_there() { n=0; until [ -e $1 ]; do n=$((n+1)); [ $n -lt 600 "
				"] || exit 97; sleep "
				"0.05; done; }\n"
				"case $1 in app-server) open_log a; meta a; exec 8>&9; open_log b; "
				"line session_meta "
				"'{\"id\":\"b\",\"cwd\":\"/elsewhere\"}'; until_there up; say user "
				"'not mine'; exec "
				"9>&8; say user 'mine'; until_there over; exit;; esac\n"
				": >up; await '\"mine'; exit 4\n");
	is_int(lab_sh(&lab, NULL,
		      "bin/codex app-server </dev/null >/dev/null 2>&1 & \"$STENO\" -- bin/codex "
		      "</dev/null; status=$?; : >over; wait; exit $status"),
	       4, "a program whose log a server keeps is heard");
	is_int(count("\nmine\n"), 1, "once");
	is_int(count("not mine"), 0, "others of that server are not");
	lab_is_clean(&lab, "of a server");
	lab_close(&lab);
}

/* A megabyte in one message, and what would break a log kept by hand. */
static void test_verbatim(void)
{
	open_lab("codex", CODEX
		 "open_log t; meta t; i=0\nwhile [ $i -lt 20000 ]; do printf '%s\\n' 'x ```` "
		 "$(touch ran) "
		 "`id` <<EOF \"q\" \\n é 🎉 ### User'; i=$((i+1)); done >said\n"
		 "{ printf '{\"timestamp\":\"%s\",\"type\":\"event_msg\",\"payload\":{\"type\":"
		 "\"agent_message\",\"message\":\"' \"$(now)\"; sed 's/\\\\/\\\\\\\\/g; "
		 "s/\"/\\\\\"/g; "
		 "s/$/\\\\n/' said | tr -d '\\n'; printf '\"}}\\n'; } >&9\n"
		 "say user 'the end'\nawait 'the end'\n");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/codex </dev/null"), 0,
	       "a megabyte is recorded");
	is_int(lab_sh(&lab, NULL,
		      "awk '/^### Assistant/ { a = 1 } a && /^`````$/ { n++; next } n == 1' "
		      "codex-logs/*.md >got; cmp said got && test $(wc -c <said) -gt 1000000 && "
		      "! test -e ran"),
	       0, "and stands in the transcript byte for byte");
	lab_is_clean(&lab, "of a megabyte");
	lab_close(&lab);
}

/* Logs of agents that do not run in the session, and what is no log. */
static void test_others(void)
{
	open_lab("codex", CODEX
		 "d=$HOME/.codex/sessions/2026/01/01; mkdir -p $d\n"
		 "mkfifo $d/rollout-fifo.jsonl; exec 8<>$d/rollout-fifo.jsonl\n"
		 "exec 7>/dev/null; ln -s /etc/passwd $d/rollout-link.jsonl\n"
		 "printf 'garbage \\033]0;x\\007\\n{\"timestamp\":\\n' >$d/rollout-bad.jsonl; exec "
		 "6>>$d/rollout-bad.jsonl\n"
		 "open_log t; meta t; say user 'mine'; await mine\n");
	lab_sh(&lab, NULL,
	       "d=$HOME/.codex/sessions/2026/01/01; mkdir -p $d; printf '%s\\n' "
	       "'{\"timestamp\":\"2099-01-01T00:00:00Z\",\"type\":\"event_msg\",\"payload\":{"
	       "\"type\":"
	       "\"user_message\",\"message\":\"of another\"}}' >$d/rollout-other.jsonl");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/codex </dev/null"), 0,
	       "a pipe, a link and garbage in the place of logs stop nothing");
	is_int(count("of another"), 0, "a log that none of the session's agents has is left alone");
	is_int(count("\nmine\n"), 1, "its own is told");
	lab_is_clean(&lab, "of strange logs");
	lab_close(&lab);
}

/* A log that no look sees open: it is closed again at once. */
#define BRIEF                                                                                      \
	CODEX "brief() { open_log $1; meta $1; say agent \"$1\"; exec 9>&-; }\n"                   \
	      "until_there() { n=0; until [ -e $1 ]; do n=$((n+1)); [ $n -lt 600 ] || exit 97; "   \
	      "sleep 0.05; done; }\n"

static void test_brief(void)
{
	struct term *t;

	open_lab("codex", BRIEF "[ \"$1\" != -C ] || cd \"$2\"; brief at-once\n");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/codex </dev/null"), 0,
	       "an agent is over before anybody looked");
	is_int(count("\nat-once\n"), 1, "its words are told all the same");
	lab_sh(&lab, NULL, "mkdir sub; rm -f codex-logs/*session* codex-logs/prov*");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/codex -C sub </dev/null"), 0,
	       "one that was sent elsewhere");
	ok(count("\nat-once\n") > 0, "is looked for there");
	lab_is_clean(&lab, "of brief agents");
	lab_close(&lab);

	open_lab("codex", BRIEF "open_log a; meta a; say user seen; await seen; exec 9>&-\n"
				"brief after\n");
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "CODEX_HOME=$PWD/elsewhere bin/codex");
	lab_exit(t, 0);
	term_free(t);
	ok(count("\nseen\n") == 1 && count("\nafter\n") == 1,
	   "what it did last, by hand in a shell, is told, once");
	lab_is_clean(&lab, "of an agent that was brief at last");
	lab_close(&lab);
}

/* Another agent in the same directory, which is no part of the session and is over when the
 * session's goes on. rivals: what it does first. */
static void run_rival(const char *rivals)
{
	struct buf script = {0};

	buf_puts(&script, BRIEF);
	buf_printf(&script,
		   "case $1 in rival) %s until_there seen; brief late; exit;; esac\n"
		   "open_log a; meta a; say user seen; await seen; exec 9>&-\n"
		   ": >seen; until_there gone; brief mine\n",
		   rivals);
	open_lab("codex", buf_str(&script));
	buf_release(&script);
	is_int(lab_sh(&lab, NULL,
		      "{ bin/codex rival </dev/null >/dev/null 2>&1; : >gone; } & "
		      "n=0; until [ -e there ]; do n=$((n+1)); [ $n -lt 600 ] || exit 96; "
		      "sleep 0.05; done; \"$STENO\" -- bin/codex </dev/null; status=$?; wait; "
		      "exit $status"),
	       0, "an agent runs beside another one in its directory");
	is_int(count("\nseen\n"), 1, "its log that was seen is told");
}

static void test_rival(void)
{
	run_rival(": >there;");
	is_int(count("\nlate\n"), 0, "what the other did then is not told");
	lab_is_clean(&lab, "beside an unknown agent");
	lab_close(&lab);

	run_rival("open_log theirs; meta theirs; say agent theirs; : >there;");
	is_int(count("\ntheirs\n"), 0, "the log that the other was seen to have is not told");
	lab_is_clean(&lab, "beside another agent");
	lab_close(&lab);
}

static void test_brief_claude(void)
{
	open_lab("claude",
		 "#!/bin/sh\n" COMMON "p=$HOME/.claude/projects/-some-name; mkdir -p $p\n"
		 "put() { printf '{\"type\":\"user\",\"uuid\":\"u\",\"sessionId\":\"%s\","
		 "\"timestamp\":\"%s\",\"cwd\":\"%s\",\"message\":{\"content\":[{\"type\":"
		 "\"text\",\"text\":\"%s\"}]}}\\n' $1 \"$(now)\" \"$2\" \"$3\" >$p/$1.jsonl; }\n"
		 "put 00000000-1111-2222-3333-444444444444 \"$PWD\" 'a brief one'\n"
		 "put 00000000-1111-2222-3333-444444444445 /elsewhere 'of another'\n");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" -- bin/claude </dev/null"), 0,
	       "a Claude that names its conversation nowhere");
	is_int(count("\na brief one\n"), 1, "is heard by the directory its log names");
	is_int(count("of another"), 0, "others are not");
	lab_is_clean(&lab, "of a brief Claude");
	lab_close(&lab);
}

int main(void)
{
	test_brief();
	test_rival();
	test_brief_claude();
	test_codex();
	test_in_shell();
	test_killed();
	test_holder_killed();
	test_claude();
	test_server();
	test_verbatim();
	test_others();
	return tap_done();
}
