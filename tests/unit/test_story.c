/* SPDX-License-Identifier: MIT */
/* The story: events in, commands out. What it tells is compared as text, one line a call. An event
 * is written as a line, too: its code, a space, its data ("\n", "\r", "\e", "\a" stand for
 * themselves). */
#include "base/buf.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/words.h"
#include "tap.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct header header = {.cols = 80, .rows = 24, .start_us = 1000000};

static const char *from_name(enum command_text from)
{
	static const char *const names[] = {"none", "shell", "screen", "argv"};

	return names[from];
}

static void put_excerpt(struct buf *log, const struct excerpt *e)
{
	struct excerpt_rest rest;
	struct buf text = {0};
	size_t i;

	excerpt_rest(e, &rest);
	buf_put(&text, e->head.data, e->head.len);
	buf_put(&text, rest.tail, rest.n);
	for (i = 0; i < text.len; i++)
		buf_putc(log, text.data[i] == '\n' ? '|' : text.data[i]);
	buf_release(&text);
}

static void put_text(struct buf *log, const struct buf *text)
{
	size_t i;

	for (i = 0; i < text->len; i++)
		buf_putc(log, text->data[i] == '\n' ? '|' : text->data[i]);
}

static void on_ended(void *ctx, const struct command *c)
{
	struct buf *log = ctx;

	buf_printf(log, "%" PRIu32 " %s %" PRId64 "..%" PRId64 " ", c->seq, c->end, c->start_us,
		   c->end_us);
	if (c->has_exit)
		buf_printf(log, "%d", c->exit_code);
	else
		buf_puts(log, "null");
	buf_printf(log, " %s [", from_name(c->text_from));
	put_text(log, &c->text);
	buf_puts(log, "] in [");
	put_text(log, &c->cwd);
	buf_puts(log, "] out [");
	put_excerpt(log, &c->output);
	buf_puts(log, "]\n");
}

static void on_loose(void *ctx, int64_t at_us, const struct excerpt *text)
{
	buf_printf(ctx, "loose %" PRId64 " [", at_us);
	put_excerpt(ctx, text);
	buf_puts(ctx, "]\n");
}

static void on_words(void *ctx, int64_t at_us, const struct words *w)
{
	static const char *const kinds[] = {"said",    "harness", "undone", "change",
					    "context", "call",	  "result", "note"};

	buf_printf(ctx, "words %" PRId64 " %s %s [%.*s]%s\n", at_us, kinds[w->kind],
		   w->role ? w->role : "-", (int)w->n, w->text ? w->text : "",
		   w->is_cut ? " cut" : "");
	if (w->kind == WORDS_UNDONE) {
		((struct buf *)ctx)->len--;
		buf_printf(ctx, " %" PRId64 " since %" PRId64 "\n", w->turns, w->since_us);
	}
}

static void on_fact(void *ctx, const struct event *e)
{
	buf_printf(ctx, "fact %c [%.*s]\n", e->code, (int)e->len, (const char *)e->data);
}

static const struct story_sink sink = {
	.ended = on_ended, .loose = on_loose, .words = on_words, .fact = on_fact};

/* Gives one event, at millisecond `ms`, from a line of n characters. */
static void put_event(struct story *s, int64_t ms, const char *line, size_t n)
{
	struct event e = {.at_us = ms * 1000, .code = line[0]};
	struct buf data = {0};
	size_t i;

	for (i = 2; i < n; i++) {
		char c = line[i];

		if (c == '\\' && i + 1 < n && (e.code == 'o')) {
			c = line[++i];
			c = (char)(c == 'n'   ? '\n'
				   : c == 'r' ? '\r'
				   : c == 'e' ? '\033'
				   : c == 'a' ? '\a'
					      : c);
		}
		buf_putc(&data, (unsigned char)c);
	}
	e.data = data.data;
	e.len = data.len;
	story_put(s, &e);
	buf_release(&data);
}

/* Gives the first `events` events of the script, one a millisecond; returns how many there were. */
static int play(struct story *s, const char *script, int events)
{
	int ms = 0;

	while (*script && ms < events) {
		size_t n = strcspn(script, "\n");

		put_event(s, ++ms, script, n);
		script += n + (script[n] == '\n');
	}
	return ms;
}

static void tell(const char *script, int events, int end, struct buf *log)
{
	struct story *s = story_new(&header, &sink, log);

	play(s, script, events);
	if (end)
		story_end(s);
	story_free(s);
}

/* Whether each beginning of the script tells a beginning of its story. */
static int prefixes_hold(const char *script)
{
	struct buf whole = {0}, part = {0};
	int events, n = 0, good = 1;
	const char *p;

	for (p = script; (p = strchr(p, '\n')); p++)
		n++;
	tell(script, n + 1, 0, &whole);
	for (events = 0; events <= n; events++) {
		buf_clear(&part);
		tell(script, events, 0, &part);
		good &= part.len <= whole.len &&
			(!part.len || !memcmp(part.data, whole.data, part.len));
	}
	buf_release(&whole);
	buf_release(&part);
	return good;
}

/* as zsh prints it on a terminal of 20 columns */
#define EOL "\\e[1m\\e[7m%\\e[27m\\e[1m\\e[0m                   \\r \\r"
static const struct story_case {
	const char *name, *script, *want;
} cases[] = {
	{"commands beside each other each have their own",
	 "k C;s=1;src=argv;cmd=agent;d=/\nc T;i=0000000000000001;d=/a\n"
	 "c T;i=0000000000000002;cmd=tw\nc T;i=0000000000000001;cmd=on%65\n"
	 "c T;i=0000000000000002;cmd=o%3B\nc B;i=0000000000000002;w=1000000;d=/\n"
	 "o out\\n\nc B;i=0000000000000001;call=c1\nc E;i=0000000000000001;us=250;st=3\n"
	 "c E;i=0000000000000002;us=70000;sig=15\nc E;i=0000000000000002;us=1;st=0\n"
	 "k D;s=1;st=0\nk A;s=1;st=0\n",
	 "3 exit 8000..8250 3 argv [one] in [/a] out []\n"
	 "2 exit 6000..76000 143 argv [two;] in [/] out []\n"
	 "1 exit 1000..12000 0 argv [agent] in [/] out [out|]\n"},
	{"one that has not ended when the session does is lost",
	 "k C;s=1;src=argv;cmd=agent;d=/\nc B;i=0000000000000001;cmd=sleep\nk D;s=1;st=0\nx 0\n"
	 "c E;i=0000000000000001;us=1;st=0\n",
	 "2 lost 2000..-1 null argv [sleep] in [] out []\n"
	 "1 exit 1000..3000 0 argv [agent] in [/] out []\n"},
	{"reports that make no sense tell nothing",
	 "c E;i=0000000000000001;us=1;st=0\nc B;i=1;cmd=x\nc B;cmd=x\nc Z;i=0000000000000003\n"
	 "c T;i=0000000000000002;cmd=never\nc B;i=0000000000000004;pid=x\nc \n",
	 ""},
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
	 "3 exit 12000..13000 0 screen [[1] Done|ls] in [/] out []\n"},
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
	 "3 exit 16000..17000 0 screen [behind|ls] in [] out [x|]\n"},
	{"the end of the input at a prompt is no command",
	 "k A;s=1;st=0;d=/\no ready> \nk B;s=1;nl=1\no \\r\\e[J\no \\rready>   \\e[2D\no \\r\\n\nx "
	 "0\n",
	 ""},
	{"nor is it if the editor shows it",
	 "k A;s=1;st=0;d=/\no $ \nk B;s=1;nl=4\no ^D\\r\\n\nx 0\n", ""},
	{"a line that such a shell's history has is as that says",
	 "k A;s=1;st=0;h=4;d=/\nk B;s=1;nl=1\no ec\\r\\necho <\\r\\n\nk E;s=1;h=5;cmd=echo "
	 "a%0Ab\nk "
	 "A;s=2;st=0;h=5;d=/\nk B;s=2;nl=1\no \\r\\n\nk E;s=2;h=5;cmd=echo a%0Ab\nk "
	 "A;s=3;st=0;h=5\n",
	 "1 exit 3000..5000 0 shell [echo a|b] in [/] out [echo <|]\n"},
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
	{"VS Code's marks have the text and the directory",
	 "o \\e]633;P;Cwd=/a\\\\x3bb\\a\\e]633;A\\a$ \\e]633;B\\a\n"
	 "o \\e]633;E;echo\\\\x20\\\\\\\\n\\\\x3b;0123\\a\\e]633;C\\aout\\r\\n\\e]633;D;0\\a\nx "
	 "0\n",
	 "1 exit 2000..2000 0 shell [echo \\n;] in [/a;b] out [out|]\n"},
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
	{"words and facts are passed on in their place",
	 "w {\"role\":\"user\",\"text\":\"do it\"}\ng {\"fact\":\"begun\"}\nn {\"note\":\"x\"}\nw "
	 "broken\n",
	 "words 1000 said user [do it]\nfact g [{\"fact\":\"begun\"}]\nfact n "
	 "[{\"note\":\"x\"}]\n"},
	{"the pieces of a text are put together, those of two threads apart",
	 "w {\"thread\":\"a\",\"role\":\"user\",\"more\":true,\"text\":\"one \"}\n"
	 "w {\"thread\":\"b\",\"role\":\"user\",\"more\":true,\"text\":\"uno \"}\n"
	 "w {\"thread\":\"a\",\"part\":1,\"more\":true,\"text\":\"two \"}\n"
	 "w {\"role\":\"user\",\"text\":\"between\"}\n"
	 "w {\"thread\":\"b\",\"part\":1,\"text\":\"dos\"}\n"
	 "w {\"thread\":\"a\",\"part\":2,\"text\":\"three\"}\n",
	 "words 4000 said user [between]\nwords 5000 said user [uno dos]\n"
	 "words 6000 said user [one two three]\n"},
	{"a text that is begun again counts once, one that breaks off is told as cut",
	 "w {\"role\":\"user\",\"more\":true,\"text\":\"one \"}\n"
	 "w {\"role\":\"user\",\"more\":true,\"text\":\"one \"}\n"
	 "w {\"part\":1,\"text\":\"two\"}\nw {\"part\":1,\"text\":\"two\"}\n"
	 "w {\"kind\":\"harness\",\"role\":\"user\",\"more\":true,\"text\":\"x\"}\n",
	 "words 3000 said user [one two]\nwords 5000 harness user [x] cut\n"},
	{"what was undone in another file of the conversation is told as turns",
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"t\",\"line\":10,\"ts\":1,\"role\":\"user\",\"text\":"
	 "\"one\"}\n"
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"t\",\"line\":20,\"ts\":2,\"role\":\"user\",\"text\":"
	 "\"two\"}\n"
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"u\",\"line\":30,\"ts\":3,\"role\":\"user\",\"text\":"
	 "\"other\"}\n"
	 "w "
	 "{\"agent\":\"codex\",\"thread\":\"t\",\"line\":30,\"ts\":4,\"role\":\"user\",\"text\":"
	 "\"three\"}\n"
	 "w {\"kind\":\"undone\",\"of\":\"t\",\"from\":15}\n"
	 "w {\"kind\":\"undone\",\"of\":\"t\",\"from\":99}\n",
	 "words 1000 said user [one]\nwords 2000 said user [two]\nwords 3000 said user [other]\n"
	 "words 4000 said user [three]\nwords 5000 undone - [] 2 since 2\n"},
	{"an agent's word stands for a command that was not measured",
	 "w {\"kind\":\"result\",\"cmd\":\"ls\",\"exit_code\":0}\nw {\"kind\":\"later\"}\n",
	 "1 exit 1000..-1 0 argv [ls] in [] out []\n"},
	{"a command that was measured waits for its output in the agent's log",
	 "w {\"role\":\"user\",\"agent\":\"codex\",\"text\":\"go\"}\n"
	 "c B;i=0000000000000001;agent=codex;call=c1;cmd=ls\nc E;i=0000000000000001;us=250;st=3\n"
	 "w {\"kind\":\"call\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"ls\"}\n"
	 "w {\"role\":\"assistant\",\"agent\":\"codex\",\"text\":\"so\"}\n"
	 "w "
	 "{\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c1\",\"cmd\":\"x\",\"exit_code\":"
	 "0,"
	 "\"text\":\"a\\nb\\n\"}\n"
	 "w {\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"again\"}\n",
	 "words 1000 said user [go]\nwords 4000 call - [ls]\nwords 5000 said assistant [so]\n"
	 "1 exit 2000..2250 3 argv [ls] in [] out [a|b|]\n"},
	{"one whose agent tells its shells no id is found by its text, the oldest first",
	 "w {\"kind\":\"call\",\"agent\":\"claude\",\"call_id\":\"t1\",\"text\":\"ls\"}\n"
	 "c B;i=0000000000000001;agent=claude;cmd=ls\nc B;i=0000000000000002;agent=claude;cmd=ls\n"
	 "w {\"kind\":\"call\",\"agent\":\"claude\",\"call_id\":\"t2\",\"text\":\"ls\"}\n"
	 "c E;i=0000000000000002;us=1;st=2\n"
	 "w {\"kind\":\"result\",\"agent\":\"claude\",\"call_id\":\"t2\",\"text\":\"two\"}\n"
	 "w {\"kind\":\"result\",\"agent\":\"claude\",\"call_id\":\"t1\",\"text\":\"one\"}\n"
	 "c E;i=0000000000000001;us=1;st=1\n",
	 "words 1000 call - [ls]\nwords 4000 call - [ls]\n"
	 "2 exit 3000..3001 2 argv [ls] in [] out [two|]\n"
	 "1 exit 2000..2001 1 argv [ls] in [] out [one|]\n"},
	{"a result that comes after the session's end is joined as well",
	 "w {\"role\":\"user\",\"agent\":\"codex\",\"text\":\"go\"}\n"
	 "c B;i=0000000000000001;agent=codex;call=c1;cmd=ls\n"
	 "c B;i=0000000000000002;agent=codex;call=c2;cmd=sleep\n"
	 "c E;i=0000000000000001;us=250;st=0\nx 0\n"
	 "w {\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"out\"}\n"
	 "w {\"kind\":\"result\",\"agent\":\"codex\",\"call_id\":\"c2\",\"text\":\"late\"}\n",
	 "words 1000 said user [go]\n2 lost 3000..-1 null argv [sleep] in [] out []\n"
	 "1 exit 2000..2250 0 argv [ls] in [] out [out|]\n"},
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

static void test_cases(void)
{
	struct buf log = {0};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&log);
		tell(cases[i].script, 1000, 1, &log);
		is_str(buf_str(&log), cases[i].want, "%s", cases[i].name);
		ok(prefixes_hold(cases[i].script), "%s, and so for each beginning", cases[i].name);
	}
	buf_release(&log);
}

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
		s = story_new(&header, &sink, &log);
		buf_printf(&script, "%s%s\n%s", before, forged[i], after);
		play(s, buf_str(&script), 100);
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
	struct story *s = story_new(&header, &sink, &log);

	play(s,
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
	struct story *s = story_new(&header, &sink, &log);
	const struct command *c;
	struct buf out = {0};
	int status = 0;

	play(s, "o hello\\r\\n\n", 1);
	ok(story_loose(s) != NULL, "text before the first prompt can be seen");
	play(s, "k A;s=0\nk B;s=0\no sleep\\r\\n\nk C;s=1;d=/\no a\\r\\nhal\n", 100);
	ok(story_loose(s) == NULL, "a running command has all the text");
	c = story_running(s);
	ok(c && !c->end && c->end_us == -1, "a running command has no end");
	put_excerpt(&out, &c->output);
	is_str(buf_str(&out), "a|hal|", "its output so far can be seen, the unfinished line too");
	buf_clear(&out);
	put_excerpt(&out, &story_running(s)->output);
	is_str(buf_str(&out), "a|hal|", "looking twice shows the same");
	play(s, "o f\\r\\n\nk D;s=1;st=0\nk A;s=1\n", 100);
	ok(strstr(buf_str(&log), "out [a|half|]") != NULL, "looking changed nothing");
	ok(!story_running(s), "then nothing runs");
	ok(!story_exit(s, &status), "the session has not ended");
	play(s, "x 3\n", 1);
	ok(story_exit(s, &status) && status == 3, "now it has, with its status");
	story_free(s);
	buf_release(&log);
	buf_release(&out);
}

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
	static const struct story_sink streams = {
		.started = on_started, .line = on_line, .loose = on_loose};
	struct buf log = {0};
	struct story *s = story_new(&header, &streams, &log);

	play(s, script, INT_MAX);
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

static void test_many_waiting(void)
{
	struct buf log = {0};
	struct story *s = story_new(&header, &sink, &log);
	int i, lines = 0;
	char mark[64];
	const char *p;

	play(s, "k A;s=0\nk B;s=0\n", 100);
	for (i = 1; i <= 1000; i++) {
		int n = snprintf(mark, sizeof(mark), "k C;s=%d;prev=0;d=/", i);

		put_event(s, i, mark, (size_t)n);
	}
	play(s, "k D;s=1000;st=0\nk A;s=1000;st=0\n", 100);
	for (p = buf_str(&log); (p = strchr(p, '\n')); p++)
		lines++;
	is_int(lines, 1000, "a paste of 1,000 commands gives each of them once");
	story_free(s);
	buf_release(&log);
}

int main(void)
{
	test_cases();
	test_forged();
	test_output_forges_nothing();
	test_running();
	test_told_at_once();
	test_many_waiting();
	return tap_done();
}
