/* SPDX-License-Identifier: MIT */
/* Other people's marks: found in the output however it is cut, taken apart field by field, and a
 * corpus of whole sessions of which every beginning and every change of one byte is harmless. */
#include "base/buf.h"
#include "story/foreign.h"
#include "story/osc.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static int is_ours(const unsigned char *p, size_t n)
{
	return n >= 3 && !memcmp(p, "133", 3);
}

static void on_output(void *ctx, const unsigned char *p, size_t n)
{
	buf_put(ctx, p, n);
}

static int on_command(void *ctx, const unsigned char *p, size_t n)
{
	if (!is_ours(p, n))
		return 0;
	buf_putc(ctx, '<');
	buf_put(ctx, p, n);
	buf_putc(ctx, '>');
	return 1;
}

static const struct osc_sink sink = {on_output, on_command};

static void cut(const char *text, size_t n, size_t piece, struct buf *out)
{
	struct osc o = {0};
	size_t at = 0;

	buf_clear(out);
	while (at < n) {
		size_t len = n - at < piece ? n - at : piece;

		osc_put(&o, (const unsigned char *)text + at, len, &sink, out);
		at += len;
	}
	osc_end(&o, &sink, out);
	osc_release(&o);
}

static void test_cuts(void)
{
	static const struct {
		const char *name, *in, *want;
	} cases[] = {
		{"ended by BEL and by ST", "a\033]133;A\ab\033]133;B\033\\c", "a<133;A>b<133;B>c"},
		{"others pass", "\033]0;t\a\033]8;;x\033\\\033[m",
		 "\033]0;t\a\033]8;;x\033\\\033[m"},
		{"a byte of a character ends none", "\033]133;\342\234\223\a",
		 "<133;\342\234\223>"},
		{"broken off by a newline", "\033]133;A\nb", "\033]133;A\nb"},
		{"broken off by CAN", "\033]133;A\030b", "\033]133;A\030b"},
		{"broken off by an ESC, which begins another", "\033]133;A\033]133;B\a",
		 "\033]133;A<133;B>"},
		{"never ended", "x\033]133;A", "x\033]133;A"},
		{"a last ESC", "x\033", "x\033"},
		{"a last ESC in a body", "x\033]1\033", "x\033]1\033"},
	};
	struct buf out = {0};
	size_t i, piece;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int good = 1;

		for (piece = 1; piece <= strlen(cases[i].in); piece++) {
			cut(cases[i].in, strlen(cases[i].in), piece, &out);
			good &= !strcmp(buf_str(&out), cases[i].want);
		}
		if (!ok(good, "%s, however it is cut", cases[i].name))
			tap_note("%s", buf_str(&out));
	}
	buf_release(&out);
}

static void test_long(void)
{
	struct buf in = {0}, out = {0};
	size_t i;

	buf_puts(&in, "\033]133;");
	for (i = 0; i < 2 * OSC_MOST; i++)
		buf_putc(&in, 'x');
	buf_puts(&in, "\a!");
	cut((const char *)in.data, in.len, 1000, &out);
	is_mem(out.data, out.len, in.data, in.len, "one that is too long is output");
	buf_release(&in);
	buf_release(&out);
}

static void test_fields(void)
{
	static const char *const kinds[] = {"prompt", "more", "input", "start",
					    "end",    "text", "dir",   "other"};
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"133;A", "prompt osc133 -1 - []"},
		{"133;N;aid=7", "prompt osc133 -1 - [7]"},
		{"133;A;cl=m;aid=x;k=i;redraw=0", "prompt osc133 -1 - [x]"},
		{"133;P;k=s", "more osc133 -1 - []"},
		{"133;P;k=r", "other osc133 -1 - []"},
		{"133;A;k=s", "more osc133 -1 - []"},
		{"133;B", "input osc133 -1 - []"},
		{"133;I", "input osc133 -1 - []"},
		{"133;L", "other osc133 -1 - []"},
		{"133;Z;aid=1", "other osc133 -1 - [1]"},
		{"133;C;cmdline=echo\\ \\\"a\\;\\ b\\\"", "start osc133 -1 (echo \"a; b\") []"},
		{"133;C;aid=3;cmdline=a;b", "start osc133 -1 (a;b) [3]"},
		{"133;C;cmdline=$'a\\nb\\303\\251\\''", "start osc133 -1 (a\nb\303\251') []"},
		{"133;C;cmdline=a\\ \\$b$'\\n'c\\'d$'\\t\\''", "start osc133 -1 (a $b\nc'd\t') []"},
		{"133;C;cmdline=$'", "start osc133 -1 () []"},
		{"133;C;cmdline=a$", "start osc133 -1 (a$) []"},
		{"133;C;cmdline_url=a%20b%3B;aid=9", "start osc133 -1 (a b;) [9]"},
		{"133;D", "end osc133 -1 - []"},
		{"133;D;", "end osc133 -1 - []"},
		{"133;D;0", "end osc133 0 - []"},
		{"133;D;130;aid=5", "end osc133 130 - [5]"},
		{"133;D;aid=5;1", "end osc133 1 - [5]"},
		{"133;D;256", "end osc133 -1 - []"},
		{"133;D;-1", "end osc133 -1 - []"},
		{"133;D;99999999999999999999", "end osc133 -1 - []"},
		{"133;D;1;err=x;history_id=2", "end osc133 1 - []"},
		{"133", "other osc133 -1 - []"},
		{"133;AB", "other osc133 -1 - []"},
		{"633;E;a\\x3bb\\\\c\\x0a;nonce", "text osc633 -1 (a;b\\c\n) []"},
		{"633;E;a\\x3", "text osc633 -1 (a\\x3) []"},
		{"633;D", "end osc633 -1 - []"},
		{"633;D;2", "end osc633 2 - []"},
		{"633;F", "more osc633 -1 - []"},
		{"633;A;k=i", "prompt osc633 -1 - []"},
		{"633;A;k=s", "more osc633 -1 - []"},
		{"633;P;Cwd=/a\\x20b", "dir osc633 -1 (/a b) []"},
		{"633;P;IsWindows=False", "other osc633 -1 - []"},
		{"3008;start=i;type=command;cwd=/;cmdline=a\\x3bb", "start osc3008 -1 (a;b) [i]"},
		{"3008;start=i;type=shell", "other osc3008 -1 - [i]"},
		{"3008;end=i;exit=success", "end osc3008 0 - [i]"},
		{"3008;end=i;exit=failure;status=4", "end osc3008 4 - [i]"},
		{"3008;end=i;exit=interrupt;signal=SIGINT", "end osc3008 -1 - [i]"},
		{"7;file://host/a%20b", "dir - -1 (/a b) []"},
		{"7;kitty-shell-cwd://host/a%20b", "dir - -1 (/a%20b) []"},
		{"7;http://host/a", "other - -1 - []"},
		{"1337;CurrentDir=/x;y", "dir - -1 (/x;y) []"},
		{"1337;SetMark", "other - -1 - []"},
		{"9;9;/a", "dir - -1 (/a) []"},
		{"9;9;\"/a b\"", "dir - -1 (/a b) []"},
		{"9;4;1;50", "other - -1 - []"},
		{"0;title", "none"},
		{"", "none"},
	};
	struct foreign f = {0};
	struct buf got = {0};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&got);
		if (foreign_parse(&f, (const unsigned char *)cases[i].in, strlen(cases[i].in)) <
		    0) {
			buf_puts(&got, "none");
		} else {
			buf_printf(&got, "%s %s %d ", kinds[f.kind], f.marks ? f.marks : "-",
				   f.status);
			if (f.has_text || f.kind == FOREIGN_DIRECTORY)
				buf_printf(&got, "(%s)", buf_str(&f.text));
			else
				buf_puts(&got, "-");
			buf_printf(&got, " [%s]", buf_str(&f.context));
		}
		is_str(buf_str(&got), cases[i].want, "%s", cases[i].in);
	}
	foreign_release(&f);
	buf_release(&got);
}

/* Whole sessions, as these print them. */
static const char *const corpus[] = {
	"\033]133;A;aid=1\a$ \033]133;B\aecho hi\r\n\033]133;C\ahi\r\n\033]133;D;0;aid=1\a"
	"\033]133;A;aid=1\a$ \033]133;B\a",
	"\033]133;A;k=i\033\\> \033]133;C;cmdline_url=echo%20hi\033\\hi\r\n\033]133;D;0\033\\",
	"\033]133;A\a$ \033]133;B\a\r\n\033]133;C;cmdline=echo\\ hi\ahi\r\n\033]133;D;0\a",
	"\033]633;A\a$ \033]633;B\aecho "
	"hi\r\n\033]633;E;echo\\x20hi;n\a\033]633;C\ahi\r\n\033]633;D;0\a",
	"\033]3008;start=a;type=command;cmdline=echo "
	"hi\033\\hi\r\n\033]3008;end=a;exit=success\033\\",
	"\033]7;file://h/a\a\033]1337;CurrentDir=/a\a\033]9;9;/a\a\033]133;C\ahi\r\n\033]133;D;0\a",
	"\033]133;L\a\033]133;A;aid=1;cl=m\a\033]133;P;k=i\a$ \033]133;I\aecho "
	"hi\r\n\033]133;C\ahi\r\n"
	"\033]133;D;0;aid=1\a\033]133;N;aid=1\a$ \033]133;B\a",
	"\033]7;kitty-shell-cwd://h/a\a\033]133;A;redraw=0;click_events=1\033\\$ \033]133;A;k=s\a> "
	"\033]133;C;cmdline=a\\ b$'\\n'c\ahi\r\n\033]133;D;0;err=x\a",
	"\033]133;A;aid=1\a\033]133;C;aid=1\ain\033]133;A;aid=2\a\033]133;C;aid=2\a\033]133;D;7;"
	"aid=2\a"
	"\033]133;D;4;aid=1\a",
	"\033]633;P;Cwd=/a\\x20b\a\033]633;A\a$ \033]633;B\afor x\r\n\033]633;F\a> "
	"\033]633;G\adone\r\n"
	"\033]633;E;for\\x0adone;n\a\033]633;C\ahi\r\n\033]633;D;0\a\033]633;A\a$ \033]633;B\a\r\n"
	"\033]633;E;;n\a\033]633;C\a\033]633;D\a",
	"\033]3008;start=s;type=shell\033\\\033]3008;start=a;type=command;cwd=/a\\x3bb\033\\hi\r\n"
	"\033]3008;end=a;exit=failure;status=4\033\\\033]3008;end=s\033\\",
};

struct tally {
	int commands, texts, good;
};

/* A text has to be one that somebody typed or a mark said: so it is printable, and from the
 * input. */
static void on_ended(void *ctx, const struct command *c)
{
	struct tally *t = ctx;

	t->commands++;
	t->texts += c->text.len > 0;
	t->good &= c->marks != NULL &&
		   (!c->has_exit || (c->exit_code >= 0 && c->exit_code <= 255)) &&
		   c->text.len <= 64;
}

static void tell(const char *p, size_t n, struct tally *t)
{
	static const struct story_sink story_sink = {.ended = on_ended};
	const struct header header = {.cols = 80, .rows = 24};
	struct event e = {.code = EVENT_OUTPUT, .data = (const unsigned char *)p, .len = n};
	struct story *s = story_new(&header, &story_sink, t);

	story_put(s, &e);
	story_end(s);
	story_free(s);
}

/* How many commands there can be: marks that begin one. */
static int count_starts(const char *p, size_t n)
{
	static const char *const starts[] = {"\033]133;C", "\033]633;C", "\033]3008;start="};
	const char *end = p + n, *at;
	int count = 0;
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		for (at = p; (at = memmem(at, (size_t)(end - at), starts[i], strlen(starts[i])));
		     at++)
			count++;
	return count;
}

static void test_corpus(void)
{
	int good = 1, most = 0;
	size_t i, at;

	for (i = 0; i < sizeof(corpus) / sizeof(*corpus); i++) {
		struct tally t = {0, 0, 1};

		tell(corpus[i], strlen(corpus[i]), &t);
		is_int(t.commands, 1, "session %zu of the corpus has its command", i + 1);
		for (at = 0; at < strlen(corpus[i]); at++) {
			struct tally cut_short = {0, 0, 1};

			tell(corpus[i], at, &cut_short);
			good &= cut_short.good;
			most = cut_short.commands > most ? cut_short.commands : most;
		}
	}
	ok(good && most == 1, "no beginning of one has more than its command");
}

static void test_changes(void)
{
	int good = 1, byte;
	char text[256];
	size_t i, at;

	for (i = 0; i < sizeof(corpus) / sizeof(*corpus); i++) {
		size_t n = strlen(corpus[i]);

		for (at = 0; at < n; at++) {
			for (byte = 0; byte < 256; byte++) {
				struct tally t = {0, 0, 1};

				memcpy(text, corpus[i], n);
				text[at] = (char)byte;
				tell(text, n, &t);
				good &= t.good && t.commands <= count_starts(text, n);
			}
		}
	}
	ok(good, "no change of a byte makes more of one than it has marks for");
}

int main(void)
{
	test_cuts();
	test_long();
	test_fields();
	test_corpus();
	test_changes();
	return tap_done();
}
