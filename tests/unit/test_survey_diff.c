/* SPDX-License-Identifier: MIT */
/* A survey in real repositories: its diff is the one that git prints, and where it ends. */
#include "box.h"
#include "surveyed.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static void test_diffs(void)
{
	surveyed_make("p");
	box_sh("cd p; : > empty; : > 'empty too'; echo q > 'with space'; echo ä > ä; echo z > z;"
	       "printf 'no end' > noend; printf 'a\\0b' > bin; git add .; git commit -qm more");
	surveyed_diff_is_gits("p", "no change");
	box_sh("cd p; sed -i '5d;20s/.*/twenty/' a; echo more >> 'with space'; echo ö >> ä; rm "
	       "empty;"
	       "chmod +x z; echo more >> noend; printf 'b\\0c' > bin; rm l; ln -s z l; chmod -x "
	       "run;"
	       "echo y >> run; rm d/c; rm b; ln -s a b; printf x >> z");
	surveyed_diff_is_gits("p", "edits of all kinds");
	box_sh("cd p; echo ita > 'new one'; git add -N 'new one'");
	surveyed_diff_is_gits("p", "files intended to be added");
	box_sh("cd p; git config core.quotePath false; git config diff.context 1;"
	       "git config core.abbrev 12; git config diff.mnemonicPrefix true");
	surveyed_diff_is_gits("p", "a form of the user's own");
	box_sh("cd p; git config diff.noprefix true; git config core.abbrev no;"
	       "git config diff.suppressBlankEmpty true; git config diff.interHunkContext 20");
	surveyed_diff_is_gits("p", "another form");
	box_sh("git init -q heur; cd heur; printf 'def a():\\n\\tx\\n\\ndef b():\\n\\tx\\n\\n' > "
	       "f.py;"
	       "git add .; git commit -qm h;"
	       "printf 'def a():\\n\\tx\\n\\ndef n():\\n\\tx\\n\\ndef b():\\n\\tx\\n\\n' > f.py");
	surveyed_diff_is_gits("heur", "indentation");
}

static void put_random_act(struct buf *script, unsigned int *seed)
{
	static const char *const files[] = {"a", "b", "d/c", "run", "l", "x y", "d/e"};
	/* '@' stands for a number, '#' for a file */
	static const char *const acts[] = {
		"echo @ >> '#' || true",
		"mkdir -p d; seq @ > '#' || true",
		"sed -i '@d' '#' || true",
		"rm -f '#'",
		"chmod +x '#' || true",
		"git add -A",
		"git stash -q || true",
		"git commit -qm c || true",
		"git reset -q --hard",
		"git rm -qf --cached --ignore-unmatch '#'",
		"rm -f '#'; mkdir -p d; ln -s a@ '#'",
	};
	const size_t n = sizeof(acts) / sizeof(acts[0]);
	const char *p = acts[(unsigned int)rand_r(seed) % n];
	unsigned int number = (unsigned int)rand_r(seed) % 40 + 1;
	const char *file = files[(unsigned int)rand_r(seed) % 7];

	for (; *p; p++) {
		if (*p == '@')
			buf_printf(script, "%u", number);
		else if (*p == '#')
			buf_puts(script, file);
		else
			buf_putc(script, (unsigned char)*p);
	}
	buf_puts(script, "\n");
}

static void test_random(void)
{
	unsigned int seed;

	for (seed = 1; seed <= 12; seed++) {
		struct buf script = {0};
		unsigned int state = seed, i;

		surveyed_make("random");
		for (i = 0; i < 9; i++)
			put_random_act(&script, &state);
		box_sh("cd random; %s", buf_str(&script));
		surveyed_diff_is_gits("random", "random changes");
		box_sh("rm -rf random");
		buf_release(&script);
	}
}

static void test_submodule(void)
{
	surveyed_make("lib");
	surveyed_make("super");
	box_sh("cd super; git submodule --quiet add ../lib sub; git commit -qm sub;"
	       "echo u > sub/untracked");
	surveyed_diff_is_gits("super", "untracked in a submodule");
	box_sh("cd super; echo dirty >> sub/a");
	surveyed_diff_is_gits("super", "a dirty submodule");
	box_sh("cd super/sub; git checkout -q a; echo x >> a; git commit -qam x");
	surveyed_diff_is_gits("super", "a submodule with a new commit");
}

static void test_sparse_and_worktree(void)
{
	surveyed_make("sp");
	box_sh("cd sp; git config core.sparseCheckout true; git sparse-checkout set --no-cone /a"
	       " >/dev/null 2>&1; git config --unset extensions.worktreeConfig || true;"
	       "git config core.repositoryFormatVersion 0; echo x >> a;"
	       "make=1; git status --short > /dev/null");
	surveyed_diff_is_gits("sp", "a sparse checkout");
	surveyed_make("lw");
	box_sh("cd lw; git worktree add -q ../lw2; cd ../lw2; echo x >> a");
	surveyed_diff_is_gits("lw2", "a linked working tree");
}

static void test_many_objects(void)
{
	box_sh("git init -q many; cd many; { for i in $(seq 1 9000); do echo blob; echo \"mark "
	       ":$i\";"
	       "echo 'data <<E'; echo \"line $i\"; echo E; done; echo 'commit refs/heads/main';"
	       "echo 'committer N <n@e> 1 +0000'; echo 'data 1'; echo m;"
	       "for i in $(seq 1 9000); do echo \"M 100644 :$i f$i\"; done; } |"
	       "git -c fastimport.unpackLimit=1 fast-import --quiet; git checkout -q main;"
	       "for i in $(seq 1 60); do echo x >> f$i; done");
	surveyed_diff_is_gits("many", "longer names in a larger repository");
}

static void test_long_lines(void)
{
	struct surveyed s;
	char *want;

	surveyed_make("long");
	box_sh("cd long; seq 1 200000 > n; printf '%%0200000d\\n' 7 > wide;"
	       "yes 'ä\"\\' | head -n 40000 | tr -d '\\n' > text; git add -N .");
	surveyed_diff_is_gits("long", "lines longer than a fact");
	box_sh("cd long; rm n wide text; git add .; printf 'caf\\351\\n' >> a");
	surveyed_begin(&s, "long");
	surveyed_end(&s);
	ok(strstr(buf_str(&s.end.facts), "limit bytes of the diff that are not UTF-8 1\n") != NULL,
	   "bytes that are not UTF-8 are counted");
	ok(strstr(buf_str(&s.end.diff), "+caf\xef\xbf\xbd\n") != NULL, "and replaced");
	surveyed_release(&s);
	box_sh("cd long; git checkout -q a; seq 1 1500000 > a");
	want = box_ask("cd long && git diff | wc -c");
	surveyed_begin(&s, "long");
	surveyed_end(&s);
	ok(s.end.diff.len <= 8 << 20, "the diff has a limit");
	is_int(s.end.diff.data[s.end.diff.len - 1], '\n', "and is cut at a line's end");
	{
		const char *at = strstr(buf_str(&s.end.facts), "limit bytes of the diff ");
		long left = at ? strtol(at + 24, NULL, 10) : -1;

		is_int((int64_t)s.end.diff.len + left, want ? strtol(want, NULL, 10) : -1,
		       "what is told and what is left out are the whole");
	}
	free(want);
	surveyed_release(&s);
}

static void test_many_paths(void)
{
	static const char want[] =
		"head main\nremoved n/9998\nedited n/9999\ncreated n/x\nuntracked ";
	struct surveyed s;
	char *at;

	surveyed_make("heap");
	box_sh("cd heap; mkdir n; cd n; seq 1 10050 | xargs touch");
	surveyed_begin(&s, "heap");
	at = strstr(buf_str(&s.begin.facts), "limit");
	is_str(at, "limit paths that were dirty 50\nbegun 10000\n", "the list has a limit");
	box_sh("cd heap/n; echo x > 9999; rm 9998; echo x > x");
	surveyed_end(&s);
	ok(strncmp(buf_str(&s.end.facts), want, strlen(want)) == 0,
	   "what changed beyond the limit is still known");
	surveyed_release(&s);
}

int main(void)
{
	box_open();
	test_diffs();
	test_random();
	test_submodule();
	test_sparse_and_worktree();
	test_many_objects();
	test_long_lines();
	test_many_paths();
	box_close();
	return tap_done();
}
