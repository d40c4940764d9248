/* SPDX-License-Identifier: MIT */
/* The transcript: the words it is made of, and that nothing hostile gets out of its place. */
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "box.h"
#include "out/markdown.h"
#include "out/transcript.h"
#include "story/story.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/words.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char id[] = "00112233445566778899aabbccddeeff", session[] = "20250907-185827-session",
	    version[] = "0.1.0", root[] = "/home/u/pytorch", hooks[] = "bash", git[] = "git",
	    head[] = "4de071be69ebf51b5d24975db2fa6403b5869028", branch[] = "main",
	    default_profile[] = "default";

static struct header good_header(void)
{
	return (struct header){.cols = 80,
			       .rows = 24,
			       .start_us = 1757271507123000,
			       .version = 1,
			       .session = session,
			       .id = id,
			       .steno = version,
			       .root = root,
			       .cwd = root,
			       .hooks = hooks,
			       .repo = git,
			       .git_head = head,
			       .git_branch = branch,
			       .profile = default_profile};
}

static void set_buf(struct buf *b, const char *text)
{
	buf_clear(b);
	buf_puts(b, text);
}

static void command_init(struct command *c, const char *text)
{
	memset(c, 0, sizeof(*c));
	c->seq = 1;
	c->src = "shell";
	c->start_us = 0;
	c->end_us = 12000;
	c->start_wall_us = 1757271507123000;
	c->text_from = COMMAND_TEXT_SHELL;
	c->has_exit = 1;
	c->end = "exit";
	set_buf(&c->text, text);
	set_buf(&c->cwd, root);
}

static void command_release(struct command *c)
{
	buf_release(&c->text);
	buf_release(&c->cwd);
	excerpt_release(&c->output);
}

static void put_line(struct excerpt *e, const char *line)
{
	excerpt_put(e, (const unsigned char *)line, strlen(line));
}

static void put_fact(struct transcript *t, char code, const char *json)
{
	struct event e = {.code = code, .data = (const unsigned char *)json, .len = strlen(json)};

	transcript_put_fact(t, &e);
}

/* The file as it would be now; owned by out. */
static const char *page(const struct transcript *t, const struct transcript_now *now,
			struct buf *out)
{
	int fd = memfd_create("page", MFD_CLOEXEC);
	struct err err;
	ssize_t n;

	if (transcript_write(t, now, fd, &err) < 0)
		bug("%s", err.text);
	n = lseek(fd, 0, SEEK_END);
	buf_clear(out);
	buf_reserve(out, (size_t)n);
	if (pread(fd, out->data, (size_t)n, 0) != n)
		bug("memory file");
	out->len = (size_t)n;
	close(fd);
	return buf_str(out);
}

static void has(struct buf *out, const char *text, const char *name)
{
	if (!ok(strstr(buf_str(out), text) != NULL, "%s", name))
		tap_note("missing: %s", text);
}

static void say(struct transcript *t, const char *role, const char *text)
{
	struct words w;

	words_init(&w, WORDS_SAID);
	w.role = role;
	w.text = text;
	w.n = strlen(text);
	transcript_put_words(t, 0, &w);
}

static void test_quiet_session(void)
{
	static const char want[] =
		"# pytorch — model: unknown, profile: default, sandbox: unknown\n"
		"\n## Transcript\n"
		"\nSession 20250907-185827-session, begun 2025-09-07T18:58:27.123Z in "
		"/home/u/pytorch, "
		"recorded by steno 0.1.0.\n"
		"\nThe session ended with exit status 0.\n"
		"\n## Commands\nNo commands were executed.\n"
		"\n## Changes\nNo files were changed.\n"
		"\n- HEAD at the start: `4de071be69ebf51b5d24975db2fa6403b5869028` on `main`\n"
		"- HEAD at the end: `4de071be69ebf51b5d24975db2fa6403b5869028` on `main`\n"
		"- steno's own files, beside this one and listed nowhere else: "
		"`20250907-185827-session.md`, `20250907-185827-session.cast`, `provenance.jsonl`\n"
		"- git diff --no-ext-diff: (no changes tracked)\n";
	struct transcript_now now = {.has_exit = 1};
	struct header h = good_header();
	struct transcript *t = transcript_new(&h, -1);
	struct buf out = {0};

	put_fact(t, 'g', "{\"fact\":\"begun\",\"dirty\":0}");
	put_fact(t, 'g',
		 "{\"fact\":\"head\",\"oid\":\"4de071be69ebf51b5d24975db2fa6403b5869028\","
		 "\"branch\":\"main\"}");
	put_fact(t, 'g', "{\"fact\":\"ended\",\"diff_bytes\":0}");
	is_str(page(t, &now, &out), want, "a session without commands and changes says both");
	transcript_free(t);
	buf_release(&out);
}

static void test_commands(void)
{
	struct transcript_now now = {.is_running = 1};
	struct header h = good_header();
	struct transcript *t = transcript_new(&h, -1);
	struct command c;
	struct buf out = {0};

	command_init(&c, "rg -n foo");
	c.exit_code = 1;
	put_line(&c.output, "a.c:1:foo");
	transcript_put_command(t, &c);
	command_release(&c);
	command_init(&c, "for i in 1\ndo echo\tx; done");
	c.seq = 2;
	c.has_exit = 0;
	c.end_us = -1;
	c.end = "interrupted";
	c.text_from = COMMAND_TEXT_SCREEN;
	transcript_put_command(t, &c);
	say(t, "user", "Do it.\n");
	c.end = NULL;
	c.seq = 3;
	now.running = &c;
	page(t, &now, &out);
	has(&out,
	    "\n### Command 1\n```\n$ rg -n foo\n```\n2025-09-07T18:58:27.123Z | exit=1 | 12ms | "
	    "cwd=/home/u/pytorch\n\n```\na.c:1:foo\n```\n",
	    "a command has its text, its details, its output");
	has(&out, "- 2025-09-07T18:58:27.123Z | exit=1 | 12ms | rg -n foo (cwd=/home/u/pytorch)\n",
	    "and a line in the list");
	has(&out, "```\n$ for i in 1\ndo echo\tx; done\n```\n", "several lines stay several lines");
	has(&out, "| exit=null (interrupted) | null | for i in 1\\ndo echo\\tx; done (cwd=",
	    "in the list they are one line, and what was not seen is null");
	has(&out, "| command text read from the screen\n\n(no output)\n",
	    "it says where the text is from, and that there was no output");
	has(&out, "\n### User\n```\nDo it.\n```\n", "what was said stands verbatim in a fence");
	has(&out, "| exit=null (running) | null | for", "the running command is in the list");
	has(&out, "(no output yet)", "and in the transcript");
	has(&out, "The session is still running: its changes are listed when it ends.",
	    "changes are not known while it runs");
	transcript_free(t);
	command_release(&c);
	buf_release(&out);
}

static void test_long_output(void)
{
	struct transcript_now now = {.has_exit = 1};
	struct header h = good_header();
	struct transcript *t = transcript_new(&h, -1);
	struct command c;
	struct buf out = {0};
	int i;

	command_init(&c, "flood");
	for (i = 0; i < 12745; i++)
		put_line(&c.output,
			 "0123456789012345678901234567890123456789012345678901234567890");
	transcript_put_command(t, &c);
	page(t, &now, &out);
	has(&out,
	    "\n[... 12,345 lines (765.3 kB) left out; all of it: steno show "
	    "20250907-185827-session:1 ...]\n",
	    "long output says what is left out and how to see it");
	transcript_free(t);
	command_release(&c);
	buf_release(&out);
}

static void test_changes(void)
{
	struct transcript_now now = {.has_exit = 1, .forged = 2, .skipped = 1};
	struct header h = good_header();
	struct transcript *t = transcript_new(&h, -1);
	struct buf out = {0};

	page(t, &now, &out);
	has(&out, "The session ended without a look at git: what changed is not known.",
	    "without a survey it does not say that nothing changed");
	has(&out, "\n2 marks of commands' boundaries were not believed", "forged marks are told");
	has(&out, "\n1 line of the recording is damaged", "damaged lines are told");
	put_fact(t, 'g', "{\"fact\":\"before\",\"status\":\"?\",\"path\":\"old\"}");
	put_fact(t, 'g', "{\"fact\":\"begun\",\"dirty\":1}");
	put_fact(t, 'g', "{\"fact\":\"head\",\"oid\":null,\"branch\":null}");
	put_fact(t, 'g', "{\"fact\":\"commit\",\"oid\":\"abc\",\"subject\":\"say <b>hi</b>\"}");
	put_fact(t, 'g', "{\"fact\":\"created\",\"path\":\"a`b\"}");
	put_fact(t, 'g', "{\"fact\":\"edited\",\"path\":\"e\"}");
	put_fact(t, 'g', "{\"fact\":\"removed\",\"path\":\"r\"}");
	put_fact(t, 'g', "{\"fact\":\"diff\",\"text\":\"+````\\n\"}");
	put_fact(t, 'g', "{\"fact\":\"diff\",\"text\":\"-x\\r\\n\"}");
	put_fact(t, 'g', "{\"fact\":\"limit\",\"what\":\"diff\",\"left_out\":5}");
	put_fact(t, 'g', "{\"fact\":\"ended\",\"diff_bytes\":9}");
	put_fact(t, 'l', "{\"bytes\":1234,\"why\":\"No space left on device\"}");
	put_fact(t, 'n', "{\"note\":\"the recorder was started again\"}");
	page(t, &now, &out);
	has(&out, "- Created:\n  - ``a`b``\n- Edited:\n  - `e`\n- Removed:\n  - `r`\n",
	    "files are listed");
	has(&out, "- Commits made:\n  - `abc` say \\<b>hi\\</b>\n", "commits are listed");
	has(&out, "- Already dirty before the session:\n  - `old` (?)\n", "older changes apart");
	has(&out, "- HEAD at the end: no commit yet, no branch\n", "an unborn HEAD is told");
	has(&out, "- Cut:\n  - 5 left out of: diff\n", "what was cut is told");
	has(&out, "\n`````diff\n+````\n-x\\r\n`````\n",
	    "the diff's fence is longer than its content's");
	has(&out,
	    "\n> 2025-09-07T18:58:27.123Z steno: 1,234 bytes of output could not be recorded "
	    "here: No space left on device\n",
	    "lost output is told");
	has(&out, "steno: the recorder was started again\n", "repairs are told");
	ok(!strstr(buf_str(&out), "No files were changed"), "and not that no files were changed");
	put_fact(t, 'g', "{\"fact\":\"unreadable\",\"why\":\"bad index\"}");
	page(t, &now, &out);
	has(&out, "git could not be asked: bad index\n",
	    "a repository that cannot be read is told");
	transcript_free(t);
	h.git_head = h.git_branch = NULL;
	t = transcript_new(&h, -1);
	put_fact(t, 'g', "{\"fact\":\"unreadable\",\"why\":\"it belongs to another user\"}");
	page(t, &now, &out);
	has(&out, "- HEAD at the start: not known\n", "nor is it said that there is no commit");
	transcript_free(t);
	h.repo = NULL;
	h.hooks = NULL;
	t = transcript_new(&h, -1);
	page(t, &now, &out);
	has(&out, "Not a git working tree", "a place without git is told");
	has(&out, "Which commands were executed is not known", "so is a shell without hooks");
	transcript_free(t);
	buf_release(&out);
}

/* True if the text is UTF-8 without control characters but '\n' and TAB, and without those that
 * nobody sees. */
static int is_clean(const struct buf *b)
{
	size_t i = 0;

	if (utf8_valid_prefix(b->data, b->len) != b->len)
		return 0;
	while (i < b->len) {
		uint32_t cp;

		i += utf8_decode(b->data + i, b->len - i, &cp);
		if ((cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0) ||
		    (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) ||
		    cp == 0x200B || cp == 0xFEFF || (cp >= 0xE0000 && cp < 0xE0100))
			return 0;
	}
	return 1;
}

static size_t run_of(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] == '`')
		n++;
	return n;
}

/* By CommonMark's rules for fenced blocks: how many there are; *outside gets the lines that are in
 * none. */
static int count_blocks(const char *p, struct buf *outside)
{
	size_t fence = 0;
	int blocks = 0;

	while (*p) {
		const char *end = p + strcspn(p, "\n"), *q = p;
		size_t run;

		while (q < end && q - p < 3 && *q == ' ')
			q++;
		run = run_of(q, end);
		if (!fence && run >= 3 && !memchr(q + run, '`', (size_t)(end - q) - run)) {
			fence = run;
			blocks++;
		} else if (fence && run >= fence &&
			   strspn(q + run, " \t") == (size_t)(end - q) - run) {
			fence = 0;
		} else if (!fence) {
			buf_put(outside, p, (size_t)(end - p));
			buf_putc(outside, '\n');
		}
		p = end + (*end == '\n');
	}
	return fence ? -1 : blocks;
}

static const char *const evil[] = {
	"```\n<evil>\n```",
	"a\r```\r<evil>",
	"   ~~~~\n<evil>\n",
	"```````````````````````\n<evil>",
	"\xc2\x85```\xc2\x85<evil>",
	"\xe2\x80\xa8```\xe2\x80\xa9<evil>",
	"\v```\f<evil>\x1b[31m\a\b\x7f",
	"\xe2\x80\xaetxt.exe\xe2\x80\xac \xe2\x81\xa6x\xe2\x81\xa9 a\xe2\x80\x8b\x62\xef\xbb\xbf",
	"\xf3\xa0\x81\x81\xf3\xa0\x81\x82 hidden tags",
	"[a](javascript:evil) ![b](http://evil) <http://evil> &lt;evil&gt; &#60;evil>",
	"*a* **b** _c_ __d__ ~~e~~ `f` ``g`` \\* \\\\ a_b_c",
	"# a\n## b #\n- c\n+ d\n> e\n1. f\n---\n===\n    code\n|a|b|\n|-|-|",
	"<!-- evil --> <?evil?> <![CDATA[evil]]> <script>evil</script>",
	"\xff\xfe\xc3(\xed\xa0\x80 bad bytes \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9",
};

/* What an agent's log may tell. */
static void tell_evil(struct transcript *t, const char *text)
{
	static const enum words_kind kinds[] = {WORDS_HARNESS, WORDS_CHANGE, WORDS_NOTE,
						WORDS_UNDONE, WORDS_CONTEXT};
	struct words w;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		words_init(&w, kinds[i]);
		w.role = w.agent = w.name = w.path = w.to = w.change = w.text = text;
		w.model = w.profile = w.sandbox = text;
		w.name = kinds[i] == WORDS_CONTEXT ? NULL : text;
		w.n = strlen(text);
		transcript_put_words(t, 0, &w);
	}
}

/* All of it wherever foreign text may stand. */
static void put_evil(struct transcript *t, const char *text)
{
	struct command c;
	struct excerpt e = {0};

	command_init(&c, text);
	set_buf(&c.cwd, text);
	put_line(&c.output, text);
	put_line(&e, text);
	transcript_put_command(t, &c);
	transcript_put_loose(t, 0, &e);
	say(t, "user", text);
	say(t, text, text);
	tell_evil(t, text);
	excerpt_release(&e);
	command_release(&c);
}

/* A page of one evil text in every place. */
static void evil_page(char *text, struct buf *out)
{
	struct transcript_now now = {.has_exit = 1};
	struct header h = good_header();
	struct transcript *t;

	h.root = h.model = h.profile = h.sandbox = h.cwd = h.git_branch = text;
	t = transcript_new(&h, -1);
	put_evil(t, text);
	page(t, &now, out);
	transcript_free(t);
}

/* What must not be found outside of blocks unless a backslash or a code span disarms it. */
static void test_evil(void)
{
	struct buf out = {0}, outside = {0};
	size_t i;

	for (i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		char *text = xstrdup(evil[i]);

		evil_page(text, &out);
		ok(is_clean(&out), "evil text %zu: nothing unseen gets through", i);
		buf_clear(&outside);
		is_int(count_blocks(buf_str(&out), &outside), 7, "it opens and closes no block");
		ok(!strstr(buf_str(&outside), "\n<evil>"), "it stays within its block");
		free(text);
	}
	buf_release(&out);
	buf_release(&outside);
}

static const char *const markup[] = {
	"*a* **b** _c_ __d__ ~~e~~ `f` ``g`` \\* \\\\ a_b_c *",
	"<b>x</b> <!-- c --> a<b a < b",
	"[a](http://e) ![b](http://e) [c][d] [e]",
	"&lt; &#60; &amp &",
	"a\\",
	"# x #",
	"~x~ ~/x ~~",
	"ends in \\n and `",
	"$(a) | b && c > d 2>&1; \"e\" 'f'",
	"__init__ snake_case _",
};

static int has_parser(void)
{
	char *path = box_ask("command -v cmark-gfm");
	int has_it = path != NULL;

	free(path);
	return has_it;
}

/* A CommonMark parser must see the text as it is. */
static void test_inline(void)
{
	size_t i;

	if (!has_parser()) {
		tap_skip("text in a line is shown as it is", "no cmark-gfm here");
		return;
	}
	for (i = 0; i < sizeof(markup) / sizeof(markup[0]); i++) {
		struct buf line = {0};
		char *got;
		FILE *f = fopen("line.md", "w");

		buf_puts(&line, "- x | ");
		markdown_inline(&line, (const unsigned char *)markup[i], strlen(markup[i]));
		buf_puts(&line, " (y)");
		fprintf(f, "%s\n", buf_str(&line));
		fclose(f);
		got = box_ask(
			"cmark-gfm --unsafe -e strikethrough line.md | sed -e 's/<[/]*[ulip]*>//g' "
			"-e 's/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&amp;/\\&/g' | grep .");
		buf_clear(&line);
		buf_printf(&line, "x | %s (y)", markup[i]);
		is_str(got, buf_str(&line), "a parser sees as it is: %s", markup[i]);
		free(got);
		buf_release(&line);
	}
}

/* What the parser makes of a page with everything evil: blocks, and nothing that is alive. */
static void test_parsed(void)
{
	struct buf out = {0};
	size_t i;

	if (!has_parser())
		return;
	for (i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		char *text = xstrdup(evil[i]), *count;
		FILE *f = fopen("page.md", "w");

		evil_page(text, &out);
		fwrite(out.data, 1, out.len, f);
		fclose(f);
		count = box_ask("cmark-gfm -t xml page.md | grep -c '<code_block'");
		is_str(count, "7", "a parser finds the blocks of evil text %zu and no more", i);
		free(count);
		count = box_ask(
			"cmark-gfm -t xml page.md | grep -cE '<(html|link|image|emph|strong)' "
			"|| :");
		is_str(count, "0", "and no markup");
		free(count);
		free(text);
	}
	buf_release(&out);
}

int main(void)
{
	test_quiet_session();
	test_commands();
	test_long_output();
	test_changes();
	test_evil();
	box_open();
	test_inline();
	test_parsed();
	box_close();
	return tap_done();
}
