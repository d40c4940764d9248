/* SPDX-License-Identifier: MIT */
/* What was asked for, out of what agents run; and which programs are agents. */
#include "base/buf.h"
#include "live/measure.h"
#include "story/wrapper.h"
#include "tap.h"

#include <string.h>

static void test_read(void)
{
	static const struct {
		const char *agent, *text;
		enum wrapper kind;
		const char *asked;
	} cases[] = {
		{"codex", "__CODEX_SNAPSHOT_A=1\n\nexec '/bin/bash' -c 'echo '\"'\"'x'\"'\"''",
		 WRAPPER_ASKED, "echo 'x'"},
		{"codex", "__CODEX_SNAPSHOT_A=1\nexec '/bin/zsh' -lc 'a\nexec b'", WRAPPER_ASKED,
		 "a\nexec b"},
		{"codex", "__CODEX_SNAPSHOT_A=1\nexec '/bin/bash' -c 'torn", WRAPPER_NONE, ""},
		{"codex", "__CODEX_SNAPSHOT_A=1\nexec '/bin/bash' -x 'y'", WRAPPER_NONE, ""},
		{"codex", "__CODEX_SNAPSHOT_A=1\nexec", WRAPPER_NONE, ""},
		{"codex", "echo hi\nexec '/bin/bash' -c 'x'", WRAPPER_NONE, ""},
		{NULL, "set -e; . \"/h/shell_snapshots/1.tmp\"", WRAPPER_HARNESS, ""},
		{NULL, "env", WRAPPER_NONE, ""},
		{"codex", "env", WRAPPER_NONE, ""},
		{"claude", "env", WRAPPER_HARNESS, ""},
		{"claude", "SNAPSHOT_FILE=/x\necho", WRAPPER_HARNESS, ""},
		{"claude",
		 "source /s 2>/dev/null || true && eval 'a \"b\" && eval c' < /dev/null && pwd -P "
		 ">| /f",
		 WRAPPER_ASKED, "a \"b\" && eval c"},
		{"claude", "source /s && eval \"echo \\\"\\$x\\\"\" && pwd -P >| /f", WRAPPER_ASKED,
		 "echo \"$x\""},
		{"claude", "source /s && eval ls && pwd -P >| /f", WRAPPER_ASKED, "ls"},
		{"claude", "eval 'mine' | cat", WRAPPER_NONE, ""},
		{"claude", "eval 'torn", WRAPPER_NONE, ""},
		{"gemini",
		 "shopt -u promptvars nullglob; { ls -l; }; __code=$?; pgrep -g 0 >/f 2>&1; exit "
		 "$__code;",
		 WRAPPER_ASKED, "ls -l"},
		{"gemini", "{ ls; }", WRAPPER_NONE, ""},
		{"gemini",
		 "shopt -u promptvars dotglob; _bgpids_file=/tmp/x/bgpids.tmp\n(\n  trap 'jobs -p "
		 "> "
		 "\"$_bgpids_file\"' EXIT\necho ')\n__code=$?\nexit $__code'\n)\n__code=$?\nexit "
		 "$__code\n",
		 WRAPPER_ASKED, "echo ')\n__code=$?\nexit $__code'"},
		{"gemini",
		 "_bgpids_file=f\n(\n  trap 'jobs -p > \"$_bgpids_file\"' EXIT\nls\n)\nexit",
		 WRAPPER_NONE, ""},
		{"claude", "", WRAPPER_NONE, ""},
	};
	struct buf asked = {0};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = cases[i].text;
		enum wrapper kind = wrapper_read(cases[i].agent, (const unsigned char *)text,
						 strlen(text), &asked);

		ok(kind == cases[i].kind && !strcmp(buf_str(&asked), cases[i].asked),
		   "%zu: %s %.40s", i, cases[i].agent ? cases[i].agent : "-", text);
	}
	buf_release(&asked);
}

static int is_agent(char *a, char *b, char *c)
{
	char *argv[] = {a, b, c, NULL};

	return measure_is_agent(argv);
}

static void test_agents(void)
{
	static char codex[] = "/x/bin/codex", npx[] = "npx", y[] = "-y", at[] = "@openai/codex@0.1",
		    node[] = "node", js[] = "/x/gemini.js", make[] = "make", code[] = "code",
		    claude[] = "claude";

	ok(is_agent(codex, NULL, NULL) && is_agent(claude, make, NULL), "an agent by its name");
	ok(is_agent(npx, y, at) && is_agent(node, js, NULL), "or by what a launcher is told");
	ok(!is_agent(make, claude, NULL) && !is_agent(code, NULL, NULL) &&
		   !is_agent(npx, make, NULL) && !is_agent(node, NULL, NULL),
	   "nothing else");
}

int main(void)
{
	test_read();
	test_agents();
	return tap_done();
}
