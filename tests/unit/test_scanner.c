/* SPDX-License-Identifier: MIT */
/* What the scanner takes out and what it lets through, however its input is cut. */
#include "base/buf.h"
#include "live/scanner.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define NONCE "0123456789a"
#define M(data) "\033]7377;" NONCE ";" data "\a"

/* Output as it is, marks as <data> in their places: one text tells all. */
static void on_output(void *ctx, const unsigned char *data, size_t n)
{
	buf_put(ctx, data, n);
}

static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	buf_putc(ctx, '<');
	buf_put(ctx, data, n);
	buf_putc(ctx, '>');
}

static const struct scanner_sink sink = {on_output, on_mark};

struct row {
	const char *name, *in, *out;
	size_t in_n, out_n;
};

#define ROW(name, in, out)                                                                         \
	{                                                                                          \
		name, in, out, sizeof(in) - 1, sizeof(out) - 1                                     \
	}
static const struct row rows[] = {
	ROW("passes plain text", "hello\r\nworld", "hello\r\nworld"),
	ROW("takes a mark out", "a" M("A;s=1") "b", "a<A;s=1>b"),
	ROW("takes marks that touch", M("A") M("B") M("C"), "<A><B><C>"),
	ROW("takes a mark without data", "x" M("") "y", "x<>y"),
	ROW("takes UTF-8 and bytes that are none in data", M("P;d=\xc3\xa9\xff\x9c"),
	    "<P;d=\xc3\xa9\xff\x9c>"),
	ROW("lets other sequences through", "\033[1m\033]0;t\a\033]133;A\a\033(B",
	    "\033[1m\033]0;t\a\033]133;A\a\033(B"),
	ROW("lets a mark with another nonce through", "\033]7377;0123456789abcdef012346;A\a",
	    "\033]7377;0123456789abcdef012346;A\a"),
	ROW("lets a mark with an empty nonce through", "\033]7377;;A\a", "\033]7377;;A\a"),
	ROW("lets a mark with a longer nonce through", "\033]7377;" NONCE "0;A\a",
	    "\033]7377;" NONCE "0;A\a"),
	ROW("lets another number through", "\033]73772;" NONCE ";A\a", "\033]73772;" NONCE ";A\a"),
	ROW("sees a mark right after a lone ESC", "\033" M("A"), "\033<A>"),
	ROW("sees a mark after many ESCs", "\033\033\033\033" M("A") "\033",
	    "\033\033\033\033<A>\033"),
	ROW("sees a mark right after a begun one", "\033]7377;0123" M("A"), "\033]7377;0123<A>"),
	ROW("sees a mark inside the data of a begun one", "\033]7377;" NONCE ";A;s=" M("B"),
	    "\033]7377;" NONCE ";A;s=<B>"),
	ROW("sees a mark inside somebody's unterminated string", "\033]0;title" M("A") "more\a",
	    "\033]0;title<A>more\a"),
	ROW("lets a mark that a control byte breaks through", "\033]7377;" NONCE ";A\ns=1\a",
	    "\033]7377;" NONCE ";A\ns=1\a"),
	ROW("lets a mark that ends in ST through", "\033]7377;" NONCE ";A\033\\",
	    "\033]7377;" NONCE ";A\033\\"),
	ROW("passes NULs", "a\0b\0" M("A") "\0", "a\0b\0<A>\0"),
	ROW("refuses NUL in data", "\033]7377;" NONCE ";A\0\a", "\033]7377;" NONCE ";A\0\a"),
	ROW("gives a begun introducer at the end", "x\033]7377;01", "x\033]7377;01"),
	ROW("gives a mark without terminator at the end", "x\033]7377;" NONCE ";A;s=1",
	    "x\033]7377;" NONCE ";A;s=1"),
	ROW("gives a lone ESC at the end", "x\033", "x\033"),
};

/* Feeds data in pieces of the sizes that next() gives. */
static void feed(struct scanner *s, const char *in, size_t n, size_t (*next)(void *), void *state,
		 struct buf *out)
{
	buf_clear(out);
	while (n) {
		size_t k = next(state);
		unsigned char *piece; /* of its own size, so that ASan sees each byte too far */

		k = k < n ? k : n;
		piece = xmalloc(k ? k : 1);
		memcpy(piece, in, k);
		scanner_put(s, piece, k, &sink, out);
		free(piece);
		in += k;
		n -= k;
	}
	scanner_end(s, &sink, out);
}

static size_t fixed(void *state)
{
	return *(size_t *)state;
}

/* First piece of the given size, then the rest. */
static size_t once(void *state)
{
	size_t *k = state, now = *k;

	*k = SIZE_MAX;
	return now;
}

static size_t any(void *state)
{
	uint32_t *x = state;

	*x = *x * 1664525u + 1013904223u;
	return *x >> 28;
}

static int cuts_alike(struct scanner *s, const struct row *r, struct buf *out)
{
	uint32_t seed = 1;
	size_t i, k;

	for (i = 0; i <= r->in_n; i++) {
		k = i;
		feed(s, r->in, r->in_n, once, &k, out);
		if (out->len != r->out_n || memcmp(out->data, r->out, r->out_n))
			return 0;
	}
	for (i = 0; i < 200; i++) {
		feed(s, r->in, r->in_n, any, &seed, out);
		if (out->len != r->out_n || memcmp(out->data, r->out, r->out_n))
			return 0;
	}
	return 1;
}

static void test_rows(struct scanner *s)
{
	struct buf out = {0};
	size_t i, whole = SIZE_MAX, byte = 1;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];

		feed(s, r->in, r->in_n, fixed, &whole, &out);
		is_mem(out.data, out.len, r->out, r->out_n, "%s", r->name);
		feed(s, r->in, r->in_n, fixed, &byte, &out);
		is_mem(out.data, out.len, r->out, r->out_n, "%s, byte by byte", r->name);
		ok(cuts_alike(s, r, &out), "%s, cut anywhere", r->name);
	}
	buf_release(&out);
}

/* A mark with n bytes of data, fed in pieces; 1 if it came as a mark. */
static int comes_as_mark(struct scanner *s, size_t n, size_t piece)
{
	struct buf in = {0}, out = {0};
	size_t i;
	int mark, same;

	buf_puts(&in, "\033]7377;" NONCE ";");
	for (i = 0; i < n; i++)
		buf_putc(&in, 'x');
	buf_puts(&in, "\a" M("Z"));
	feed(s, (const char *)in.data, in.len, fixed, &piece, &out);
	mark = out.len == n + 2 + 3 && out.data[0] == '<' && out.data[n + 1] == '>';
	same = out.len == in.len - strlen(M("Z")) + 3 &&
	       !memcmp(out.data, in.data, n + strlen(M("")));
	ok(mark || same, "keeps each byte of a mark with %zu bytes of data in pieces of %zu", n,
	   piece);
	ok(out.len > 3 && !memcmp(out.data + out.len - 3, "<Z>", 3), "sees the mark behind it");
	buf_release(&in);
	buf_release(&out);
	return mark;
}

static void test_limit(struct scanner *s)
{
	static const size_t pieces[] = {SIZE_MAX, 65536, 4099, sizeof(M("")) - 2};
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		ok(comes_as_mark(s, SCANNER_MARK, pieces[i]), "takes the longest mark");
		ok(!comes_as_mark(s, SCANNER_MARK + 1, pieces[i]), "lets a longer one through");
		ok(!comes_as_mark(s, 3 * SCANNER_MARK, pieces[i]),
		   "lets a much longer one through");
	}
}

/* Random pieces of marks, so that most of them nearly match: all cuts must agree with one call. */
static void test_random(struct scanner *s)
{
	static const char *const bits[] = {"\033", "]7377;", NONCE,	  ";",
					   "\a",   "A;s=1",  "text",	  "\033]7377;" NONCE ";",
					   "\n",   M("B"),   "\033]7377;"};
	struct buf in = {0}, a = {0}, b = {0};
	uint32_t seed = 7, cut = 9;
	size_t whole = SIZE_MAX, bad = 0;
	int i, k;

	for (i = 0; i < 20000; i++) {
		buf_clear(&in);
		for (k = 0; k < 12; k++) {
			seed = seed * 1664525u + 1013904223u;
			buf_puts(&in, bits[(seed >> 16) % (sizeof(bits) / sizeof(*bits))]);
		}
		feed(s, (const char *)in.data, in.len, fixed, &whole, &a);
		feed(s, (const char *)in.data, in.len, any, &cut, &b);
		bad += a.len != b.len || memcmp(a.data, b.data, a.len) != 0;
	}
	is_int((int64_t)bad, 0, "gives the same for 20000 random inputs in random pieces");
	buf_release(&in);
	buf_release(&a);
	buf_release(&b);
}

static void on_count(void *ctx, const unsigned char *data, size_t n)
{
	(void)data;
	*(size_t *)ctx += n;
}

static void on_where(void *ctx, const unsigned char *data, size_t n)
{
	const unsigned char **where = ctx;

	(void)n;
	*where = data;
}

static void test_zero_copy(struct scanner *s)
{
	static const struct scanner_sink where = {on_where, on_where}, count = {on_count, on_count};
	const char *text = "some text", *mark = M("A");
	const unsigned char *at = NULL;
	size_t sum = 0;

	scanner_put(s, text, strlen(text), &where, &at);
	ok(at == (const unsigned char *)text, "gives output where it lies");
	scanner_put(s, mark, strlen(mark), &where, &at);
	ok(at == (const unsigned char *)mark + strlen(mark) - 2,
	   "gives a whole mark where it lies");
	scanner_put(s, NULL, 0, &count, &sum);
	is_int((int64_t)sum, 0, "calls nobody for nothing");
}

int main(void)
{
	struct scanner *s = scanner_new(NONCE);

	test_rows(s);
	test_limit(s);
	test_random(s);
	test_zero_copy(s);
	scanner_free(s);
	return tap_done();
}
