/* SPDX-License-Identifier: MIT */
/* What a shell's name leads to, in the nest's folder, is this program: it becomes that shell, led to
 * its hooks if it would be at a terminal and would read its files, and whatever it was asked to be
 * otherwise. It must change nothing else: not what the shell is called, nor, when the hooks have
 * been read, its environment. */
#include "nest.h"

#include "hooks.h"
#include "hooks_private.h"
#include "nest_private.h"

#include "../base/buf.h"
#include "../base/err.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* <nest>/lead */
static char *folder_of(const char *path)
{
	char *copy = xstrdup(path), *folder = xstrdup(dirname(copy));

	free(copy);
	return folder;
}

int nest_is_lead(const char *path)
{
	char *leads = folder_of(path), *nest = folder_of(leads);
	int is = !strcmp(hooks_base_name(leads), NEST_LEADS) &&
		 !strncmp(hooks_base_name(nest), NEST_NAME, strlen(NEST_NAME));

	free(leads);
	free(nest);
	return is;
}

/* fish has put it there, to be found by exec. */
static void leave_path(const char *leads)
{
	const char *path = secure_getenv("PATH");
	size_t n = strlen(leads);

	if (path && !strncmp(path, leads, n) && path[n] == ':') {
		char *rest = xstrdup(path + n + 1);

		setenv("PATH", rest, 1);
		free(rest);
	}
}

/* Whether a shell with these options would print marks. *flags: how it is to be led. */
static int would_read_hooks(char **argv, int *flags)
{
	static const char *const options[] = {"-i", "--interactive", "-l", "-il", "-li", "--login"};
	size_t i, n = sizeof(options) / sizeof(*options);

	*flags = argv[0][0] == '-' ? HOOKS_LOGIN : 0;
	while (*++argv) {
		for (i = 0; i < n && strcmp(*argv, options[i]) != 0; i++)
			;
		if (i == n)
			return 0;
		if (i >= 2)
			*flags = HOOKS_LOGIN;
	}
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* NAME=value for it; what was there goes with it, until its hooks put it back. */
static void set_variable(char *variable)
{
	char *equals = strchr(variable, '=');
	const char *was;
	struct buf b = {0};

	*equals = '\0';
	was = secure_getenv(variable);
	if (was)
		buf_printf(&b, "x%s", was);
	setenv("STENO_WAS", buf_str(&b), 1);
	setenv(variable, equals + 1, 1);
	*equals = '=';
	buf_release(&b);
}

static void become(const char *shell, const struct hooks *h, char **argv)
{
	size_t n = 0, led = 0, i;
	char **all;

	while (argv[n])
		n++;
	while (h->argv[led])
		led++;
	all = xcalloc(led + n, sizeof(*all));
	for (i = 0; i < led; i++)
		all[i] = h->argv[i];
	for (i = 1; i < n; i++)
		all[led + i - 1] = argv[i];
	if (h->env)
		set_variable(h->env[0]);
	execv(shell, all);
	free(all);
}

int nest_lead(const char *path, char **argv, struct err *err)
{
	char *leads = folder_of(path), *nest = folder_of(leads);
	const char *name = hooks_base_name(path), *last = secure_getenv("_");
	char *shell = nest_find(name, leads);
	const struct hooks_program *p = shell ? hooks_find(shell) : NULL;
	struct hooks h = {.argv = xcalloc(4, sizeof(*h.argv))};
	int flags;

	if (!shell) {
		err_set(err, "%s: not found", name);
		goto out;
	}
	leave_path(leads);
	if (last && !strcmp(last, path))
		setenv("_", shell, 1);
	/* a function names the path; exec may have another name for it */
	h.argv[0] = xstrdup(argv[0] && strcmp(argv[0], path) != 0 ? argv[0] : name);
	if (p && argv[0] && would_read_hooks(argv, &flags)) {
		h.file = nest_file(nest, name, p, flags);
		h.folder = xstrdup(nest);
		p->kind->lead(&h, flags);
	}
	become(shell, &h, argv);
	err_sys(err, "%s", shell);
out:
	free(leads);
	free(nest);
	free(shell);
	hooks_release(&h);
	return -1;
}
