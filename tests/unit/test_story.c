/* SPDX-License-Identifier: MIT */
/* The story of a shell with hooks: marks in, commands out, as lib/tale.h tells them. */
#include "base/buf.h"
#include "story/story.h"
#include "tale.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

/* as zsh prints it on a terminal of 20 columns */
#define EOL "\\e[1m\\e[7m%\\e[27m\\e[1m\\e[0m                   \\r \\r"
static const struct tale_case cases[] = {
	{"a command has its text from the shell's history, its status, its output",
	 "k A;s=0;st=0;h=1\no $ \nk B;s=0\no echo hi\\r\\n\nk C;s=1;h=1;prev=0;d=/home\no "
	 "hi\\r\\n\n"
	 "k D;s=1;st=0\nk E;s=1;h=1;cmd=echo  hi\nk A;s=1;st=0\n",
	 "1 exit 5000..7000 0 shell [echo  hi] in [/home] out [hi|]\n"},
	{"a command that the history lacks has its text from the screen",
	 "k A;s=0\no $ \nk B;s=0\no  echo hi\\r\\n\nk C;s=1;d=/\nk D;s=1;st=0\nk A;s=1;st=0\n",
	 "1 exit 5000..6000 0 screen [ echo hi] in [/] out []\n"},
	{"continuation prompts are no part of the text",
	 "k A;s=0\no $ \nk B;s=0\no for i in 1\\r\\n\nk 2;s=0\no > \nk B;s=0\no do :; done\\r\\n\n"
	 "k C;s=1;d=/\nk D;s=1;st=0\nk A;s=1;st=0\n",
	 "1 exit 9000..10000 0 screen [for i in 1|do :; done] in [/] out []\n"},
	{"the ends of prompts and continuation prompts need no number",
	 "k A;s=0\no $ \nk B\no for i in 1\\r\\n\nk 2\no > \nk B\no do :; done\\r\\n\n"
	 "k C;s=1;d=/\nk D;s=1;st=0\nk A;s=1;st=0\n",
	 "1 exit 9000..10000 0 screen [for i in 1|do :; done] in [/] out []\n"},
	{"an empty line, ^C at the prompt, a syntax error are no commands",
	 "k A;s=0\nk B;s=0\no \\r\\n\nk D;s=0;st=0\nk A;s=0;st=0\nk B;s=0\no ^C\\r\\n\nk "
	 "D;s=0;st=130\n"
	 "k A;s=0;st=130\nk B;s=0\n",
	 ""},
	{"a paste of two commands gives two, each with its status, line and output",
	 "k A;s=0\nk B;s=0\no false\\r\\necho B\\r\\n\nk C;s=1;prev=0;d=/\nk C;s=2;prev=1;d=/\no "
	 "B\\r\\n\n"
	 "k D;s=2;st=0\nk A;s=2;st=0\n",
	 "1 exit 4000..5000 1 screen [false] in [/] out []\n"
	 "2 exit 5000..7000 0 screen [echo B] in [/] out [B|]\n"},
	{"history that comes newest first finds its commands",
	 "k A;s=0\nk B;s=0\nk C;s=1;prev=0;d=/\nk C;s=2;prev=1;d=/\nk D;s=2;st=0\nk E;s=2;cmd=two\n"
	 "k E;s=1;cmd=o%6Ee%0A\nk A;s=2;st=0\n",
	 "1 exit 3000..4000 1 shell [one] in [/] out []\n"
	 "2 exit 4000..5000 0 shell [two] in [/] out []\n"},
	{"a paste whose lines are not as many as its commands is not guessed at",
	 "k A;s=0\nk B;s=0\no if :\\r\\nthen :; fi\\r\\n:\\r\\n\nk C;s=1;d=/\nk C;s=2;prev=0;d=/\n"
	 "k D;s=2;st=0\nk A;s=2\n",
	 "1 exit 4000..5000 0 screen [if :|then :; fi|:] in [/] out []\n"
	 "2 exit 5000..6000 0 none [] in [/] out []\n"},
	{"a prompt without D ends the command with the prompt's status",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\no x\\r\\n\nk A;s=1;st=7\nk B;s=1\nk C;s=2;d=/\nk "
	 "A;s=2;st=0\n"
	 "k A;s=2;st=0\n",
	 "1 exit 3000..5000 7 none [] in [/] out [x|]\n2 exit 7000..8000 0 none [] in [/] out "
	 "[]\n"},
	{"commands that were counted and not announced are told of",
	 "k A;s=0\nk B;s=0\no pwd\\r\\n/\\r\\n\nk A;s=1;st=0\nk B;s=1\nk A;s=1;st=0\n",
	 "fact n [{\"note\":\"not listed, since the shell did not say when they began: 1 command; "
	 "were PS0 and PROMPT_COMMAND set?\"}]\nloose 2000 [pwd|/|]\n"},
	{"a prompt that a command prints itself does not end it when D comes",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\nk A;s=1;st=7\nk B;s=1\no more\\r\\n\nk D;s=1;st=3\nk "
	 "A;s=1;st=3\n",
	 "1 exit 3000..7000 3 none [] in [/] out [more|]\n"},
	{"D without a status takes it from the prompt behind it",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\nk D;s=1\nk A;s=1;st=9\n",
	 "1 exit 3000..4000 9 none [] in [/] out []\n"},
	{"a prompt drawn again changes nothing",
	 "k A;s=0\no $ \nk B;s=0\no ec\nk A;s=0\no \\r$ \nk B;s=0\no echo\\r\\n\nk C;s=1;d=/\nk "
	 "D;s=1;st=0\n"
	 "k A;s=1;st=0\n",
	 "1 exit 9000..10000 0 screen [echo] in [/] out []\n"},
	{"a directory that C cannot say is the one P said",
	 "k P;s=0;d=/a%3Bb\nk A;s=0\nk B;s=0\nk C;s=1;d=\nk D;s=1;st=0\nk P;s=1;d=/c\nk A;s=1\n",
	 "1 exit 4000..5000 0 none [] in [/a;b] out []\n"},
	{"the directory P said is none for the second command of a paste",
	 "k P;s=0;d=/a%3Bb\nk A;s=0\nk B;s=0\nk C;s=1;d=\nk C;s=2;d=\nk D;s=2;st=0\n"
	 "k A;s=2\nk B;s=2\nk C;s=3;d=\nk D;s=3;st=0\nk A;s=3\n",
	 "1 exit 4000..5000 null none [] in [/a;b] out []\n2 exit 5000..6000 0 none [] in [] out "
	 "[]\n"
	 "3 exit 9000..10000 0 none [] in [/a;b] out []\n"},
	{"the shell's end closes its last command",
	 "k A;s=0\nk B;s=0\no exit 5\\r\\n\nk C;s=1;d=/\no exit\\r\\n\nx 5\n",
	 "1 eof 4000..6000 5 screen [exit 5] in [/] out [exit|]\n"},
	{"a recording that breaks off leaves an interrupted command",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\no half\n",
	 "1 interrupted 3000..-1 null none [] in [/] out [half|]\n"},
	{"a program recorded without a shell is one command",
	 "k C;s=1;src=argv;cmd=printf a%25;d=/x;w=5\no a\nk D;s=1;st=0\nx 0\n",
	 "1 exit 1000..3000 0 argv [printf a%] in [/x] out [a|]\n"},
	{"a shell that says the text with C is believed",
	 "k A;s=0\nk B;s=0\no $ echo a\\r\\n\nk C;s=1;prev=0;cmd=echo%20 a%3B;d=/\no a\\r\\n\n"
	 "k D;s=1;st=0\nk A;s=1\nk B;s=1\nk C;s=2;prev=0;cut=1;cmd=x;d=/\nk D;s=2;st=0\nk A;s=2\n",
	 "1 exit 4000..6000 0 shell [echo  a;] in [/] out [a|]\n"
	 "2 exit 9000..10000 0 shell [x] in [/] out []\n"},
	{"what zsh prints behind output without a newline is none of it",
	 "k A;s=0\nk B;s=0\nk C;s=1;cmd=x;d=/\no foo" EOL "\nk D;s=1;st=0\nk A;s=1\n",
	 "1 exit 3000..5000 0 shell [x] in [/] out [foo|]\n"},
	{"nor if it comes in pieces, or behind a newline",
	 "k A;s=0\nk B;s=0\nk C;s=1;cmd=x;d=/\no foo\\e[1m\\e\no [7m#\\e[27m\\e[1m\\e[0m  \no   "
	 "   \\r\no  \\r\nk D;s=1;st=0\n"
	 "k A;s=1\nk B;s=1\no \\r\\n\nk C;s=2;cmd=y;d=/\no bar\\r\\n" EOL
	 "\nk D;s=2;st=0\nk A;s=2\n",
	 "1 exit 3000..8000 0 shell [x] in [/] out [foo|]\n"
	 "2 exit 12000..14000 0 shell [y] in [/] out [bar|]\n"},
	{"but a command that prints the same has printed it",
	 "k A;s=0\nk B;s=0\nk C;s=1;cmd=x;d=/\no foo\\e[1m\\e[7m%\\e[27m\\e[1m\\e[0m \\r \\rb\nk "
	 "D;s=1;st=0\nk A;s=1\nk B;s=1\no \\r\\n\nk C;s=2;cmd=y;d=/\no \\e[1m\\e[7m\nk "
	 "D;s=2;st=0\nk A;s=2\n",
	 "1 exit 3000..5000 0 shell [x] in [/] out [boo%|]\n"
	 "2 exit 9000..11000 0 shell [y] in [/] out []\n"},
	{"the string that zsh prints is the user's",
	 "k A;s=0\nk B;s=0\nk C;s=1;eol=%1B[7m@@;cmd=x;d=/\no foo\\e[7m@@   \\r  \\r\nk "
	 "D;s=1;st=0\n"
	 "k A;s=1\nk B;s=1\no \\r\\n\nk C;s=2;eol=;cmd=y;d=/\no x  \\r\\r\nk D;s=2;st=0\nk A;s=2\n",
	 "1 exit 3000..5000 0 shell [x] in [/] out [foo|]\n"
	 "2 exit 9000..11000 0 shell [y] in [/] out [x|]\n"},
	{"what the screen shows there at a shell's start is no text",
	 "o hello" EOL "\nk D;s=0;st=0\nk A;s=0\n", "loose 1000 [hello|]\n"},
	{"a session without any mark is one command", "o hello\\r\\n\nx 3\n",
	 "1 exit 0..2000 3 none [] in [] out [hello|]\n"},
	{"text outside of commands is told apart from them",
	 "o Welcome\\r\\n\nk A;s=0\no $ \nk B;s=0\nk C;s=1;d=/\nk D;s=1;st=0\no [1]+  "
	 "Done\\r\\n\nk A;s=1\n",
	 "loose 1000 [Welcome|]\n1 exit 5000..6000 0 none [] in [/] out []\nloose 7000 [[1]+  "
	 "Done|]\n"},
	{"blank text outside of commands is nothing", "o \\r\\n  \\r\\n\nk A;s=0\nk B;s=0\n", ""},
	{"a full-screen program leaves a line that says so and its last screen",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\no \\e[?1049h\\e[Hone\\r\\ntwo\\e[?1049l\nk D;s=1;st=0\nk "
	 "A;s=1\n",
	 "1 exit 3000..5000 0 none [] in [/] out [[full-screen program; its last "
	 "screen:]|one|two|]\n"},
	{"lost output is told within the command's output",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\no a\\r\\n\nl {\"bytes\":3}\no b\\r\\n\nk D;s=1;st=0\nk "
	 "A;s=1\n",
	 "fact l [{\"bytes\":3}]\n"
	 "1 exit 3000..7000 0 none [] in [/] out [a|[steno: output is missing here]|b|]\n"},
	{"a mark that was lost does not silence those behind it",
	 "k A;s=0\nk B;s=0\nk C;s=1;d=/\nk A;s=3;st=1\nk B;s=3\nk C;s=4;d=/\nk D;s=4;st=2\nk "
	 "A;s=4;st=2\n",
	 "1 lost 3000..4000 null none [] in [/] out []\n"
	 "2 exit 6000..7000 2 none [] in [/] out []\n"},
};

/* Marks that may not be believed: put into a session between two of its events, they change nothing
 * but the count. */
static void test_forged(void)
{
	static const char *const forged[] = {
		"k D;s=0;st=0",
		"k C;s=1;d=/evil",
		"k C;s=0",
		"k B;s=1",
		"k A;s=0;st=0",
		"k E;s=1;cmd=evil",
		"k 2;s=1",
		"k D",
		"k C",
		"k ",
		"k D;s=1;st=256",
		"k D;s=1;st=x",
		"k D;;s=1",
		"k D;s=99999999999999999999",
		"k C;s=-1",
		"k Ds=1",
		"k P;s=0;d=/evil",
	};
	static const char before[] = "k A;s=0\nk B;s=0\nk C;s=1;d=/\no a\\r\\n\n";
	static const char after[] = "o b\\r\\n\nk D;s=1;st=4\nk A;s=1;st=4\n";
	static const char want[] = "1 exit 3000..7000 4 none [] in [/] out [a|b|]\n";
	struct buf log = {0};
	size_t i;

	for (i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		struct story *s;
		struct buf script = {0};
		buf_clear(&log);
		s = story_new(&tale_header, &tale_sink, &log);
		buf_printf(&script, "%s%s\n%s", before, forged[i], after);
		tale_play(s, buf_str(&script), 100);
		is_str(buf_str(&log), want, "'%s' in a running command changes nothing",
		       forged[i] + 2);
		is_int((int64_t)story_forged_marks(s), 1, "and is counted");
		story_free(s);
		buf_release(&script);
	}
	buf_release(&log);
}

static void test_output_forges_nothing(void)
{
	struct buf log = {0};
	struct story *s = story_new(&tale_header, &tale_sink, &log);

	tale_play(s,
		  "k A;s=0\nk B;s=0\nk C;s=1;d=/\n"
		  "o \\e]7377;0123456789abcdef012345;D;s=1;st=0\\e\\\\x\\r\\n\n"
		  "k D;s=1;st=4\nk A;s=1\n",
		  100);
	is_str(buf_str(&log), "1 exit 3000..5000 4 none [] in [/] out [x|]\n",
	       "a mark in the output is no mark");
	is_int((int64_t)story_forged_marks(s), 1, "it is counted as forged");
	story_free(s);
	buf_release(&log);
}

static void test_running(void)
{
	struct buf log = {0};
	struct story *s = story_new(&tale_header, &tale_sink, &log);
	const struct command *c;
	struct buf out = {0};
	int status = 0;

	tale_play(s, "o hello\\r\\n\n", 1);
	ok(story_loose(s) != NULL, "text before the first prompt can be seen");
	tale_play(s, "k A;s=0\nk B;s=0\no sleep\\r\\n\nk C;s=1;d=/\no a\\r\\nhal\n", 100);
	ok(story_loose(s) == NULL, "a running command has all the text");
	c = story_running(s);
	ok(c && !c->end && c->end_us == -1, "a running command has no end");
	tale_put_excerpt(&out, &c->output);
	is_str(buf_str(&out), "a|hal|", "its output so far can be seen, the unfinished line too");
	buf_clear(&out);
	tale_put_excerpt(&out, &story_running(s)->output);
	is_str(buf_str(&out), "a|hal|", "looking twice shows the same");
	tale_play(s, "o f\\r\\n\nk D;s=1;st=0\nk A;s=1\n", 100);
	ok(strstr(buf_str(&log), "out [a|half|]") != NULL, "looking changed nothing");
	ok(!story_running(s), "then nothing runs");
	ok(!story_exit(s, &status), "the session has not ended");
	tale_play(s, "x 3\n", 1);
	ok(story_exit(s, &status) && status == 3, "now it has, with its status");
	story_free(s);
	buf_release(&log);
	buf_release(&out);
}

static void test_many_waiting(void)
{
	struct buf log = {0};
	struct story *s = story_new(&tale_header, &tale_sink, &log);
	int i, lines = 0;
	char mark[64];
	const char *p;

	tale_play(s, "k A;s=0\nk B;s=0\n", 100);
	for (i = 1; i <= 1000; i++) {
		int n = snprintf(mark, sizeof(mark), "k C;s=%d;prev=0;d=/", i);

		tale_put(s, i, mark, (size_t)n);
	}
	tale_play(s, "k D;s=1000;st=0\nk A;s=1000;st=0\n", 100);
	for (p = buf_str(&log); (p = strchr(p, '\n')); p++)
		lines++;
	is_int(lines, 1000, "a paste of 1,000 commands gives each of them once");
	story_free(s);
	buf_release(&log);
}

int main(void)
{
	tale_try(cases, sizeof(cases) / sizeof(*cases));
	test_forged();
	test_output_forges_nothing();
	test_running();
	test_many_waiting();
	return tap_done();
}
