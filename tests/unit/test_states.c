/* SPDX-License-Identifier: MIT */
/* A shell that was started with the hooks is otherwise the shell that the user knows: what it tells
 * of itself, and the history file it leaves, are the same without them. (test_hooks_state.c does
 * this for bash, whose hooks do more.) */
#include "base/buf.h"
#include "base/err.h"
#include "live/hooks.h"
#include "box.h"
#include "tap.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NONCE "0123456789a"

struct file {
	const char *name, *text;
};

struct shell {
	const char *path;
	struct file rc[4];   /* the user's */
	const char *tell;    /* a script that prints all it knows; read by the shell itself */
	const char *ours;    /* lines that differ each time, or are ours: for grep -E */
	const char *history; /* file, or NULL */
};

struct row {
	const char *name;
	const struct shell *shell;
	int flags;
	const char *type; /* before it is asked */
	const char *env;  /* a variable of the user's, or NULL; HOME is its value if it says none */
};

static const struct shell zsh = {
	"/usr/bin/zsh",
	{{".zshenv", "env=read; print -r -- \"$# ${ZDOTDIR-none} $- ${(%):-%x}\" >>~/order\n"},
	 {".zprofile", "print profile >>~/order\n"},
	 {".zshrc",
	  "print rc >>~/order\nHISTFILE=~/hist SAVEHIST=50 HISTSIZE=50\nalias ll='ls -l'\n"
	  "f() { : }\nbindkey -e\n"}},
	"setopt\nunsetopt\numask\nulimit -a\nalias -L\nbindkey -L\nbindkey -l\nzle -lL\ntrap\n"
	"print -l ${(ok)functions}\nprint -l $fpath\nzstyle -L\nzmodload\ncat ~/order\n"
	"print -r -- \"$0 $# $* $SHLVL ${ZDOTDIR-none} $HISTFILE ${ENV-none} ${MAILCHECK}\"\n"
	"fc -l 1\ntypeset\ntypeset +\nprint child\nenv\n"
	"zsh -fc 'typeset; typeset +; functions; ls -l /proc/self/fd' | sed 's/.* -> //'\n",
	"__steno|^(RANDOM|SECONDS|EPOCH[A-Z]*|TTYIDLE|PPID|_|LINENO|HISTCMD|TTY|[$]|!|pipestatus)=|"
	"^_=|"
	"^(array )?(precmd|preexec|zshaddhistory)_functions|pipe:|/proc/|/dev/pts|^integer .*"
	"(RANDOM|SECONDS|TTYIDLE|PPID|LINENO|HISTCMD|'[$!]'=)|^ "
	"*(array|float|undefined|association)",
	"hist"};

static const struct shell fish = {
	"/usr/bin/fish",
	{{".config/fish/config.fish",
	  "set fish_greeting; echo config (count $argv) $XDG_DATA_DIRS >>~/order\nset -U uni 1\n"
	  "abbr -a gs git status; alias ll 'ls -l'; function f; end; bind \\cg f\n"}},
	"set; set -x\nfunctions -a\nfunctions --handlers\nbind\nabbr\nstatus\numask\nulimit -a\n"
	"cat ~/order\ncount $argv; echo $argv\ntrap\njobs\nhistory\necho child\nenv | sort\n"
	"complete -C 'abb'\nfish -c 'set; functions -a; ls -l /proc/self/fd' | sed 's/.* -> //'\n",
	"__steno|^(CMD_DURATION|fish_pid|pid|last_pid|history|_)( |$)"
	"|pipe:|/proc/|/dev/pts|^fish_killring"
	"|^Event generic" /* a title that fish 4 prints where there are such functions */
	"|^[[:blank:]]*$",
	NULL};

#define POSIX_TELL                                                                                 \
	"set -o; trap; umask; ulimit -a; alias; jobs\ncat ~/order\n"                               \
	"echo \"$0 $# $* $- ${ENV-none} ${MAILCHECK-none} ${HISTFILE-none} ${PS4-none}\"\n"        \
	"set; echo child; env | sort; cat ~/.nothing\n"                                            \
	"sh -c 'set; ls -l /proc/self/fd' | sed 's/.* -> //'\n"
#define POSIX_OURS                                                                                 \
	"steno_|^(PS[12]|KSH_MATCH|PPID|RANDOM|SECONDS|_|LINENO|SHLVL|EPOCHREALTIME|PGRP|KSHGID|"  \
	"BASHPID|LINES|"                                                                           \
	"COLUMNS|HISTCMD|[.]sh[.].*)=|pipe:|socket:|/proc/|/dev/pts|^_=|^[?]|pid|^export "
#define POSIX_RC "echo rc $# ${ENV-none} >>~/order; alias ll='ls -l'; f() { :; }; trap 'x=1' USR1\n"

static const struct shell dash = {
	"/usr/bin/dash", {{"env rc", POSIX_RC}}, POSIX_TELL, POSIX_OURS, NULL};
static const struct shell ksh = {
	"/usr/bin/ksh93",
	{{"env rc", POSIX_RC}, {".kshrc", "echo kshrc >>~/order; HISTFILE=~/hist\n"}},
	POSIX_TELL "typeset +f; typeset +x\n",
	POSIX_OURS,
	NULL};
static const struct shell mksh = {
	"/usr/bin/mksh",
	{{"env rc", POSIX_RC}, {".mkshrc", "echo mkshrc >>~/order; HISTSIZE=5\n"}},
	POSIX_TELL "typeset +f; typeset +x\nbind\n",
	POSIX_OURS,
	NULL};
static const struct shell ash = {"ash", {{"env rc", POSIX_RC}}, POSIX_TELL, POSIX_OURS, NULL};

static const struct row rows[] = {
	{"dash", &dash, 0, "", NULL},
	{"dash with a file of the user's", &dash, 0, "", "ENV=$HOME/env rc"},
	{"dash as a login shell", &dash, HOOKS_LOGIN, "set -u\r", "ENV=$HOME/env rc"},
	{"ksh", &ksh, 0, "", NULL},
	{"ksh with a file of the user's", &ksh, 0, "", "ENV=$HOME/env rc"},
	{"ksh as a login shell with set -u", &ksh, HOOKS_LOGIN, "set -u\r", NULL},
	{"mksh", &mksh, 0, "", NULL},
	{"mksh with a file of the user's", &mksh, 0, "set -u\r", "ENV=$HOME/env rc"},
	{"ash", &ash, 0, "", NULL},
	{"ash with a file of the user's", &ash, 0, "set -u\r", "ENV=$HOME/env rc"},
	{"mksh as a login shell", &mksh, HOOKS_LOGIN, "", NULL},
	{"ash as a login shell", &ash, HOOKS_LOGIN, "", "ENV=$HOME/env rc"},
	{"zsh", &zsh, 0, "", NULL},
	{"zsh with files elsewhere", &zsh, 0, "", "ZDOTDIR"},
	{"zsh as a login shell", &zsh, HOOKS_LOGIN, "", NULL},
	{"zsh with set -a and traps", &zsh, 0,
	 "set -a; TRAPEXIT() { :; }; trap 'x=1' USR1; typeset -a precmd_functions\r", NULL},
	{"fish", &fish, 0, "", NULL},
	{"fish as a login shell", &fish, HOOKS_LOGIN, "", NULL},
	{"fish with data elsewhere", &fish, 0, "set -g fish_trace; set -x st 5; set status 3\r",
	 "XDG_DATA_DIRS"},
	{"zsh with odd options", &zsh, 0,
	 "setopt ksharrays shwordsplit nounset noclobber warncreateglobal\r", NULL},
};

static char *ask(const char *path)
{
	char *text = box_ask("cat %s 2>/dev/null || :", path);

	return text ? text : strdup("");
}

static void type_all(const struct row *r, struct term *t)
{
	int status = 0;

	term_type(t, r->type);
	term_type(t, "true\r. ~/tell >~/raw 2>&1\rexit 9\r");
	term_exit(t, &status);
	is_int(status, 9, "%s: its status", r->name);
}

static char *state_of(const struct row *r, const char *home, const char *path, int hooked,
		      char **history)
{
	struct hooks h = {0};
	const char *slash = strrchr(path, '/') + 1, *env[4] = {NULL};
	char name[64], variable[160], run[160];
	const char *argv[] = {name, NULL};
	struct term_plan plan = {
		.path = path, .home = home, .argv = argv, .env = env, .answers = 1};
	struct err err = {0};
	struct term *t;
	char *state;
	size_t n = 0;

	box_sh("rm -rf home/raw home/order home/.local home/.config/fish/fish_variables home/%s",
	       r->shell->history ? r->shell->history : "none");
	snprintf(run, sizeof(run), "%s/../run", home);
	snprintf(name, sizeof(name), "%s%s", r->flags & HOOKS_LOGIN ? "-" : "", slash);
	if (r->env && !strcmp(r->env, "ZDOTDIR"))
		h.user_zdotdir = home;
	if (r->env && !strncmp(r->env, "ENV=", 4))
		h.user_env = r->env + 4;
	if (hooked) {
		if (hooks_prepare(&h, path, r->flags, run, NONCE, &err) < 0)
			bug("%s", err.text);
		plan.argv = (const char *const *)h.argv;
	}
	snprintf(variable, sizeof(variable), "%s%s%s", r->env ? r->env : "",
		 r->env && strchr(r->env, '=') ? "" : "=",
		 r->env && strchr(r->env, '=') ? "" : home);
	if (r->env)
		env[n++] = variable;
	if (hooked && h.env)
		env[n++] = h.env[0];
	t = term_start(&plan);
	type_all(r, t);
	term_free(t);
	hooks_remove(&h);
	hooks_release(&h);
	state = box_ask("grep -Ev -f ours home/raw");
	*history = r->shell->history ? box_ask("cat home/%s", r->shell->history) : strdup("");
	return state ? state : strdup("");
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		bug("%s cannot be written", path);
}

static void set_up(const struct shell *s)
{
	char path[128];
	size_t i;

	box_sh("rm -rf home run; mkdir -m 700 home run; mkdir -p home/.config/fish");
	for (i = 0; i < 4 && s->rc[i].name; i++) {
		snprintf(path, sizeof(path), "home/%s", s->rc[i].name);
		write_file(path, s->rc[i].text);
	}
	write_file("home/tell", s->tell);
	write_file("ours", s->ours);
}

static void tell_difference(const char *a, const char *b)
{
	const char *line = a;

	for (; *a && *a == *b; a++, b++)
		if (*a == '\n')
			line = a + 1;
	b -= a - line;
	tap_note("plain:  %.*s", (int)strcspn(line, "\n"), line);
	tap_note("hooked: %.*s", (int)strcspn(b, "\n"), b);
}

static void test_row(const struct row *r, const char *box)
{
	char home[128], path[160];
	char *plain, *hooked, *history, *hooked_history, *left;

	snprintf(home, sizeof(home), "%s/home", box);
	snprintf(path, sizeof(path), "%s%s%s", r->shell->path[0] == '/' ? "" : box,
		 r->shell->path[0] == '/' ? "" : "/", r->shell->path);
	set_up(r->shell);
	plain = state_of(r, home, path, 0, &history);
	hooked = state_of(r, home, path, 1, &hooked_history);
	if (!ok(strlen(plain) > 500 && !strcmp(plain, hooked), "%s: the same state", r->name))
		tell_difference(plain, hooked);
	is_str(hooked_history, history, "%s: the same history file", r->name);
	left = ask("run/*");
	is_str(left, "", "%s: nothing is left of the hooks", r->name);
	free(plain);
	free(hooked);
	free(history);
	free(hooked_history);
	free(left);
}

int main(int argc, char **argv)
{
	const char *box = box_open();
	size_t i;

	box_sh("ln -s /bin/busybox ash"); /* it is what it is called by */

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (argc < 2 || strstr(rows[i].name, argv[1]))
			test_row(&rows[i], box);
	box_close();
	return tap_done();
}
