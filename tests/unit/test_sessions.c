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
#include <sys/stat.h>
#include <unistd.h>

static const char header[] =
	"{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1757271507,\"steno\":"
	"{\"version\":1,\"session\":\"s\",\"id\":\"0\",\"hooks\":\"bash\"}}";

static struct session_scope scope;
static struct err err;

/* "name" found, "" no such session or several, NULL a failure. */
static void is_found(const char *what, const char *want, const char *name)
{
	struct session_file s;
	int rc = session_find(&s, &scope, what, &err);

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
	is_found("~1", "20250908-000000-session", "which is ~1");
	is_found("~2", "20250907-200000-session", "the second newest as ~2");
	is_found("~3", "20250907-185827-session", "and so on");
	is_found("~4", "", "as far as there are any");
	is_str(err.text, "~4: there are only 3 sessions", "else it is said how many there are");
	is_found("~0", "", "there is nothing newer than the newest");
	is_found("~99999999999999999999", "", "nor so many");
	is_found("~1x", "", "nor is anything else a number");
	is_found("20250907", "", "where two are called so");
	is_str(err.text,
	       "20250907: 2 sessions begin so: 20250907-200000-session, 20250907-185827-session",
	       "they are named");
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

/* Other folders that logs were kept in. */
static void test_all(void)
{
	box_sh("mkdir -p .local/state/steno there gone;"
	       "echo '%s' >there/20250909-111111-session.cast;"
	       "cp there/20250909-111111-session.cast there/20250907-185827-session.cast;"
	       "printf '%%s\\n' \"$PWD/there\" \"$PWD/gone\" >.local/state/steno/folders;"
	       "rmdir gone",
	       header);
	is_found("last", "20250908-000000-session", "the newest is the newest here");
	scope.all = 1;
	is_found("last", "20250909-111111-session", "unless all folders are meant");
	is_found("~2", "20250908-000000-session", "which count together");
	is_found("20250909", "20250909-111111-session", "the beginning of a name is enough");
	is_found("20250907-185827-session", "", "a name that is there twice is not");
	ok(strstr(err.text, "2 sessions begin so: 20250907-185827-session, ") &&
		   strstr(err.text, "/there/20250907-185827-session"),
	   "the folder tells them apart");
	scope.all = 0;
	is_found("20250907-185827-session", "20250907-185827-session", "here it is one");
}

/* ok(): what a verb that reaches a session finds is this file; "" for none. */
static void is_reached(const char *log_dir, const char *what, const char *path, const char *name)
{
	struct session_file s;
	struct stat want = {0}, got = {0};

	if (session_find_anywhere(&s, log_dir, what, &err)) {
		is_str("", path, "%s", name);
		return;
	}
	ok(stat(path, &want) == 0 && fstat(s.cast, &got) == 0 && want.st_ino == got.st_ino, "%s",
	   name);
	session_release(&s);
}

static void test_anywhere(void)
{
	is_reached(NULL, "20250907-185827-session", "codex-logs/20250907-185827-session.cast",
		   "a name here means the session here");
	is_reached(NULL, "last", "codex-logs/20250908-000000-session.cast",
		   "and the newest is that here");
	is_reached(NULL, "20250909", "there/20250909-111111-session.cast",
		   "what is not here is looked for elsewhere");
	is_reached("other", "20250909", "", "unless it is said where");
	is_reached(NULL, "20260101", "", "what is nowhere is not found");
	box_sh("touch file");
	setenv("STENO_LOG_DIR", "file", 1);
	is_reached(NULL, "20250909", "there/20250909-111111-session.cast",
		   "that nothing can be recorded here is no hindrance");
	scope.all = 1;
	is_found("20250909", "20250909-111111-session", "nor where all folders are meant");
	scope.all = 0;
	is_found("20250909", NULL, "but where this one is, it is told");
	unsetenv("STENO_LOG_DIR");
}

static void is_cut(const char *what, const char *rest, uint32_t number)
{
	char *text = xstrdup(what);

	is_int(session_cut_number(text), number, "the number of %s", what);
	is_str(text, rest, "and the rest");
	free(text);
}

static void test_numbers(void)
{
	is_cut("last:3", "last", 3);
	is_cut("~2:10", "~2", 10);
	is_cut("last", "last", 0);
	is_cut("last:0", "last:0", 0);
	is_cut("last:3x", "last:3x", 0);
	is_cut("last:99999999999", "last:99999999999", 0);
	box_sh("touch file:3");
	is_cut("file:3", "file:3", 0);
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
	is_int(run(cmd_show, "last", "last", NULL), 2, "show wants one session");
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
	test_all();
	test_anywhere();
	test_numbers();
	test_verbs();
	box_close();
	return tap_done();
}
