/* SPDX-License-Identifier: MIT */
/* Words as events: what is printed is parsed to the same again, whatever the text. */
#include "base/buf.h"
#include "base/json.h"
#include "tape/words.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct heard {
	struct buf text;
	struct words first; /* its texts are gone */
	char role[64], thread[64], cmd[64];
	int pieces, largest, order, good;
};

static void copy(char out[64], const char *text)
{
	snprintf(out, 64, "%s", text ? text : "");
}

static void hear(void *ctx, const char *data, size_t n)
{
	struct heard *h = ctx;
	struct words w;
	struct json *j = words_parse(&w, data, n);

	h->good &= j != NULL && !memchr(data, '\n', n);
	if (!j)
		return;
	if (!h->pieces) {
		h->first = w;
		copy(h->role, w.role);
		copy(h->thread, w.thread);
		copy(h->cmd, w.cmd);
	}
	h->order &= w.part == h->pieces++;
	h->largest = (int)n > h->largest ? (int)n : h->largest;
	buf_put(&h->text, w.text, w.text ? w.n : 0);
	json_free(j);
}

static void say(struct heard *h, const struct words *w)
{
	buf_release(&h->text);
	memset(h, 0, sizeof(*h));
	h->good = h->order = 1;
	words_print(w, hear, h);
}

static void test_text(const char *name, const unsigned char *text, size_t n)
{
	struct heard h = {.pieces = 0};
	struct words w;

	words_init(&w, WORDS_SAID);
	w.role = "user";
	w.thread = "t";
	w.text = (const char *)text;
	w.n = n;
	say(&h, &w);
	ok(h.good && h.order, "%s: each piece is one, in order", name);
	is_mem(h.text.data, h.text.len, text, n, "%s: the text is the same", name);
	is_str(h.role, "user", "%s: who said it is told", name);
	ok(h.largest < WORDS_PIECE, "%s: the pieces are short (%d)", name, h.largest);
	buf_release(&h.text);
}

static void test_texts(void)
{
	static const char *const pieces[] = {"\xF0\x9F\x8E\x89", "```",	 "\n",	    "\x01", "\"",
					     "\\u0041",		 "$(x)", "\xC3\xA9"};
	struct buf big = {0};
	size_t i;

	for (i = 0; big.len < 1 << 20; i++)
		buf_puts(&big, pieces[i * 2654435761u >> 16 & 7]);
	test_text("a megabyte", big.data, big.len);
	test_text("nothing", (const unsigned char *)"", 0);
	test_text("with a NUL", (const unsigned char *)"a\0b", 3);
	memset(big.data, 1, big.len);
	test_text("control characters", big.data, big.len);
	buf_release(&big);
}

static void test_result(void)
{
	struct heard h = {.pieces = 0};
	struct words w;

	words_init(&w, WORDS_RESULT);
	w.cmd = "exit 3";
	w.cmd_n = 6;
	w.has_exit = 1;
	w.exit_code = 3;
	w.duration_us = 17;
	w.wall_us = 5;
	w.line = 0;
	w.nth = 2;
	say(&h, &w);
	ok(h.good && h.first.kind == WORDS_RESULT, "a result keeps its kind");
	is_str(h.cmd, "exit 3", "and its command");
	ok(h.first.has_exit && h.first.exit_code == 3 && h.first.duration_us == 17 &&
		   h.first.wall_us == 5 && h.first.line == 0 && h.first.nth == 2,
	   "and its numbers");
	words_init(&w, WORDS_RESULT);
	say(&h, &w);
	ok(h.good && !h.first.has_exit && h.first.duration_us == -1 && h.first.wall_us == -1 &&
		   h.first.line == -1,
	   "what is not known stays so");
	buf_release(&h.text);
}

static void test_bounds(void)
{
	struct heard h = {.pieces = 0};
	char *longest = malloc(100001);
	struct words w;

	memset(longest, '"', 100000);
	longest[100000] = '\0';
	words_init(&w, WORDS_CHANGE);
	w.agent = w.thread = w.name = w.turn = w.role = w.call_id = w.cwd = longest;
	w.path = w.to = w.change = w.model = w.profile = w.sandbox = w.text = longest;
	w.n = 100000;
	say(&h, &w);
	ok(h.good && h.largest < WORDS_PIECE, "names without end are cut (%d)", h.largest);
	is_int((int64_t)h.text.len, 100000, "the text is not");
	buf_release(&h.text);
	free(longest);
}

static void test_foreign(void)
{
	static const char *const bad[] = {"", "x", "{\"kind\":\"hello\"}", "{\"kind\":1}", "{"};
	struct words w;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!words_parse(&w, bad[i], strlen(bad[i])), "%s are no words", bad[i]);
}

int main(void)
{
	test_texts();
	test_result();
	test_bounds();
	test_foreign();
	return tap_done();
}
