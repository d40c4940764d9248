/* SPDX-License-Identifier: MIT */
/* survey_begin() and survey_end() in real repositories, against what git says. */
#include "repo/survey.h"
#include "tap.h"
#include "box.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *box;

/* What a survey said: the facts but for the diff, one a line as "fact[ status] text", and the
 * diff. */
struct said {
	struct buf facts, diff;
	size_t longest;
};

struct session {
	struct place place;
	int state;
	int64_t start_us;
	struct said begin, end;
	int began, ended;
};

static void hear(void *ctx, const char *fact, size_t n)
{
	struct said *s = ctx;
	struct json *j = json_parse(fact, n, NULL);
	const char *kind = j ? json_get_text(j, "fact") : NULL;
	const char *text = NULL;
	size_t len = 0;

	if (n > s->longest)
		s->longest = n;
	if (!kind) {
		buf_puts(&s->facts, "NOT JSON\n");
	} else if (strcmp(kind, "diff") == 0) {
		text = json_get_bytes(j, "text", &len);
		buf_put(&s->diff, text, len);
	} else {
		static const char *const keys[] = {"status", "path", "subject",
						   "branch", "what", "why"};
		size_t i;

		buf_puts(&s->facts, kind);
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if ((text = json_get_text(j, keys[i])) != NULL)
				buf_printf(&s->facts, " %s", text);
		if (json_get_int(j, "dirty", -1) >= 0)
			buf_printf(&s->facts, " %d", (int)json_get_int(j, "dirty", -1));
		if (json_get_int(j, "left_out", -1) >= 0)
			buf_printf(&s->facts, " %d", (int)json_get_int(j, "left_out", -1));
		buf_putc(&s->facts, '\n');
	}
	json_free(j);
}

static void begin_at(struct session *s, const char *dir, int64_t start_us)
{
	char path[512];

	memset(s, 0, sizeof(*s));
	snprintf(path, sizeof(path), "%s/%s", box, dir);
	s->start_us = start_us;
	place_find(&s->place, path);
	s->state = memfd_create("state", MFD_CLOEXEC);
	s->began = survey_begin(&s->place, "logs", s->state, s->start_us, hear, &s->begin, NULL);
}

static void begin(struct session *s, const char *dir)
{
	box_tick();
	begin_at(s, dir, box_wall_us());
	box_tick();
}

static void end(struct session *s)
{
	s->ended = survey_end(&s->place, "logs", s->state, s->start_us, hear, &s->end, NULL);
}

static void done(struct session *s)
{
	place_release(&s->place);
	close(s->state);
	buf_release(&s->begin.facts);
	buf_release(&s->begin.diff);
	buf_release(&s->end.facts);
	buf_release(&s->end.diff);
}

static void said(struct said *s, const char *want, const char *name)
{
	is_str(buf_str(&s->facts), want, "%s", name);
	ok(s->longest <= SURVEY_FACT, "%s: no fact is too long", name);
}

/* A repository with a few files in it, named `dir`. */
static void make(const char *dir)
{
	box_sh("git init -q %s; cd %s; seq 1 40 > a; seq 1 40 > b; mkdir d; echo c > d/c; ln -s a "
	       "l;"
	       "echo x > run; chmod +x run; git add .; git commit -qm first",
	       dir, dir);
}

/* The diff must be what git prints in the same place. */
static void diff_is_gits(const char *dir, const char *name)
{
	char *want = box_ask("cd %s && git diff --no-ext-diff && echo .", dir);
	struct session s;
	size_t n = want ? strlen(want) : 0;

	begin(&s, dir);
	end(&s);
	is_int(s.ended, 0, "%s: works", name);
	is_mem(s.end.diff.data, s.end.diff.len, want, n ? n - 1 : 0, "%s: the diff is git's", name);
	ok(s.end.longest <= SURVEY_FACT, "%s: no fact is too long", name);
	done(&s);
	free(want);
}

static void test_quiet(void)
{
	struct session s;

	make("quiet");
	begin(&s, "quiet");
	said(&s.begin, "begun 0\n", "a clean tree is not dirty");
	end(&s);
	said(&s.end, "head main\nended\n", "nothing happened");
	done(&s);
}

static void test_changes(void)
{
	struct session s;

	make("w");
	box_sh("cd w; echo old > old; echo dirty >> b; rm d/c; mkdir logs; echo log > logs/x");
	begin(&s, "w");
	said(&s.begin, "before M b\nbefore D d/c\nbefore ? old\nbegun 3\n",
	     "what is dirty at the start is told, but not the logs");
	box_sh("cd w; echo more >> a; echo n > new; rm run; echo log >> logs/x; mkdir deep;"
	       "echo x > deep/er");
	end(&s);
	said(&s.end,
	     "head main\nedited a\ncreated deep/er\ncreated new\nremoved run\n"
	     "untracked deep/er\nuntracked new\nuntracked old\nended\n",
	     "only what changed since the start is told");
	done(&s);
}

static void test_same_in_the_end(void)
{
	struct session s;

	make("same");
	box_sh("cd same; echo dirty >> b; echo u > u; echo staged > s; git add s");
	begin(&s, "same");
	box_sh("cd same; git add b u; echo x >> a; cp a a2; git checkout -q a; rm a2; touch d/c;"
	       "git stash -q; git stash pop -q");
	end(&s);
	said(&s.end, "head main\nended\n", "staging, stashing and undoing leave nothing");
	done(&s);
}

static void test_revert_of_dirt(void)
{
	struct session s;

	make("revert");
	box_sh("cd revert; echo dirty >> b; rm a; echo u > u");
	begin(&s, "revert");
	box_sh("cd revert; git checkout -q a b; rm u");
	end(&s);
	said(&s.end, "head main\ncreated a\nedited b\nremoved u\nended\n",
	     "undoing what was dirty before is a change");
	done(&s);
}

static void test_commits(void)
{
	struct session s;

	make("c");
	box_sh("cd c; echo dirty >> b");
	begin(&s, "c");
	box_sh("cd c; echo one >> a; git commit -qm 'second one' a; echo two > n; git add n;"
	       "git commit -qm \"$(printf 'third\\n\\nbody')\" n; git commit -qm 'the dirt' b;"
	       "git checkout -qb side");
	end(&s);
	said(&s.end,
	     "head side\ncommit second one\ncommit third\ncommit the dirt\nedited a\ncreated n\n"
	     "ended\n",
	     "commits are told, with what they changed; committed dirt is no change");
	done(&s);
}

static void test_checkout(void)
{
	struct session s;

	make("co");
	box_sh("cd co; git checkout -qb other; echo o > o; git rm -q b; git add o;"
	       "GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' git commit -qm old; git checkout -q "
	       "main");
	begin(&s, "co");
	box_sh("cd co; git checkout -q other");
	end(&s);
	said(&s.end, "head other\nremoved b\ncreated o\nended\n",
	     "a checkout changes files but makes no commit");
	done(&s);
}

static void test_unborn(void)
{
	struct session s;

	box_sh("git init -q u; echo x > u/x");
	begin(&s, "u");
	said(&s.begin, "before ? x\nbegun 1\n", "an unborn branch can be surveyed");
	box_sh("cd u; git add x; git commit -qm begin");
	end(&s);
	said(&s.end, "head main\ncommit begin\nended\n", "the first commit is told");
	done(&s);
}

static void test_late_start(void)
{
	struct session s;
	int64_t start;

	make("late");
	box_sh("cd late; echo dirty >> b");
	box_tick();
	start = box_wall_us();
	box_tick();
	box_sh("cd late; echo quick > quick; echo quick >> a");
	begin_at(&s, "late", start);
	said(&s.begin, "before M b\nbegun 1\n", "what the first command did was not dirty before");
	end(&s);
	said(&s.end, "head main\nedited a\ncreated quick\nuntracked quick\nended\n",
	     "what the first command did is told in the end");
	done(&s);
}

static void test_kinds(void)
{
	struct session s;

	make("kinds");
	make("kinds/nested");
	begin(&s, "kinds");
	said(&s.begin, "before ? nested/\nbegun 1\n", "a nested repository is not entered");
	box_sh("cd kinds; chmod +x a; chmod -x run; rm l; ln -s b l; rm b; ln -s a b; mkfifo f;"
	       "printf 'a\\033b' > \"$(printf 'e\\033s')\"; : > \"$(printf '\\303')\"");
	end(&s);
	said(&s.end,
	     "head main\nedited a\nedited b\ncreated \"e\\033s\"\nedited l\nedited run\n"
	     "created \"\\303\"\nuntracked \"e\\033s\"\nuntracked nested/\nuntracked \"\\303\"\n"
	     "ended\n",
	     "modes, links, types and odd names");
	done(&s);
}

static void test_ignored(void)
{
	struct session s;

	make("ig");
	box_sh("cd ig; echo '*.o' > .gitignore; echo build/ >> .gitignore; git add .gitignore;"
	       "git commit -qm i; mkdir build; echo x > build/x");
	begin(&s, "ig");
	box_sh("cd ig; echo x > y.o; echo x > build/y");
	end(&s);
	said(&s.end, "head main\nended\n", "ignored files are left out");
	done(&s);
}

static void test_line_ends(void)
{
	struct session s;

	make("crlf");
	box_sh("cd crlf; git config core.autocrlf true; printf 'x\\r\\n' > x; git add x 2>&1;"
	       "git commit -qm x; printf 'y\\r\\n' >> x");
	begin(&s, "crlf");
	box_sh("cd crlf; git commit -qam y; touch a x");
	end(&s);
	said(&s.end, "head main\ncommit y\nended\n", "line ends that git converts are no change");
	done(&s);
}

static void test_unmerged(void)
{
	struct session s;

	make("um");
	box_sh("cd um; git checkout -qb o; echo o >> a; git commit -qam o; git checkout -q main;"
	       "echo m >> a; git commit -qam m");
	begin(&s, "um");
	box_sh("cd um; git merge o >/dev/null 2>&1 || true");
	end(&s);
	said(&s.end, "head main\nedited a\nlimit combined diffs of unmerged files 1\nended\n",
	     "a conflict is an edit, and its diff is said to be missing");
	is_mem(s.end.diff.data, s.end.diff.len, "* Unmerged path a\n", 18, "the path is named");
	done(&s);
	begin(&s, "um");
	said(&s.begin, "before U a\nbegun 1\n", "an unmerged file is dirty");
	done(&s);
}

static void test_big(void)
{
	struct session s;

	make("big");
	box_sh("cd big; truncate -s 20M heap; truncate -s 20M pile");
	begin(&s, "big");
	box_sh("cd big; printf x >> heap");
	end(&s);
	said(&s.end, "head main\nedited heap\nuntracked heap\nuntracked pile\nended\n",
	     "large files are told apart by size and time");
	done(&s);
}

static void test_diffs(void)
{
	make("p");
	box_sh("cd p; : > empty; : > 'empty too'; echo q > 'with space'; echo ä > ä; echo z > z;"
	       "printf 'no end' > noend; printf 'a\\0b' > bin; git add .; git commit -qm more");
	diff_is_gits("p", "no change");
	box_sh("cd p; sed -i '5d;20s/.*/twenty/' a; echo more >> 'with space'; echo ö >> ä; rm "
	       "empty;"
	       "chmod +x z; echo more >> noend; printf 'b\\0c' > bin; rm l; ln -s z l; chmod -x "
	       "run;"
	       "echo y >> run; rm d/c; rm b; ln -s a b; printf x >> z");
	diff_is_gits("p", "edits of all kinds");
	box_sh("cd p; echo ita > 'new one'; git add -N 'new one'");
	diff_is_gits("p", "files intended to be added");
	box_sh("cd p; git config core.quotePath false; git config diff.context 1;"
	       "git config core.abbrev 12; git config diff.mnemonicPrefix true");
	diff_is_gits("p", "a form of the user's own");
	box_sh("cd p; git config diff.noprefix true; git config core.abbrev no;"
	       "git config diff.suppressBlankEmpty true; git config diff.interHunkContext 20");
	diff_is_gits("p", "another form");
	box_sh("git init -q heur; cd heur; printf 'def a():\\n\\tx\\n\\ndef b():\\n\\tx\\n\\n' > "
	       "f.py;"
	       "git add .; git commit -qm h;"
	       "printf 'def a():\\n\\tx\\n\\ndef n():\\n\\tx\\n\\ndef b():\\n\\tx\\n\\n' > f.py");
	diff_is_gits("heur", "indentation");
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

		make("random");
		for (i = 0; i < 9; i++)
			put_random_act(&script, &state);
		box_sh("cd random; %s", buf_str(&script));
		diff_is_gits("random", "random changes");
		box_sh("rm -rf random");
		buf_release(&script);
	}
}

static void test_unreadable_file(void)
{
	struct session s;

	if (geteuid() == 0) {
		tap_skip("a file that may not be read", "root may read any");
		return;
	}
	make("secret");
	box_sh("cd secret; echo x >> a; echo x >> run; chmod 0 a");
	begin(&s, "secret");
	end(&s);
	said(&s.end, "head main\nlimit files that could not be read for the diff 1\nended\n",
	     "a file that may not be read is counted");
	ok(strstr(buf_str(&s.end.diff), "+++ b/run") != NULL, "and the diff goes on after it");
	done(&s);
}

static void test_submodule(void)
{
	make("lib");
	make("super");
	box_sh("cd super; git submodule --quiet add ../lib sub; git commit -qm sub;"
	       "echo u > sub/untracked");
	diff_is_gits("super", "untracked in a submodule");
	box_sh("cd super; echo dirty >> sub/a");
	diff_is_gits("super", "a dirty submodule");
	box_sh("cd super/sub; git checkout -q a; echo x >> a; git commit -qam x");
	diff_is_gits("super", "a submodule with a new commit");
}

static void test_sparse_and_worktree(void)
{
	make("sp");
	box_sh("cd sp; git config core.sparseCheckout true; git sparse-checkout set --no-cone /a"
	       " >/dev/null 2>&1; git config --unset extensions.worktreeConfig || true;"
	       "git config core.repositoryFormatVersion 0; echo x >> a;"
	       "make=1; git status --short > /dev/null");
	diff_is_gits("sp", "a sparse checkout");
	make("lw");
	box_sh("cd lw; git worktree add -q ../lw2; cd ../lw2; echo x >> a");
	diff_is_gits("lw2", "a linked working tree");
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
	diff_is_gits("many", "longer names in a larger repository");
}

static void test_long_lines(void)
{
	struct session s;
	char *want;

	make("long");
	box_sh("cd long; seq 1 200000 > n; printf '%%0200000d\\n' 7 > wide;"
	       "yes 'ä\"\\' | head -n 40000 | tr -d '\\n' > text; git add -N .");
	diff_is_gits("long", "lines longer than a fact");
	box_sh("cd long; rm n wide text; git add .; printf 'caf\\351\\n' >> a");
	begin(&s, "long");
	end(&s);
	ok(strstr(buf_str(&s.end.facts), "limit bytes of the diff that are not UTF-8 1\n") != NULL,
	   "bytes that are not UTF-8 are counted");
	ok(strstr(buf_str(&s.end.diff), "+caf\xef\xbf\xbd\n") != NULL, "and replaced");
	done(&s);
	box_sh("cd long; git checkout -q a; seq 1 1500000 > a");
	want = box_ask("cd long && git diff | wc -c");
	begin(&s, "long");
	end(&s);
	ok(s.end.diff.len <= 8 << 20, "the diff has a limit");
	is_int(s.end.diff.data[s.end.diff.len - 1], '\n', "and is cut at a line's end");
	{
		const char *at = strstr(buf_str(&s.end.facts), "limit bytes of the diff ");
		long left = at ? strtol(at + 24, NULL, 10) : -1;

		is_int((int64_t)s.end.diff.len + left, want ? strtol(want, NULL, 10) : -1,
		       "what is told and what is left out are the whole");
	}
	free(want);
	done(&s);
}

static void test_many_paths(void)
{
	static const char want[] =
		"head main\nremoved n/9998\nedited n/9999\ncreated n/x\nuntracked ";
	struct session s;
	char *at;

	make("heap");
	box_sh("cd heap; mkdir n; cd n; seq 1 10050 | xargs touch");
	begin(&s, "heap");
	at = strstr(buf_str(&s.begin.facts), "limit");
	is_str(at, "limit paths that were dirty 50\nbegun 10000\n", "the list has a limit");
	box_sh("cd heap/n; echo x > 9999; rm 9998; echo x > x");
	end(&s);
	ok(strncmp(buf_str(&s.end.facts), want, strlen(want)) == 0,
	   "what changed beyond the limit is still known");
	done(&s);
}

/* Everything below .git: names, contents, times. */
static char *fingerprint(const char *dir)
{
	return box_ask("cd %s && find .git -printf '%%p %%T@ %%C@ %%i %%m\\n' | sort &&"
		       "find .git -type f | sort | xargs sha256sum",
		       dir);
}

static void test_hostile(void)
{
	struct session s;
	char *was, *is;

	make("evil");
	box_sh("cd evil; echo '* filter=x diff=x merge=x' > .gitattributes; git add .gitattributes;"
	       "git commit -qm attributes;"
	       "printf '#!/bin/sh\\necho ran >> %s/canary\\ncat\\n' > %s/evil.sh; chmod +x "
	       "%s/evil.sh",
	       box, box, box);
	box_sh("cd evil; E=%s/evil.sh; for k in filter.x.clean filter.x.smudge filter.x.process"
	       " diff.x.command diff.x.textconv diff.external core.fsmonitor core.pager core.editor"
	       " core.sshCommand core.askPass credential.helper gpg.program merge.x.driver"
	       " core.alternateRefsCommand alias.status; do git config $k $E; done;"
	       "git config filter.x.required true; git config core.hooksPath %s/hooks;"
	       "mkdir %s/hooks; for h in post-checkout pre-commit post-index-change "
	       "fsmonitor-watchman"
	       " reference-transaction; do cp $E %s/hooks/$h; cp $E .git/hooks/$h; done;"
	       "echo more >> a; touch b d/c; echo new > new",
	       box, box, box, box);
	was = fingerprint("evil");
	begin(&s, "evil");
	end(&s);
	is_int(s.began, 0, "a hostile repository can be surveyed at the start");
	is_int(s.ended, 0, "and at the end");
	ok(strstr(buf_str(&s.end.diff), "+more\n") != NULL, "and its diff is there");
	is = fingerprint("evil");
	is_str(is, was, "nothing in .git changed, not even a time");
	ok(access("canary", F_OK) < 0, "nothing that the repository names was run");
	free(was);
	free(is);
	done(&s);
}

static void test_unreadable(void)
{
	struct session s;

	make("split");
	box_sh("cd split; git update-index --split-index");
	begin(&s, "split");
	is_int(s.began, -1, "a split index cannot be read");
	said(&s.begin,
	     "unreadable read the index: it has a split index, which libgit2 cannot read\n",
	     "and that is told plainly");
	end(&s);
	is_int(s.ended, -1, "without a beginning there is no end");
	said(&s.end, "unreadable what was there when the session began is not known\n",
	     "and that is told too");
	done(&s);
	make("gone");
	begin(&s, "gone");
	box_sh("rm -rf gone/.git/objects");
	end(&s);
	is_int(s.ended, -1, "a repository may break during the session");
	done(&s);
	box_sh("git init -q sha; rm -rf sha; git init -q --object-format=sha256 sha");
	begin(&s, "sha");
	is_int(s.began, -1, "SHA-256 names cannot be read");
	done(&s);
	box_sh("mkdir -p /tmp");
	make("del");
	begin(&s, "del");
	box_sh("rm -rf del");
	end(&s);
	is_int(s.ended, -1, "the whole repository may go");
	done(&s);
}

int main(void)
{
	box = box_open();
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
	test_diffs();
	test_random();
	test_unreadable_file();
	test_submodule();
	test_sparse_and_worktree();
	test_many_objects();
	test_long_lines();
	test_many_paths();
	test_hostile();
	test_unreadable();
	box_close();
	return tap_done();
}
