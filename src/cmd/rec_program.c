/* SPDX-License-Identifier: MIT */
/* What is recorded: the program, how it is led to the hooks, and its environment. */
#include "../base/base64.h"
#include "../base/err.h"
#include "../base/quote.h"
#include "measuring.h"
#include "rec_private.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static void make_nonce(char out[SCANNER_NONCE + 1])
{
	unsigned char bytes[9], text[12];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		bug("no random bytes");
	base64_encode(bytes, sizeof(bytes), text);
	memcpy(out, text, SCANNER_NONCE);
	out[SCANNER_NONCE] = '\0';
}

static const char *user_shell(void)
{
	const char *shell = getenv("SHELL");
	const struct passwd *pw;

	if (shell && shell[0] == '/' && access(shell, X_OK) == 0)
		return shell;
	pw = getpwuid(getuid());
	return pw && pw->pw_shell && pw->pw_shell[0] ? pw->pw_shell : "/bin/sh";
}

static int prepare_hooks(struct rec *r, struct err *err)
{
	struct hooks *h = &r->session.hooks;

	if (r->session.rundir < 0)
		return err_set(err, "there is no private folder for the hooks");
	r->session.nested = r->nested;
	h->user_env = getenv("ENV");
	h->user_zdotdir = getenv("ZDOTDIR");
	return hooks_prepare(h, r->shell,
			     (r->login ? HOOKS_LOGIN : 0) | (r->nested ? HOOKS_NESTED : 0),
			     r->rundir, r->session.nonce, err);
}

static void prepare_shell(struct rec *r)
{
	struct session *s = &r->session;
	struct err err;

	if (!r->shell)
		r->shell = user_shell();
	if (prepare_hooks(r, &err) < 0) {
		fprintf(stderr, "steno: commands cannot be told apart: %s\n", err.text);
		hooks_release(&s->hooks);
		r->argv_shell[0] = xstrdup(r->shell);
		s->program.argv = r->argv_shell;
	} else {
		s->program.argv = s->hooks.argv;
	}
	s->program.path = r->shell;
}

static void prepare_command(struct rec *r)
{
	char **argv = r->command;
	size_t i;

	for (i = 0; argv[i]; i++) {
		if (i)
			buf_putc(&r->text, ' ');
		quote_shell(&r->text, argv[i]);
	}
	r->session.text = buf_str(&r->text);
	r->session.program.path = argv[0];
	r->session.program.argv = argv;
}

void rec_prepare_program(struct rec *r)
{
	make_nonce(r->session.nonce);
	if (r->command)
		prepare_command(r);
	else
		prepare_shell(r);
}

int rec_is_measured(struct rec *r)
{
	if (r->measure < 0)
		r->measure = r->command && measure_is_agent(r->command);
	return r->measure;
}

/* The commands of an agent's shells. Those of a person's are told apart by the shell's own
 * hooks. */
static void prepare_measuring(struct rec *r)
{
	struct err err;

	if (!rec_is_measured(r) || r->session.inbox < 0)
		return;
	if (measuring_prepare(&r->session.measure, r->rundir, &err) < 0)
		fprintf(stderr, "steno: the agent's commands cannot be measured: %s\n", err.text);
}

/* zsh is led to the hooks at its prompt by the same variable. */
static int is_taken(const struct rec *r, const char *variable)
{
	const char *shell = r->session.hooks.shell;

	return shell && !strcmp(shell, "zsh") && !strncmp(variable, "ZDOTDIR=", 8);
}

void rec_prepare_environment(struct rec *r)
{
	static char term[] = "TERM=xterm-256color";
	static char guard[] = "STENO_COMMAND"; /* of a session around this */
	struct buf b = {0};
	size_t n = 0, m = 0, i;

	buf_printf(&b, "STENO_SESSION=%s/%s.cast", r->folder, r->session.logs.session);
	r->env_session = xstrdup(buf_str(&b));
	buf_release(&b);
	r->env[n++] = r->env_session;
	if (r->session.detached && !getenv("TERM"))
		r->env[n++] = term; /* of whatever will be attached */
	for (i = 0; r->session.hooks.env && r->session.hooks.env[i] && n < 7; i++)
		r->env[n++] = r->session.hooks.env[i];
	r->unset[m++] = guard;
	prepare_measuring(r);
	for (i = 0; i < MEASURE_VARIABLES && r->session.measure.env[i]; i++)
		if (!is_taken(r, r->session.measure.env[i]))
			r->env[n++] = r->session.measure.env[i];
	for (i = 0; i < MEASURE_VARIABLES && r->session.measure.unset[i]; i++)
		r->unset[m++] = r->session.measure.unset[i];
	r->session.program.env = r->env;
	r->session.program.unset = r->unset;
}
