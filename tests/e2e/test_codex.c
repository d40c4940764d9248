/* SPDX-License-Identifier: MIT */
/* The real Codex CLI (lib/agents.h): printing, full-screen, by hand, in its sandboxes. `make
 * agents` installs it; without it this is skipped. */
#include "agents.h"
#include "lab.h"
#include "tap.h"
#include "term.h"

#include <stdint.h>
#include <string.h>

static void leave_codex(struct term *t)
{
	term_expect(t, "state=idle"); /* what it tells the terminal: before, ^C would interrupt */
	term_type(t, "\003");
}

#define EXEC(sandbox)                                                                              \
	". ./env.sh; \"$STENO\" -- codex exec -s " sandbox " \"$(cat asked)\" </dev/null "         \
	">/dev/null"
#define OPTIONS " -s danger-full-access -a never \"$(cat asked)\""

static void test_exec(void)
{
	agents_print("codex exec", EXEC("danger-full-access"), AGENTS_MANY);
}

static void test_full_screen(void)
{
	agents_full_screen("codex", "$STENO -- codex" OPTIONS, AGENTS_MANY, leave_codex);
}

/* Not started with steno: its commands are told by its own log. */
static void test_by_hand(void)
{
	static const char agent[] = "codex, by hand";

	agents_show(agent, "codex --no-daemon" OPTIONS, AGENTS_SOME, leave_codex);
	agents_check_words(agent);
	agents_check_commands(agent, "codex", 3);
	agents_check_outputs(agent);
	agents_end(agent);
}

static int has_sandbox(void)
{
	int status;

	lab_open(&agents_lab, 0);
	status = lab_sh(&agents_lab, NULL,
			"PATH=$TOP/build/agents/node_modules/.bin:$PATH CODEX_HOME=$PWD codex "
			"sandbox -- true");
	lab_close(&agents_lab);
	return status == 0;
}

static void test_writing(void)
{
	agents_print("codex, workspace-write", EXEC("workspace-write"), AGENTS_SOME);
}

/* Where nothing may be written the commands that write fail; that they are measured all the same is
 * what is asked. */
static void test_read_only(void)
{
	static const char agent[] = "codex, read-only";
	long i;

	agents_begin(AGENTS_SOME);
	is_int(lab_sh(&agents_lab, NULL, EXEC("read-only")), 0, "%s runs", agent);
	lab_records(&agents_lab);
	i = agents_record("sh -c 'exit 5'");
	ok(i >= 0 && !strcmp(lab_record_text(&agents_lab, (size_t)i, "src"), "sh-c") &&
		   lab_record_int(&agents_lab, (size_t)i, "exit_code") == 5,
	   "%s: a command is measured", agent);
	is_int((int64_t)agents_lab.n_records, 12, "%s: each is, once", agent);
	agents_end(agent);
}

int main(void)
{
	if (!agents_has("codex")) {
		tap_skip("Codex CLI", "it is not installed: make agents");
		return tap_done();
	}
	test_exec();
	test_full_screen();
	test_by_hand();
	if (has_sandbox()) {
		test_writing();
		test_read_only();
	} else {
		tap_skip("Codex CLI within its sandbox", "its sandbox does not work here");
	}
	return tap_done();
}
