/* SPDX-License-Identifier: MIT */
/* token: what bytes are cut into, and that it does not matter how they come. */
#include "base/buf.h"
#include "story/token.h"
#include "tap.h"

#include <string.h>

/* The tokens of a stream as text, runs of text joined: "t:abc c:20ac 0:0d esc:(B csi:?1;25h
 * str:]7". */
struct log {
	struct buf text;
	enum token_kind last;
};

static void log_csi(struct buf *b, const struct token *t)
{
	int i;

	buf_puts(b, "csi:");
	if (t->prefix)
		buf_putc(b, t->prefix);
	for (i = 0; i < t->count; i++) {
		if (i)
			buf_putc(b, t->subs >> i & 1 ? ':' : ';');
		if (t->params[i] != TOKEN_MISSING)
			buf_printf(b, "%d", t->params[i]);
	}
	if (t->mid)
		buf_putc(b, t->mid == TOKEN_MANY ? '*' : t->mid);
	buf_putc(b, t->byte);
}

static void log_token(struct log *l, const struct token *t)
{
	struct buf *b = &l->text;
	int joined = t->kind == TOKEN_TEXT && l->last == TOKEN_TEXT;

	if (t->kind == TOKEN_NONE)
		return;
	if (b->len && !joined)
		buf_putc(b, ' ');
	if (t->kind == TOKEN_TEXT) {
		buf_puts(b, joined ? "" : "t:");
		buf_put(b, t->text, t->len);
	} else if (t->kind == TOKEN_CHAR) {
		buf_printf(b, "c:%x", (unsigned)t->cp);
	} else if (t->kind == TOKEN_CONTROL) {
		buf_printf(b, "0:%02x", t->byte);
	} else if (t->kind == TOKEN_ESC) {
		buf_printf(b, "esc:%s%c", t->mid == TOKEN_MANY ? "*" : "", t->byte);
		if (t->mid > TOKEN_MANY)
			b->data[b->len - 1] = t->mid, buf_putc(b, t->byte);
	} else if (t->kind == TOKEN_CSI) {
		log_csi(b, t);
	} else {
		buf_printf(b, "str:%c", t->byte);
		if (t->number != TOKEN_MISSING)
			buf_printf(b, "%d", t->number);
		if (t->letter)
			buf_putc(b, t->letter);
	}
	l->last = t->kind;
}

/* Feeds in pieces of `step` bytes. */
static void cut(struct log *l, const unsigned char *p, size_t n, size_t step, int at_end)
{
	struct tokenizer t = {0};
	struct token out;
	size_t i, end;

	for (i = 0; i < n; i = end)
		for (end = i + step < n ? i + step : n; i < end;) {
			i += token_next(&t, p + i, end - i, &out);
			log_token(l, &out);
		}
	if (at_end && token_break(&t, &out))
		log_token(l, &out);
	buf_str(&l->text);
}

static void is_tokens(const char *bytes, size_t n, const char *want, const char *name)
{
	size_t step;

	for (step = 1; step <= 3; step++) {
		struct log l = {{0}, TOKEN_NONE};

		cut(&l, (const unsigned char *)bytes, n, step == 3 ? n : step, 0);
		is_str(buf_str(&l.text), want, "%s, in pieces of %zu", name, step == 3 ? n : step);
		buf_release(&l.text);
	}
}

#define IS(bytes, want, name) is_tokens(bytes, sizeof(bytes) - 1, want, name)

static void test_ground(void)
{
	IS("ab \xc3\xa9\r\n\0\x7f~", "t:ab  c:e9 0:0d 0:0a t:~", "text and controls");
	IS("0123456789abcdefghij\x1b[mxyz", "t:0123456789abcdefghij csi:m t:xyz", "long runs");
	IS("\xff\xe2\x82g\xe2\x82\xac\xf0\x9f\x8e\x89\xed\xa0\x80\xf4\x90\x80\x80.",
	   "c:fffd c:fffd t:g c:20ac c:1f389 c:fffd c:fffd c:fffd c:fffd c:fffd c:fffd c:fffd t:.",
	   "bad UTF-8 by maximal subparts");
	IS("\xc2\x9b\xc2\x85\xc2\xa0", "c:a0", "no C1 controls");
	IS("\xe2\x82\x1b[m", "c:fffd csi:m", "a character cut by an escape");
}

static void test_sequences(void)
{
	IS("\x1b[?1;25h\x1b[m\x1b[;5H\x1b[1;m", "csi:?1;25h csi:m csi:;5H csi:1;m", "CSI");
	IS("\x1b[38:2::1:2:3;4:3m", "csi:38:2::1:2:3;4:3m", "sub-parameters");
	IS("\x1b[99999999999999999999;32768A", "csi:32767;32767A", "values have a limit");
	IS("\x1b[1\x08;2\x0d\nH", "0:08 0:0d 0:0a csi:1;2H", "controls inside a sequence");
	IS("\x1b[1\x18z\x1b[1\x1ay\x1b(\x18x", "t:zyx", "CAN and SUB end a sequence");
	IS("\x1b[1\x1b[2J\x1b\x1b\x1b(B", "csi:2J esc:(B", "ESC begins anew");
	IS("\x1b[1;2\xc3\xa9\x1b\xe2\x82\xac", "c:e9 c:20ac", "a character ends a sequence");
	IS("\x1b[!p\x1b[?1$p\x1b[1 !q\x1b[1?2h\x1b[1!2hx", "csi:!p csi:?1$p csi:1*q t:x",
	   "intermediate bytes, and what is malformed");
	IS("\x1b"
	   "7\x1b(0\x1b#8\x1b(!0\x1b=",
	   "esc:7 esc:(0 esc:#8 esc:*0 esc:=", "ESC");
}

static void test_strings(void)
{
	IS("a\x1b]0;t\x07"
	   "b\x1b]7377;1\x1b\\c",
	   "t:a str:]0t t:b str:]73771 esc:\\ t:c", "OSC by BEL and by ST");
	IS("\x1bPq#1\n\xff\x1b\\\x1b_G\x1b\\\x1b^p\x07\x1bXs\x18t",
	   "str:P esc:\\ str:_ esc:\\ str:^ str:X t:t", "DCS, APC, PM, SOS");
	IS("\x1b]x7377;\x07\x1b]73;77\x07\x1b]99999999999\x07\x1b]\x07",
	   "str:] str:]737 str:]32767 str:]", "the number of an OSC");
	IS("\x1b]0;\xc2\x9c\x9c\x9d\x07\x1b]0;a\x1b[1mx", "str:]0\xc2 str:]0a csi:1m t:x",
	   "C1 bytes do not end a string, any ESC does");
}

static void test_many_parameters(void)
{
	struct buf in = {0}, want = {0};
	int i;

	buf_puts(&in, "\x1b[");
	buf_puts(&want, "csi:");
	for (i = 0; i < 100; i++)
		buf_printf(&in, "%d%c", i, i % 3 ? ';' : ':');
	buf_puts(&in, "7m");
	for (i = 0; i < TOKEN_PARAMS; i++)
		buf_printf(&want, "%d%c", i, i == TOKEN_PARAMS - 1 ? 'm' : i % 3 ? ';' : ':');
	is_tokens(buf_str(&in), in.len, buf_str(&want), "parameters past the limit are dropped");
	buf_release(&in);
	buf_release(&want);
}

static void test_break(void)
{
	struct tokenizer t = {0};
	struct token out;

	token_next(&t, (const unsigned char *)"\xe2\x82", 2, &out);
	ok(token_break(&t, &out) && out.kind == TOKEN_CHAR && out.cp == 0xfffd,
	   "a break makes a cut character U+FFFD");
	token_next(&t, (const unsigned char *)"\x1b[3", 3, &out);
	ok(!token_break(&t, &out), "a break drops a cut sequence");
	token_next(&t, (const unsigned char *)"\x1b]7377;x", 8, &out);
	ok(token_break(&t, &out) && out.kind == TOKEN_STRING && out.number == 7377,
	   "a break ends a string");
	ok(token_next(&t, (const unsigned char *)"m", 1, &out) == 1 && out.kind == TOKEN_TEXT,
	   "what follows a break is text");
}

static void test_random(void)
{
	static const unsigned char likely[] =
		"\x1b\x1b[[]];:?0159mHJ\a\r\nPX\\\xe2\x82\xac\xc2\x9b\x7f ";
	unsigned seed = 1;
	int differ = 0, i, step;

	for (i = 0; i < 2000; i++) {
		unsigned char bytes[64];
		struct log want = {{0}, TOKEN_NONE};
		size_t j;

		for (j = 0; j < sizeof(bytes); j++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[j] = seed >> 31 ? likely[(seed >> 8) % (sizeof(likely) - 1)]
					      : (unsigned char)(seed >> 16);
		}
		cut(&want, bytes, sizeof(bytes), sizeof(bytes), 1);
		for (step = 1; step < 8; step++) {
			struct log got = {{0}, TOKEN_NONE};

			cut(&got, bytes, sizeof(bytes), (size_t)step, 1);
			differ += strcmp(buf_str(&got.text), buf_str(&want.text)) != 0;
			buf_release(&got.text);
		}
		buf_release(&want.text);
	}
	is_int(differ, 0, "random bytes give the same tokens however they are cut");
}

int main(void)
{
	test_ground();
	test_sequences();
	test_strings();
	test_many_parameters();
	test_break();
	test_random();
	return tap_done();
}
