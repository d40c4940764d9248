/* SPDX-License-Identifier: MIT */
/* What bash prints with the hooks, and that it is otherwise the bash the user knows. Real shells in
 * real terminals; the marks are told as text:
 *   D1=0 P[dir] E1[text] A1=0 B 2 C2<0   letter, number of the command, status
 * from the first prompt's B on. A prompt that is only drawn again (A and B right after B) is not told:
 * readline does that when it likes. */
#include "base/buf.h"
#include "base/err.h"
#include "base/percent.h"
#include "live/hooks.h"
#include "live/longhand.h"
#include "live/scanner.h"
#include "tap.h"
#include "term.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NONCE "0123456789a"

static const char *bash = "/bin/bash"; /* or what STENO_TEST_BASH says */
static char top[] = "/tmp/steno-hooks-XXXXXX";
static char home[64], folder[64];
static const char *lines; /* of the last bash's hooks */

/* What the scanner made of all bytes seen. */
struct view {
	struct longhand longhand;
	struct buf text;   /* the marks, as told above */
	struct buf output; /* the rest */
	size_t prompts;	   /* B so far */
	size_t ready;	   /* the one that is waited for */
	char last;	   /* letter of the last mark; 'a': of a prompt drawn again */
};

static struct buf value_of(const unsigned char *data, size_t n, const char *key)
{
	struct buf v = {0};
	const unsigned char *at = memmem(data, n, key, strlen(key)), *end;

	if (at) {
		at += strlen(key);
		end = memchr(at, ';', n - (size_t)(at - data));
		percent_decode(&v, at, (size_t)((end ? end : data + n) - at));
	}
	return v;
}

static void put_value(struct buf *out, const char *before, const unsigned char *data, size_t n,
		      const char *key, const char *after)
{
	struct buf v = value_of(data, n, key);

	buf_printf(out, "%s%s%s", before, buf_str(&v), after);
	buf_release(&v);
}

static void put_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct view *v = ctx;

	if ((data[0] == 'A' && v->last == 'B') || (data[0] == 'B' && v->last == 'a')) {
		v->last = data[0] == 'A' ? 'a' : 'B';
		return;
	}
	v->last = (char)data[0];
	buf_putc(&v->text, data[0]);
	if (data[0] == 'P') {
		struct buf dir = value_of(data, n, ";d=");
		size_t skip = strncmp(buf_str(&dir), home, strlen(home)) ? 0 : strlen(home);

		buf_printf(&v->text, "[%s%s] ", skip ? "~" : "", buf_str(&dir) + skip);
		buf_release(&dir);
		return;
	}
	put_value(&v->text, "", data, n, ";s=", "");
	if (data[0] == 'A' || data[0] == 'D')
		put_value(&v->text, "=", data, n, ";st=", "");
	else if (data[0] == 'C')
		put_value(&v->text, "<", data, n, ";prev=", "");
	else if (data[0] == 'E')
		put_value(&v->text, "[", data, n, ";cmd=", "]");
	buf_putc(&v->text, ' ');
	if (data[0] == 'B' && ++v->prompts == 1)
		buf_clear(&v->text);
}

static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct view *v = ctx;

	longhand_take(&v->longhand, data, n, put_mark, v);
}

static void on_output(void *ctx, const unsigned char *data, size_t n)
{
	struct view *v = ctx;

	buf_put(&v->output, data, n);
}

static void look(struct view *v, const struct buf *seen)
{
	static const struct scanner_sink sink = {on_output, on_mark};
	struct scanner *s = scanner_new(NONCE);

	if (longhand_init(&v->longhand, lines) < 0)
		bug("no memory");
	buf_clear(&v->text);
	buf_clear(&v->output);
	v->prompts = 0;
	v->last = 0;
	scanner_put(s, seen->data, seen->len, &sink, v);
	scanner_end(s, &sink, v);
	scanner_free(s);
	longhand_release(&v->longhand);
}

static int has_prompts(void *ctx, const struct buf *seen)
{
	struct view *v = ctx;

	look(v, seen);
	return v->prompts >= v->ready;
}

static void view_release(struct view *v)
{
	buf_release(&v->text);
	buf_release(&v->output);
}

static void write_home(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		bug("%s cannot be written", path);
}

static void forget_home(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	unlink(path);
}

static struct buf read_home(const char *name)
{
	char path[128], piece[4096];
	struct buf b = {0};
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	f = fopen(path, "r");
	while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&b, piece, n);
	if (f)
		fclose(f);
	return b;
}

static struct term *start_bash(struct hooks *h, int flags)
{
	struct term_plan plan = {.path = bash, .home = home};
	struct err err = {0};

	if (hooks_prepare(h, bash, flags, folder, NONCE, &err) < 0)
		bug("%s", err.text);
	plan.argv = (const char *const *)h->argv;
	plan.env = (const char *const *)h->env;
	lines = h->lines;
	return term_start(&plan);
}

enum { LAST = -1 };

/* What is typed, and how many prompts come of it; LAST: the shell ends. */
struct step {
	const char *type;
	int prompts;
	const char *await; /* first: what has to be seen before it is typed */
};

struct row {
	const char *name;
	const char *rc; /* ~/.bashrc; NULL: none */
	struct step steps[6];
	const char *marks;  /* NULL: one command whose text is cut */
	const char *output; /* what must be in the output, or NULL */
	int status;	    /* of the shell, if it ended */
	const char *absent; /* what must not be in the output, or NULL */
};

#define IGNORE "HISTCONTROL=ignoreboth\n"
static const struct row rows[] = {
	{"a command that succeeds",
	 NULL,
	 {{"echo hi\r", 1, 0}},
	 "C1<0 D1=0 E1[echo hi] A1=0 B ",
	 "hi\r\n",
	 0,
	 0},
	{"a command that fails",
	 NULL,
	 {{"false\r", 1, 0}, {"(exit 7)\r", 1, 0}},
	 "C1<0 D1=1 E1[false] A1=1 B C2<1 D2=7 E2[(exit 7)] A2=7 B ",
	 0,
	 0,
	 0},
	{"a command that prints nothing",
	 NULL,
	 {{":\r", 1, 0}},
	 "C1<0 D1=0 E1[:] A1=0 B ",
	 0,
	 0,
	 0},
	{"output without a newline",
	 NULL,
	 {{"printf x\r", 1, 0}},
	 "C1<0 D1=0 E1[printf x] A1=0 B ",
	 0,
	 0,
	 0},
	{"an empty Enter",
	 NULL,
	 {{"\r", 1, 0}, {"true\r", 1, 0}},
	 "D0=0 A0=0 B C1<0 D1=0 E1[true] A1=0 B ",
	 0,
	 0,
	 0},
	{"a comment",
	 NULL,
	 {{"# no\r", 1, 0}, {"true\r", 1, 0}},
	 "D0=0 A0=0 B C1<0 D1=0 E1[true] A1=0 B ",
	 0,
	 0,
	 0},
	{"a syntax error",
	 NULL,
	 {{") bad\r", 1, 0}, {"true\r", 1, 0}},
	 "D0=2 A0=2 B C1<2 D1=0 E1[true] A1=0 B ",
	 0,
	 0,
	 0},
	{"an event that is not found",
	 NULL,
	 {{"!nosuch\r", 0, 0}, {"", 0, "not found\r\n"}},
	 "",
	 "not found",
	 0,
	 0},
	{"^C at the prompt",
	 NULL,
	 {{"abc", 0, 0}, {"\003", 1, "abc"}, {"true\r", 1, 0}},
	 "D0=130 A0=130 B C1<130 D1=0 E1[true] A1=0 B ",
	 0,
	 0,
	 0},
	{"^C of a running command",
	 NULL,
	 {{"sh -c 'echo go; exec sleep 60'\r", 0, 0}, {"\003", 1, "go\r\n"}},
	 "C1<0 D1=130 E1[sh -c 'echo go; exec sleep 60'] A1=130 B ",
	 0,
	 0,
	 0},
	{"a bracketed paste of two commands",
	 IGNORE,
	 {{"\033[200~false\necho B\033[201~\r", 1, 0}},
	 "C1<0 C2<1 D2=0 E1[false] E2[echo B] A2=0 B ",
	 0,
	 0,
	 0},
	{"a paste with a comment and an ignored line",
	 IGNORE,
	 {{"\033[200~false\n# c\n echo B\033[201~\r", 1, 0}},
	 "C1<0 C2<1 D2=0 A2=0 B ",
	 0,
	 0,
	 0},
	{"a paste that changes directory",
	 NULL,
	 {{"\033[200~cd /\ncd /usr\033[201~\r", 1, 0}},
	 "C1<0 C2<0 D2=0 E1[cd /] E2[cd /usr] P[/usr] A2=0 B ",
	 0,
	 0,
	 0},
	{"a paste with a syntax error and an ignored line",
	 IGNORE,
	 {{"\033[200~) bad\n echo B\necho C\033[201~\r", 1, 0}},
	 "C1<2 C2<0 D2=0 E2[echo C] A2=0 B ",
	 0,
	 0,
	 0},
	{"a paste of multi-line commands that look like a history",
	 NULL,
	 {{"\033[200~echo 'a\n    2  b'\necho 'c\n    3  d'\033[201~\r", 1, 0}},
	 "C1<0 C2<0 D2=0 E1[echo 'a\n    2  b'] E2[echo 'c\n    3  d'] A2=0 B ",
	 0,
	 0,
	 0},
	{"a paste that deletes from the history",
	 NULL,
	 {{"echo z\r", 1, 0}, {"\033[200~history -d 1\necho C\033[201~\r", 1, 0}},
	 "C1<0 D1=0 E1[echo z] A1=0 B C2<0 C3<0 D3=0 E3[echo C] A3=0 B ",
	 0,
	 0,
	 0},
	{"type-ahead of two lines",
	 NULL,
	 {{"false\recho B\r", 2, 0}},
	 "C1<0 D1=1 E1[false] A1=1 B C2<1 D2=0 E2[echo B] A2=0 B ",
	 0,
	 0,
	 0},
	{"^Z, then fg",
	 NULL,
	 {{"echo go; sh -c 'kill -STOP $$; exit 3'\r", 1, 0}, {"fg\r", 1, 0}},
	 "C1<0 D1=147 E1[echo go; sh -c 'kill -STOP $$; exit 3'] A1=147 B "
	 "C2<147 D2=3 E2[fg] A2=3 B ",
	 "Stopped",
	 0,
	 0},
	{"^Z from the keyboard",
	 NULL,
	 {{"sh -c 'echo go; exec sleep 60'\r", 0, 0}, {"\032", 1, "go\r\n"}, {"kill %1\r", 1, 0}},
	 "C1<0 D1=148 E1[sh -c 'echo go; exec sleep 60'] A1=148 B C2<148 D2=0 E2[kill %1] A2=0 "
	 "B ",
	 0,
	 0,
	 0},
	{"a background job",
	 NULL,
	 {{"sleep 0 & wait\r", 1, 0}, {"echo x\r", 1, 0}},
	 "C1<0 D1=0 E1[sleep 0 & wait] A1=0 B C2<0 D2=0 E2[echo x] A2=0 B ",
	 0,
	 0,
	 0},
	{"a line that the history ignores",
	 IGNORE,
	 {{"echo a\r", 1, 0}, {" echo secret\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 A2=0 B ",
	 "secret\r\n",
	 0,
	 0},
	{"a line that was there before",
	 IGNORE,
	 {{"echo a\r", 1, 0}, {"echo a\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 A2=0 B ",
	 0,
	 0,
	 0},
	{"lines that the history ignores, one after the other",
	 IGNORE,
	 {{"echo a\r", 1, 0}, {" :\r: b\r : c\r :\rfalse\r", 5, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 A2=0 B C3<0 D3=0 E3[: b] A3=0 B "
	 "C4<0 D4=0 A4=0 B C5<0 D5=0 A5=0 B C6<0 D6=1 E6[false] A6=1 B ",
	 0,
	 0,
	 0},
	{"HISTCONTROL=erasedups",
	 "HISTCONTROL=erasedups\n",
	 {{"echo a\r", 1, 0}, {"echo b\r", 1, 0}, {"echo a\r", 1, 0}, {"echo c\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 E2[echo b] A2=0 B C3<0 D3=0 A3=0 B "
	 "C4<0 D4=0 E4[echo c] A4=0 B ",
	 0,
	 0,
	 0},
	{"HISTIGNORE",
	 "HISTIGNORE='ls*'\n",
	 {{"ls -d /\r", 1, 0}, {"echo c\r", 1, 0}},
	 "C1<0 D1=0 A1=0 B C2<0 D2=0 E2[echo c] A2=0 B ",
	 0,
	 0,
	 0},
	{"HISTSIZE=0",
	 "HISTSIZE=0\n",
	 {{"echo a\r", 1, 0}, {"echo b\r", 1, 0}},
	 "C1<0 D1=0 A1=0 B C2<0 D2=0 A2=0 B ",
	 0,
	 0,
	 0},
	{"HISTSIZE=2",
	 "HISTSIZE=2\n",
	 {{"echo a\r", 1, 0}, {"echo b\r", 1, 0}, {"echo c\r", 1, 0}, {"echo d\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 E2[echo b] A2=0 B C3<0 D3=0 E3[echo c] A3=0 B "
	 "C4<0 D4=0 E4[echo d] A4=0 B ",
	 0,
	 0,
	 0},
	{"history switched off and on",
	 NULL,
	 {{"set +o history\r", 1, 0},
	  {"echo a\r", 1, 0},
	  {"set -o history\r", 1, 0},
	  {"echo b\r", 1, 0}},
	 "C1<0 D1=0 A1=0 B C2<0 D2=0 A2=0 B C3<0 D3=0 A3=0 B C4<0 D4=0 E4[echo b] A4=0 B ",
	 0,
	 0,
	 0},
	{"history -c",
	 NULL,
	 {{"echo a\r", 1, 0}, {"history -c\r", 1, 0}, {"echo b\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 A2=0 B C3<0 D3=0 E3[echo b] A3=0 B ",
	 0,
	 0,
	 0},
	{"HISTTIMEFORMAT",
	 "HISTTIMEFORMAT='%F %T '\n",
	 {{"echo a\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B ",
	 0,
	 0,
	 0},
	{"a pipe and a list",
	 IGNORE,
	 {{"echo 1 | cat; false\r", 1, 0}},
	 "C1<0 D1=1 E1[echo 1 | cat; false] A1=1 B ",
	 0,
	 0,
	 0},
	{"a loop over several lines",
	 NULL,
	 {{"for i in 1 2\r", 1, 0}, {"do echo $i\r", 1, 0}, {"done\r", 1, 0}},
	 "2 B 2 B C1<0 D1=0 E1[for i in 1 2; do echo $i; done] A1=0 B ",
	 0,
	 0,
	 0},
	{"the same without cmdhist",
	 "shopt -u cmdhist\n",
	 {{"for i in 1 2\r", 1, 0}, {"do echo $i\r", 1, 0}, {"done\r", 1, 0}},
	 "2 B 2 B C1<0 D1=0 A1=0 B ",
	 0,
	 0,
	 0},
	{"a here document",
	 NULL,
	 {{"cat <<E\r", 1, 0}, {"a;b%\r", 1, 0}, {"E\r", 1, 0}},
	 "2 B 2 B C1<0 D1=0 E1[cat <<E\na;b%\nE\n] A1=0 B ",
	 "a;b%\r\n",
	 0,
	 0},
	{"!!",
	 NULL,
	 {{"echo a\r", 1, 0}, {"!! b\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 E2[echo a b] A2=0 B ",
	 0,
	 0,
	 0},
	{"control and odd bytes in a line",
	 NULL,
	 {{"echo '\026\001%41\303\251\026\033[m'\r", 1, 0}},
	 "C1<0 D1=0 E1[echo '\001%41\303\251\033[m'] A1=0 B ",
	 0,
	 0,
	 0},
	{"exit 5", NULL, {{"exit 5\r", LAST, 0}}, "C1<0 ", 0, 5, 0},
	{"Ctrl-D",
	 NULL,
	 {{"(exit 3)\r", 1, 0}, {"\004", LAST, 0}},
	 "C1<0 D1=3 E1[(exit 3)] A1=3 B ",
	 0,
	 3,
	 0},
	{"exec", NULL, {{"exec sh -c 'echo new; exit 4'\r", LAST, 0}}, "C1<0 ", "new\r\n", 4, 0},
	{"kill -9 of the shell", NULL, {{"kill -9 $$\r", LAST, 0}}, "C1<0 ", 0, 137, 0},
	{"set -u, -x and a failing command",
	 NULL,
	 {{"set -u -x\r", 1, 0}, {"false\r", 1, 0}, {"echo $nosuch\r", 1, 0}},
	 "C1<0 D1=0 E1[set -u -x] A1=0 B C2<0 D2=1 E2[false] A2=1 B "
	 "C3<1 D3=1 E3[echo $nosuch] A3=1 B ",
	 "+ false\r\n",
	 0,
	 "steno"},
	{"set -e",
	 NULL,
	 {{"set -e\r", 1, 0}, {"true\r", 1, 0}, {"false\r", LAST, 0}},
	 "C1<0 D1=0 E1[set -e] A1=0 B C2<0 D2=0 E2[true] A2=0 B C3<0 ",
	 0,
	 1,
	 0},
	{"set -u -e -x from the start",
	 "set -eux\n",
	 {{"true\r", 1, 0}},
	 "C1<0 D1=0 E1[true] A1=0 B ",
	 "+ true\r\n",
	 0,
	 "__steno_d"},
	{"IFS=0123",
	 "IFS=0123\n",
	 {{"(exit 123)\r", 1, 0}, {"echo 0 1\r", 1, 0}},
	 "C1<0 D1=123 E1[(exit 123)] A1=123 B C2<123 D2=0 E2[echo 0 1] A2=0 B ",
	 0,
	 0,
	 0},
	{"failglob, nullglob, extglob, noglob and nocasematch",
	 "shopt -s failglob nullglob extglob nocasematch; set -f; set +B\n",
	 {{"echo [ab]\r", 1, 0}},
	 "C1<0 D1=0 E1[echo [ab]] A1=0 B ",
	 0,
	 0,
	 0},
	{"functions and aliases in the way",
	 "for f in printf history read local set shopt return; do\n"
	 "eval \"$f() { echo OOPS; }\"; alias $f='echo OOPS'; done\n",
	 {{"echo a\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B ",
	 0,
	 0,
	 "OOPS"},
	{"functrace, extdebug and traps",
	 "shopt -s extdebug; set -ET; trap 'n=$((n+1))' DEBUG; trap 'echo OOPS' ERR\n",
	 {{"true\r", 1, 0}, {"trap -p DEBUG\r", 1, 0}},
	 "C1<0 D1=0 E1[true] A1=0 B C2<0 D2=0 E2[trap -p DEBUG] A2=0 B ",
	 "trap -- 'n=$((n+1))' DEBUG",
	 0,
	 "OOPS"},
	{"a PROMPT_COMMAND that reads all states",
	 "PROMPT_COMMAND='echo \"[$? ${PIPESTATUS[*]} $_]\"'\n",
	 {{"true last | (exit 3) | (exit 4)\r", 1, 0}, {"false arg\r", 1, 0}},
	 "C1<0 D1=4 E1[true last | (exit 3) | (exit 4)] A1=4 B C2<4 D2=1 E2[false arg] A2=1 B ",
	 "[1 1 arg]\r\n",
	 0,
	 0},
	{"PIPESTATUS seen from PROMPT_COMMAND",
	 "PROMPT_COMMAND=('echo \"[${PIPESTATUS[*]}]\"' 'echo \"<$?>\"')\n",
	 {{"true | (exit 3) | (exit 4)\r", 1, 0}},
	 "C1<0 D1=4 E1[true | (exit 3) | (exit 4)] A1=4 B ",
	 "[0 3 4]\r\n<4>\r\n",
	 0,
	 0},
	{"PROMPT_COMMAND overwritten",
	 NULL,
	 {{"PROMPT_COMMAND='echo pc'\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 A1=0 B C2<0 A2=1 B ",
	 "pc\r\n",
	 0,
	 0},
	{"PROMPT_COMMAND prepended to",
	 "PROMPT_COMMAND=true\n",
	 {{"PROMPT_COMMAND=\"true;$PROMPT_COMMAND\"\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 D1= E1[PROMPT_COMMAND=\"true;$PROMPT_COMMAND\"] A1=0 B C2<0 D2=1 E2[false] A2=1 "
	 "B ",
	 0,
	 0,
	 0},
	{"a tool that rewrites PS1 each time",
	 "PROMPT_COMMAND='PS1=\"<$?> \"'\n",
	 {{"false\r", 1, 0}, {"true\r", 1, 0}},
	 "C1<0 D1=1 E1[false] A1=1 B C2<1 D2=0 E2[true] A2=0 B ",
	 "<1> ",
	 0,
	 0},
	{"PS1, PS2 and PS0 assigned",
	 NULL,
	 {{"PS1='new> ' PS2='more> ' PS0='go\\n'\r", 1, 0}, {"true\r", 1, 0}},
	 "C1<0 D1=0 E1[PS1='new> ' PS2='more> ' PS0='go\\n'] A1=0 B C2<0 D2=0 E2[true] A2=0 B ",
	 "go\r\r\n",
	 0,
	 0},
	{"PS0 of the user's that forks",
	 "PS0='$(exit 9)T\\n'\n",
	 {{"true\r", 1, 0}},
	 "C1<0 D1=0 E1[true] A1=0 B ",
	 "T\r\r\n",
	 0,
	 0},
	{"promptvars off",
	 NULL,
	 {{"shopt -u promptvars\r", 1, 0}, {"false\r", 1, 0}, {"shopt -s promptvars\r", 1, 0}},
	 "C1<0 D1=0 E1[shopt -u promptvars] A1=0 B C2< D2=1 A2=1 B "
	 "C3< D3=0 A3=0 B ",
	 0,
	 0,
	 "__steno"},
	{"POSIX mode",
	 NULL,
	 {{"set -o posix\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 D1=0 E1[set -o posix] A1=0 B C2<0 D2=1 E2[false] A2=1 B ",
	 0,
	 0,
	 0},
	{"standard output sent elsewhere",
	 NULL,
	 {{"exec 3>&1 >out\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 D1=0 E1[exec 3>&1 >out] A1=0 B C2<0 D2=1 E2[false] A2=1 B ",
	 0,
	 0,
	 0},
	{"a nested bash",
	 NULL,
	 {{"HISTFILE= PS1='in> ' bash --norc\r", 0, 0},
	  {"echo in\r", 0, "in> "},
	  {"exit 6\r", 1, "in\r\n"}},
	 "C1<0 D1=6 E1[HISTFILE= PS1='in> ' bash --norc] A1=6 B ",
	 0,
	 0,
	 0},
	{"a nested bash with our prompts exported",
	 "PS0='go\\n'; export PS1 PS2 PS0\n",
	 {{"bash --norc\r", 0, 0},
	  {"set -u; echo $((41+1))\r", 0, "norc\r\n"},
	  {"echo $((42+1))\r", 0, "42\r\n"},
	  {"exit 6\r", 1, "43\r\n"}},
	 "C1<0 D1=6 E1[bash --norc] A1=6 B ",
	 "go\r\r\n43\r\n",
	 0,
	 "bash: "},
	{"a line of 300,000 bytes",
	 NULL,
	 {{"history -s \"$(head -c 300000 /dev/zero | tr '\\0' x)\"; history 1 | wc -c\r", 1, 0}},
	 NULL,
	 "300008\r\n",
	 0,
	 0},
	{"a DEBUG trap that times commands",
	 "trap 'last=$BASH_COMMAND' DEBUG; PROMPT_COMMAND=:; PS1='<$last> '\n",
	 {{"true\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 D1=0 E1[true] A1=0 B C2<0 D2=1 E2[false] A2=1 B ",
	 "<:> ",
	 0,
	 0},
	{"standard error sent elsewhere",
	 NULL,
	 {{"exec 2>err\r", 0, 0}, {"exec 2>/dev/tty\r", 1, 0}},
	 "C1<0 D1=0 E1[exec 2>err] D2=0 E2[exec 2>/dev/tty] A2=0 B ",
	 0,
	 0,
	 0},
	{"a dumb terminal",
	 "TERM=dumb\n",
	 {{"false\r", 1, 0}},
	 "C1<0 D1=1 E1[false] A1=1 B ",
	 0,
	 0,
	 0},
	{"a key that runs a command",
	 "bind -x '\"\\C-t\": echo keyed'\n",
	 {{"\024false\r", 1, 0}},
	 "C1<0 D1=1 E1[false] A1=1 B ",
	 "keyed\r\n",
	 0,
	 0},
	{"commands with ; and %, one after the other",
	 NULL,
	 {{"true; false\r", 1, 0}, {"echo 5%;:\r", 1, 0}, {"echo '&\\&'\r", 1, 0}},
	 "C1<0 D1=1 E1[true; false] A1=1 B C2<1 D2=0 E2[echo 5%;:] A2=0 B "
	 "C3<0 D3=0 E3[echo '&\\&'] A3=0 B ",
	 0,
	 0,
	 0},
	{"a line ignored that puts another into the history",
	 IGNORE,
	 {{"echo a\r", 1, 0}, {" history -s b\r", 1, 0}, {"echo c\r", 1, 0}},
	 "C1<0 D1=0 E1[echo a] A1=0 B C2<0 D2=0 A2=0 B C3<0 D3=0 E3[echo c] A3=0 B ",
	 0,
	 0,
	 0},
	{"PWD unset",
	 NULL,
	 {{"unset PWD\r", 1, 0}, {"true\r", 1, 0}},
	 "C1<0 D1=0 E1[unset PWD] P[] A1=0 B C2<0 D2=0 E2[true] A2=0 B ",
	 0,
	 0,
	 "bad"},
	{"umask 077 and noclobber",
	 "umask 077; set -C\n",
	 {{"true\r", 1, 0}, {"echo b\r", 1, 0}},
	 "C1<0 D1=0 E1[true] A1=0 B C2<0 D2=0 E2[echo b] A2=0 B ",
	 0,
	 0,
	 0},
	{"directories that differ by their case, with nocasematch",
	 NULL,
	 {{"mkdir a A; cd a\r", 1, 0},
	  {"shopt -s nocasematch; cd ../A\r", 1, 0},
	  {"cd ../a\r", 1, 0},
	  {"cd; rmdir a A\r", 1, 0}},
	 "C1<0 D1=0 E1[mkdir a A; cd a] P[~/a] A1=0 B "
	 "C2<0 D2=0 E2[shopt -s nocasematch; cd ../A] P[~/A] A2=0 B "
	 "C3<0 D3=0 E3[cd ../a] P[~/a] A3=0 B C4<0 D4=0 E4[cd; rmdir a A] P[~] A4=0 B ",
	 0,
	 0,
	 0},
	{"a prompt with all that a pattern has",
	 "PS1='\\\\[*?]@(a|b)+(c)!(d)#~{}&\303\251> '\n",
	 {{"false\r", 1, 0}, {"true\r", 1, 0}, {"PS1=${PS1//x}\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 D1=1 E1[false] A1=1 B C2<1 D2=0 E2[true] A2=0 B "
	 "C3<0 D3=0 E3[PS1=${PS1//x}] A3=0 B C4<0 D4=1 E4[false] A4=1 B ",
	 "[*?]@(a|b)+(c)!(d)#~{}&\303\251> ",
	 0,
	 0},
	{"directories with odd names",
	 NULL,
	 {{"mkdir -p $'a b\\n;%\\303\\251' && cd a*\r", 1, 0}, {"cd /\r", 1, 0}},
	 "C1<0 D1=0 E1[mkdir -p $'a b\\n;%\\303\\251' && cd a*] P[~/a b\n;%\303\251] A1=0 B "
	 "C2<0 D2=0 E2[cd /] P[/] A2=0 B ",
	 0,
	 0,
	 0},
	{"a directory with all that a shell expands",
	 NULL,
	 {{"d='a$HOME`id`\\]\"$(id)[*'\"'\"'b'; mkdir -p \"$d\"; cd \"$d\"\r", 1, 0},
	  {"# in it\r", 1, 0},
	  {"cd /\r", 1, 0}},
	 "C1<0 D1=0 E1[d='a$HOME`id`\\]\"$(id)[*'\"'\"'b'; mkdir -p \"$d\"; cd \"$d\"] "
	 "P[~/a$HOME`id`\\]\"$(id)[*'b] A1=0 B D1=0 A1=0 B C2<0 D2=0 E2[cd /] P[/] A2=0 B ",
	 0,
	 0,
	 "bad"},
	{"a restricted shell",
	 NULL,
	 {{"set -r\r", 1, 0}, {"false\r", 1, 0}},
	 "C1<0 A1=0 B C2<0 A2=1 B ",
	 0,
	 0,
	 "/dev/"},
	{"variables made read-only",
	 "readonly HISTTIMEFORMAT='%F ' IFS REPLY=x\n",
	 {{"false\r", 1, 0}},
	 "C1<0 D1=1 A1=1 B ",
	 0,
	 0,
	 0},
	{"PROMPT_COMMAND made read-only",
	 "readonly PROMPT_COMMAND=:\n",
	 {{"false\r", 1, 0}},
	 "C1<0 A1=1 B ",
	 0,
	 0,
	 "readonly"},
	{"code like bash-preexec",
	 "bash_preexec_imported=1; on=; __bp_preexec_interactive_mode=\n"
	 "trap '[[ $__bp_preexec_interactive_mode ]] && { __bp_preexec_interactive_mode=; echo "
	 "\"pre:$BASH_COMMAND\"; }' DEBUG\n"
	 "PROMPT_COMMAND='__bp_preexec_interactive_mode=; PS1=\"p> \"; "
	 "__bp_preexec_interactive_mode=on'\n",
	 {{"echo one\r", 1, 0}, {"echo two\r", 1, 0}},
	 "C1<0 D1=0 E1[echo one] A1=0 B C2<0 D2=0 E2[echo two] A2=0 B ",
	 "pre:echo two\r\n",
	 0,
	 0},
};

/* Those that are otherwise when there is a history before. */
static const struct row later_rows[] = {
	{"history switched off and on",
	 NULL,
	 {{"set +o history\r", 1, 0},
	  {"echo a\r", 1, 0},
	  {"set -o history\r", 1, 0},
	  {"echo b\r", 1, 0}},
	 "C1<0 D1=0 E1[set +o history] A1=0 B C2<0 D2=0 A2=0 B C3<0 D3=0 A3=0 B "
	 "C4<0 D4=0 E4[echo b] A4=0 B ",
	 0,
	 0,
	 0},
};

static const struct row *find_later(const struct row *r)
{
	size_t i;

	for (i = 0; i < sizeof(later_rows) / sizeof(*later_rows); i++)
		if (!strcmp(later_rows[i].name, r->name))
			return &later_rows[i];
	return r;
}

static void play(struct term *t, const struct step *steps, struct view *v, int *status)
{
	size_t i;

	v->ready = 1;
	term_until(t, has_prompts, v, "the first prompt");
	for (i = 0; i < 6 && steps[i].type; i++) {
		if (steps[i].await) {
			term_expect(t, steps[i].await);
			term_settle(t, term_pid(t));
		}
		term_type(t, steps[i].type);
		if (steps[i].prompts == LAST)
			term_exit(t, status);
		else
			v->ready += (size_t)steps[i].prompts;
		if (!term_until(t, has_prompts, v, "the prompt"))
			return;
	}
}

static void is_cut(struct buf *text, const char *name)
{
	static const char head[] = "C1<0 D1=0 E1[", tail[] = "] A1=0 B ";

	is_int((int64_t)(text->len - strlen(head) - strlen(tail)), 262144, "%s: cut to 256 KiB",
	       name);
}

static struct term *run_row(const struct row *r, const char *history, struct hooks *h,
			    struct view *v, int *status)
{
	struct term *t;

	forget_home(".bash_history");
	if (history)
		write_home(".bash_history", history);
	write_home(".bashrc", r->rc ? r->rc : "");
	t = start_bash(h, 0);
	play(t, r->steps, v, status);
	look(v, term_seen(t));
	return t;
}

static void end_row(struct term *t, struct hooks *h, struct view *v)
{
	term_free(t);
	hooks_remove(h);
	hooks_release(h);
	view_release(v);
	memset(h, 0, sizeof(*h));
	memset(v, 0, sizeof(*v));
}

/* Without a history bash's prompts take another way (__steno_keep). */
static void test_row(const struct row *r, const char *history)
{
	struct hooks h = {0};
	struct view v = {0};
	int status = 0;
	struct term *t = run_row(r, history, &h, &v, &status);

	if (r->marks)
		is_str(buf_str(&v.text), r->marks, "%s", r->name);
	else
		is_cut(&v.text, r->name);
	is_int(status, r->status, "%s: the shell's status", r->name);
	if (r->output && !ok(strstr(buf_str(&v.output), r->output) != NULL, "%s: output", r->name))
		tap_note("%s", buf_str(&v.output));
	if (r->absent && !ok(!strstr(buf_str(&v.output), r->absent), "%s: no noise", r->name))
		tap_note("%s", buf_str(&v.output));
	ok(!strstr(buf_str(&v.output), NONCE), "%s: the nonce is not seen", r->name);
	end_row(t, &h, &v);
}

/* What a shell knows of itself, written to ~/state; what is ours or differs each time is left out. */
static const char tell[] = "shopt\n(shopt -o)\ntrap -p\numask\nulimit -a\nalias\ntimes >/dev/null\n"
			   "echo \"$0 $- $# $* $! $SHLVL ${HISTFILE@A} ${MAILCHECK@A} "
			   "${ENV-none}\"\nbind -v\nbind -p\n"
			   "declare -p\ndeclare -F\necho child\nenv\n"
			   "bash -c 'ls -l /proc/self/fd; declare -p; declare -F' | sed 's/.* "
			   "\\([0-9]*\\) -> /\\1 /; s,/pts/[0-9]*$,/pts/N,'\n"
			   "echo history\nHISTTIMEFORMAT= history\n";
static const char filter[] = "grep -Ev '__steno_|^declare -[-aixr]* "
			     "(PS[0124]|PROMPT_COMMAND|PPID|BASHPID|RANDOM|SRANDOM|SECONDS|EPOCH[A-"
			     "Z]*|_|BASH_[A-Z]*|HISTCMD"
			     "|FUNCNAME|DIRSTACK|PIPESTATUS|LINENO|COMP_WORDBREAKS)([= "
			     "]|$)|^_=|pipe:|/proc/' ~/raw >~/state";

static struct buf state_of(int hooked, int flags, const char *more)
{
	struct term_plan plan = {.path = bash, .home = home};
	const char *argv[] = {flags & HOOKS_LOGIN ? "-bash" : "bash", NULL};
	struct hooks h = {0};
	struct term *t;
	int status = 0;

	write_home(".bash_history", "before\n");
	write_home("tell", tell);
	write_home("filter", filter);
	plan.argv = argv;
	t = hooked ? start_bash(&h, flags) : term_start(&plan);
	term_type(t, more);
	term_type(t, "true\recho a | (exit 3)\r. ~/tell >~/raw 2>&1\r. ~/filter\rexit 9\r");
	term_exit(t, &status);
	is_int(status, 9, "the shell that tells its state gives its status");
	term_free(t);
	if (hooked)
		hooks_remove(&h);
	hooks_release(&h);
	return read_home("state");
}

/* The history file with "#then" for each time in it that is not before began and not after now: two
 * shells are not started in the same second. */
static struct buf read_history(time_t began)
{
	struct buf raw = read_home(".bash_history"), out = {0};
	const char *at = buf_str(&raw);

	while (*at) {
		size_t len = strcspn(at, "\n") + (strchr(at, '\n') != NULL);
		char *end = NULL;
		long long then = *at == '#' ? strtoll(at + 1, &end, 10) : 0;

		if (end && *end == '\n' && then >= began && then <= time(NULL))
			buf_puts(&out, "#then\n");
		else
			buf_put(&out, at, len);
		at += len;
	}
	buf_release(&raw);
	return out;
}

static void compare(int flags, const char *more, const char *name)
{
	time_t began = time(NULL);
	struct buf plain = state_of(0, flags, more), history = read_history(began);
	struct buf hooked = state_of(1, flags, more), hooked_history = read_history(began);
	const char *a = buf_str(&plain), *b = buf_str(&hooked);

	if (!ok(plain.len > 1000 && plain.len == hooked.len && !strcmp(a, b), "%s: the same state",
		name)) {
		while (*a && *a == *b)
			a++, b++;
		tap_note("plain:  %.200s", a);
		tap_note("hooked: %.200s", b);
	}
	is_mem(hooked_history.data, hooked_history.len, history.data, history.len,
	       "%s: the same history file", name);
	buf_release(&plain);
	buf_release(&hooked);
	buf_release(&history);
	buf_release(&hooked_history);
}

static void test_states(void)
{
	write_home(".bashrc", "HISTCONTROL=ignoreboth\nalias ll='ls -l'\nf() { :; }\n");
	forget_home(".bash_profile");
	compare(0, "", "an interactive shell");
	compare(0, "set -a\rx=1\r", "with set -a");
	compare(0, "HISTTIMEFORMAT='%F '\rset -o posix\r", "in POSIX mode with times");
	compare(0, "trap 'echo d' DEBUG; trap 'echo e' EXIT ERR\r", "with traps");
	compare(HOOKS_LOGIN, "", "a login shell without profile");
	write_home(".bash_profile", "export FROM=profile\n. ~/.bashrc\n");
	write_home(".bash_logout", "echo out >>~/.bash_history\n");
	compare(HOOKS_LOGIN, "", "a login shell");
	forget_home(".bash_profile");
	forget_home(".bash_logout");
}

/* The folder's name goes through an expansion on its way, and what the user had in ENV must come
 * back as it was, whatever is in either. */
static void test_env(void)
{
	static const char type[] = "[[ $ENV == 'it'\\''s $HOME`x`' ]]; echo \"same=$?\"; exit\r";
	struct hooks h = {.user_env = "it's $HOME`x`"};
	struct term_plan plan = {.path = bash, .home = home};
	struct err err = {0};
	struct view v = {0};
	struct term *t;
	char dir[128];
	int status = 0;

	write_home(".bashrc", "");
	snprintf(dir, sizeof(dir), "%s/a$HOME`id`\\\"'$(id)", folder);
	if (mkdir(dir, 0700) < 0)
		bug("no folder for the test");
	ok(!hooks_prepare(&h, bash, HOOKS_LOGIN, dir, NONCE, &err), "takes a folder of any name");
	plan.argv = (const char *const *)h.argv;
	plan.env = (const char *const *)h.env;
	t = term_start(&plan);
	v.ready = 1;
	ok(term_until(t, has_prompts, &v, "the first prompt"), "finds the hooks there");
	term_type(t, type);
	term_exit(t, &status);
	look(&v, term_seen(t));
	ok(strstr(buf_str(&v.output), "same=0\r\n") != NULL, "gives ENV back as it was");
	term_free(t);
	hooks_remove(&h);
	hooks_release(&h);
	view_release(&v);
}

static void make_place(void)
{
	if (!mkdtemp(top))
		bug("no folder for the test");
	snprintf(home, sizeof(home), "%s/home", top);
	snprintf(folder, sizeof(folder), "%s/run", top);
	if (mkdir(home, 0700) < 0 || mkdir(folder, 0700) < 0)
		bug("no folder for the test");
}

static void remove_place(void)
{
	static const char *const argv[] = {"rm", "-rf", top, NULL};
	struct term_plan plan = {.path = "rm", .argv = argv, .home = "/"};
	struct term *t = term_start(&plan);
	int status = 0;

	term_exit(t, &status);
	term_free(t);
}

static void test_files(void)
{
	struct hooks h = {0};
	struct err err = {0};
	struct stat st;

	ok(!hooks_prepare(&h, "/bin/nosh", HOOKS_LOGIN, folder, NONCE, &err), "takes any shell");
	ok(!h.shell && !h.file && !h.env, "gives a shell without hooks none");
	is_str(h.argv[0], "-nosh", "starts it as a login shell");
	hooks_release(&h);
	ok(!hooks_prepare(&h, bash, 0, folder, NONCE, &err), "takes bash");
	is_str(h.argv[0], "bash", "gives bash its plain name");
	ok(!stat(h.file, &st) && (st.st_mode & 07777) == 0600, "keeps the file private");
	ok(!strstr(h.argv[2], NONCE), "keeps the nonce out of argv");
	hooks_remove(&h);
	ok(stat(h.file, &st) < 0, "removes the file");
	hooks_release(&h);
	ok(hooks_prepare(&h, bash, 0, "/nowhere", NONCE, &err) < 0, "says that it cannot");
	ok(strstr(err.text, "/nowhere") && !h.file && !h.argv, "names the folder, holds nothing");
}

int main(int argc, char **argv)
{
	size_t i;

	if (getenv("STENO_TEST_BASH"))
		bash = getenv("STENO_TEST_BASH");
	make_place();
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (argc < 2 || strstr(rows[i].name, argv[1])) {
			test_row(&rows[i], NULL);
			test_row(find_later(&rows[i]), "one\ntwo\nthree\n");
		}
	if (argc < 2) {
		test_files();
		test_env();
		test_states();
	}
	remove_place();
	return tap_done();
}
