/* SPDX-License-Identifier: MIT */
/* `steno say` from within a session and from beside it; `steno hooks` and what they have run. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;

static void test_within(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "\"$STENO\" -- sh -c '\"$STENO\" say --role user please \"do  this\"; printf "
	       "\"a\\nb\" | "
	       "\"$STENO\" say --role assistant --name helper; \"$STENO\" say --role system -- -x' "
	       "</dev/null");
	lab_transcript_has(&lab, "### User\n```\nplease do  this\n```\n");
	lab_transcript_has(&lab, "### Assistant (sub-agent helper)\n```\na\nb\n```\n");
	lab_transcript_has(&lab, "### system\n```\n-x\n```\n");
	lab_is_clean(&lab, "of what was said");
	is_int(lab_sh(&lab, &out, "\"$STENO\" say hello"), 2, "without a role it is a usage error");
	is_int(lab_sh(&lab, &out, "\"$STENO\" say --role user hello"), 1, "no session runs here");
	is_int(lab_sh(&lab, &out, "\"$STENO\" say --role user --session last hello"), 1,
	       "nor one that has ended");
	buf_release(&out);
	lab_close(&lab);
}

static void test_beside(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo ${XDG_RUNTIME_DIR} >rundir");
	is_int(lab_sh(&lab, NULL,
		      "i=0; while [ $i -lt 20000 ]; do printf '%s\\n' 'x ```` $(touch ran) `id` "
		      "<<EOF "
		      "\"q\" \\n é 🎉 ### User'; i=$((i+1)); done >said; export "
		      "XDG_RUNTIME_DIR=$(cat "
		      "rundir); \"$STENO\" say --role assistant <said"),
	       0, "a megabyte is said from beside the session");
	is_int(lab_sh(&lab, NULL,
		      "export XDG_RUNTIME_DIR=$(cat rundir); head -c 3000 /dev/urandom | "
		      "\"$STENO\" say "
		      "--role user --session last"),
	       0, "bytes that are no text are taken, too");
	lab_exit(t, 0);
	term_free(t);
	is_int(lab_sh(&lab, NULL,
		      "awk '/^### Assistant/ { a = 1 } a && /^`````$/ { n++; next } n == 1' "
		      "codex-logs/*.md >got; cmp said got && test $(wc -c <said) -gt 1000000 && "
		      "! test -e ran"),
	       0, "and stands in the transcript byte for byte");
	lab_is_clean(&lab, "of a megabyte that was said");
	lab_close(&lab);
}

static void test_hooks(void)
{
	struct buf out = {0};
	struct json *j;

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out, "\"$STENO\" hooks claude"), 0, "the settings are printed");
	j = json_parse(out.data, out.len, NULL);
	ok(json_get(json_get(j, "hooks"), "Stop") != NULL, "for Claude Code as good JSON");
	json_free(j);
	is_int(lab_sh(&lab, &out, "\"$STENO\" hooks codex | grep -qx 'notify = .*'"), 0,
	       "for Codex as a line of its configuration");
	is_int(lab_sh(&lab, &out, "\"$STENO\" hooks emacs"), 2, "for others not");

	buf_clear(&out);
	is_int(lab_sh(&lab, &out,
		      "cp \"$FIXTURES/tests/fixtures/agent/claude-2.1.197-edit.jsonl\" t.jsonl; "
		      "head -n 12 t.jsonl >log.jsonl; mkdir -p below\n"
		      "hook() { printf '{\"transcript_path\":\"%s/log.jsonl\",\"cwd\":\"%s/below\","
		      "\"hook_event_name\":\"Stop\"}' \"$PWD\" \"$PWD\" | (cd /; \"$STENO\" hook "
		      "claude); }\n"
		      "hook && cp t.jsonl log.jsonl && hook"),
	       0, "the hook imports what the agent names, again when it has grown");
	is_str(buf_str(&out), "", "and prints nothing");
	is_int(lab_sh(&lab, NULL, "test $(ls codex-logs/*.cast | wc -l) = 1"), 0,
	       "it is one session");
	lab_transcript_has(&lab, "### Assistant\n```\nEdited.\n```\n");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 1, "whose commands are there once");
	lab_is_clean(&lab, "of a hook");

	is_int(lab_sh(&lab, NULL,
		      "mkdir -p c/sessions/2026/11/25; cp \"$FIXTURES/tests/fixtures/agent/"
		      "codex-0.169-exec.jsonl\" c/sessions/2026/11/25/rollout-x-0123-abcd.jsonl\n"
		      "CODEX_HOME=$PWD/c \"$STENO\" hook codex '{\"type\":\"agent-turn-complete\","
		      "\"thread-id\":\"0123-abcd\"}' && grep -q 'check the repo' codex-logs/*.md"),
	       0, "a notification of Codex names the thread only, which is found");
	is_int(lab_sh(&lab, NULL,
		      "STENO_SESSION=x \"$STENO\" hook codex '{\"transcript_path\":\"/nowhere\"}'"),
	       0, "within a session it does nothing");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" hook codex '{\"transcript_path\":\"/nowhere\"}'"), 3,
	       "what it cannot read is an error, but never 2, which would stop the agent");
	is_int(lab_sh(&lab, NULL, "echo nonsense | \"$STENO\" hook claude"), 3, "so is nonsense");
	buf_release(&out);
	lab_close(&lab);
}

int main(void)
{
	char *here = getcwd(NULL, 0);

	setenv("FIXTURES", here ? here : ".", 1);
	test_within();
	test_beside();
	test_hooks();
	free(here);
	return tap_done();
}
