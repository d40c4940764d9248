/* SPDX-License-Identifier: MIT */
/* The real Codex CLI and the real Claude Code against a scripted model (tests/lib/model.mjs): what
 * they were told and what they said is in the transcript byte for byte. `make agents` installs both
 * in build/agents; without them this is skipped. */
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

/* The script: what would break a log that is kept by hand, and a megabyte of it. */
static const char prepare[] =
	"cat >make.mjs <<'END'\n"
	"import fs from 'node:fs';\n"
	"const nasty = 'Fence:\\n```sh\\n$(touch ran) `id`\\n````\\ncat <<EOF\\n$HOME\\nEOF\\n' +\n"
	"  'emoji \\u{1F389} \\u00E9 tab\\t \\\\n \"q\" ### User\\n````';\n"
	"const big = 'x ```` $(touch ran) `id` \"q\" \\\\n \\u{1F389} ### User\\n'.repeat(24000);\n"
	"fs.writeFileSync('big', big);\n"
	"fs.writeFileSync('nasty', nasty);\n"
	"fs.writeFileSync('script.json', JSON.stringify([\n"
	"  [{say: 'I will look.'}, {run: 'echo hello >made; exit 3'}],\n"
	"  [{say: nasty}, {run: 'printf \"\\\\377bin\"; sleep 0.1'}],\n"
	"  [{say: big}, {run: 'true'}],\n"
	"  [{say: 'All done.'}]]));\n"
	"END\n"
	"node make.mjs && rm make.mjs\n"
	"sh \"$TOP/tests/lib/model.sh\"\n";

static int has(const char *agent)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/build/agents/node_modules/.bin/%s", top, agent);
	return access(path, X_OK) == 0;
}

static void begin(void)
{
	lab_open(&lab, 0);
	if (lab_sh(&lab, NULL, prepare) != 0)
		tap_note("the scripted model did not start");
}

static void end(const char *after)
{
	lab_sh(&lab, NULL,
	       "kill $(cat model.pid); for p in /proc/[0-9]*; do case $(readlink $p/exe) in "
	       "$PWD/conf/*) kill -9 ${p#/proc/};; esac; done"); /* a server that Codex leaves behind */
	lab_is_clean(&lab, after);
	lab_close(&lab);
}

/* The blocks of the assistant, one file each: said.1, said.2, ... without the last newline that a
 * block may have been given. */
static const char cut[] = "awk '/^### Assistant/ { n++; s = 1; next } s == 1 && /^```/ { fence = "
			  "$0; s = 2; f = \"said.\" n; "
			  "printf \"\" >f; next } s == 2 && $0 == fence { s = 0; next } s == 2 { "
			  "print >f }' codex-logs/*.md";

static void is_verbatim(const char *agent)
{
	lab_sh(&lab, NULL, cut);
	is_int(lab_sh(&lab, NULL, "test \"$(ls said.* | wc -l)\" = 4"), 0, "%s: four replies",
	       agent);
	is_int(lab_sh(&lab, NULL, "printf 'I will look.\\n' | cmp - said.1"), 0, "%s: the first",
	       agent);
	is_int(lab_sh(&lab, NULL, "{ cat nasty; echo; } | cmp - said.2"), 0,
	       "%s: one with fences, $(...), a heredoc, emoji", agent);
	is_int(lab_sh(&lab, NULL, "cmp big said.3 && test $(wc -c <big) -gt 1000000"), 0,
	       "%s: a megabyte", agent);
	is_int(lab_sh(&lab, NULL, "printf 'All done.\\n' | cmp - said.4"), 0,
	       "%s: the last, said just before it exits", agent);
	lab_transcript_has(&lab, "### User\n```\nPlease 'check' the `repo`.\n```\n");
	ok(lab_sh(&lab, NULL, "! test -e ran") == 0, "%s: nothing of it was run", agent);
}

static void test_codex_exec(void)
{
	begin();
	is_int(lab_sh(&lab, NULL,
		      ". ./env.sh; \"$STENO\" -- codex exec -s danger-full-access "
		      "\"Please 'check' the \\`repo\\`.\" </dev/null >/dev/null"),
	       0, "codex exec runs");
	is_verbatim("codex exec");
	lab_transcript_has(&lab, " — model: scripted, profile: default, sandbox: "
				 "danger-full-access/never\n");
	lab_transcript_has(&lab, "### User (harness)\n```\n<environment_context>\n");
	end("of codex exec");
}

static void test_claude(void)
{
	begin();
	is_int(lab_sh(&lab, NULL,
		      ". ./env.sh; \"$STENO\" -- claude -p \"Please 'check' the \\`repo\\`.\" "
		      "--permission-mode acceptEdits --allowedTools Bash </dev/null >/dev/null"),
	       0, "claude -p runs");
	is_verbatim("claude -p");
	lab_transcript_has(&lab, "sandbox: unknown/acceptEdits\n");
	end("of claude -p");
}

/* The full-screen program, started by hand in a recorded shell. */
static void test_codex_tui(void)
{
	struct term *t;

	begin();
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, ". ./env.sh");
	term_type(t, "codex -s danger-full-access -a never \"Please 'check' the \\`repo\\`.\"\r");
	term_expect(t, "All done.");
	term_expect(t, "state=idle"); /* what it tells the terminal: before, ^C would interrupt */
	term_type(t, "\003");
	term_expect(t, LAB_PROMPT);
	is_int(lab_exit(t, 0), 0, "codex runs full-screen in a recorded shell");
	term_free(t);
	is_verbatim("codex");
	end("of the full-screen codex");
}

int main(void)
{
	if (!getcwd(top, sizeof(top)))
		return 1;
	setenv("TOP", top, 1);
	if (has("codex")) {
		test_codex_exec();
		test_codex_tui();
	} else {
		tap_skip("the words of Codex CLI", "it is not installed: make agents");
	}
	if (has("claude"))
		test_claude();
	else
		tap_skip("the words of Claude Code", "it is not installed: make agents");
	return tap_done();
}
