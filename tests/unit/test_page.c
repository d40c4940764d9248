/* SPDX-License-Identifier: MIT */
/* The page: what it is made of, and that it is well formed whatever was recorded. */
#include "attack.h"
#include "markup.h"
#include "tap.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "base/sha256.h"
#include "out/export.h"
#include "page/html.h"
#include "page/look.h"
#include "page/page.h"
#include "page/palette.h"
#include "page/page_player.h"
#include "story/pen.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void test_sha256(void)
{
	/* FIPS 180-4's examples, as NIST gives them, and 1,000,000 times "a". */
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
		{"", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="},
	};
	unsigned char hash[SHA256_LEN], text[64] = {0};
	char *million = xmalloc(1000000);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sha256(cases[i].text, strlen(cases[i].text), hash);
		text[base64_encode(hash, sizeof(hash), text)] = '\0';
		is_str((char *)text, cases[i].want, "sha256 of %zu bytes", strlen(cases[i].text));
	}
	memset(million, 'a', 1000000);
	sha256(million, 1000000, hash);
	text[base64_encode(hash, sizeof(hash), text)] = '\0';
	is_str((char *)text,
	       "zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA=", "sha256 of a million bytes");
	free(million);
}

static void line_is(const char *text, const char *want, const char *name)
{
	struct buf got = {0};

	html_line(&got, text, strlen(text));
	is_str(buf_str(&got), want, "%s", name);
	buf_release(&got);
}

static void test_html(void)
{
	struct buf got = {0};

	line_is("a<b> & \"c\" 'd'", "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;",
		"what means something in HTML is escaped");
	line_is("\342\200\256x\033[0m\n", "\\u{202E}x\\x1B[0m\\n",
		"what is not seen is written out");
	line_is("\377<", "\357\277\275&lt;", "what is not UTF-8 is replaced");
	html_block(&got, "a\tb\nc\r", 6);
	is_str(buf_str(&got), "a\tb\nc\\r", "newline and TAB stay in a block");
	buf_clear(&got);
	html_json(&got, "\"</script>&\"", 12);
	is_str(buf_str(&got), "\"\\u003c/script\\u003e\\u0026\"",
	       "nothing in JSON can end its element");
	buf_release(&got);
}

static void test_palette(void)
{
	static const struct rgb grounds[] = {{0xf5, 0xf3, 0xee}, {0x0f, 0x11, 0x15}};
	struct color c = {COLOR_INDEXED, 196, 0, 0};
	struct rgb red = palette_rgb(&c);
	int i, k, bad = 0;

	ok(red.r == 255 && !red.g && !red.b, "color 196 is red");
	c.r = 244;
	red = palette_rgb(&c);
	ok(red.r == 128 && red.g == 128, "color 244 is grey");
	ok(palette_contrast((struct rgb){0, 0, 0}, (struct rgb){255, 255, 255}) > 20.5,
	   "black and white have all the contrast there is");
	for (i = 0; i < 256 * 8; i++)
		for (k = 0; k < 2; k++) {
			struct rgb rgb = {(unsigned char)i, (unsigned char)(i >> 3),
					  (unsigned char)(i * 7)};

			bad += palette_contrast(palette_readable(rgb, grounds[k]), grounds[k]) <
			       4.45;
		}
	is_int(bad, 0, "any colour can be made readable on either ground");
}

static void classes_are(struct look *l, struct pen pen, const char *want, const char *name)
{
	struct buf got = {0};

	look_classes(l, &pen, &got);
	is_str(buf_str(&got), want, "%s", name);
	buf_release(&got);
}

static void test_look(void)
{
	struct color red = {COLOR_INDEXED, 1, 0, 0}, blue = {COLOR_RGB, 0, 0, 255};
	struct look look;
	struct buf css = {0};
	int i;

	look_init(&look);
	classes_are(&look, (struct pen){.bold = 0}, "", "plain text has no class");
	classes_are(&look, (struct pen){.fg = red, .bold = 1}, "c1 b", "one of the sixteen");
	classes_are(&look, (struct pen){.reverse = 1}, "inv", "reversed");
	classes_are(&look, (struct pen){.fg = blue, .underline = UNDERLINE_CURLY}, "f0000ff u u3",
		    "any other colour");
	classes_are(&look, (struct pen){.bg = blue}, "g0000ff tf4f7fa",
		    "text without a colour fits the ground");
	classes_are(&look, (struct pen){.fg = blue, .reverse = 1}, "g0000ff tf4f7fa",
		    "a colour reversed is a ground");
	look_css(&look, &css);
	ok(strstr(buf_str(&css), ".g0000ff{background:#0000ff}") != NULL, "they have their rules");
	buf_clear(&css);
	for (i = 0; i < 200000; i++) {
		struct pen pen = {.fg = {COLOR_RGB, (unsigned char)i, (unsigned char)(i >> 8),
					 (unsigned char)(i >> 3)}};

		buf_clear(&css);
		look_classes(&look, &pen, &css);
	}
	buf_clear(&css);
	look_css(&look, &css);
	ok(css.len < 400000, "any number of colours makes a limited number of rules");
	buf_release(&css);
	look_release(&look);
}

/* Making pages */

static int memory_file(const void *data, size_t n)
{
	int fd = memfd_create("page", MFD_CLOEXEC);

	if (fd < 0 || io_write_all(fd, data, n, NULL, NULL) < 0)
		bug("memory file");
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void take(int fd, struct buf *out)
{
	char bytes[16384];
	ssize_t n;

	buf_clear(out);
	lseek(fd, 0, SEEK_SET);
	while ((n = io_read_full(fd, bytes, sizeof(bytes))) > 0)
		buf_put(out, bytes, (size_t)n);
}

/* -1: not made. */
static int make_page(const void *cast, size_t n, const struct page_player *player, int flags,
		     struct buf *out)
{
	int in = memory_file(cast, n), fd = memory_file("", 0), rc = 0;
	struct source *s = source_new(in, -1, NULL);
	struct exporter *x;
	struct event e;

	if (!s)
		rc = -1;
	x = s ? page_new(source_header(s), attack_text, player, -1, fd) : NULL;
	while (!rc && source_next(s, &e, NULL) == 1)
		rc = export_put(x, &e, NULL);
	if (!rc)
		rc = export_end(x, flags, NULL);
	export_free(x);
	source_free(s);
	take(fd, out);
	close(in);
	close(fd);
	return rc;
}

static void player_init(struct page_player *p)
{
	memset(p, 0, sizeof(*p));
	buf_puts(&p->script, "player()");
	buf_puts(&p->style, ".player{}");
	buf_puts(&p->licence, "the <licence>");
}

/* The attack cut behind each line: whatever was recorded when, the page is well formed. */
static void test_prefixes(void)
{
	struct buf cast = {0}, page = {0};
	struct page_player player;
	char at[MARKUP_AT];
	size_t n = 0, lines = 0, bad = 0;

	player_init(&player);
	attack_print(&cast);
	while (n < cast.len) {
		const unsigned char *newline = memchr(cast.data + n, '\n', cast.len - n);
		const char *wrong = NULL;
		int flags = lines % 2 ? EXPORT_RUNNING : 0;

		n = (size_t)(newline - cast.data) + 1;
		lines++;
		if (lines > 60 && lines < 640 && lines % 50)
			continue; /* the same line, many times */
		if (make_page(cast.data, n, &player, flags, &page) < 0)
			wrong = "it is not made";
		else
			wrong = markup_html(&page, at);
		if (wrong && !bad++)
			tap_note("%zu lines: %s: %s", lines, wrong, at);
	}
	ok(lines > 600, "the attack has %zu lines", lines);
	is_int((int64_t)bad, 0, "a page of any beginning of it is well formed");
	ok(strstr(buf_str(&page), "id=\"recording\">{\"version\":3") != NULL,
	   "the recording is in it");
	ok(!strstr(buf_str(&page), "<script>hacked"), "nothing of it is a script");
	page_player_release(&player);
	buf_release(&cast);
	buf_release(&page);
}

static void put_line(struct buf *cast, const char *code, const char *data)
{
	buf_printf(cast, "[0.1, \"%s\", \"%s\"]\n", code, data);
}

static void test_order(void)
{
	struct buf cast = {0}, page = {0};
	const char *text;

	buf_puts(&cast,
		 "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1757271507,"
		 "\"steno\":{\"version\":1,\"session\":\"s\",\"hooks\":\"bash\"}}\n");
	put_line(&cast, "k", "A;s=0;st=0");
	put_line(&cast, "k", "B;s=0");
	put_line(&cast, "k", "C;s=1;h=1");
	put_line(&cast, "w", "{\\\"role\\\":\\\"user\\\",\\\"text\\\":\\\"during one\\\"}");
	put_line(&cast, "o", "output of one\\r\\n");
	put_line(&cast, "k", "D;s=1;st=0");
	put_line(&cast, "w", "{\\\"role\\\":\\\"user\\\",\\\"text\\\":\\\"behind one\\\"}");
	put_line(&cast, "k", "E;s=1;h=1;cmd=one");
	put_line(&cast, "k", "A;s=1;st=0");
	put_line(&cast, "w", "{\\\"role\\\":\\\"user\\\",\\\"text\\\":\\\"before two\\\"}");
	put_line(&cast, "k", "B;s=1");
	put_line(&cast, "k", "C;s=2;h=2");
	put_line(&cast, "o", "output of two\\r\\n");
	if (make_page(cast.data, cast.len, NULL, EXPORT_RUNNING, &page) < 0)
		bug("no page");
	text = strstr(buf_str(&page), "during one");
	text = text ? strstr(text, "behind one") : NULL;
	text = text ? strstr(text, "id=\"c1\"") : NULL;
	text = text ? strstr(text, "before two") : NULL;
	text = text ? strstr(text, "id=\"c2\"") : NULL;
	ok(text != NULL, "a command stands where it ended, as in the transcript");
	ok(text && strstr(text, "still running") && strstr(text, "output of two"),
	   "a command that runs is there, with what it has printed");
	buf_release(&cast);
	buf_release(&page);
}

/* What is said while an agent is the session stands between the commands that it ran. */
static void test_agent_order(void)
{
	struct buf cast = {0}, page = {0};
	const char *text;

	buf_puts(&cast,
		 "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1757271507,"
		 "\"command\":\"codex\",\"steno\":{\"version\":1,\"session\":\"s\"}}\n");
	put_line(&cast, "k", "C;s=1;src=argv;cmd=codex;d=/");
	put_line(&cast, "w", "{\\\"role\\\":\\\"user\\\",\\\"text\\\":\\\"said first\\\"}");
	put_line(&cast, "c", "B;i=0000000000000001;cmd=slow;d=/");
	put_line(&cast, "c", "B;i=0000000000000002;cmd=quick;d=/");
	put_line(&cast, "c", "E;i=0000000000000002;us=5;st=0");
	put_line(&cast, "w", "{\\\"role\\\":\\\"user\\\",\\\"text\\\":\\\"said then\\\"}");
	put_line(&cast, "c", "E;i=0000000000000001;us=5;st=0");
	put_line(&cast, "w", "{\\\"role\\\":\\\"user\\\",\\\"text\\\":\\\"said last\\\"}");
	put_line(&cast, "k", "D;s=1;st=0");
	put_line(&cast, "x", "0");
	if (make_page(cast.data, cast.len, NULL, 0, &page) < 0)
		bug("no page");
	text = strstr(buf_str(&page), "said first");
	text = text ? strstr(text, "id=\"c3\"") : NULL;
	text = text ? strstr(text, "said then") : NULL;
	text = text ? strstr(text, "id=\"c2\"") : NULL;
	ok(text && strstr(text, "its output went elsewhere, unseen"),
	   "of a command whose output was not seen the page says so");
	text = text ? strstr(text, "said last") : NULL;
	text = text ? strstr(text, "id=\"c1\"") : NULL;
	ok(text != NULL, "what an agent said and ran stands in the order of time");
	buf_release(&cast);
	buf_release(&page);
}

/* An agent's commands run inside of the agent, beside each other, and end in any order; its log
 * says what they printed, which was never on the screen. */
static void test_inner(void)
{
	struct buf cast = {0}, page = {0};
	int i;

	buf_puts(&cast,
		 "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"timestamp\":1757271507,"
		 "\"steno\":{\"version\":1,\"session\":\"s\",\"hooks\":\"bash\"}}\n");
	put_line(&cast, "k", "C;s=1;src=argv;cmd=codex");
	put_line(&cast, "w",
		 "{\\\"kind\\\":\\\"call\\\",\\\"agent\\\":\\\"codex\\\",\\\"call_id\\\":"
		 "\\\"c7\\\",\\\"text\\\":\\\"x\\\"}");
	for (i = 0; i < 100; i++) {
		buf_printf(&cast, "[0.1, \"c\", \"B;i=%016d;agent=codex;call=c%d;cmd=inner%d\"]\n",
			   i, i, i);
		put_line(&cast, "w",
			 "{\\\"role\\\":\\\"assistant\\\",\\\"text\\\":\\\"between\\\"}");
	}
	for (i = 99; i > 0; i--)
		buf_printf(&cast, "[0.1, \"c\", \"E;i=%016d;us=1000;st=%d\"]\n", i, i % 2);
	put_line(&cast, "w",
		 "{\\\"kind\\\":\\\"result\\\",\\\"agent\\\":\\\"codex\\\",\\\"call_id\\\":"
		 "\\\"c7\\\",\\\"text\\\":\\\"\\\\u001b[31mred\\\"}");
	if (make_page(cast.data, cast.len, NULL, EXPORT_RUNNING, &page) < 0)
		bug("no page");
	ok(strstr(buf_str(&page), "id=\"c1\"") && strstr(buf_str(&page), "id=\"c2\"") &&
		   strstr(buf_str(&page), "id=\"c101\""),
	   "commands inside of another one are there, those that run, too");
	ok(strstr(buf_str(&page), "<span>run by codex</span>") != NULL, "and who had them run");
	ok(strstr(buf_str(&page), "\n\\x1B[31mred") != NULL,
	   "what an agent says of its output is text without colours");
	ok(strstr(buf_str(&page), "<svg class=\"strip two\" viewBox=\"0 -26 ") != NULL,
	   "their bars stand above the others'");
	buf_release(&cast);
	buf_release(&page);
}

/* A flood: what is kept of it in the page is little, and the recording is left out. */
static void test_large(void)
{
	struct buf cast = {0}, page = {0};
	struct page_player player;
	int i;

	player_init(&player);
	buf_puts(&cast, "{\"version\":2,\"width\":80,\"height\":24}\n");
	for (i = 0; i < 200000; i++)
		buf_printf(&cast, "[%d, \"o\", \"%d %050d\\r\\n\"]\n", i / 1000, i, i);
	if (make_page(cast.data, cast.len, &player, 0, &page) < 0)
		bug("no page");
	ok(page.len < 200000, "a page of a flood is small");
	ok(strstr(buf_str(&page), "The recording is not in this page") &&
		   strstr(buf_str(&page), "199,"),
	   "it says what is left out");
	page_player_release(&player);
	buf_release(&cast);
	buf_release(&page);
}

int main(void)
{
	test_sha256();
	test_html();
	test_palette();
	test_look();
	test_prefixes();
	test_order();
	test_agent_order();
	test_inner();
	test_large();
	return tap_done();
}
