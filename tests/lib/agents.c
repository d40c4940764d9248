/* SPDX-License-Identifier: MIT */
/* The script that real agents are given, and what must have become of it. Times are compared with
 * what the commands write down themselves and with when the model sent the agent to work and heard
 * of it again: so they hold on a busy machine, too. */
#include "agents.h"

#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/stamp.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lab agents_lab;

/* N: what the files are called that the command leaves its times in. */
#define TIMED(n, what) "date +%s%N >s" #n "; " what "; r=$?; date +%s%N >e" #n "; (exit $r)"

static const struct {
	int turn;
	const char *text;
	long exit_code;
	const char *output; /* as in the transcript, or NULL */
	int is_odd;	    /* Gemini refuses it, or runs something else */
} commands[] = {
	{0, TIMED(0, "sleep 1; (exit 3)"), 3, NULL, 0},
	{1, "date +%s%N >s1; echo dying; kill -TERM $$", 143, "```\ndying\n```", 0},
	{2, "date +%s%N >s2; kill -KILL $$", 137, NULL, 0},
	{3, TIMED(3, "sleep 0.3; echo one"), 0, "```\none\n```", 0},
	{3, TIMED(4, "sleep 0.3; echo two"), 0, "```\ntwo\n```", 0},
	{4, TIMED(5, "(sleep 0.2; echo x >bg) & echo now"), 0, "```\nnow\n```", 0},
	{5, TIMED(6, "printf 'a\\377b\\001\\033[31m'; bash -c 'exit 9'; true"), 0, NULL, 0},
	{6, "cat >edited <<'EOF'\nx `y` $(z) \U0001F389 ````\nEOF", 0, NULL, 1},
	{7, TIMED(8, "seq 3000"), 0, "\n3000\n```", 0},
	{8, TIMED(9, "no-such-command"), 127, NULL, 0},
	{9, "sh -c 'exit 5'", 5, NULL, 1},
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands), TURNS = 10 };

/* What is said: what would break a log that is kept by hand, and a megabyte of it. */
static const char prepare[] =
	"cat >make.mjs <<'END'\n"
	"import fs from 'node:fs';\n"
	"const nasty = 'Fence:\\n```sh\\n$(touch ran) `id`\\n````\\ncat <<EOF\\n$HOME\\nEOF\\n' +\n"
	"  'emoji \\u{1F389} \\u00E9 tab\\t \\\\n \"q\" ### User\\n````';\n"
	"const big = 'x ```` $(touch ran) `id` \"q\" \\\\n \\u{1F389} ### "
	"User\\n'.repeat(+process.env.REPEAT);\n"
	"const asked = \"Please 'check' the `repo`:\\n```\\n$(touch ran) "
	"<<EOF\\n```\\n\\u{1F389}\";\n"
	"fs.writeFileSync('big', big);\n"
	"fs.writeFileSync('nasty', nasty);\n"
	"fs.writeFileSync('asked', asked);\n"
	"const says = ['I will look.', nasty, big];\n"
	"const turns = JSON.parse(fs.readFileSync('turns.json', 'utf8'));\n"
	"fs.writeFileSync('script.json', JSON.stringify([...turns.map((run, i) =>\n"
	"  [{say: says[i] || 'Next.'}, ...run.map((r) => ({run: r}))]), [{say: 'Finished.'}]]));\n"
	"END\n"
	"node make.mjs && rm make.mjs turns.json\n"
	"sh \"$TOP/tests/lib/model.sh\"\n";

int agents_has(const char *agent)
{
	char top[PATH_MAX], path[PATH_MAX + 64];

	if (!getcwd(top, sizeof(top)))
		return 0;
	setenv("TOP", top, 1);
	snprintf(path, sizeof(path), "%s/build/agents/node_modules/.bin/%s", top, agent);
	return access(path, X_OK) == 0;
}

/* Bytes that are no UTF-8 are spelt as the printf(1) of the command takes them. */
static void put_json(FILE *f, const char *text)
{
	fputc('"', f);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '\n')
			fputs("\\n", f);
		else if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

static void write_turns(void)
{
	char path[PATH_MAX + 32];
	int turn, i, n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/turns.json", agents_lab.repo);
	f = fopen(path, "w");
	if (!f)
		return;
	for (turn = 0; turn < TURNS; turn++) {
		fputs(turn ? ",[" : "[[", f);
		for (i = n = 0; i < COMMANDS; i++) {
			if (commands[i].turn != turn)
				continue;
			fputs(n++ ? "," : "", f);
			put_json(f, commands[i].text);
		}
		fputs("]", f);
	}
	fputs("]", f);
	fclose(f);
}

void agents_begin(int lines)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", lines);
	setenv("REPEAT", number, 1);
	lab_open(&agents_lab, 0);
	write_turns();
	if (lab_sh(&agents_lab, NULL, prepare) != 0)
		tap_note("the scripted model did not start");
}

void agents_end(const char *agent)
{
	lab_sh(&agents_lab, NULL,
	       "kill $(cat model.pid); for p in /proc/[0-9]*; do case $(readlink $p/exe) in "
	       "$PWD/conf/*) kill -9 ${p#/proc/};; esac; done"); /* a server that Codex leaves
								    behind */
	lab_is_clean(&agents_lab, agent);
	lab_close(&agents_lab);
}

/* Words */

/* The blocks of each speaker, one file each: User.1, Assistant.1, Assistant.2, ... */
static const char cut[] =
	"awk '/^### (User|Assistant)$/ { f = $2 \".\" ++n[$2]; s = 1; next } "
	"s == 1 && /^```/ { fence = $0; s = 2; printf \"\" >f; next } "
	"s == 2 && $0 == fence { s = 0; close(f); next } s == 2 { print >f }' codex-logs/*.md";

static void is_said(const char *agent, const char *what, const char *test)
{
	is_int(lab_sh(&agents_lab, NULL, test), 0, "%s: %s", agent, what);
}

void agents_check_words(const char *agent)
{
	lab_sh(&agents_lab, NULL, cut);
	is_said(agent, "what it was asked",
		"{ cat asked; echo; } | cmp - User.1 && ! test -e User.2");
	is_said(agent, "each reply, once", "test \"$(ls Assistant.* | wc -l)\" = 11");
	is_said(agent, "the first", "echo 'I will look.' | cmp - Assistant.1");
	is_said(agent, "one with fences, $(...), a heredoc, emoji",
		"{ cat nasty; echo; } | cmp - Assistant.2");
	is_said(agent, "a long one",
		"cmp big Assistant.3 && test $(wc -c <big) -gt $((REPEAT * 45))");
	is_said(agent, "the last, said just before it ends", "echo Finished. | cmp - Assistant.11");
	is_said(agent, "nothing of it was run", "! test -e ran");
}

/* Commands */

long agents_record(const char *text)
{
	long found = -1;
	size_t i;

	for (i = 0; i < agents_lab.n_records; i++) {
		const char *cmd = lab_record_text(&agents_lab, i, "cmd");

		if (cmd && !strcmp(cmd, text))
			found = found < 0 ? (long)i : -2;
	}
	return found;
}

static void check_command(const char *agent, int n, const char *src)
{
	long i = agents_record(commands[n].text);

	if (!ok(i >= 0, "%s: once in the log: %.40s", agent, commands[n].text))
		return;
	is_str(lab_record_text(&agents_lab, (size_t)i, "src"), src, "%s: from where", agent);
	is_int(lab_record_int(&agents_lab, (size_t)i, "exit_code"), commands[n].exit_code,
	       "%s: with its status", agent);
}

/* What it printed is known from the agent's log, by the agent's name for it. */
static void check_output(const char *agent, int n)
{
	long i = agents_record(commands[n].text);

	if (i < 0)
		return;
	ok(lab_record_text(&agents_lab, (size_t)i, "call_id") != NULL,
	   "%s: with the agent's name for it", agent);
	if (commands[n].output)
		lab_transcript_has(&agents_lab, commands[n].output);
}

/* The first or second number in a line of a file, 0 if there is none. */
static int64_t number_in(const char *file, int line, int which)
{
	struct buf script = {0}, out = {0};
	int64_t n;

	buf_printf(&script, "sed -n %dp %s 2>/dev/null | cut -d' ' -f%d", line, file, which);
	lab_sh(&agents_lab, &out, buf_str(&script));
	n = strtoll(buf_str(&out), NULL, 10);
	buf_release(&script);
	buf_release(&out);
	return n;
}

static int64_t own_time(char letter, int n)
{
	char file[16];

	snprintf(file, sizeof(file), "%c%d", letter, n);
	return number_in(file, 1, 1) / 1000;
}

/* Within what the model saw, around what the command saw; the log's times are in milliseconds. */
static int64_t check_time(const char *agent, int n)
{
	enum { ROUND_US = 2000 };
	long i = agents_record(commands[n].text);
	int64_t sent = number_in("turns", commands[n].turn + 1, 2) * 1000;
	int64_t heard = number_in("turns", commands[n].turn + 2, 1) * 1000;
	int64_t start = own_time('s', n), stop = own_time('e', n), from = 0, to;

	if (i < 0 || stamp_parse(lab_record_text(&agents_lab, (size_t)i, "ts"), &from) < 0)
		return -1;
	to = from + (int64_t)lab_record_int(&agents_lab, (size_t)i, "duration_ms") * 1000;
	ok(sent <= from + ROUND_US && to <= heard + ROUND_US,
	   "%s: it ran while the model waited for it: %.30s", agent, commands[n].text);
	if (start)
		ok(from <= start && (stop ? stop : start) <= to + ROUND_US,
		   "%s: its time holds what it took by its own watch", agent);
	return start && stop ? (to - from) - (stop - start) : -1;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void agents_check_outputs(const char *agent)
{
	int i;

	for (i = 0; i < COMMANDS; i++)
		check_output(agent, i);
}

void agents_check_times(const char *agent)
{
	int64_t more[COMMANDS];
	size_t count = 0;
	int i;

	for (i = 0; i < COMMANDS; i++) {
		more[count] = check_time(agent, i);
		count += more[count] >= 0;
	}
	qsort(more, count, sizeof(*more), by_value);
	if (ok(count > 4, "%s: commands had watches", agent))
		tap_note("%s: longer than by their own watches by %" PRId64 " to %" PRId64
			 " us, mostly %" PRId64,
			 agent, more[0], more[count - 1], more[count / 2]);
}

void agents_check_commands(const char *agent, const char *src, int others)
{
	int is_gemini = !strcmp(agent, "gemini"), i, count = 0;

	lab_records(&agents_lab);
	for (i = 0; i < COMMANDS; i++) {
		if (is_gemini && commands[i].is_odd)
			continue;
		check_command(agent, i, src);
		count++;
	}
	is_int((int64_t)agents_lab.n_records, count + others, "%s: nothing else is in the log",
	       agent);
}

void agents_check(const char *agent, int others)
{
	agents_check_words(agent);
	agents_check_commands(agent, "sh-c", others);
	agents_check_outputs(agent);
	agents_check_times(agent);
	is_said(agent, "a file was edited, which is told",
		"grep -q '^+x `y` $(z)' codex-logs/*.md || grep -q '`edited`' codex-logs/*.md");
}

/* Runs */

void agents_print(const char *agent, const char *line, int lines)
{
	agents_begin(lines);
	is_int(lab_sh(&agents_lab, NULL, line), 0, "%s runs", agent);
	agents_check(agent, 1);
	agents_end(agent);
}

void agents_show(const char *agent, const char *line, int lines, void (*leave)(struct term *t))
{
	struct buf typed = {0};
	struct term *t;

	agents_begin(lines);
	t = lab_start(&agents_lab, NULL);
	term_expect(t, LAB_PROMPT);
	lab_line(t, ". ./env.sh");
	buf_printf(&typed, "%s\r", line);
	term_type(t, buf_str(&typed));
	term_expect(t, "Finished.");
	leave(t);
	term_expect(t, LAB_PROMPT);
	is_int(lab_exit(t, 0), 0, "%s runs", agent);
	term_free(t);
	buf_release(&typed);
}

void agents_full_screen(const char *agent, const char *line, int lines,
			void (*leave)(struct term *t))
{
	agents_show(agent, line, lines, leave);
	agents_check(agent, 3);
	agents_end(agent);
}
