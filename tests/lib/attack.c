/* SPDX-License-Identifier: MIT */
#include "attack.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/percent.h"
#include "tape/event.h"
#include "tape/header.h"
#include "tape/line.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char attack_text[] =
	"</script></style></title></textarea></pre></code></details></svg>--><script>hacked=1</"
	"script>"
	"<img src=x onerror=hacked=1>\"><svg onload=hacked=1>' onclick='hacked=1' x='&lt;b&gt;"
	"<a href=javascript:hacked=1>javascript:hacked=1</a><base href=//example.org/>"
	"<meta http-equiv=refresh content=0><link rel=stylesheet href=//example.org/x.css>"
	"\342\200\250\342\200\256evil\342\200\254 \002\033]8;;javascript:hacked=1\033\\link\033]8;;"
	"\033\\ {{7*7}} ${7*7} ]]> <!-- \\u003cscript\\u003e";

static void put_event(struct buf *out, char code, const void *data, size_t n)
{
	unsigned char *end;

	buf_reserve(out, n * LINE_GROWTH + LINE_FRAME + LINE_SLACK);
	end = line_begin(out->data + out->len, 250000, code);
	out->len = (size_t)(line_end(line_escape_lossy(data, n, end)) - out->data);
}

static void put_text(struct buf *out, char code, const char *text)
{
	put_event(out, code, text, strlen(text));
}

/* A mark with the text as one of its values. */
static void put_mark(struct buf *out, const char *mark, const char *key)
{
	struct buf data = {0};

	buf_printf(&data, "%s;%s=", mark, key);
	percent_put(&data, attack_text, strlen(attack_text));
	put_event(out, EVENT_MARK, data.data, data.len);
	buf_release(&data);
}

/* An object with the text under up to three keys. */
static void put_object(struct buf *out, char code, const char *kind, const char *value,
		       const char *const *keys)
{
	struct json *j = json_new();
	struct buf data = {0};

	if (kind)
		json_put_text(j, kind, value);
	for (; *keys; keys++)
		json_put_text(j, *keys, attack_text);
	json_print(j, &data);
	put_event(out, code, data.data, data.len);
	buf_release(&data);
	json_free(j);
}

static void put_header(struct buf *out)
{
	static char hooks[] = "bash", repo[] = "git";
	char *evil = xstrdup(attack_text);
	struct header h = {.cols = 80, .rows = 24, .start_us = 1757271507123000, .version = 1};

	h.term = h.command = h.title = h.session = h.id = h.steno = evil;
	h.root = h.cwd = h.shell = h.git_head = h.git_branch = evil;
	h.model = h.profile = h.sandbox = evil;
	h.hooks = hooks;
	h.repo = repo;
	header_print(&h, out);
	free(evil);
}

static void put_facts(struct buf *out)
{
	static const char *const names[] = {"created", "edited", "removed", "untracked", "before"};
	static const char *const paths[] = {"path", "status", NULL},
				 *const head[] = {"oid", "branch", NULL},
				 *const commit[] = {"oid", "subject", NULL},
				 *const diff[] = {"text", NULL}, *const limit[] = {"what", NULL};
	size_t i;

	put_object(out, EVENT_FACT, "fact", "before", paths);
	put_object(out, EVENT_FACT, "fact", "head", head);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		put_object(out, EVENT_FACT, "fact", names[i], paths);
	put_object(out, EVENT_FACT, "fact", "commit", commit);
	put_object(out, EVENT_FACT, "fact", "diff", diff);
	put_object(out, EVENT_FACT, "fact", "limit", limit);
	put_text(out, EVENT_FACT, "{\"fact\":\"ended\"}");
}

static void put_words(struct buf *out)
{
	static const char *const all[] = {"role", "text", "agent", "name", "model", NULL};
	static const char *const file[] = {"path", "to", "change", "text", "agent", NULL};
	static const char *const context[] = {"model", "profile", "sandbox", "agent", NULL};

	put_object(out, EVENT_WORDS, NULL, NULL, all);
	put_object(out, EVENT_WORDS, "kind", "harness", all);
	put_object(out, EVENT_WORDS, "kind", "change", file);
	put_object(out, EVENT_WORDS, "kind", "context", context);
	put_object(out, EVENT_WORDS, "kind", "note", all);
}

static void put_command(struct buf *out, int number)
{
	struct buf mark = {0};

	buf_printf(&mark, "A;s=%d;st=0", number - 1);
	put_text(out, EVENT_MARK, buf_str(&mark));
	put_text(out, EVENT_OUTPUT, attack_text);
	buf_clear(&mark);
	buf_printf(&mark, "B;s=%d", number - 1);
	put_text(out, EVENT_MARK, buf_str(&mark));
	put_text(out, EVENT_OUTPUT, attack_text);
	put_text(out, EVENT_OUTPUT, "\r\n");
	buf_clear(&mark);
	buf_printf(&mark, "C;s=%d;h=%d", number, number);
	put_mark(out, buf_str(&mark), "d");
	put_text(out, EVENT_LABEL, attack_text);
	put_text(out, EVENT_OUTPUT, attack_text);
	put_text(out, EVENT_OUTPUT, "\033[31;44;4:3mcoloured \033[38;2;1;2;3m");
	put_text(out, EVENT_OUTPUT, attack_text);
	put_text(out, EVENT_OUTPUT, "\033[0m\r\n");
	if (number == 2)
		for (int i = 0; i < 600; i++)
			put_text(out, EVENT_OUTPUT, "<script>hacked=1</script>\r\n");
	buf_clear(&mark);
	buf_printf(&mark, "D;s=%d;st=%d", number, number % 2);
	put_text(out, EVENT_MARK, buf_str(&mark));
	buf_clear(&mark);
	buf_printf(&mark, "E;s=%d;h=%d", number, number);
	put_mark(out, buf_str(&mark), "cmd");
	buf_release(&mark);
}

/* A command that an agent had run, and what its log says of it. */
static void put_inner(struct buf *out)
{
	struct json *j = json_new();
	struct buf data = {0};

	put_text(out, EVENT_WORDS,
		 "{\"kind\":\"call\",\"agent\":\"codex\",\"call_id\":\"c1\",\"text\":\"x\"}");
	buf_puts(&data, "B;i=0123456789abcdef;call=c1;agent=");
	percent_put(&data, attack_text, strlen(attack_text));
	buf_puts(&data, ";cmd=");
	percent_put(&data, attack_text, strlen(attack_text));
	put_event(out, EVENT_COMMAND, data.data, data.len);
	put_text(out, EVENT_COMMAND, "E;i=0123456789abcdef;us=1000;sig=9");
	json_put_text(j, "kind", "result");
	json_put_text(j, "call_id", "c1");
	json_put_text(j, "text", attack_text);
	buf_clear(&data);
	json_print(j, &data);
	put_event(out, EVENT_WORDS, data.data, data.len);
	buf_release(&data);
	json_free(j);
}

void attack_print(struct buf *out)
{
	static const char *const lost[] = {"why", NULL}, *const note[] = {"note", NULL};

	put_header(out);
	put_text(out, EVENT_OUTPUT, attack_text);
	put_command(out, 1);
	put_words(out);
	put_object(out, EVENT_LOST, NULL, NULL, lost);
	put_object(out, EVENT_NOTE, NULL, NULL, note);
	put_command(out, 2);
	put_inner(out);
	put_command(out, 3);
	put_text(out, EVENT_MARK, "A;s=3;st=1");
	put_facts(out);
	put_text(out, EVENT_RESIZE, "100x30<script>hacked=1</script>");
	put_text(out, EVENT_EXIT, "0");
}
