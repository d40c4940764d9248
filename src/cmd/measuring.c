/* SPDX-License-Identifier: MIT */
/* An agent within a session needs no recording of its own, only the variables that lead its shells
 * to the hooks. They are its own: the shell at whose prompt it is started has none of them. */
#include "measuring.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../live/measure.h"
#include "../live/rundir.h"
#include "../live/standin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The user's own value of a variable that a session around this one may have made its own. */
static const char *users_own(const char *name, const char *kept)
{
	const char *value = getenv(name), *hooks = getenv("STENO_HOOKS");

	if (hooks && *hooks && value && !strncmp(value, hooks, strlen(hooks)))
		return getenv(kept);
	return value;
}

int measuring_prepare(struct measure *m, const char *rundir, struct err *err)
{
	const struct measure_user user = {users_own("BASH_ENV", "STENO_BASH_ENV"),
					  users_own("ZDOTDIR", "STENO_ZDOTDIR"), getenv("SHLVL")};
	char program[4096];
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);

	program[n > 0 ? n : 0] = '\0';
	return measure_prepare(m, rundir, program, &user, err);
}

/* Where execvp(3) would find it; malloc'ed, or NULL with errno. */
static char *find_program(const char *name)
{
	const char *at = getenv("PATH"), *end;
	struct buf path = {0};

	if (strchr(name, '/'))
		return xstrdup(name);
	errno = ENOENT;
	for (at = at ? at : "/bin:/usr/bin"; at; at = *end ? end + 1 : NULL) {
		end = strchrnul(at, ':');
		buf_clear(&path);
		buf_put(&path, at, (size_t)(end - at));
		buf_printf(&path, "%s%s", end > at ? "/" : "", name);
		if (access(buf_str(&path), X_OK) == 0)
			return (char *)path.data;
	}
	buf_release(&path);
	return NULL;
}

static void lead(const struct measure *m)
{
	size_t i;

	unsetenv("STENO_COMMAND"); /* of a command around this */
	for (i = 0; i < MEASURE_VARIABLES && m->unset[i]; i++)
		unsetenv(m->unset[i]);
	for (i = 0; i < MEASURE_VARIABLES && m->env[i]; i++)
		putenv(m->env[i]);
}

static int fail(const char *name)
{
	int why = errno;

	fprintf(stderr, "steno: %s: %s\n", name, strerror(why));
	return why == ENOENT ? 127 : 126;
}

int measuring_run(char *const *argv)
{
	struct standin in = {.path = find_program(argv[0]), .argv = argv, .keep = -1};
	struct measure m = {0};
	char rundir[RUNDIR_PATH];
	struct err err;
	int dir;

	if (!in.path || access(in.path, X_OK) < 0)
		return fail(argv[0]);
	dir = rundir_open(getenv("XDG_RUNTIME_DIR"), rundir, &err);
	if (dir < 0 || measuring_prepare(&m, rundir, &err) < 0)
		fprintf(stderr, "steno: the agent's commands cannot be measured: %s\n", err.text);
	lead(&m);
	in.env = environ;
	if (standin_run(&in) < 0) {
		execve(in.path, in.argv, in.env);
		return fail(argv[0]);
	}
	measure_remove(&m);
	standin_end(&in);
}
