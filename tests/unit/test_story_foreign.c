/* SPDX-License-Identifier: MIT */
/* The story of a shell that prints the marks of others, as lib/tale.h tells it. */
#include "base/buf.h"
#include "story/story.h"
#include "tape/header.h"
#include "tale.h"
#include "tap.h"

#include <string.h>

static const struct tale_case cases[] = {
	{"marks of others tell commands where there are none of ours",
	 "o \\e]133;A;aid=7\\a$ \\e]133;B\\a\no echo a\\r\\n\\e]133;C\\e\\\\a\\r\\n\n"
	 "o \\e]133;D;3;aid=7\\a\\e]7;file://h/a%20b\\a\\e]133;A\\a$ \\e]133;B\\a\n"
	 "o x\\r\\n\\e]133;C;cmdline_url=ls%20%2Dl\\a\nx 9\n",
	 "1 exit 2000..3000 3 screen [echo a] in [] out [a|]\n"
	 "2 eof 4000..5000 9 shell [ls -l] in [/a b] out []\n"},
	{"D of others without a status is not known, and without C is nothing",
	 "o \\e]133;A\\a$ "
	 "\\e]133;B\\a\\r\\n\\e]133;D\\a\\e]133;A\\a\\e]133;B\\ax\\r\\n\\e]133;C\\a\n"
	 "o \\e]133;D\\a\\e]133;A\\a\nx 0\n",
	 "1 exit 1000..2000 null screen [x] in [] out []\n"},
	{"a text that is told before the prompt, as nushell does, is not the next command's",
	 "o \\e]633;E;\\a\\e]633;A;k=i\\a> \\e]633;B\\als\\r\\n\\e]633;C\\aa\\r\\n\\e]633;D;0\\a\n"
	 "o \\e]633;E;ls\\a\\e]633;A;k=i\\a> "
	 "\\e]633;B\\apwd\\r\\n\\e]633;C\\ab\\r\\n\\e]633;D;0\\a\nx 0\n",
	 "1 exit 1000..1000 0 screen [ls] in [] out [a|]\n"
	 "2 exit 2000..2000 0 screen [pwd] in [] out [b|]\n"},
	{"VS Code's marks of an empty line are of no command",
	 "o \\e]633;A\\a$ \\e]633;B\\a\\r\\n\\e]633;E;;n\\a\\e]633;C\\a\\e]633;D\\a\\e]633;A\\a$ "
	 "\\e]633;B\\a\n"
	 "o ls\\r\\n\\e]633;E;ls;n\\a\\e]633;C\\aa\\r\\n\\e]633;D;0\\a\\e]633;A\\a\nx 0\n",
	 "1 exit 2000..2000 0 shell [ls] in [] out [a|]\n"},
	{"VS Code's marks have the text and the directory",
	 "o \\e]633;P;Cwd=/a\\\\x3bb\\a\\e]633;A\\a$ \\e]633;B\\a\n"
	 "o \\e]633;E;echo\\\\x20\\\\\\\\n\\\\x3b;0123\\a\\e]633;C\\aout\\r\\n\\e]633;D;0\\a\nx "
	 "0\n",
	 "1 exit 2000..2000 0 shell [echo \\n;] in [/a;b] out [out|]\n"},
	{"a command of 3008 says where it began",
	 "o \\e]3008;start=a;type=command;cwd=/a\\\\x3bb;cmdline=x\\ahi\\r\\n"
	 "\\e]3008;end=a;status=4\\a\n",
	 "1 exit 1000..1000 4 shell [x] in [/a;b] out [hi|]\n"},
	{"kitty's cmdline may have semicolons, 3008 gives way to 133",
	 "o "
	 "\\e]3008;start=ab;type=shell\\a\\e]3008;start=cd;type=command\\ax\\e]3008;end=cd;exit="
	 "failure;status=2\\a\n"
	 "o \\e]133;A\\a\\e]133;C;cmdline=echo\\\\ "
	 "a\\\\;b\\a\\e]3008;start=ef;type=command\\ay\\e]3008;end=ef;status=4\\a\n"
	 "o \\e]133;D;5\\a\nx 0\n",
	 "1 exit 1000..1000 2 none [] in [] out [x|]\n2 exit 2000..3000 5 shell [echo a;b] in [] "
	 "out [y|]\n"},
	{"a program inside with marks of its own does not end the command",
	 "o "
	 "\\e]133;A;aid=1\\a\\e]133;C;aid=1\\ain\\e]133;A;aid=2\\a\\e]133;C;aid=2\\a\\e]133;D;7;"
	 "aid=2\\aside\n"
	 "o \\e]133;D;4;aid=1\\a\nx 0\n",
	 "1 exit 1000..2000 4 none [] in [] out [inside|]\n"},
	{"a check mark does not end a mark, and a broken one is none",
	 "o \\e]133;C;cmdline_url=\342\234\223\\a\n"
	 "o \\e]133;D;1\\e[m \\e]133;D;2\\\\\\e]133;D;300\\a\nx 0\n",
	 "1 exit 1000..2000 null shell [\342\234\223] in [] out []\n"},
	{"marks inside of the session's own program are inside of its command",
	 "k C;s=1;src=argv;cmd=ssh h;d=/x\no hello\\r\\n\\e]133;A\\a$ "
	 "\\e]133;B\\als\\r\\n\\e]133;C\\aa\\r\\n\n"
	 "o \\e]133;D;0\\a\\e]133;A\\a$ \\e]133;B\\aexit\\r\\n\\e]133;C\\abye\\r\\n\nk "
	 "D;s=1;st=5\nx 5\n",
	 "2 exit 2000..3000 0 screen [ls] in [] out [a|]\n"
	 "3 eof 3000..4000 null screen [exit] in [] out [bye|]\n"
	 "1 exit 1000..4000 5 argv [ssh h] in [/x] out [hello|]\n"},
	{"marks of others while ours are live change nothing",
	 "k A;s=0\nk B;s=0\no x\\r\\n\nk C;s=1;d=/\no "
	 "\\e]133;D;1\\a\\e]633;D;1\\ay\\e]133;A\\a\\e]133;C\\az\\r\\n\n"
	 "k D;s=1;st=0\nk A;s=1\n",
	 "1 exit 4000..6000 0 screen [x] in [/] out [yz|]\n"},
	{"a shell that lost its hooks by exec is heard by marks of others",
	 "k A;s=0\nk B;s=0\nk C;s=1;cmd=exec zsh;d=/\no \\e]133;A\\a% "
	 "\\e]133;B\\als\\r\\n\\e]133;C\\aa\\r\\n\n"
	 "o \\e]133;D;0\\a\nx 7\n",
	 "2 exit 4000..5000 0 screen [ls] in [] out [a|]\n"
	 "1 eof 3000..6000 7 shell [exec zsh] in [/] out []\n"},
};

/* What the files that a shell reads at its start run may be told by an integration that is there
 * already. */
static void test_before_the_first_prompt(void)
{
	struct header hooked = tale_header;
	char bash[] = "bash";
	struct buf log = {0};
	struct story *s;

	hooked.hooks = bash;
	s = story_new(&hooked, &tale_sink, &log);
	tale_play(s,
		  "o \\e]633;E;setup\\a\\e]633;C\\a\\e]633;D;0\\a\\e]633;E;more\\a\\e]633;C\\ax\n"
		  "k D;s=0\no \\e]133;A\\a\\e]133;C\\a\nk A;s=0;st=0\nk B;s=0\n"
		  "k C;s=1;d=/\nk D;s=1;st=4\nk A;s=1\n",
		  100);
	ok(strstr(buf_str(&log), "1 exit 6000..7000 4 none [] in [/] out []") != NULL &&
		   !strstr(buf_str(&log), "2 exit"),
	   "a shell with hooks has run nothing before its first prompt");
	story_free(s);
	buf_clear(&log);
	s = story_new(&hooked, &tale_sink, &log);
	tale_play(s, "o \\e]133;A\\a$ \\e]133;B\\als\\r\\n\\e]133;C\\a\\e]133;D;3\\a\nx 0\n", 100);
	ok(strstr(buf_str(&log), "1 exit 1000..1000 3 screen [ls]") != NULL,
	   "unless another shell has taken its place by then, and shown one");
	story_free(s);
	buf_release(&log);
}

/* Integrations by a DEBUG trap tell of the command behind our C, fish 4 of its end before our D. */
static void test_unheard(void)
{
	static const struct {
		const char *name, *script;
		int64_t want;
	} tries[] = {
		{"marks of a command's start right behind C are the shell's own",
		 "o \\e[?2004l\\e]0;t\\a\\e[m\\e]133;C;cmdline_url=x\\a\n"
		 "o \\e]633;E;x;n\\a\\e]633;C\\a\\e]3008;start=i;type=command\\e\\\\x\n",
		 0},
		{"so are those of its end right before D",
		 "o x\\r\\n\\e]133;D;1\\a\\e[m\\e]633;D;1\\a\nk D;s=1;st=1\no hi\n", 0},
		{"others in these places are a command's",
		 "o \\e]133;D;0\\a\\e]133;A\\a\\e]3008;end=i\\e\\\\\nk D;s=1;st=1\n", 2},
		{"so are those that come at once with the line that began it",
		 "k D;s=1;st=0\nk A;s=2;st=0\nk B;s=2;nl=3\nk R;n=1\n"
		 "o ls\\r\\nx\\e]133;A\\ay\\e]133;D;3\\az\\r\\n\nk A;s=3;st=0\n",
		 2},
		{"as are any before and behind its output",
		 "o \\e]133;D;7\\ax\\e]133;C\\a\nk D;s=1;st=1\n", 2},
	};
	size_t i;

	for (i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		struct buf log = {0};
		struct story *s = story_new(&tale_header, &tale_sink, &log);

		tale_play(s, "k A;s=0\nk B;s=0\nk C;s=1;d=/\n", 100);
		tale_play(s, tries[i].script, 100);
		is_int((int64_t)story_unheard_marks(s), tries[i].want, "%s", tries[i].name);
		story_free(s);
		buf_release(&log);
	}
}

int main(void)
{
	tale_try(cases, sizeof(cases) / sizeof(*cases));
	test_before_the_first_prompt();
	test_unheard();
	return tap_done();
}
