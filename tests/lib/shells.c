/* SPDX-License-Identifier: MIT */
/* Real shells under steno, driven key by key. */
#include "shells.h"

#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct shell {
	const char *name, *path;
	const char *file, *rc; /* below HOME */
	const char *login;     /* the file that login shells read besides; NULL: it is the same */
	int by_env;	       /* it reads the file if ENV says so */
	int brackets;	       /* the terminal brackets what is pasted */
} shells[SHELLS] = {
	[BASH] = {"bash", "/bin/bash", ".bashrc",
		  "PS1='" LAB_PROMPT "' HISTCONTROL=ignoreboth\nbind 'set bell-style none'\n",
		  ".bash_profile", 0, 1},
	[ZSH] = {"zsh", "/usr/bin/zsh", ".zshrc",
		 "PS1='" LAB_PROMPT "'; setopt hist_ignore_space hist_ignore_dups no_beep\n",
		 ".zprofile", 0, 1},
	[FISH] = {"fish", "/usr/bin/fish", ".config/fish/config.fish",
		  "set fish_greeting; set fish_autosuggestion_enabled 0\n"
		  "function fish_prompt; echo -n '" LAB_PROMPT "'; end\nfunction fish_title; end\n"
		  "status is-login; and set -g LOGIN yes\n",
		  NULL, 0, 1},
	[DASH] = {"dash", "/usr/bin/dash", "rc", "PS1='" LAB_PROMPT "'\n", ".profile", 1, 0},
	[KSH] = {"ksh93", "/usr/bin/ksh93", "rc", "PS1='" LAB_PROMPT "'\n", ".profile", 1, 0},
	[MKSH] = {"mksh", "/usr/bin/mksh", ".mkshrc", "PS1='" LAB_PROMPT "'\n", ".profile", 0, 0},
	[ASH] = {"ash", "ash", "rc", "PS1='" LAB_PROMPT "'\n", ".profile", 1, 0},
};

const char *shells_name(int shell)
{
	return shells[shell].name;
}

static void write_file(const struct lab *lab, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", lab->home, name);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		bug("%s cannot be written", path);
}

/* A bash that is a login shell reads nothing but its own file. */
static void write_rc(const struct lab *lab, const struct shell *s)
{
	write_file(lab, s->file, s->rc);
	if (s->login)
		write_file(lab, s->login,
			   s == &shells[BASH] ? "LOGIN=yes; . ~/.bashrc\n" : "LOGIN=yes\n");
}

/* busybox is what it is called by. */
static void find_path(const struct lab *lab, const struct shell *s, char *path, size_t size)
{
	char variable[32] = "STENO_TEST_";
	size_t n = strlen(variable), i;

	for (i = 0; s->name[i] && n + i + 1 < sizeof(variable); i++)
		variable[n + i] = (char)toupper((unsigned char)s->name[i]);
	if (getenv(variable))
		snprintf(path, size, "%s", getenv(variable));
	else
		snprintf(path, size, "%s%s%s", *s->path == '/' ? "" : lab->home,
			 *s->path == '/' ? "" : "/", s->path);
}

static int has_prompt(void *ctx, const struct buf *seen)
{
	(void)ctx;
	return seen->len && memmem(seen->data, seen->len, LAB_PROMPT, strlen(LAB_PROMPT)) != NULL;
}

void trial_start(struct trial *trial, struct lab *lab, int shell, enum trial_way way,
		 const char *env)
{
	const struct shell *s = &shells[shell];
	char path[512], self[520], variable[512];
	const char *argv[] = {way == TRIAL_LOGIN_NAME ? "-steno" : "steno", "--shell", path,
			      way == TRIAL_LOGIN ? "--login" : NULL, NULL};
	const char *more[4] = {self};
	struct term_plan plan = {.argv = argv, .env = more, .answers = 1};
	size_t n = 1;

	lab_open(lab, 0);
	lab_sh(lab, NULL,
	       "mkdir -p ~/.config/fish ~/.local/share/fish/generated_completions; ln -s "
	       "/bin/busybox ~/ash");
	write_rc(lab, s);
	find_path(lab, s, path, sizeof(path));
	snprintf(variable, sizeof(variable), "ENV=%s/rc", lab->home);
	snprintf(self, sizeof(self), "SELF=%s", path);
	if (s->by_env)
		more[n++] = variable;
	if (env)
		more[n++] = env;
	plan.path = lab->steno;
	plan.home = lab->home;
	plan.cwd = lab->repo;
	*trial = (struct trial){.shell = shell, .name = s->name, .lab = lab};
	trial->t = term_start(&plan);
	term_until(trial->t, has_prompt, NULL, "the first prompt");
	trial->pid = lab_process(lab, term_pid(trial->t), strrchr(path, '/') + 1);
	if (!trial->pid)
		ok(0, "%s runs", s->name);
}

void trial_end(struct trial *trial)
{
	term_free(trial->t);
	trial->t = NULL;
}

/* The size is the shell's when its own terminal has it; then it is told. */
struct size {
	pid_t pid;
	unsigned rows, cols;
};

static int has_size(void *ctx)
{
	const struct size *want = ctx;
	struct winsize size = {0};
	char path[64];
	int fd, good;

	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)want->pid);
	fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	good = fd >= 0 && !ioctl(fd, TIOCGWINSZ, &size) && size.ws_row == want->rows &&
	       size.ws_col == want->cols;
	if (fd >= 0)
		close(fd);
	return good;
}

static void resize(struct trial *trial, const char *text)
{
	struct size size = {.pid = trial->pid};

	if (sscanf(text, "%ux%u", &size.rows, &size.cols) != 2)
		bug("no size: %s", text);
	term_resize(trial->t, (int)size.rows, (int)size.cols);
	term_await(trial->t, has_size, &size, text);
	term_settle(trial->t, trial->pid);
}

static void paste(struct trial *trial, const char *text)
{
	int brackets = shells[trial->shell].brackets;

	if (brackets)
		term_type(trial->t, "\033[200~");
	term_send(trial->t, text, strlen(text) - 1); /* Enter stands outside */
	term_type(trial->t, brackets ? "\033[201~\r" : "\r");
}

/* A shell that never shows it has failed, whatever its records are. */
static void await(struct trial *trial, const char *text)
{
	if (!term_expect(trial->t, text))
		ok(0, "%s: it shows what was waited for", trial->name);
}

void trial_play(struct trial *trial, const struct step *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n && steps[i].kind; i++) {
		const struct step *step = &steps[i];

		if (!step->await || *step->await)
			await(trial, step->await ? step->await : LAB_PROMPT);
		term_settle(trial->t, trial->pid);
		if (*step->text && (step->kind == STEP_TYPE || step->kind == STEP_PASTE))
			term_skip(trial->t); /* a prompt may be drawn twice */
		if (step->kind == STEP_RESIZE)
			resize(trial, step->text);
		else if (step->kind == STEP_GO)
			lab_sh(trial->lab, NULL, ">~/go");
		else if (step->kind == STEP_PASTE)
			paste(trial, step->text);
		else
			term_type(trial->t, step->text);
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

void shells_put_record(struct buf *out, const struct lab *lab, const struct json *record, int quiet)
{
	int64_t status = json_get_int(record, "exit_code", -1);
	const char *cwd = json_get_text(record, "cwd");

	buf_puts(out, out->len ? " [" : "[");
	put_lines(out, json_get_text(record, "cmd"), "?", 0);
	if (status < 0)
		buf_puts(out, "]=null");
	else
		buf_printf(out, "]=%d", (int)status);
	if (!cwd || strcmp(cwd, lab->repo) != 0)
		buf_printf(out, "@%s", cwd ? cwd : "?");
	if (quiet)
		return;
	buf_putc(out, '{');
	put_lines(out, json_get_text(record, "output"), "", 1);
	buf_putc(out, '}');
}

int shells_is_one(const struct trial *trial, const char *got, const char *want, const char *name)
{
	const char *next;
	char *one = NULL;
	int good;

	do {
		free(one);
		next = strchr(want, '\n');
		one = strndup(want, next ? (size_t)(next - want) : strlen(want));
		want = next ? next + 1 : NULL;
	} while (want && strcmp(got, one) != 0);
	good = is_str(got, one, "%s: %s", trial->name, name);
	free(one);
	return good;
}
