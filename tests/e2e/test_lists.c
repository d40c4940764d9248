/* SPDX-License-Identifier: MIT */
/* `steno ls` and `steno log` on real sessions: what they say, and what they let through. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct lab lab;

/* What a script prints, standard error included; *status may be NULL. In a static buffer. */
static const char *said(int *status, const char *script)
{
	static struct buf out;
	int rc;

	buf_release(&out);
	rc = lab_sh(&lab, &out, script);
	if (status)
		*status = rc;
	return buf_str(&out);
}

static void has(const char *script, const char *text, const char *name)
{
	const char *got = said(NULL, script);

	if (!ok(strstr(got, text) != NULL, "%s", name))
		tap_note("%s printed: %s", script, got);
}

/* The numbers of the commands listed, as "3 1 ". */
static void lists(const char *options, const char *want)
{
	char script[512];

	snprintf(script, sizeof(script),
		 "\"$STENO\" log %s | sed 's/^.*-session[^:]*:\\([0-9]*\\) .*/\\1/' | tr '\\n' ' '",
		 options);
	is_str(said(NULL, script), want, "log %s", options);
}

static void is_status(const char *script, int want, const char *name)
{
	int status;

	said(&status, script);
	is_int(status, want, "%s", name);
}

/* A session of six commands. */
static void record_six(void)
{
	lab_sh(&lab, NULL,
	       "mkdir -p sub/deep subway; printf 'cd sub/deep\\nfalse\\necho Hello\\ncd "
	       "../../subway\\n"
	       "(exit 7)\\nexit 3\\n' | \"$STENO\"");
}

static void test_ls(void)
{
	struct term *t;

	lab_open(&lab, 0);
	is_status("\"$STENO\" ls", 1, "where nothing was recorded ls gives 1");
	has("\"$STENO\" ls", "nothing was recorded here: there is no ", "and says so");
	is_status("\"$STENO\" log", 1, "so does log");
	ok(access(lab.logs, F_OK) < 0, "and no folder is made by that");
	record_six();
	has("\"$STENO\" ls", "     6       3  ended     3  ", "an ended session is listed");
	has("\"$STENO\" ls | sed -n 2p", "-session  20", "with its name and the time it began");
	has("\"$STENO\" ls", "  -      .\n", "its model and place");
	lab_sh(&lab, NULL, "cd sub && \"$STENO\" --model m-1 -- sh -c 'exit 4'");
	has("\"$STENO\" ls | sed -n 2p", "  m-1    sub\n", "the newest is the first");
	has("\"$STENO\" ls -n1 | wc -l", "2\n", "-n gives the newest");
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "true");
	has("\"$STENO\" ls | sed -n 2p", "  running     -  ",
	    "a running session is listed as such");
	has("\"$STENO\" ls --json -n1", "\"state\":\"running\",\"exit_code\":null,",
	    "also in JSON");
	lab_exit(t, 0);
	term_free(t);
	has("\"$STENO\" ls | sed -n 2p", "  ended     0  ", "and as ended when it has");
	has("\"$STENO\" ls --json | sed -n 2p",
	    "\"commands\":1,\"failed\":1,\"model\":\"m-1\",\"state\":\"ended\",\"exit_code\":4,",
	    "JSON has the numbers");
	has("\"$STENO\" ls --json | grep -c '\"began\":\"20[-0-9]*T[:0-9]*[.][0-9]*Z\"'", "3\n",
	    "and the time in UTC");
	has("TZ=UTC-5 \"$STENO\" ls --json -n1 >a; \"$STENO\" ls --json -n1 | cmp - a && echo same",
	    "same", "whatever the zone is");
	lab_close(&lab);
}

static void test_recovered(void)
{
	struct term *t;
	char script[256];
	int status;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo $((20+3))");
	term_signal(t, SIGSTOP); /* so that it cannot go on with another holder */
	snprintf(script, sizeof(script),
		 "kill -9 $(ps -eo pid=,ppid=,comm= | awk '$2 == %d && $3 == \"steno-holder\" "
		 "{print $1}')",
		 (int)term_pid(t));
	lab_sh(&lab, NULL, script);
	term_signal(t, SIGKILL);
	term_exit(t, &status);
	term_free(t);
	lab_sh(&lab, NULL,
	       "i=0; until \"$STENO\" ls | grep -q recovered || [ $i -gt 200 ]; do i=$((i+1)); "
	       "sleep 0.05; done");
	has("\"$STENO\" ls", "  recovered     -  ", "a session that broke off is listed as such");
	has("\"$STENO\" log", "echo $((20+3))\n", "and its commands are in the log");
	lab_close(&lab);
}

/* What was measured outside of a shell is an agent's where it says so. */
static void test_agents(void)
{
	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "\"$STENO\" -- sh -c '\"$STENO\" -c true; CLAUDECODE=1 \"$STENO\" -c false'");
	lists("", "3 2 1 ");
	lists("--agent", "3 ");
	lab_close(&lab);
}

static void test_log(void)
{
	lab_open(&lab, 0);
	record_six();
	lists("", "6 5 4 3 2 1 ");
	has("\"$STENO\" log -n1", " exit=3 ", "a line has the status");
	has("\"$STENO\" log --grep Hello", "  echo Hello  (in sub/deep)\n",
	    "the text, and the directory if it is not the root");
	has("\"$STENO\" log --grep deep", "  cd sub/deep\n", "which is not told");
	has("\"$STENO\" show $(\"$STENO\" log --grep Hello | sed 's/ .*//')", "Hello\n",
	    "its name is one that show knows");
	lists("--failed", "6 5 2 ");
	lists("--grep '^(cd|false)'", "4 2 1 ");
	lists("--grep hello", "");
	lists("--grep hello -i", "3 ");
	lists("--grep false --grep exit", "6 5 2 ");
	lists("--failed --grep false", "2 ");
	lists("--cwd sub", "4 3 2 ");
	lists("--cwd \"$PWD\"/sub/../subway/", "6 5 ");
	lists("--cwd /", "6 5 4 3 2 1 ");
	lists("-n 2", "6 5 ");
	lists("--since '1 hour ago' --until now", "6 5 4 3 2 1 ");
	lists("--until yesterday", "");
	lists("--since 2020-01-01 --until 2100-01-01T00:00:00Z", "6 5 4 3 2 1 ");
	lists("--agent", "");
	lab_sh(&lab, NULL, "\"$STENO\" --model m -- true");
	lists("--agent", "1 ");
	lists("--session last", "1 ");
	lists("--session '~2'", "6 5 4 3 2 1 ");
	lists("--session \"$(ls -r \"$PWD\"/codex-logs/*-session.cast | tail -n 1)\"",
	      "6 5 4 3 2 1 ");
	lists("--session 20", "1 6 5 4 3 2 1 ");
	is_status("\"$STENO\" log --session nowhere", 1, "a session that is not there gives 1");
	is_status("\"$STENO\" log --session last --grep nothing", 0, "no match gives 0");
	is_status("\"$STENO\" log --since soon", 2, "a time that is none is a usage error");
	is_status("\"$STENO\" log --grep '('", 2, "so is a pattern that is none");
	is_status("\"$STENO\" log -n 0", 2, "so is a number that is none");
	is_status("\"$STENO\" log word", 2, "so is a word");
	is_status("\"$STENO\" ls word", 2, "for ls, too");
	lab_close(&lab);
}

static void test_json(void)
{
	lab_open(&lab, 0);
	record_six();
	has("\"$STENO\" log --json >a; tac codex-logs/provenance.jsonl | cmp - a && echo same",
	    "same", "log --json prints the lines byte for byte");
	has("\"$STENO\" log --json --failed | wc -l", "3\n", "filtered");
	lab_sh(&lab, NULL,
	       "cp codex-logs/provenance.jsonl good; printf 'no "
	       "json\\n\\n{\"ts\":1}\\n{\"ts\":\"x\"}\\n"
	       "[1]\\n\\377\\n{\"ts\":\"2025-01-01T00:00:00Z\",\"exit_code\":\"x\"}\\n' "
	       ">>codex-logs/provenance.jsonl; head -c 2000000 /dev/zero "
	       ">>codex-logs/provenance.jsonl; echo >>codex-logs/provenance.jsonl; "
	       "cat good >>codex-logs/provenance.jsonl; printf '{\"ts\":\"20' "
	       ">>codex-logs/provenance.jsonl");
	is_str(said(NULL, "\"$STENO\" log --json | wc -l"),
	       "steno: 7 lines are left out: cannot be read\n13\n",
	       "bad lines are left out and counted");
	has("\"$STENO\" log 2>/dev/null | tail -n 1",
	    "- 2025-01-01 00:00:00 exit=?        ?  "
	    "(text unknown)\n",
	    "what a line does not say is not made up");
	lab_sh(&lab, NULL, "rm codex-logs/*.cast");
	has("\"$STENO\" log 2>/dev/null | head -n 1", "exit 3",
	    "without recordings log still works");
	is_status("\"$STENO\" ls", 1, "while ls has nothing to list");
	lab_sh(&lab, NULL,
	       "rm codex-logs/provenance.jsonl; ln -s ../good codex-logs/provenance.jsonl");
	is_status("\"$STENO\" log", 3, "a link in the log's place is refused");
	lab_close(&lab);
}

static void test_all(void)
{
	lab_open(&lab, 0);
	record_six();
	lab_sh(&lab, NULL,
	       "mkdir '../a b' && cd '../a b' && git init -q && \"$STENO\" -- echo elsewhere;"
	       "mkdir ../gone && cd ../gone && \"$STENO\" -- echo gone; rm -r ../gone");
	lists("-n 9", "6 5 4 3 2 1 ");
	lists("--all", "1 6 5 4 3 2 1 ");
	has("\"$STENO\" ls --all | wc -l", "3\n",
	    "ls --all lists the sessions of all that is there");
	has("\"$STENO\" ls --all | sed -n 2p", "/a b\n", "and where they were");
	has("cd / && \"$STENO\" log --all --grep elsewhere", "/a b/codex-logs/20",
	    "log --all works from anywhere");
	has("eval \"\\\"\\$STENO\\\" show $(\"$STENO\" log --all --grep elsewhere | "
	    "sed \"s/\\(:[0-9]*\\) .*/\\1/\")\"",
	    "elsewhere\n", "its name is one that show knows from here");
	has("cd .. && mkdir empty && cd empty && git init -q && \"$STENO\" show last:1",
	    "nothing was recorded here", "elsewhere nothing is found by name");
	has("cd ../empty && \"$STENO\" show --all --output last:1", "elsewhere\n",
	    "but show --all finds the newest session");
	has("cd ../empty && \"$STENO\" play --all last", "elsewhere\n", "so does play");
	has("cd ../empty && \"$STENO\" export --all -f text last", "elsewhere\n", "export");
	is_status("cd ../empty && \"$STENO\" rebuild --all --check last '~2'", 0, "and rebuild");
	lists("--all --session last", "1 ");
	has("\"$STENO\" log --session \"$(ls -d \"$PWD\"/../a\\ b/codex-logs/*.cast)\"",
	    "/a b/codex-logs/20", "by its path, too, it is named so that show knows it");
	lists("--all --session '~2'", "6 5 4 3 2 1 ");
	has("\"$STENO\" show --all 20", "2 sessions begin so: ", "a name for two is none");
	has("\"$STENO\" show --all 20", "/a b/codex-logs/20", "and they are named");
	has("cat \"$HOME\"/.local/state/steno/folders | wc -l", "3\n",
	    "each folder is registered once");
	lab_close(&lab);
}

/* Escapes, C1, bidi, zero-width: in the command, the directory, the model. */
static void test_hostile(void)
{
	static const char check[] =
		" | LC_ALL=C grep -c \"$(printf '[\\001-\\010\\013-\\037\\177]\\|\\302[\\200-\\237]"
		"\\|\\342\\200[\\213\\217\\252-\\256]\\|\\342\\201[\\246-\\251]')\"";
	char script[1024];
	const char *verbs[] = {"ls", "log", "ls --all", "log --all"};
	size_t i;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "bad=$(printf '\\033]0;x\\a\\302\\233\\342\\200\\256\\342\\200\\213\\177\\r'); "
	       "mkdir \"d$bad\" && cd \"d$bad\" && \"$STENO\" --model \"m$bad\" -- echo \"$bad\";"
	       "git init -q . && \"$STENO\" -- echo \"two\nlines\"");
	for (i = 0; i < 4; i++) {
		snprintf(script, sizeof(script), "\"$STENO\" %s%s", verbs[i], check);
		is_str(said(NULL, script), "0\n", "nothing hostile gets through %s", verbs[i]);
	}
	has("\"$STENO\" log", "\\x1B]0;x\\x07\\x9B\\u{202E}\\u{200B}\\x7F\\r",
	    "it is written out instead");
	has("\"$STENO\" log --all", "'two\\nlines'", "a command of two lines is one line");
	lab_close(&lab);
}

static void test_many(void)
{
	struct timespec a, b;
	double took;

	lab_open(&lab, 0);
	record_six();
	lab_sh(&lab, NULL,
	       "cd codex-logs; f=$(echo *.cast); i=1000; while [ $i -lt 1299 ]; do "
	       "cp $f 20250101-00$i-session.cast; i=$((i+1)); done;"
	       "i=0; while [ $i -lt 200 ]; do cat provenance.jsonl; i=$((i+1)); done >more; "
	       "cat more >>provenance.jsonl; rm more");
	clock_gettime(CLOCK_MONOTONIC, &a);
	has("\"$STENO\" ls | wc -l", "301\n", "300 sessions are listed");
	clock_gettime(CLOCK_MONOTONIC, &b);
	took = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	ok(took < 1, "in less than a second");
	tap_note("%.3f s", took);
	has("\"$STENO\" log | wc -l", "1206\n", "and a thousand commands");
	is_status("\"$STENO\" log | head -n 1", 0, "a reader that leaves early is no failure");
	lab_close(&lab);
}

/* What `steno log` shows in a terminal with these variables set. */
static void on_terminal(const char *a, const char *b, struct buf *seen, const char *option)
{
	const char *argv[] = {"steno", "log", "--grep", "false|ghost", option, NULL};
	const char *env[] = {a, b, NULL};
	struct term_plan plan = {
		.path = lab.steno, .argv = argv, .home = lab.home, .cwd = lab.repo, .env = env};
	struct term *t = term_start(&plan);
	int status = -1;

	term_exit(t, &status);
	is_int(status, 0, "log on a terminal with %s and %s ends well", a, b);
	buf_clear(seen);
	buf_put(seen, term_seen(t)->data, term_seen(t)->len);
	buf_str(seen);
	term_free(t);
}

static int shows(const struct buf *seen, const char *text)
{
	return memmem(seen->data, seen->len, text, strlen(text)) != NULL;
}

static void test_pager(void)
{
	struct buf seen = {0};

	lab_open(&lab, 0);
	record_six();
	lab_sh(&lab, NULL,
	       "printf '#!/bin/sh\\nsed s/^/PAGED:/; echo \"$LESS\"\\n' >pager; "
	       "chmod +x pager; git config core.pager ./ghost");
	on_terminal("PAGER=./pager", "X=1", &seen, NULL);
	ok(shows(&seen, "PAGED:\033[33m2"), "the pager gets the list, in colours");
	ok(shows(&seen, "FRX\r\n"), "with LESS set for it");
	on_terminal("PAGER=./pager", "STENO_PAGER=sed s/^/MINE:/", &seen, NULL);
	ok(shows(&seen, "MINE:") && !shows(&seen, "PAGED"), "STENO_PAGER goes before PAGER");
	on_terminal("PAGER=./pager", "NO_COLOR=1", &seen, NULL);
	ok(shows(&seen, "PAGED:2") && !shows(&seen, "\033["), "NO_COLOR is heeded");
	on_terminal("PAGER=./pager", "NO_COLOR=", &seen, "--no-pager");
	ok(!shows(&seen, "PAGED") && shows(&seen, "\033[33m"), "--no-pager needs none");
	on_terminal("PAGER=", "X=1", &seen, NULL);
	ok(shows(&seen, "false"), "an empty PAGER is none");
	on_terminal("PAGER=true", "X=1", &seen, NULL);
	ok(!shows(&seen, "false"), "a pager that does not read is no failure");
	on_terminal("TERM=dumb", "PAGER=cat", &seen, NULL);
	ok(shows(&seen, "false") && !shows(&seen, "\033["), "a dumb terminal gets no colours");
	has("PAGER=./pager \"$STENO\" log | LC_ALL=C grep -c \"$(printf '\\033')\\|PAGED\"", "0\n",
	    "in a pipe there are neither colours nor pager");
	on_terminal("X=1", "Y=1", &seen, NULL);
	ok(shows(&seen, "false") && !shows(&seen, "ghost"),
	   "by default the list is there at once if it fits, and git's pager is not run");
	buf_release(&seen);
	lab_close(&lab);
}

int main(void)
{
	unsetenv("XDG_STATE_HOME");
	test_ls();
	test_recovered();
	test_log();
	test_agents();
	test_json();
	test_all();
	test_hostile();
	test_many();
	test_pager();
	return tap_done();
}
