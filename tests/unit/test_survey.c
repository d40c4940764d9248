/* SPDX-License-Identifier: MIT */
/* A survey in real repositories: what was dirty, and what has changed since. */
#include "box.h"
#include "surveyed.h"
#include "tap.h"

static void test_quiet(void)
{
	struct surveyed s;

	surveyed_make("quiet");
	surveyed_begin(&s, "quiet");
	surveyed_is(&s.begin, "begun 0\n", "a clean tree is not dirty");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\nended\n", "nothing happened");
	surveyed_release(&s);
}

static void test_changes(void)
{
	struct surveyed s;

	surveyed_make("w");
	box_sh("cd w; echo old > old; echo dirty >> b; rm d/c; mkdir logs; echo log > logs/x");
	surveyed_begin(&s, "w");
	surveyed_is(&s.begin, "before M b\nbefore D d/c\nbefore ? old\nbegun 3\n",
		    "what is dirty at the start is told, but not the logs");
	box_sh("cd w; echo more >> a; echo n > new; rm run; echo log >> logs/x; mkdir deep;"
	       "echo x > deep/er");
	surveyed_end(&s);
	surveyed_is(&s.end,
		    "head main\nedited a\ncreated deep/er\ncreated new\nremoved run\n"
		    "untracked deep/er\nuntracked new\nuntracked old\nended\n",
		    "only what changed since the start is told");
	surveyed_release(&s);
}

static void test_same_in_the_end(void)
{
	struct surveyed s;

	surveyed_make("same");
	box_sh("cd same; echo dirty >> b; echo u > u; echo staged > s; git add s");
	surveyed_begin(&s, "same");
	box_sh("cd same; git add b u; echo x >> a; cp a a2; git checkout -q a; rm a2; touch d/c;"
	       "git stash -q; git stash pop -q");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\nended\n", "staging, stashing and undoing leave nothing");
	surveyed_release(&s);
}

static void test_revert_of_dirt(void)
{
	struct surveyed s;

	surveyed_make("revert");
	box_sh("cd revert; echo dirty >> b; rm a; echo u > u");
	surveyed_begin(&s, "revert");
	box_sh("cd revert; git checkout -q a b; rm u");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\ncreated a\nedited b\nremoved u\nended\n",
		    "undoing what was dirty before is a change");
	surveyed_release(&s);
}

static void test_commits(void)
{
	struct surveyed s;

	surveyed_make("c");
	box_sh("cd c; echo dirty >> b");
	surveyed_begin(&s, "c");
	box_sh("cd c; echo one >> a; git commit -qm 'second one' a; echo two > n; git add n;"
	       "git commit -qm \"$(printf 'third\\n\\nbody')\" n; git commit -qm 'the dirt' b;"
	       "git checkout -qb side");
	surveyed_end(&s);
	surveyed_is(
		&s.end,
		"head side\ncommit second one\ncommit third\ncommit the dirt\nedited a\ncreated n\n"
		"ended\n",
		"commits are told, with what they changed; committed dirt is no change");
	surveyed_release(&s);
}

static void test_checkout(void)
{
	struct surveyed s;

	surveyed_make("co");
	box_sh("cd co; git checkout -qb other; echo o > o; git rm -q b; git add o;"
	       "GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' git commit -qm old; git checkout -q "
	       "main");
	surveyed_begin(&s, "co");
	box_sh("cd co; git checkout -q other");
	surveyed_end(&s);
	surveyed_is(&s.end, "head other\nremoved b\ncreated o\nended\n",
		    "a checkout changes files but makes no commit");
	surveyed_release(&s);
}

static void test_unborn(void)
{
	struct surveyed s;

	box_sh("git init -q u; echo x > u/x");
	surveyed_begin(&s, "u");
	surveyed_is(&s.begin, "before ? x\nbegun 1\n", "an unborn branch can be surveyed");
	box_sh("cd u; git add x; git commit -qm begin");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\ncommit begin\nended\n", "the first commit is told");
	surveyed_release(&s);
}

static void test_late_start(void)
{
	struct surveyed s;
	int64_t start;

	surveyed_make("late");
	box_sh("cd late; echo dirty >> b");
	box_tick();
	start = box_wall_us();
	box_tick();
	box_sh("cd late; echo quick > quick; echo quick >> a");
	surveyed_begin_at(&s, "late", start);
	surveyed_is(&s.begin, "before M b\nbegun 1\n",
		    "what the first command did was not dirty before");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\nedited a\ncreated quick\nuntracked quick\nended\n",
		    "what the first command did is told in the end");
	surveyed_release(&s);
}

static void test_kinds(void)
{
	struct surveyed s;

	surveyed_make("kinds");
	surveyed_make("kinds/nested");
	surveyed_begin(&s, "kinds");
	surveyed_is(&s.begin, "before ? nested/\nbegun 1\n", "a nested repository is not entered");
	box_sh("cd kinds; chmod +x a; chmod -x run; rm l; ln -s b l; rm b; ln -s a b; mkfifo f;"
	       "printf 'a\\033b' > \"$(printf 'e\\033s')\"; : > \"$(printf '\\303')\"");
	surveyed_end(&s);
	surveyed_is(
		&s.end,
		"head main\nedited a\nedited b\ncreated \"e\\033s\"\nedited l\nedited run\n"
		"created \"\\303\"\nuntracked \"e\\033s\"\nuntracked nested/\nuntracked \"\\303\"\n"
		"ended\n",
		"modes, links, types and odd names");
	surveyed_release(&s);
}

static void test_ignored(void)
{
	struct surveyed s;

	surveyed_make("ig");
	box_sh("cd ig; echo '*.o' > .gitignore; echo build/ >> .gitignore; git add .gitignore;"
	       "git commit -qm i; mkdir build; echo x > build/x");
	surveyed_begin(&s, "ig");
	box_sh("cd ig; echo x > y.o; echo x > build/y");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\nended\n", "ignored files are left out");
	surveyed_release(&s);
}

static void test_line_ends(void)
{
	struct surveyed s;

	surveyed_make("crlf");
	box_sh("cd crlf; git config core.autocrlf true; printf 'x\\r\\n' > x; git add x 2>&1;"
	       "git commit -qm x; printf 'y\\r\\n' >> x");
	surveyed_begin(&s, "crlf");
	box_sh("cd crlf; git commit -qam y; touch a x");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\ncommit y\nended\n",
		    "line ends that git converts are no change");
	surveyed_release(&s);
}

static void test_unmerged(void)
{
	struct surveyed s;

	surveyed_make("um");
	box_sh("cd um; git checkout -qb o; echo o >> a; git commit -qam o; git checkout -q main;"
	       "echo m >> a; git commit -qam m");
	surveyed_begin(&s, "um");
	box_sh("cd um; git merge o >/dev/null 2>&1 || true");
	surveyed_end(&s);
	surveyed_is(&s.end,
		    "head main\nedited a\nlimit combined diffs of unmerged files 1\nended\n",
		    "a conflict is an edit, and its diff is said to be missing");
	is_mem(s.end.diff.data, s.end.diff.len, "* Unmerged path a\n", 18, "the path is named");
	surveyed_release(&s);
	surveyed_begin(&s, "um");
	surveyed_is(&s.begin, "before U a\nbegun 1\n", "an unmerged file is dirty");
	surveyed_release(&s);
}

static void test_big(void)
{
	struct surveyed s;

	surveyed_make("big");
	box_sh("cd big; truncate -s 20M heap; truncate -s 20M pile");
	surveyed_begin(&s, "big");
	box_sh("cd big; printf x >> heap");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\nedited heap\nuntracked heap\nuntracked pile\nended\n",
		    "large files are told apart by size and time");
	surveyed_release(&s);
}

int main(void)
{
	box_open();
	test_quiet();
	test_changes();
	test_same_in_the_end();
	test_revert_of_dirt();
	test_commits();
	test_checkout();
	test_unborn();
	test_late_start();
	test_kinds();
	test_ignored();
	test_line_ends();
	test_unmerged();
	test_big();
	box_close();
	return tap_done();
}
