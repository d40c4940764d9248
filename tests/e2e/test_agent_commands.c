/* SPDX-License-Identifier: MIT */
/* The commands of the real Codex CLI and the real Claude Code, told what to run by a scripted model
 * (tests/lib/model.mjs): each is in the log once, measured, under the agent's own name for it, and
 * with its output in the transcript. `make agents` installs both; without them this is skipped. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;
static char top[PATH_MAX];

#define TIMED "s=$(date +%s%N); sleep 0.5; e=$(date +%s%N); echo $(((e-s)/1000000)) >ms; exit 3"
#define HEREDOC "cat >edited <<'EOF'\nx `y` $(z)\nEOF"

static const struct {
	const char *json, *text;
	long exit_code;
	const char *output; /* as in the transcript, or NULL */
} commands[] = {
	{TIMED, TIMED, 3, NULL},
	{"echo dying; kill -TERM $$", "echo dying; kill -TERM $$", 143, NULL},
	{"sleep 0.3; echo one", "sleep 0.3; echo one", 0, "```\none\n```"},
	{"sleep 0.3; echo two", "sleep 0.3; echo two", 0, "```\ntwo\n```"},
	{"(sleep 0.2; echo x >bg) & echo now", "(sleep 0.2; echo x >bg) & echo now", 0,
	 "```\nnow\n```"},
	{"printf 'a\\\\377b'; bash -c 'exit 9'; true", "printf 'a\\377b'; bash -c 'exit 9'; true",
	 0, NULL},
	{"cat >edited <<'EOF'\\nx `y` $(z)\\nEOF", HEREDOC, 0, NULL},
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

/* The third and the fourth are asked for at once. */
static void write_script(void)
{
	char path[PATH_MAX + 32];
	FILE *f;
	int i;

	snprintf(path, sizeof(path), "%s/script.json", lab.repo);
	f = fopen(path, "w");
	if (!f)
		return;
	fputs("[\n", f);
	for (i = 0; i < COMMANDS; i++)
		fprintf(f, "%s{\"run\": \"%s\"}%s", i == 3 ? "" : "[{\"say\": \"Next.\"}, ",
			commands[i].json, i == 2 ? ", " : "],\n");
	fputs("[{\"say\": \"All done.\"}]]\n", f);
	fclose(f);
}

static int has(const char *agent)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/build/agents/node_modules/.bin/%s", top, agent);
	return access(path, X_OK) == 0;
}

static long record_of(const char *text)
{
	long found = -1;
	size_t i;

	for (i = 0; i < lab.n_records; i++) {
		const char *cmd = lab_record_text(&lab, i, "cmd");

		if (cmd && !strcmp(cmd, text))
			found = found < 0 ? (long)i : -2;
	}
	return found;
}

static void check_command(const char *agent, int n)
{
	long i = record_of(commands[n].text);

	if (!ok(i >= 0, "%s: once in the log: %.40s", agent, commands[n].text))
		return;
	is_int(lab_record_int(&lab, (size_t)i, "exit_code"), commands[n].exit_code,
	       "%s: with its status", agent);
	is_str(lab_record_text(&lab, (size_t)i, "src"), "sh-c", "%s: measured", agent);
	ok(lab_record_text(&lab, (size_t)i, "call_id") != NULL, "%s: with the agent's name for it",
	   agent);
	if (commands[n].output)
		lab_transcript_has(&lab, commands[n].output);
}

/* What the command itself took for the time of its main part. */
static void check_time(const char *agent)
{
	long i = record_of(TIMED), ms = i < 0 ? -1 : lab_record_int(&lab, (size_t)i, "duration_ms");
	struct buf out = {0};
	long truth;

	lab_sh(&lab, &out, "cat ms");
	truth = strtol(buf_str(&out), NULL, 10);
	tap_note("%s: %ld ms, by the command itself %ld ms", agent, ms, truth);
	ok(truth >= 500 && ms >= truth, "%s: its time is not less than it took", agent);
	buf_release(&out);
}

static void begin(void)
{
	lab_open(&lab, 0);
	write_script();
	if (lab_sh(&lab, NULL, "sh \"$TOP/tests/lib/model.sh\"") != 0)
		tap_note("the scripted model did not start");
}

static void check_all(const char *agent)
{
	int i;

	lab_sh(&lab, NULL, "kill $(cat model.pid)");
	lab_records(&lab);
	for (i = 0; i < COMMANDS; i++)
		check_command(agent, i);
	check_time(agent);
	is_int((int64_t)lab.n_records, COMMANDS + 1, "%s: nothing else is in the log but itself",
	       agent);
	lab_is_clean(&lab, agent);
	lab_close(&lab);
}

#define CODEX(sandbox)                                                                             \
	". ./env.sh; \"$STENO\" -- codex exec -s " sandbox " go </dev/null >/dev/null"

static void test_agent(const char *agent, const char *line)
{
	begin();
	is_int(lab_sh(&lab, NULL, line), 0, "%s runs", agent);
	check_all(agent);
}

/* Where nothing may be written the commands that write fail; that they are measured all the same is
 * what is asked. */
static void test_read_only(void)
{
	long i;

	begin();
	lab_sh(&lab, NULL, CODEX("read-only"));
	lab_sh(&lab, NULL, "kill $(cat model.pid)");
	lab_records(&lab);
	i = record_of("sleep 0.3; echo one");
	ok(i >= 0 && !strcmp(lab_record_text(&lab, (size_t)i, "src"), "sh-c"),
	   "codex, read-only: a command is measured");
	is_int((int64_t)lab.n_records, COMMANDS + 1, "codex, read-only: each is, once");
	lab_is_clean(&lab, "of a read-only codex");
	lab_close(&lab);
}

static void test_full_screen(void)
{
	struct term *t;
	int status = -1;

	begin();
	t = lab_start(&lab, "--measure", "--", "sh", "-c",
		      ". ./env.sh; exec codex -s danger-full-access -a never go", NULL);
	term_expect(t, "All done.");
	term_expect(t, "state=idle"); /* what it tells the terminal: before, ^C would interrupt */
	term_type(t, "\003");
	term_exit(t, &status);
	term_free(t);
	is_int(status, 0, "the full-screen codex runs");
	check_all("codex, full-screen");
}

static void test_codex(void)
{
	test_full_screen();
	test_agent("codex", CODEX("danger-full-access"));
	lab_open(&lab, 0);
	if (lab_sh(&lab, NULL,
		   "PATH=$TOP/build/agents/node_modules/.bin:$PATH CODEX_HOME=$PWD codex sandbox "
		   "-- true") != 0) {
		tap_skip("Codex CLI within its sandbox", "its sandbox does not work here");
		lab_close(&lab);
		return;
	}
	lab_close(&lab);
	test_agent("codex, workspace-write", CODEX("workspace-write"));
	test_read_only();
}

int main(void)
{
	if (!getcwd(top, sizeof(top)))
		return 1;
	setenv("TOP", top, 1);
	if (has("codex"))
		test_codex();
	else
		tap_skip("the commands of Codex CLI", "it is not installed: make agents");
	if (has("claude"))
		test_agent("claude", ". ./env.sh; IS_SANDBOX=1 \"$STENO\" -- claude -p go "
				     "--permission-mode acceptEdits --allowedTools Bash "
				     "</dev/null >/dev/null");
	else
		tap_skip("the commands of Claude Code", "it is not installed: make agents");
	return tap_done();
}
