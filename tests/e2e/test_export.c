/* SPDX-License-Identifier: MIT */
/* `steno export`: each form, and the way back from it. What asciinema and scriptreplay make of the
 * files is asked where they are installed. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/json.h"
#include "tape/event.h"
#include "tape/source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lab lab;

/* A session with a failure, text that is not ASCII, bytes that are no text, and a new size. */
static void record(void)
{
	struct term *t;

	lab_open(&lab, 0);
	t = lab_start(&lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, "echo first; printf 'h\\303\\251llo \\344\\270\\255\\n'");
	term_resize(t, 30, 100);
	lab_sh(&lab, NULL,
	       "i=0; until grep -q '\"r\", \"100x30\"' codex-logs/*.cast || [ $i -gt 400 ]; do"
	       " i=$((i+1)); sleep 0.05; done");
	term_type(t, "seq 1 600\n"); /* the new size draws the prompt again */
	term_expect(t, "\n600\r\n");
	term_expect(t, LAB_PROMPT);
	lab_line(t, "printf 'bad \\377\\n'; (exit 4)");
	is_int(lab_exit(t, 5), 5, "a session to export is recorded");
	term_free(t);
}

/* ok(): the script's output is this, and its status 0. */
static void prints(const char *script, const char *want, const char *name)
{
	struct buf out = {0};
	int status = lab_sh(&lab, &out, script);

	is_str(buf_str(&out), want, "%s", name);
	if (status)
		tap_note("status %d", status);
	buf_release(&out);
}

static void test_page(void)
{
	prints("\"$STENO\" export last >a.md && \"$STENO\" show last >b.md && cmp a.md b.md", "",
	       "md is the transcript, as show prints it");
	prints("\"$STENO\" export -f md -o c.md last && cmp a.md c.md", "",
	       "it is the same in a file");
}

static void test_text(void)
{
	struct buf out = {0};

	lab_sh(&lab, &out, "\"$STENO\" export -f text last");
	ok(strstr(buf_str(&out), LAB_PROMPT "echo first; printf") != NULL,
	   "text has the prompt and what was typed");
	ok(strstr(buf_str(&out), "\nfirst\nh\303\251llo \344\270\255\n") != NULL,
	   "text has what was printed");
	ok(strstr(buf_str(&out), "\n1\n2\n") && strstr(buf_str(&out), "\n599\n600\n"),
	   "text has what has scrolled away");
	ok(!strchr(buf_str(&out), 0x1B) && !strchr(buf_str(&out), '\r'),
	   "text has no control characters");
	buf_release(&out);
}

static void test_json(void)
{
	static const char *const outputs[] = {"first\nh\303\251llo \344\270\255\n", NULL,
					      "bad \357\277\275\n", "exit\n"};
	struct buf out = {0}, numbers = {0};
	char *line, *rest;
	size_t i;

	for (i = 1; i <= 600; i++)
		buf_printf(&numbers, "%zu\n", i);
	is_int(lab_sh(&lab, &out, "\"$STENO\" export -f json last"), 0, "json can be had");
	line = xstrdup(buf_str(&out));
	rest = line;
	for (i = 0; i < sizeof(outputs) / sizeof(*outputs) && rest && *rest; i++) {
		char *end = strchr(rest, '\n');
		struct json *j = json_parse(rest, end ? (size_t)(end - rest) : 0, NULL);

		is_str(j ? json_get_text(j, "output") : NULL,
		       outputs[i] ? outputs[i] : buf_str(&numbers),
		       "json: command %zu has all of its output", i + 1);
		is_int(j ? json_get_int(j, "seq", -1) : -2, (int64_t)i + 1,
		       "json: and what provenance says");
		json_free(j);
		rest = end ? end + 1 : NULL;
	}
	ok(i == sizeof(outputs) / sizeof(*outputs) && rest && !*rest, "json: a line a command");
	free(line);
	buf_release(&out);
	buf_release(&numbers);
}

static void test_cast(void)
{
	prints("\"$STENO\" export -f cast last >a.cast && \"$STENO\" export -f cast ./a.cast | "
	       "cmp - a.cast",
	       "", "cast gives itself when exported again");
	prints("sed 1d a.cast | cut -d'\"' -f2 | sort -u | tr -d '\\n'", "morx",
	       "cast has the standard's events and no others");
	prints("grep -c steno a.cast | head -n 1; \"$STENO\" export -f text last >a.txt; "
	       "\"$STENO\" export -f text ./a.cast | cmp - a.txt",
	       "0\n", "cast shows what the session showed, and nothing of steno's");
	prints("\"$STENO\" export -f cast2 last >a2.cast && "
	       "\"$STENO\" export -f cast2 ./a2.cast | cmp - a2.cast",
	       "", "cast2 gives the same events at the same times when it is read again");
	prints("\"$STENO\" export -f cast2 ./a.cast | cmp - a2.cast", "",
	       "the intervals of cast and the times of cast2 are the same");
	prints("\"$STENO\" export -f cast -o codex-logs/*.cast last 2>&1 | sed 's/.*: //'",
	       "is the recording itself\n", "the recording is never written over");
}

static void test_asciinema(void)
{
	if (lab_sh(&lab, NULL, "command -v asciinema && asciinema --version | grep ' 2\\.'") != 0) {
		tap_skip("asciinema 2 plays cast2", "it is not installed");
		return;
	}
	prints("\"$STENO\" -q --log-dir ../replayed --size 100x30 -- asciinema cat a2.cast "
	       "</dev/null >/dev/null && "
	       "\"$STENO\" export --log-dir ../replayed -f text last >b.txt && "
	       "\"$STENO\" export -f text ./a2.cast | cmp - b.txt",
	       "", "asciinema 2 shows of cast2 what the session showed");
}

static void put_output(const char *path, struct buf *out)
{
	struct source *s = source_open(path, NULL, NULL);
	struct event e;

	while (s && source_next(s, &e, NULL) == 1)
		if (e.code == EVENT_OUTPUT)
			buf_put(out, e.data, e.len);
	source_free(s);
}

static void test_typescript(void)
{
	struct buf path = {0}, want = {0}, got = {0};

	prints("\"$STENO\" export -f typescript -o ts last && ls ts ts.timing", "ts\nts.timing\n",
	       "a typescript is two files");
	prints("\"$STENO\" export -f cast2 last | grep -v '\"m\"' >want && "
	       "\"$STENO\" export -f cast2 ts | cmp - want",
	       "", "a typescript gives the same events at the same times when it is read again");
	prints("mv ts.timing other && \"$STENO\" export -t other -f cast2 ts | cmp - want", "",
	       "its timing may be named");
	buf_printf(&path, "%s/%s.cast", lab.logs, lab_session(&lab));
	put_output(buf_str(&path), &want);
	buf_putc(&want, '\n'); /* scriptreplay's own, at the end */
	if (lab_sh(&lab, NULL, "scriptreplay --help | grep log-timing") == 0) {
		lab_sh(&lab, &got, "scriptreplay -m 0.001 -T other -O ts");
		is_mem(got.data, got.len, want.data, want.len,
		       "scriptreplay prints the same bytes");
	} else {
		tap_skip("scriptreplay prints the same bytes", "it is not installed");
	}
	buf_release(&path);
	buf_release(&want);
	buf_release(&got);
}

static void test_foreign(void)
{
	static const char text[] = "plain green\nh\303\251llo \344\270\255\346\226\207\n"
				   "Script done on the stage\n";
	static const char *const files[] = {"asciinema-2.2.cast", "ttyrec-1.0.8.ttyrec",
					    "classic.typescript", "advanced.typescript"};
	char script[PATH_MAX + 64], *fixtures = realpath("tests/fixtures", NULL);
	struct buf out = {0};
	size_t i;

	lab_open(&lab, 0);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(script, sizeof(script), "\"$STENO\" export -f text '%s/%s'", fixtures,
			 files[i]);
		buf_clear(&out);
		lab_sh(&lab, &out, script);
		ok(strstr(buf_str(&out), text) != NULL, "%s can be exported", files[i]);
		snprintf(script, sizeof(script), "\"$STENO\" export '%s/%s'", fixtures, files[i]);
		buf_clear(&out);
		lab_sh(&lab, &out, script);
		ok(strstr(buf_str(&out), text) != NULL, "%s has a transcript", files[i]);
	}
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export nonsense"), 1, "what is not there gives 1");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export kept"), 3, "what is no recording gives 3");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f gif kept"), 2, "an unknown form gives 2");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f typescript kept"), 2,
	       "a typescript without -o gives 2");
	is_int(lab_sh(&lab, NULL, "\"$STENO\" export -f text -o no/where kept"), 3,
	       "a folder that is not there gives 3");
	buf_release(&out);
	free(fixtures);
	lab_close(&lab);
}

static void test_interrupted(void)
{
	struct term *t;
	int status = -1;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL,
	       "{ echo '{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}'; "
	       "yes '[0.000001, \"o\", \"a line of text\\r\\n\"]' | head -n 4000000; } >big.cast; "
	       "echo old >out");
	t = lab_start(&lab, "export", "-f", "text", "-o", "out", "big.cast", NULL);
	ok(term_expect(t, "export: "), "long work tells how far it is");
	term_type(t, "\003");
	term_exit(t, &status);
	is_int(status, 130, "it can be interrupted");
	term_free(t);
	prints("cat out; ls -A | grep -v '^\\.git$' | tr '\\n' ' '", "old\nbig.cast kept out ",
	       "and nothing is changed or left behind");
	lab_close(&lab);
}

int main(void)
{
	record();
	test_page();
	test_text();
	test_json();
	test_cast();
	test_typescript();
	test_asciinema();
	lab_close(&lab);
	test_foreign();
	test_interrupted();
	return tap_done();
}
