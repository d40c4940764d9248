/* SPDX-License-Identifier: MIT */
/* The table of boundaries: what people do at a prompt, a row each, and what becomes of it in each
 * shell, a column each, by real shells in a real terminal. A record is told as
 *   [text]=status{output}
 * with ? for a text and null for a status that is not known, | for a newline. Each shell runs all its
 * rows in one session, with a command between them that tells them apart. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASH, ZSH, FISH, DASH, KSH, MKSH, ASH, SHELLS };

/* Where the prompt is made: nothing else of the shell is changed but what makes output unsteady. */
static const struct shell {
	const char *name, *path;
	const char *file, *rc; /* below HOME */
	const char *env;
	int brackets; /* the terminal brackets what is pasted */
} shells[SHELLS] = {
	{"bash", "/bin/bash", ".bashrc", "PS1='" LAB_PROMPT "' HISTCONTROL=ignoreboth\n", NULL, 1},
	{"zsh", "/usr/bin/zsh", ".zshrc",
	 "PS1='" LAB_PROMPT "'; setopt hist_ignore_space hist_ignore_dups\n", NULL, 1},
	{"fish", "/usr/bin/fish", ".config/fish/config.fish",
	 "set fish_greeting; set fish_autosuggestion_enabled 0\n"
	 "function fish_prompt; echo -n '" LAB_PROMPT "'; end\nfunction fish_title; end\n",
	 NULL, 1},
	{"dash", "/usr/bin/dash", "rc", "PS1='" LAB_PROMPT "'\n", "ENV=$HOME/rc", 0},
	{"ksh93", "/usr/bin/ksh93", "rc", "PS1='" LAB_PROMPT "'\n", "ENV=$HOME/rc", 0},
	{"mksh", "/usr/bin/mksh", ".mkshrc", "PS1='" LAB_PROMPT "'\n", NULL, 0},
	{"ash", "ash", "rc", "PS1='" LAB_PROMPT "'\n", "ENV=$HOME/rc", 0},
};

/* paste: in brackets, if the shell wants them. await: what has to be seen before it is typed; NULL: a
 * prompt, "": nothing. */
struct step {
	const char *type, *await;
	int paste;
};

enum {
	IN_BASH = 1 << BASH,
	IN_ZSH = 1 << ZSH,
	IN_FISH = 1 << FISH,
	IN_ALL = (1 << SHELLS) - 1,
	IN_POSIX = IN_ALL & ~IN_FISH,
	IN_PROMPT = 1 << DASH | 1 << KSH | 1 << MKSH | 1 << ASH,
};

/* ksh93's editor shows what is typed again, if it came before the editor was ready. */
enum { QUIET = 1 << KSH };

struct row {
	const char *name;
	unsigned in;
	struct step steps[5];
	const char *want;	/* in all, but for: */
	const char *of[SHELLS]; /* NULL: as all */
	unsigned quiet;		/* in these the output is another each time: it is not told */
};

#define TYPE(text)                                                                                 \
	{                                                                                          \
		text, NULL, 0                                                                      \
	}
#define AFTER(await, text)                                                                         \
	{                                                                                          \
		text, await, 0                                                                     \
	}
#define PASTE(text)                                                                                \
	{                                                                                          \
		text, NULL, 1                                                                      \
	}

#define STOP "sh -c 'echo g\"\"o; read x; exit 3'"
#define LONG "11111111112222222222333333333344444444445555555555666666666677777777778888888888 9"

static const struct row rows[] = {
	{"a command", IN_ALL, {TYPE("echo hi\r")}, "[echo hi]=0{hi}", {0}, 0},
	{"a failing command", IN_ALL, {TYPE("false\r")}, "[false]=1{}", {0}, 0},
	{"a status", IN_ALL, {TYPE("sh -c 'exit 42'\r")}, "[sh -c 'exit 42']=42{}", {0}, 0},
	{"a signal",
	 IN_ALL,
	 {TYPE("sh -c 'kill -9 $$'\r")},
	 "[sh -c 'kill -9 $$']=137{Killed}",
	 {[ZSH] = "[sh -c 'kill -9 $$']=137{zsh: killed     sh -c 'kill -9 $$'}",
	  [FISH] = "[sh -c 'kill -9 $$']=137{fish: Job 1, 'sh -c 'kill -9 $$'' terminated by "
		   "signal SIGKILL (Forced quit)}"},
	 0},
	{"output without a newline", IN_ALL, {TYPE("printf foo\r")}, "[printf foo]=0{foo}", {0}, 0},
	{"an empty line", IN_ALL, {TYPE("\r")}, "", {0}, 0},
	{"a comment",
	 IN_ALL,
	 {TYPE("# no\r")},
	 "",
	 {[ZSH] = "[# no]=127{zsh: command not found: #}"},
	 0},
	{"a syntax error",
	 IN_POSIX,
	 {TYPE(") bad\r")},
	 "",
	 {[DASH] = "[) bad]=2{dash: N: Syntax error: \")\" unexpected}",
	  [KSH] = "[) bad]=3{kshN: syntax error: `)' unexpected}",
	  [MKSH] = "[) bad]=1{E: mksh: syntax error: unexpected ')'}",
	  [ASH] = "[) bad]=2{ash: syntax error: unexpected \")\"}"},
	 0},
	{"a syntax error in fish", /* which leaves the line to be mended */
	 IN_FISH,
	 {TYPE(") bad\r"), AFTER("Unexpected", ""), TYPE("\025\r")},
	 "",
	 {0},
	 0},
	{"^C at the prompt",
	 IN_ALL & ~IN_BASH /* it loses some: test_shell.c */,
	 {TYPE("abc"), AFTER("abc", "\003")},
	 "",
	 {0},
	 0},
	{"^C of a command",
	 IN_ALL,
	 {TYPE("sh -c 'echo g\"\"o; exec sleep 60'\r"), AFTER("go\r\n", "\003")},
	 "[sh -c 'echo g\"\"o; exec sleep 60']=130{go|^C}",
	 {0},
	 0},
	{"an event that is not found", IN_BASH | IN_ZSH, {TYPE("!nosuch\r")}, "", {0}, 0},
	{"a paste of two lines",
	 IN_ALL,
	 {PASTE("false\necho B\"\"B\r"), AFTER("BB\r\n", "")},
	 "[false]=1{} [echo B\"\"B]=0{BB}",
	 {[BASH] = "[false]=1{} [echo B\"\"B]=0{BB}",
	  [ZSH] = "[false|echo B\"\"B]=0{BB}",
	  [FISH] = "[false|echo B\"\"B]=0{BB}",
	  [DASH] = "[false]=1{echo B\"\"B} [?]=0{BB}"},
	 0},
	{"type-ahead",
	 IN_ALL,
	 {TYPE("false\recho B\"\"B\r"), AFTER("BB\r\n", "")},
	 "[false]=1{} [echo B\"\"B]=0{BB}",
	 {[BASH] = "[false]=1{} [echo B\"\"B]=0{BB}",
	  [ZSH] = "[false]=1{} [echo B\"\"B]=0{BB}",
	  [FISH] = "[false]=1{} [echo B\"\"B]=0{BB}",
	  [DASH] = "[false]=1{echo B\"\"B} [?]=0{BB}"},
	 0},
	{"type-ahead while a command runs",
	 IN_ALL,
	 {TYPE("echo a; sleep 0.3; false\r"), AFTER("a\r\n", "echo B\"\"B\r"), AFTER("BB\r\n", "")},
	 "[echo a; sleep 0.3; false]=1{a|echo B\"\"B} [echo B\"\"B]=0{BB}",
	 {[DASH] = "[echo a; sleep 0.3; false]=1{a|echo B\"\"B} [?]=0{BB}"},
	 0},
	{"a job that is stopped",
	 IN_ALL & ~(1 << KSH), /* it loses a ^Z that comes before it gave the terminal away */
	 {TYPE(STOP "\r"), AFTER("go\r\n", "\032"), TYPE("fg\r"), AFTER("read x", "\r")},
	 "[" STOP "]=148 [fg]=3",
	 {[FISH] = "[" STOP "]=null [fg]=0", /* as these say themselves */
	  [MKSH] = "[" STOP "]=0 [fg]=3"},
	 IN_ALL},
	{"a job in the background",
	 IN_ALL,
	 {TYPE("sleep 0.01 &\r"), TYPE("wait\r")},
	 "[sleep 0.01 &]=0 [wait]=0",
	 {0},
	 IN_ALL},
	{"a line that the history ignores",
	 IN_ALL,
	 {TYPE(" echo secret\r")},
	 "[ echo secret]=0{secret}",
	 {0},
	 0},
	{"the same line again",
	 IN_ALL,
	 {TYPE("echo same\r"), TYPE("echo same\r")},
	 "[echo same]=0{same} [echo same]=0{same}",
	 {0},
	 0},
	{"a pipe and a list",
	 IN_ALL,
	 {TYPE("echo 1 | cat; false\r")},
	 "[echo 1 | cat; false]=1{1}",
	 {0},
	 0},
	{"a loop over several lines",
	 IN_POSIX,
	 {TYPE("for i in 1 2\r"), AFTER("> ", "do echo $i\r"), AFTER("> ", "done\r")},
	 "[for i in 1 2|do echo $i|done]=0{1|2}",
	 {[BASH] = "[for i in 1 2; do echo $i; done]=0{1|2}"},
	 0},
	{"a loop in fish",
	 IN_FISH,
	 {TYPE("for i in 1 2\r"), AFTER("", "echo $i\r"), AFTER("", "end\r")},
	 "[for i in 1 2|echo $i|end]=0{1|2}",
	 {0},
	 0},
	{"a here document",
	 IN_POSIX,
	 {TYPE("cat <<E\r"), AFTER("> ", "a;b%\r"), AFTER("> ", "E\r")},
	 "[cat <<E|a;b%|E]=0{a;b%}",
	 {0},
	 0},
	{"the last line again",
	 IN_BASH | IN_ZSH,
	 {TYPE("echo a\r"), TYPE("!! b\r")},
	 "[echo a]=0{a} [echo a b]=0{a b}",
	 {0},
	 0},
	{"Ctrl-L in a line",
	 IN_ALL,
	 {TYPE("echo a\014b"), AFTER("b", "\r")},
	 "[echo ab]=0{ab}",
	 {[DASH] = "[echo a^Lb]=0{a| b}"},
	 0},
	{"a line longer than the screen",
	 IN_ALL,
	 {TYPE("echo " LONG "\r")},
	 "[echo " LONG "]=0{N 9}",
	 {[MKSH] = "[?]=0{N 9}"},
	 0},
	{"text that is not ASCII",
	 IN_ALL,
	 {TYPE("echo 'caf\303\251 \346\274\242'\r")},
	 "[echo 'caf\303\251 \346\274\242']=0{caf\303\251 \346\274\242}",
	 {[ASH] = "[echo 'caf\303\251 ?']=0{caf\303\251 \346\274\242}"},
	 0},
	{"a nested shell",
	 IN_ALL,
	 {TYPE("ENV= PS1='i''n> ' sh\r"), AFTER("in> ", "echo i\"\"n\r"), AFTER("in\r\n", ""),
	  AFTER("in> ", "exit 6\r")},
	 "[ENV= PS1='i''n> ' sh]=6{in> echo i\"\"n|in|in> exit 6}",
	 {0},
	 0},
	{"a full-screen program",
	 IN_ALL,
	 {TYPE("printf '\\033[?1049h\\033[Hin\\033[?1049l'\r")},
	 "[printf '\\033[?1049h\\033[Hin\\033[?1049l']=0{[full-screen program; its last "
	 "screen:]|in}",
	 {0},
	 0},
	{"set -x",
	 IN_POSIX,
	 {TYPE("set -x\r"), TYPE("echo traced\r"), TYPE("set +x\r")},
	 "[set -x]=0{} [echo traced]=0{+ echo traced|traced} [set +x]=0{+ set +x}",
	 {[ZSH] = "[set -x]=0{} [echo traced]=0{+zsh:N> echo traced|traced} [set +x]=0{+zsh:N> set "
		  "+x}"},
	 0},
	{"standard output sent elsewhere",
	 IN_POSIX & ~(1 << ASH),
	 {TYPE("exec 3>&1 >/dev/null\r"), TYPE("false\r"), TYPE("exec >&3\r")},
	 "[exec 3>&1 >/dev/null]=0{} [false]=1{} [exec >&3]=0{}",
	 {0},
	 0},
	{"standard output sent elsewhere and back",
	 1 << ASH, /* which prints its prompt there */
	 {TYPE("exec 3>&1 >/dev/null; false; exec >&3\r")},
	 "[exec 3>&1 >/dev/null; false; exec >&3]=0{}",
	 {0},
	 0},
};

static struct lab lab;

static void write_rc(const struct shell *s)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", lab.home, s->file);
	f = fopen(path, "w");
	if (!f || fputs(s->rc, f) < 0 || fclose(f))
		bug("%s cannot be written", path);
}

static struct term *start(const struct shell *s)
{
	const char *argv[] = {"steno", "--shell", s->path, NULL}, *env[] = {s->env, NULL};
	char ash[512], variable[512];
	struct term_plan plan = {
		.path = lab.steno, .argv = argv, .home = lab.home, .cwd = lab.repo, .env = env};

	lab_open(&lab, 0);
	plan.home = lab.home;
	plan.cwd = lab.repo;
	plan.path = lab.steno;
	lab_sh(&lab, NULL, "mkdir -p ~/.config/fish; ln -s /bin/busybox ~/ash");
	write_rc(s);
	snprintf(ash, sizeof(ash), "%s/ash", lab.home);
	snprintf(variable, sizeof(variable), "ENV=%s/rc", lab.home);
	if (s->env)
		env[0] = variable;
	if (s->path[0] != '/')
		argv[2] = ash;
	return term_start(&plan);
}

static void play(const struct shell *s, struct term *t, const struct row *r)
{
	size_t i;

	for (i = 0; i < 5 && r->steps[i].type; i++) {
		const struct step *step = &r->steps[i];

		if (!step->await)
			term_expect(t, LAB_PROMPT);
		else if (*step->await)
			term_expect(t, step->await);
		if (step->paste && s->brackets)
			term_type(t, "\033[200~");
		term_send(t, step->type, strlen(step->type) - (step->paste != 0));
		if (step->paste)
			term_type(t, s->brackets ? "\033[201~\r" : "\r");
	}
}

#define END "echo \"e\"nd"

/* What is between the rows: nothing that a shell could change. A shell may lose a ^C, or what is typed
 * right behind it: that is typed again if nothing comes of it. */
static void play_end(struct term *t, size_t row)
{
	char line[32], end[32];
	int tries;

	if (!term_expect(t, LAB_PROMPT)) {
		term_type(t, "\003");
		term_expect(t, LAB_PROMPT);
	}
	snprintf(line, sizeof(line), END "%zu\r", row);
	snprintf(end, sizeof(end), "end%zu\r\n", row);
	for (tries = 0; tries < 3; tries++) {
		term_type(t, line);
		if (term_expect(t, end))
			return;
	}
}

static void put_lines(struct buf *out, const char *text, const char *unknown, int is_output)
{
	size_t n = text ? strlen(text) : 0, i;

	if (!text)
		buf_puts(out, unknown);
	while (n && text[n - 1] == '\n')
		n--;
	for (i = 0; i < n; i++) {
		size_t digits = strspn(text + i, "0123456789");

		if (is_output && digits >= 2) { /* a process's number */
			buf_putc(out, 'N');
			i += digits - 1;
		} else {
			buf_putc(out, (unsigned char)(text[i] == '\n' ? '|' : text[i]));
		}
	}
}

static void put_record(struct buf *out, const struct json *j, int quiet)
{
	int64_t status = json_get_int(j, "exit_code", -1);

	buf_puts(out, out->len ? " [" : "[");
	put_lines(out, json_get_text(j, "cmd"), "?", 0);
	if (status < 0)
		buf_puts(out, "]=null");
	else
		buf_printf(out, "]=%d", (int)status);
	if (quiet)
		return;
	buf_putc(out, '{');
	put_lines(out, json_get_text(j, "output"), "", 1);
	buf_putc(out, '}');
}

/* The next row's records, up to those of the row's end. */
static char *take_row(char **at, size_t row, int quiet, struct buf *out)
{
	char end[32];

	snprintf(end, sizeof(end), END "%zu", row);
	buf_clear(out);
	while (*at && **at) {
		char *newline = strchr(*at, '\n');
		struct json *j = json_parse(*at, newline ? (size_t)(newline - *at) : 0, NULL);
		const char *cmd = j ? json_get_text(j, "cmd") : NULL;
		int last = cmd && !strcmp(cmd, end);

		if (j && !last && (!cmd || strncmp(cmd, END, sizeof(END) - 1) != 0))
			put_record(out, j, quiet);
		json_free(j);
		*at = newline ? newline + 1 : NULL;
		if (last)
			return *at;
	}
	buf_puts(out, out->len ? " and no end" : "no end");
	return NULL;
}

/* What is wanted of a row, without the output where that is not told. */
static void want_of(const struct row *r, int shell, struct buf *out)
{
	const char *p = r->of[shell] ? r->of[shell] : r->want;

	buf_clear(out);
	while (*p) {
		size_t n = strcspn(p, "{");

		if (QUIET & 1u << shell && p[n] && n && p[n - 1] >= '0' && p[n - 1] <= '9') {
			buf_put(out, p, n);
			p += n + strcspn(p + n, "}");
			p += *p == '}';
		} else {
			n += p[n] != 0;
			buf_put(out, p, n);
			p += n;
		}
	}
}

static void test_shell(int shell, const char *only)
{
	const struct shell *s = &shells[shell];
	struct term *t = start(s);
	struct buf json = {0}, got = {0}, want = {0};
	char *at;
	size_t i;

	play_end(t, 99); /* the shell has begun */
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!(rows[i].in & 1u << shell) || (only && !strstr(rows[i].name, only)))
			continue;
		play(s, t, &rows[i]);
		play_end(t, i);
	}
	term_expect(t, LAB_PROMPT);
	is_int(lab_exit(t, 5), 5, "%s: its status", s->name);
	term_free(t);
	lab_sh(&lab, &json, "\"$STENO\" export -f json last");
	at = (char *)(uintptr_t)buf_str(&json);
	take_row(&at, 99, 0, &got);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!(rows[i].in & 1u << shell) || (only && !strstr(rows[i].name, only)))
			continue;
		take_row(&at, i, (rows[i].quiet | QUIET) >> shell & 1, &got);
		want_of(&rows[i], shell, &want);
		is_str(buf_str(&got), buf_str(&want), "%s: %s", s->name, rows[i].name);
	}
	lab_is_clean(&lab, s->name);
	buf_release(&json);
	buf_release(&got);
	buf_release(&want);
	lab_close(&lab);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 0; i < SHELLS; i++)
		if (argc < 2 || !strcmp(shells[i].name, argv[1]))
			test_shell(i, argc > 2 ? argv[2] : NULL);
	return tap_done();
}
