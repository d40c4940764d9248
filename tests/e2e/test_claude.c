/* SPDX-License-Identifier: MIT */
/* The real Claude Code (lib/agents.h), printing and full-screen. `make agents` installs it; without
 * it this is skipped. */
#include "agents.h"
#include "lab.h"
#include "tap.h"
#include "term.h"

static void leave_claude(struct term *t)
{
	term_type(t, "/exit");
	term_expect(t, "/exit");
	term_type(t, "\r"); /* in one piece it would be something that was pasted */
}

#define HOW " \"$(cat asked)\" --permission-mode acceptEdits --allowedTools Bash"

int main(void)
{
	if (!agents_has("claude")) {
		tap_skip("Claude Code", "it is not installed: make agents");
		return tap_done();
	}
	agents_print("claude -p",
		     ". ./env.sh; \"$STENO\" -- claude -p" HOW " </dev/null >/dev/null",
		     AGENTS_MANY);
	/* it runs its commands by what it is told to put before them, and no shell is led; without
	 * SHLVL bash takes a socket as its input for a remote shell's, and says more */
	agents_print("claude -p, with a prefix",
		     ". ./env.sh; \"$STENO\" rec --no-measure -- env SHLVL=1 "
		     "CLAUDE_CODE_SHELL_PREFIX=\"$STENO -c\" claude -p" HOW
		     " </dev/null >/dev/null",
		     AGENTS_SOME);
	agents_full_screen("claude", "$STENO -- claude" HOW, AGENTS_SOME, leave_claude);
	return tap_done();
}
