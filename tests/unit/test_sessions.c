/* SPDX-License-Identifier: MIT */
/* The verbs that read: how a session is named, and what they say by their exit status. */
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/sessions.h"
#include "box.h"
#include "tap.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char header[] =
	"{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1757271507,\"steno\":"
	"{\"version\":1,\"session\":\"s\",\"id\":\"0\",\"hooks\":\"bash\"}}";

/* "name" found, "" no such session or several, NULL a failure. */
static void is_found(const char *what, const char *want, const char *name)
{
	struct session_file s;
	struct err err;
	int rc = session_find(&s, NULL, what, &err);

	if (rc) {
		is_str(rc == 1 ? "" : NULL, want, "%s", name);
		return;
	}
	is_str(s.name, want, "%s", name);
	session_release(&s);
}

static void test_find(void)
{
	is_found("20250907-185827-session", "20250907-185827-session", "a whole name is found");
	is_found("20250907-18", "20250907-185827-session", "so is the beginning of one");
	is_found("20250907", "", "the beginning of two is refused");
	is_found("2026", "", "that of none, too");
	is_found("", "", "and nothing at all");
	is_found("last", "20250908-000000-session", "the newest is found as last");
	is_found("codex-logs/20250907-185827-session.cast", "20250907-185827-session",
		 "a path to a recording is found");
	is_found("./codex-logs/20250907-185827-session.md", "20250907-185827-session",
		 "and one to a transcript");
	is_found("codex-logs/none.cast", "", "a path to none is not");
	is_found("nowhere/none.cast", "", "nor one through none");
	box_sh("mkdir sub");
	if (chdir("sub") < 0)
		bug("chdir");
	is_found("last", "20250908-000000-session", "from below the root, too");
	if (chdir("..") < 0)
		bug("chdir");
	setenv("STENO_LOG_DIR", "other", 1);
	is_found("last", "", "STENO_LOG_DIR names another folder");
	unsetenv("STENO_LOG_DIR");
	box_sh("cp codex-logs/20250908-000000-session.cast codex-logs/20250907.cast");
	is_found("20250907", "20250907", "a whole name counts before the beginning of others");
	box_sh("rm codex-logs/20250907.cast");
	box_sh("ln -s 20250908-000000-session.cast codex-logs/linked-session.cast");
	is_found("linked", NULL, "a symbolic link is not followed");
	box_sh("rm codex-logs/linked-session.cast");
}

static int run(int (*verb)(int, char **), const char *a, const char *b, const char *c)
{
	char *argv[5] = {xstrdup("verb")};
	const char *words[] = {a, b, c};
	int argc = 1, status, i;

	for (i = 0; i < 3 && words[i]; i++)
		argv[argc++] = xstrdup(words[i]);
	optind = 0; /* getopt(3): begin anew */
	status = verb(argc, argv);
	for (i = 0; i < argc; i++)
		free(argv[i]);
	return status;
}

static void test_verbs(void)
{
	is_int(run(cmd_rebuild, NULL, NULL, NULL), 2, "rebuild wants a session");
	is_int(run(cmd_rebuild, "--nonsense", "last", NULL), 2, "and knows its options");
	is_int(run(cmd_rebuild, "2026", NULL, NULL), 1, "one that is not there gives 1");
	is_int(run(cmd_rebuild, "--check", "last", NULL), 1, "a difference gives 1");
	is_int(run(cmd_rebuild, "last", NULL, NULL), 0, "a rebuild gives 0");
	is_int(run(cmd_rebuild, "--check", "last", NULL), 0, "then there is no difference");
	is_int(run(cmd_rebuild, "last", "20250907-185827-session", "2026"), 1,
	       "of several the worst counts, and all are done");
	ok(access("codex-logs/20250907-185827-session.md", F_OK) == 0, "the others are rebuilt");
	box_sh("echo x >codex-logs/20250909-000000-session.cast");
	is_int(run(cmd_rebuild, "last", NULL, NULL), 3, "what is no recording gives 3");
	is_int(run(cmd_show, NULL, NULL, NULL), 2, "show wants a session");
	is_int(run(cmd_show, "20250907-185827-session:7", NULL, NULL), 1,
	       "a command that is not there gives 1");
}

int main(void)
{
	box_open();
	unsetenv("STENO_LOG_DIR");
	box_sh("git init -q; mkdir -m 700 codex-logs other; cd codex-logs;"
	       "for s in 20250907-185827 20250907-200000 20250908-000000; do echo '%s' "
	       ">$s-session.cast;"
	       "done",
	       header);
	test_find();
	test_verbs();
	box_close();
	return tap_done();
}
