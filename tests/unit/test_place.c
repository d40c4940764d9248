/* SPDX-License-Identifier: MIT */
/* place_find() against the real git, in repositories of every kind. */
#include "repo/survey.h"
#include "tap.h"
#include "box.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *box;

/* Does place_find() give the root that git gives in `dir`, or the directory itself where git gives
 * none? */
static void agrees(const char *dir, const char *name)
{
	char *want = box_ask("cd '%s' && git rev-parse --show-toplevel 2>/dev/null", dir);
	char *head = box_ask("cd '%s' && git rev-parse -q --verify HEAD 2>/dev/null", dir);
	char *real = realpath(dir, NULL);
	struct place p;

	place_find(&p, dir);
	is_str(p.root, want ? want : real, "%s: the root is git's", name);
	is_str(p.repo, want ? "git" : NULL, "%s: says whether it is a working tree", name);
	is_str(p.head, want ? head : NULL, "%s: the commit is git's", name);
	is_str(p.why, NULL, "%s: nothing is wrong", name);
	place_release(&p);
	free(want);
	free(head);
	free(real);
}

/* A repository that cannot be read still has a root, and a reason. */
static void refuses(const char *dir, const char *root, const char *reason, const char *name)
{
	struct place p;

	place_find(&p, dir);
	is_str(p.root, root, "%s: the root is the best guess", name);
	ok(p.why && strstr(p.why, reason), "%s: says why", name);
	if (p.why)
		tap_note("%s", p.why);
	place_release(&p);
}

static void in_box(const char *tail, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", box, tail);
	agrees(path, name);
}

static void refuses_in_box(const char *tail, const char *reason, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", box, tail);
	refuses(path, path, reason, name);
}

static void test_plain(void)
{
	box_sh("mkdir none; git init -q unborn; git init -q r; cd r; mkdir -p a/b; echo 1 > a/f;"
	       "git add .; git commit -qm one; git worktree add -q ../linked; mkdir ../linked/sub;"
	       "git checkout -q --detach");
	in_box("none", "no repository");
	in_box("unborn", "an unborn branch");
	in_box("r", "the top");
	in_box("r/a/b", "a folder below");
	in_box("r/.git", "inside .git");
	in_box("r/.git/objects", "deep inside .git");
	in_box("linked/sub", "a linked working tree");
	box_sh("ln -s r/a/b link; mkdir -p r/.fake/.git; git init -q --bare bare.git;"
	       "cd r; git -c protocol.file.allow=always submodule --quiet add ../unborn x "
	       "2>/dev/null"
	       " || git submodule --quiet add ../r sub; git commit -qm sub");
	in_box("link", "a linked directory");
	in_box("r/sub", "a submodule");
	in_box("r/.fake", "an empty .git on the way");
	in_box("bare.git", "a bare repository");
	in_box("bare.git/refs", "inside a bare repository");
}

static void test_branch(void)
{
	char path[PATH_MAX];
	struct place p;

	snprintf(path, sizeof(path), "%s/unborn", box);
	place_find(&p, path);
	is_str(p.branch, "main", "an unborn branch has its name");
	place_release(&p);
	snprintf(path, sizeof(path), "%s/r", box);
	place_find(&p, path);
	is_str(p.branch, NULL, "a detached HEAD has no branch");
	place_release(&p);
}

static void test_configuration(void)
{
	box_sh("mkdir elsewhere; git init -q w; git -C w config core.worktree ../../elsewhere;"
	       "git init -q barely; git -C barely config core.bare true;"
	       "git init -q both; git -C both config core.worktree \"$HOME/elsewhere\"");
	in_box("w", "core.worktree");
	in_box("w/.git", "core.worktree from inside .git");
	in_box("barely", "core.bare beside a .git");
	in_box("both", "an absolute core.worktree");
}

static void test_environment(void)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/r/.git", box);
	setenv("GIT_DIR", path, 1);
	in_box("none", "GIT_DIR alone");
	setenv("GIT_WORK_TREE", box, 1);
	in_box("none", "GIT_DIR and GIT_WORK_TREE");
	setenv("GIT_WORK_TREE", "../r", 1);
	in_box("none", "a relative GIT_WORK_TREE");
	unsetenv("GIT_DIR");
	setenv("GIT_WORK_TREE", "b", 1);
	in_box("r/a", "GIT_WORK_TREE alone");
	unsetenv("GIT_WORK_TREE");
	setenv("GIT_DIR", "../r/.git", 1);
	in_box("none", "a relative GIT_DIR");
	unsetenv("GIT_DIR");
	snprintf(path, sizeof(path), "/nowhere:%s/r", box);
	setenv("GIT_CEILING_DIRECTORIES", path, 1);
	in_box("r/a", "below a ceiling");
	in_box("r", "at a ceiling");
	snprintf(path, sizeof(path), "%s/ln", box);
	box_sh("ln -s r ln");
	setenv("GIT_CEILING_DIRECTORIES", path, 1);
	in_box("r/a", "below a ceiling behind a link");
	snprintf(path, sizeof(path), ":%s/ln", box);
	setenv("GIT_CEILING_DIRECTORIES", path, 1);
	in_box("r/a", "below a ceiling whose link is not resolved");
	unsetenv("GIT_CEILING_DIRECTORIES");
}

static void test_unreadable(void)
{
	char path[PATH_MAX];

	box_sh("git init -q corrupt; rm corrupt/.git/HEAD; mkfifo corrupt/.git/HEAD;"
	       "mkdir dangling; echo 'gitdir: ../nowhere' > dangling/.git;"
	       "git init -q --object-format=sha256 long;"
	       "git init -q strange; cd strange; git config core.repositoryFormatVersion 1;"
	       "git config extensions.unheardOf true");
	refuses_in_box("corrupt", "not a valid git repository", "a corrupt repository");
	refuses_in_box("dangling", "does not lead", "a .git file that leads nowhere");
	refuses_in_box("long", "object", "SHA-256 names");
	refuses_in_box("strange", "unsupported", "an unknown extension");
	box_sh("git init -q badconfig; echo '[' >> badconfig/.git/config");
	refuses_in_box("badconfig", "config", "a configuration that cannot be parsed");
	if (geteuid() == 0) {
		box_sh("git init -q theirs; chown -R 12345 theirs");
		refuses_in_box("theirs", "user", "another user's repository");
	} else {
		tap_skip("another user's repository", "only root can make one");
	}
	setenv("GIT_DIR", "/nonexistent", 1);
	snprintf(path, sizeof(path), "%s/r", box);
	refuses(path, path, "GIT_DIR", "a GIT_DIR that is none");
	unsetenv("GIT_DIR");
}

static void test_user_config(void)
{
	char *v;

	box_sh("git config --global steno.logDir mine; git -C r config steno.logDir theirs;"
	       "git -C r config steno.other theirs");
	if (chdir("r") < 0)
		return;
	v = place_user_config("steno.logDir");
	is_str(v, "mine", "the user's value wins over the repository's");
	free(v);
	v = place_user_config("steno.other");
	is_str(v, NULL, "a value of the repository alone is not seen");
	free(v);
	v = place_user_config("not a key");
	is_str(v, NULL, "a key that is none has no value");
	free(v);
	if (chdir("..") < 0)
		return;
}

int main(void)
{
	box = box_open();
	test_plain();
	test_branch();
	test_configuration();
	test_environment();
	test_unreadable();
	test_user_config();
	box_close();
	return tap_done();
}
