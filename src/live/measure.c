/* SPDX-License-Identifier: MIT */
/* The files, and the way to them. */
#include "measure.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/quote.h"
#include "hooks-text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"bash", ".zshenv"};

/* The hook's first line switches tracing off; the one behind it says where steno is. */
static int write_hook(int dir, const char *name, const char *program, const unsigned char *text,
		      size_t n, struct err *err)
{
	int fd = io_open_file(dir, name, O_WRONLY | O_CREAT | O_EXCL, err), rc;
	size_t first = (size_t)((const unsigned char *)memchr(text, '\n', n) - text) + 1;
	struct buf b = {0};

	if (fd < 0)
		return -1;
	buf_put(&b, text, first);
	buf_puts(&b, "__steno_p=");
	quote_shell(&b, program);
	buf_putc(&b, '\n');
	buf_put(&b, text + first, n - first);
	rc = io_write_all(fd, b.data, b.len, NULL, err);
	buf_release(&b);
	close(fd);
	return rc;
}

static char *variable(const char *name, const char *value)
{
	struct buf b = {0};

	buf_printf(&b, "%s=%s", name, value);
	buf_putc(&b, '\0');
	return (char *)b.data;
}

/* bash expands the value as if it stood in double quotes. */
static char *bash_variable(const char *dir)
{
	struct buf b = {0};

	buf_puts(&b, "BASH_ENV=");
	quote_escape(&b, dir, QUOTE_DOUBLE);
	buf_puts(&b, "/bash");
	buf_putc(&b, '\0');
	return (char *)b.data;
}

static void keep(struct measure *m, const char *name, const char *value)
{
	char **list = value ? m->env : m->unset;

	while (*list)
		list++;
	*list = value ? variable(name, value) : xstrdup(name);
}

static int write_hooks(const char *path, const char *program, struct err *err)
{
	int dir = io_open_dir(path, 0, err), rc = -1;

	if (dir < 0)
		return -1;
	if (write_hook(dir, names[0], program, hook_agent_bash, sizeof(hook_agent_bash), err) ==
		    0 &&
	    write_hook(dir, names[1], program, hook_agent_zsh, sizeof(hook_agent_zsh), err) == 0)
		rc = 0;
	close(dir);
	return rc;
}

int measure_prepare(struct measure *m, const char *folder, const char *program,
		    const struct measure_user *user, struct err *err)
{
	struct measure made = {0};
	struct buf path = {0};

	buf_printf(&path, "%s/agent-XXXXXX", folder);
	buf_putc(&path, '\0');
	made.dir = (char *)path.data;
	if (!mkdtemp(made.dir)) {
		err_sys(err, "make %s", made.dir);
		free(made.dir);
		return -1;
	}
	if (write_hooks(made.dir, program, err) < 0) {
		measure_remove(&made);
		free(made.dir);
		return -1;
	}
	made.env[0] = variable("STENO_HOOKS", made.dir);
	made.env[1] = bash_variable(made.dir);
	made.env[2] = variable("ZDOTDIR", made.dir);
	if (!user->shlvl) /* else bash, given a socket as input, believes that rshd runs it */
		keep(&made, "SHLVL", "1");
	keep(&made, "STENO_BASH_ENV", user->bash_env);
	keep(&made, "STENO_ZDOTDIR", user->zdotdir);
	*m = made;
	return 0;
}

void measure_remove(const struct measure *m)
{
	struct buf path = {0};
	size_t i;

	if (!m->dir)
		return;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		buf_clear(&path);
		buf_printf(&path, "%s/%s", m->dir, names[i]);
		unlink(buf_str(&path));
	}
	buf_release(&path);
	rmdir(m->dir);
}

void measure_release(struct measure *m)
{
	size_t i;

	for (i = 0; i < MEASURE_VARIABLES; i++) {
		free(m->env[i]);
		free(m->unset[i]);
	}
	free(m->dir);
	memset(m, 0, sizeof(*m));
}

/* Whether a word, without folder, version and ending, is one of the names. */
static int is_named(const char *word, const char *const *list)
{
	const char *slash = strrchr(word, '/');
	size_t n;

	if (slash)
		word = slash + 1;
	n = strcspn(word, "@.");
	for (; *list; list++)
		if (strlen(*list) == n && !strncmp(*list, word, n))
			return 1;
	return 0;
}

/* Whether a program, or what a launcher is told to start, has one of the names. */
static int is_called(char *const *argv, const char *const *list)
{
	static const char *const launchers[] = {"npx",	"bunx", "bun",	 "node",    "deno", "pnpm",
						"yarn", "npm",	"uvx",	 "pipx",    "uv",   "env",
						"nice", "time", "nohup", "timeout", NULL};
	enum { LOOKED_AT = 6 };
	int i;

	if (is_named(argv[0], list))
		return 1;
	if (!is_named(argv[0], launchers))
		return 0;
	for (i = 1; i < LOOKED_AT && argv[i]; i++)
		if (is_named(argv[i], list))
			return 1;
	return 0;
}

int measure_is_called(char *const *argv, const char *name)
{
	const char *const one[] = {name, NULL};

	return is_called(argv, one);
}

int measure_is_agent(char *const *argv)
{
	static const char *const agents[] = {"codex",	   "claude", "claude-code",  "gemini",
					     "gemini-cli", "qwen",   "opencode",     "opencode-ai",
					     "aider",	   "goose",  "amp",	     "crush",
					     "copilot",	   "droid",  "cursor-agent", NULL};

	return is_called(argv, agents);
}
