/* SPDX-License-Identifier: MIT */
/* A survey in repositories that somebody has prepared, or that cannot be read. */
#include "box.h"
#include "surveyed.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *box;

static void test_unreadable_file(void)
{
	struct surveyed s;

	if (geteuid() == 0) {
		tap_skip("a file that may not be read", "root may read any");
		return;
	}
	surveyed_make("secret");
	box_sh("cd secret; echo x >> a; echo x >> run; chmod 0 a");
	surveyed_begin(&s, "secret");
	surveyed_end(&s);
	surveyed_is(&s.end, "head main\nlimit files that could not be read for the diff 1\nended\n",
		    "a file that may not be read is counted");
	ok(strstr(buf_str(&s.end.diff), "+++ b/run") != NULL, "and the diff goes on after it");
	surveyed_release(&s);
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
	struct surveyed s;
	char *was, *is;

	surveyed_make("evil");
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
	surveyed_begin(&s, "evil");
	surveyed_end(&s);
	is_int(s.began, 0, "a hostile repository can be surveyed at the start");
	is_int(s.ended, 0, "and at the end");
	ok(strstr(buf_str(&s.end.diff), "+more\n") != NULL, "and its diff is there");
	is = fingerprint("evil");
	is_str(is, was, "nothing in .git changed, not even a time");
	ok(access("canary", F_OK) < 0, "nothing that the repository names was run");
	free(was);
	free(is);
	surveyed_release(&s);
}

static void test_unreadable(void)
{
	struct surveyed s;

	surveyed_make("split");
	box_sh("cd split; git update-index --split-index");
	surveyed_begin(&s, "split");
	is_int(s.began, -1, "a split index cannot be read");
	surveyed_is(&s.begin,
		    "unreadable read the index: it has a split index, which libgit2 cannot read\n",
		    "and that is told plainly");
	surveyed_end(&s);
	is_int(s.ended, -1, "without a beginning there is no end");
	surveyed_is(&s.end, "unreadable what was there when the session began is not known\n",
		    "and that is told too");
	surveyed_release(&s);
	surveyed_make("gone");
	surveyed_begin(&s, "gone");
	box_sh("rm -rf gone/.git/objects");
	surveyed_end(&s);
	is_int(s.ended, -1, "a repository may break during the session");
	surveyed_release(&s);
	box_sh("git init -q sha; rm -rf sha; git init -q --object-format=sha256 sha");
	surveyed_begin(&s, "sha");
	is_int(s.began, -1, "SHA-256 names cannot be read");
	surveyed_release(&s);
	box_sh("mkdir -p /tmp");
	surveyed_make("del");
	surveyed_begin(&s, "del");
	box_sh("rm -rf del");
	surveyed_end(&s);
	is_int(s.ended, -1, "the whole repository may go");
	surveyed_release(&s);
}

int main(void)
{
	box = box_open();
	test_unreadable_file();
	test_hostile();
	test_unreadable();
	box_close();
	return tap_done();
}
