/* SPDX-License-Identifier: MIT */
/* The real Gemini CLI (lib/agents.h): its commands are measured, its words imported. `make agents`
 * installs it; without it this is skipped. */
#include "agents.h"
#include "lab.h"
#include "tap.h"

static void test_gemini(void)
{
	static const char agent[] = "gemini";

	agents_begin(AGENTS_SOME);
	is_int(lab_sh(&agents_lab, NULL,
		      ". ./env.sh; \"$STENO\" -- gemini --skip-trust -y -m gemini-2.5-pro -p "
		      "\"$(cat asked)\" </dev/null >/dev/null"),
	       0, "%s runs", agent);
	agents_check_commands(agent, "sh-c", 2); /* itself, and what it made of sh -c 'exit 5' */
	agents_check_times(agent);
	lab_is_clean(&agents_lab, agent);
	is_int(lab_sh(&agents_lab, NULL,
		      "rm -r codex-logs; \"$STENO\" import \"$HOME\"/.gemini/tmp/*/chats/*.jsonl"),
	       0, "what it wrote is imported");
	agents_check_words(agent);
	agents_check_commands(agent, "gemini", 1);
	ok(agents_record("sh -c 'exit 5'") >= 0, "so are its commands, as it was asked for them");
	lab_transcript_has(&agents_lab, "was not run: Command injection detected");
	agents_end(agent);
}

int main(void)
{
	if (agents_has("gemini"))
		test_gemini();
	else
		tap_skip("Gemini CLI", "it is not installed: make agents");
	return tap_done();
}
