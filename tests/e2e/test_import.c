/* SPDX-License-Identifier: MIT */
/* `steno import`: agents' own logs become sessions. */
#include "lab.h"
#include "tap.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab lab;
static char *here; /* the top of the tree */

static void set_here(void)
{
	here = getcwd(NULL, 0);
	setenv("FIXTURES", here ? here : ".", 1);
}

static void test_codex(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out,
		      "\"$STENO\" import \"$FIXTURES/tests/fixtures/agent/"
		      "codex-0.169-exec.jsonl\""),
	       0, "a rollout is imported");
	ok(!strncmp(buf_str(&out), "20261125-220019-session ", 24), "under the time it began at");
	ok(strstr(buf_str(&out), "4 messages, 4 commands\n") != NULL, "and says how much it holds");
	lab_transcript_has(&lab, "# repo — model: scripted, profile: unknown, sandbox: "
				 "danger-full-access/never\n");
	lab_transcript_has(&lab, "imported by steno ");
	lab_transcript_has(&lab, "Nothing here was measured");
	lab_transcript_has(&lab, "### User\n```\nPlease check the repo with 'quotes' and "
				 "`ticks`\n```\n");
	lab_transcript_has(&lab, "### User (harness)\n```\n<environment_context>\n");
	lab_transcript_has(&lab, "### Assistant\n````\nI'll look first.\n\n```sh\nls\n```\n````\n");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 4, "each command is one record");
	lab_is_record(&lab, 2, "sleep 1; echo hello > new.txt; echo out; echo err >&2; exit 3", 3);
	is_str(lab_record_text(&lab, 2, "src"), "codex", "that says whose word it is");
	is_str(lab_record_text(&lab, 2, "call_id"), "call_2_0", "and what the agent calls it");
	lab_is_record(&lab, 3, "kill -TERM $$", 143);
	lab_is_clean(&lab, "after an import");
	buf_clear(&out);
	lab_sh(&lab, &out, "\"$STENO\" show --no-pager last:3 | grep ^Changed:");
	is_str(buf_str(&out), "Changed:   unknown: steno did not record it\n",
	       "nobody looked at what its commands changed");

	buf_clear(&out);
	is_int(lab_sh(&lab, &out,
		      "\"$STENO\" import "
		      "\"$FIXTURES/tests/fixtures/agent/codex-0.169-exec.jsonl\""),
	       0, "importing it twice is no error");
	ok(strstr(buf_str(&out), "20261125-220019-session ") && strstr(buf_str(&out), "before"),
	   "but is said");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 4, "and doubles nothing");
	buf_clear(&out);
	lab_sh(&lab, &out, "ls codex-logs/*.cast | wc -l; \"$STENO\" ls");
	ok(!strncmp(buf_str(&out), "1\n", 2), "not even a recording");
	ok(strstr(buf_str(&out), "imported") && strstr(buf_str(&out), "scripted"),
	   "the list of sessions says that it was imported, and the model");
	buf_release(&out);
	lab_close(&lab);
}

static void test_claude(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out,
		      "\"$STENO\" import "
		      "\"$FIXTURES\"/tests/fixtures/agent/claude-2.1.197-[ep]*.jsonl"),
	       0, "transcripts are imported, several at a time");
	lab_transcript_has(&lab, "model: claude-opus-4-8");
	lab_transcript_has(&lab, "sandbox: unknown/acceptEdits");
	lab_transcript_has(&lab, "### File change\nadd `/home/ada/repo2/added.txt`\n");
	lab_transcript_has(&lab, "```diff\n@@ -1,1 +1,1 @@\n-old\n+new\n```\n");
	lab_transcript_has(&lab, "### User (harness)\n```\n<task-notification>");
	lab_records(&lab);
	is_int((int64_t)lab.n_records, 5, "the commands of all are in one log");
	lab_is_clean(&lab, "after imports");
	buf_release(&out);
	lab_close(&lab);
}

/* Logs of sub-agents lie in a folder beside that of the conversation. */
static void test_subagents(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out,
		      "f=\"$FIXTURES/tests/fixtures/agent/claude-2.1.197\"; mkdir -p id/subagents; "
		      "cp \"$f-edit.jsonl\" id.jsonl; s=id/subagents/agent-a54de91e1302b3119; "
		      "cp \"$f-subagent.jsonl\" $s.jsonl; "
		      "echo '{\"agentType\":\"general-purpose\"}' >$s.meta.json; "
		      "seq 3 >id/subagents/agent-none0000000.jsonl; mkfifo "
		      "id/subagents/agent-fifo000000.jsonl; "
		      "\"$STENO\" import id.jsonl"),
	       0, "a conversation is imported that had a sub-agent");
	ok(strstr(buf_str(&out), ", 1 sub-agent\n") != NULL, "which is said");
	lab_transcript_has(&lab, "### User (sub-agent general-purpose a54de91)\n```\n"
				 "Look around, please.\n```\n");
	is_int(lab_sh(&lab, NULL,
		      "awk '/^20.*Z$/ { if ($0 < last) exit 1; last = $0 }' codex-logs/*.md"),
	       0, "all that was said stands in the order of time");
	is_int(lab_sh(&lab, NULL, "grep -c '^Edited' codex-logs/*.md | grep -qx 3"), 0,
	       "each once");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" import --again id.jsonl"), 0, "and again");
	lab_is_clean(&lab, "of sub-agents");
	buf_release(&out);
	lab_close(&lab);
}

static void test_packed(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	if (lab_sh(&lab, NULL, "command -v zstd") != 0) {
		tap_skip("a packed rollout is imported", "there is no zstd here");
		lab_close(&lab);
		return;
	}
	is_int(lab_sh(&lab, &out,
		      "zstd -q \"$FIXTURES/tests/fixtures/agent/codex-0.169-patch.jsonl\" -o p.zst "
		      "&& "
		      "\"$STENO\" import p.zst"),
	       0, "a packed rollout is imported");
	lab_transcript_has(&lab, "delete `/home/ada/repo2/gone.txt`");
	is_int(lab_sh(&lab, &out, "head -c 300 p.zst >torn.zst; \"$STENO\" import torn.zst"), 3,
	       "one that is torn is not");
	is_int(lab_sh(&lab, NULL, "test $(ls codex-logs/*.cast | wc -l) = 1"), 0,
	       "and leaves nothing");
	lab_is_clean(&lab, "after a packed import");
	buf_release(&out);
	lab_close(&lab);
}

/* A message of a megabyte in which everything is that could be taken for something else. */
static void test_verbatim(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "i=0; while [ $i -lt 20000 ]; do printf '%s\\n' 'x ```` $(touch ran) `id` <<EOF "
	       "\"q\" \\n é 🎉 ### User'; i=$((i+1)); done >said; "
	       "{ printf '%s\\n' "
	       "'{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"session_meta\","
	       "\"payload\":{\"id\":\"t\"}}'; printf "
	       "'{\"timestamp\":\"2026-01-01T00:00:01Z\",\"type\":"
	       "\"event_msg\",\"payload\":{\"type\":\"agent_message\",\"message\":\"'; "
	       "sed 's/\\\\/\\\\\\\\/g; s/\"/\\\\\"/g; s/$/\\\\n/' said | tr -d '\\n'; "
	       "printf '\"}}\\n'; } >big.jsonl");
	is_int(lab_sh(&lab, &out, "\"$STENO\" import big.jsonl"), 0, "a megabyte is imported");
	is_int(lab_sh(&lab, &out,
		      "awk '/^### Assistant/ { a = 1 } a && /^`````$/ { n++; next } n == 1' "
		      "codex-logs/*.md >got; "
		      "cmp said got && test $(wc -c <said) -gt 1000000 && ! test -e ran"),
	       0, "and stands in the transcript byte for byte");
	lab_is_clean(&lab, "of a megabyte");
	buf_release(&out);
	lab_close(&lab);
}

static void test_foreign(void)
{
	struct buf out = {0};

	lab_open(&lab, 0);
	is_int(lab_sh(&lab, &out, "\"$STENO\" import"), 2, "no file is a usage error");
	is_int(lab_sh(&lab, &out, "\"$STENO\" import nowhere"), 3, "one that is not there fails");
	is_int(lab_sh(&lab, &out, "mkfifo f; \"$STENO\" import f"), 3, "so does a pipe");
	is_int(lab_sh(&lab, &out, "seq 9 >n; : >e; \"$STENO\" import n e"), 3,
	       "and what is no agent's log");
	ok(strstr(buf_str(&out), "no log of an agent") != NULL, "which is said");
	is_int(lab_sh(&lab, NULL, "! ls codex-logs/*.cast"), 0, "nothing is left of them");
	is_int(lab_sh(&lab, &out,
		      "printf "
		      "'{\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"session_meta\","
		      "\"payload\":"
		      "{\"id\":\"../../../x\",\"cwd\":\"\\\\u001b]0;t\\\\u0007\"}}\\n' >h; "
		      "\"$STENO\" import h"),
	       0, "hostile names are only names");
	lab_is_clean(&lab, "of hostile names");
	buf_release(&out);
	lab_close(&lab);
}

int main(void)
{
	set_here();
	test_codex();
	test_claude();
	test_subagents();
	test_packed();
	test_verbatim();
	test_foreign();
	free(here);
	return tap_done();
}
