/* SPDX-License-Identifier: MIT */
/* The story of a shell that has only a prompt: its commands are the lines typed, as lib/tale.h tells
 * them. */
#include "base/buf.h"
#include "story/story.h"
#include "tale.h"
#include "tap.h"

#include <inttypes.h>
#include <limits.h>

static const struct tale_case cases[] = {
	{"a shell that has only a prompt has its commands from the lines typed",
	 "k A;s=1;st=0;d=/x\no $ \nk B;s=1;nl=1\no echo a\\r\\na\\r\\n\nk A;s=2;st=0;d=/x\no $ \nk "
	 "B;s=2;nl=1\no false\\r\\n\nk A;s=3;st=1;d=/x\nk B;s=3;nl=1\no exit\\r\\n\nx 4\n",
	 "1 exit 4000..5000 0 screen [echo a] in [/x] out [a|]\n"
	 "2 exit 8000..9000 1 screen [false] in [/x] out []\n"
	 "3 eof 11000..12000 4 screen [exit] in [/x] out []\n"},
	{"such a line is none if it is empty, a comment, given up, or drawn again",
	 "k A;s=1;st=0;d=/\nk B;s=1;nl=1\no \\r\\n\nk A;s=2;st=0\nk B;s=2;nl=1\no # no\\r\\n\nk "
	 "A;s=3;st=0\nk B;s=3;nl=1\no ab^C\\r\\n\nk A;s=4;st=130;h=7\nk B;s=4;nl=1\no ab\\r\\n\nk "
	 "A;s=5;st=130;h=7\nk B;s=5;nl=1\no ec\\r\\necho ed\\r\\n\nk A;s=5;st=130;h=7\nk "
	 "B;s=5;nl=1\no "
	 "\\r\\n\nx 0\n",
	 "loose 16000 [echo ed|]\n"},
	{"such a line goes on behind a continuation prompt",
	 "k A;s=1;st=0;d=/\nk B;s=1;nl=1\no for i in 1\\r\\n\nk 2\no > \nk B\no do :; "
	 "done\\r\\n1\\r\\n\nk "
	 "A;s=2;st=0\n",
	 "1 exit 7000..8000 0 screen [for i in 1|do :; done] in [/] out [1|]\n"},
	{"a line typed ahead is a command without text, not its output",
	 "k A;s=1;st=0;d=/\nk B;s=1;nl=3\nk R\no false\\r\\necho B\\r\\n\nk A;s=2;st=1;d=/\nk "
	 "B;s=2;nl=3\no "
	 "B\\r\\n\nk A;s=3;st=0;d=/\nk B;s=3;nl=3\no [1] Done\\r\\n\nk R\no ls\\r\\n\nk "
	 "A;s=4;st=0\n",
	 "1 exit 4000..5000 1 screen [false] in [/] out [echo B|]\n"
	 "2 exit 6000..8000 0 none [] in [/] out [B|]\n"
	 "3 exit 12000..13000 0 none [] in [/] out []\n"},
	{"a line that was shown before the prompt is known by the history",
	 "k A;s=1;st=3;h=4;d=/\nk R\no echo a\\r\\n\nk B;s=1;nl=1\no a\nk E;s=1;h=5;cmd=echo a\nk "
	 "A;s=2;st=0;h=5;d=/\nk B;s=2;nl=1\nk E;s=2;h=5;cmd=echo a\nk A;s=3;st=0;h=5\n",
	 "1 exit 4000..7000 0 shell [echo a] in [/] out [a|]\n"},
	{"a line that the editor wrapped or scrolled is not misread",
	 "k A;s=1;st=0;d=/\nk B;s=1;nl=2\no echo "
	 "12345678901234567890123456789012345678901234567890123456789012345678901234 "
	 "\\r\\r\\nb\\r\\n\nk A;s=2;st=0;d=/\nk B;s=2;nl=4\no "
	 "\\r3456789012345678901234567890123456789012345678901234567890123456             "
	 "<\\r\\n\nk A;s=3;st=0\n",
	 "1 exit 3000..4000 0 screen [echo "
	 "12345678901234567890123456789012345678901234567890123456789012345678901234 b] in [/] out "
	 "[]\n"
	 "2 exit 6000..7000 0 none [] in [/] out []\n"},
	{"a prompt that the editor draws again is not what is typed",
	 "k A;s=1;st=0;d=/\no ready> \nk B;s=1;nl=1\no \\r\\e[J\no \\rready>   \\e[2D\no exit "
	 "4\\r\\n\nx "
	 "4\n",
	 "1 eof 6000..7000 4 screen [exit 4] in [/] out []\n"},
	{"nor is it a line if the editor draws the prompt again below",
	 "k A;s=1;st=0;d=/\no ready> \nk B;s=1;nl=1\no ec\no \\r\\n\\rready> ec\no \\r\\n\\rready> "
	 "ec\no ho a\n"
	 "k R\no \\r\\na\\r\\n\nk A;s=2;st=0\n",
	 "1 exit 9000..10000 0 screen [echo a] in [/] out [a|]\n"},
	{"nor is a line feed that nobody entered",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=4\nk R;n=2\no false\\r\\n\nk A;s=2;st=1\no $ \nk "
	 "B;s=2;nl=4\no "
	 "true\\r\\n\nk A;s=3;st=0\no $ \nk B;s=3;nl=4\no behind\\r\\n\no ls\nk R;n=1\no "
	 "\\r\\nx\\r\\n\nk "
	 "A;s=4;st=0\n",
	 "1 exit 5000..6000 1 screen [false] in [/] out []\n"
	 "2 exit 9000..10000 0 screen [true] in [] out []\n"
	 "3 exit 16000..17000 0 none [] in [] out [x|]\n"},
	{"what is printed behind a line that nobody shows is not the line",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=3\nk K\nk R;n=1;q=1\no a\\r\\n\nk A;s=2;st=0\no $ \nk "
	 "B;s=2;nl=2\nk R;n=1;q=1\nk A;s=3;st=0\no $ \nk B;s=3;nl=2\nk K\nk R;n=1;q=1\no > \nk "
	 "R;n=1;q=1\no b\\r\\n\nk A;s=4;st=1\no $ \nk "
	 "B;s=4;nl=2\no c\\r\\n\nk A;s=5;st=0\nk B;s=5;nl=2\nk K\nk R;n=1;q=1\nx 4\n",
	 "1 exit 5000..7000 0 none [] in [/] out [a|]\n2 exit 15000..19000 1 none [] in [/] out [> "
	 "b|]\n3 exit 21000..23000 0 none [] in [] out [c|]\n4 eof 26000..27000 4 none [] in [] "
	 "out []\n"},
	{"what is printed before the first key is no part of the line",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=3\no behind\nk K\no ls\nk R;n=1\no \\r\\nx\\r\\n\nk "
	 "A;s=2;st=0\no $ \nk B;s=2;nl=4\no [1] Done\\r\\n\nk K\no pw\nk R;n=1\no d\\r\\n\nk "
	 "A;s=3;st=0\no $ \nk B;s=3;nl=2\no ls\nk K\no ;\nk R;n=1\no \\r\\n\nk A;s=4;st=0\n",
	 "loose 3000 [behind|]\n"
	 "1 exit 8000..9000 0 screen [ls] in [/] out [x|]\n"
	 "loose 11000 [[1] Done|]\n"
	 "2 exit 16000..17000 0 screen [pwd] in [] out []\n"
	 "3 exit 24000..25000 0 screen [ls;] in [] out []\n"},
	{"what is printed behind it, or behind keys that were typed ahead, leaves no text",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=3\nk K\no l\no behind\\r\\n\no s\nk R;n=1\no "
	 "\\r\\nx\\r\\n\nk K\nk A;s=2;st=0\no $ \nk B;s=2;nl=4\no l\no behind\\r\\n\nk K\no "
	 "s\nk R;n=1\no \\r\\n\nk A;s=3;st=0\no $ \nk B;s=3;nl=4\nk K\no a\no b\\r\\n\no "
	 "^C\\r\\n\nk A;s=4;st=130\nk B;s=4;nl=3\nk K\no #\no b\\r\\n\nk R\no \\r\\n\nk "
	 "A;s=5;st=130\n",
	 "1 exit 9000..11000 0 none [] in [/] out [x|]\n"
	 "2 exit 19000..20000 0 none [] in [] out []\n"},
	{"the end of the input at a prompt is no command",
	 "k A;s=1;st=0;d=/\no ready> \nk B;s=1;nl=1\no \\r\\e[J\no \\rready>   \\e[2D\no \\r\\n\nx "
	 "0\n",
	 ""},
	{"nor is it if the editor shows it",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=4\no ^D\\r\\n\nx 0\n", ""},
	{"nobody knows how one ended behind which the shell read lines and no prompt came",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=3\nk K\nk R;n=1\no PS1=x\\r\\nx\nk K;f=1\nk "
	 "R;n=1;f=1\no exit 3\\r\\n\nx 3\n",
	 "1 lost 6000..10000 null screen [PS1=x] in [/] out [xexit 3|]\n"},
	{"nor where a line editor read keys",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=4\nk K\nk R;n=1\no PS1=x\\r\\nx\nk K;f=2\nx 3\n",
	 "1 lost 6000..8000 null screen [PS1=x] in [/] out [x|]\n"},
	{"but it is, where the shell had an editor and did without",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=4\nk K\nk R;n=1\no read x; exit $x\\r\\n\nk "
	 "K;f=1\nk R;n=1;f=1\no 3\\r\\n\nx 3\n",
	 "1 eof 6000..10000 3 screen [read x; exit $x] in [/] out [3|]\n"},
	{"where another program may have read them, or the keys were typed ahead",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=3\nk K\nk R;n=1\no cat; exit 3\\r\\n\nk K\nk "
	 "R;n=1\no a\\r\\na\\r\\n\nk K;f=1\nx 3\n",
	 "1 eof 6000..11000 3 screen [cat; exit 3] in [/] out [a|a|]\n"},
	{"where it took the shell's place",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=3\nk K\nk R;n=1\no exec cat\\r\\n\nk K;f=1\nk "
	 "R;n=1;f=1\no a\\r\\n\nx 0\n",
	 "1 eof 6000..10000 0 screen [exec cat] in [/] out [a|]\n"},
	{"and where a prompt came in the end",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=2\nk K\nk R;n=1\no read x\\r\\n\nk K;f=2\nk "
	 "R;n=1;f=2\no a\\r\\n\nk A;s=2;st=0\no $ \nk B;s=2;nl=2\nk K\nk R;n=1\no exit "
	 "3\\r\\n\nx 3\n",
	 "1 exit 6000..10000 0 screen [read x] in [/] out [a|]\n"
	 "2 eof 15000..16000 3 screen [exit 3] in [] out []\n"},
	{"a line that such a shell's history has is as that says",
	 "k A;s=1;st=0;h=4;d=/\nk B;s=1;nl=1\no ec\\r\\necho <\\r\\n\nk E;s=1;h=5;cmd=echo "
	 "a%0Ab\nk "
	 "A;s=2;st=0;h=5;d=/\nk B;s=2;nl=1\no \\r\\n\nk E;s=2;h=5;cmd=echo a%0Ab\nk "
	 "A;s=3;st=0;h=5\n",
	 "1 exit 3000..5000 0 shell [echo a|b] in [/] out [echo <|]\n"},
};

static void on_started(void *ctx, const struct command *c)
{
	buf_printf(ctx, "begun %" PRIu32 "\n", c->seq);
}

static void on_line(void *ctx, const struct command *c, const unsigned char *text, size_t n)
{
	buf_printf(ctx, "%" PRIu32 ": %.*s\n", c->seq, (int)n, (const char *)text);
}

/* What is told at once cannot be taken back. */
static void test_told_at_once(void)
{
	static const char script[] =
		"k A;s=1;st=0;d=/\nk B;s=1;nl=3\nk R\no \\r\\n[1] Done\\r\\n\n"
		"k A;s=2;st=0\nk B;s=2;nl=3\nk R\no # no\\r\\n[2] Done\\r\\n\n"
		"k A;s=3;st=0\nk B;s=3;nl=3\nk R\no make\\r\\na\\r\\n\no b\\r\\n\n"
		"k A;s=4;st=0\nk B;s=4;nl=1\nk R\no ls\\r\\nf\\r\\n\n"
		"k A;s=5;st=0\nk B;s=5;nl=3\nk R\no \\r\\nfailed\\r\\n\nk A;s=6;st=1\n";
	const struct story_sink streams = {
		.started = on_started, .line = on_line, .loose = tale_sink.loose};
	struct buf log = {0};
	struct story *s = story_new(&tale_header, &streams, &log);

	tale_play(s, script, INT_MAX);
	story_end(s);
	is_str(buf_str(&log),
	       "loose 5000 [[1] Done|]\n"
	       "loose 9000 [[2] Done|]\n"
	       "begun 1\n1: a\n1: b\n"
	       "begun 2\n2: f\n"
	       "begun 3\n3: failed\n",
	       "nothing is told of what was no command, but what it printed");
	story_free(s);
	buf_release(&log);
}

int main(void)
{
	tale_try(cases, sizeof(cases) / sizeof(*cases));
	test_told_at_once();
	return tap_done();
}
