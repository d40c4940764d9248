/* SPDX-License-Identifier: MIT */
/* Which shells there are is found out when the session begins, by PATH. */
#include "nest.h"

#include "hooks.h"
#include "hooks_private.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "hooks-text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"bash", "zsh",   "fish", "dash", "sh",
				    "ksh",  "ksh93", "mksh", "ash"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

enum { LOGIN = NAMES }; /* bash as a login shell reads another file */

struct nest {
	char *folder, *lines;
	char *files[NAMES + 1]; /* NULL: there is no such shell, or it has no hooks */
	const struct hooks_program *programs[NAMES];
};

static char *join(const char *a, const char *b)
{
	struct buf path = {0};
	char *text;

	buf_printf(&path, "%s/%s", a, b);
	text = xstrdup(buf_str(&path));
	buf_release(&path);
	return text;
}

/* What PATH has by that name. */
static const struct hooks_program *find(const char *name)
{
	const char *path = secure_getenv("PATH"), *end;
	const struct hooks_program *found = NULL;

	for (; path && *path && !found; path = *end ? end + 1 : end) {
		struct buf file = {0};

		end = strchrnul(path, ':');
		buf_put(&file, path, (size_t)(end - path));
		buf_printf(&file, "/%s", name);
		if (end > path && access(buf_str(&file), X_OK) == 0) {
			found = hooks_find(buf_str(&file));
			end = found ? end : strchr(end, '\0'); /* it is one without hooks */
		}
		buf_release(&file);
	}
	return found;
}

/* The file's folder is the nest's. */
static int write_file(const struct nest *nest, const struct hooks_program *p, int flags,
		      const char *file, const char *nonce, struct err *err)
{
	const char *pid = strcmp(p->kind->shell, "fish") ? "$$" : "$fish_pid";
	char *scratch = join(nest->folder, "line");
	struct hooks h = {.which = p->which, .scratch = scratch, .lines = nest->lines};
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), rc = -1;
	struct buf b = {0}, whose = {0};

	if (fd < 0) {
		err_sys(err, "create %s", file);
		goto out;
	}
	buf_printf(&whose, "%s\";l%s\"", nonce, pid);
	p->kind->preamble(&b, &h, flags, buf_str(&whose));
	nest_print(nest, p->kind, &b);
	buf_put(&b, p->kind->text, p->kind->size);
	rc = io_write_all(fd, b.data, b.len, NULL, err);
	if (rc < 0)
		err_wrap(err, "write %s", file);
out:
	io_close(&fd);
	buf_release(&b);
	buf_release(&whose);
	free(scratch);
	return rc;
}

static int write_files(const struct nest *nest, const char *nonce, struct err *err)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (nest->files[i] && write_file(nest, nest->programs[i], HOOKS_NESTED,
						 nest->files[i], nonce, err) < 0)
			return -1;
	return nest->files[LOGIN] ? write_file(nest, nest->programs[0], HOOKS_NESTED | HOOKS_LOGIN,
					       nest->files[LOGIN], nonce, err)
				  : 0;
}

struct nest *nest_new(const char *dir, const char *nonce, struct err *err)
{
	struct nest *nest = xcalloc(1, sizeof(*nest));
	size_t i;

	nest->folder = join(dir, "nested-XXXXXX");
	if (!mkdtemp(nest->folder)) {
		err_sys(err, "create %s", nest->folder);
		nest_free(nest);
		return NULL;
	}
	nest->lines = join(nest->folder, "lines");
	for (i = 0; i < NAMES; i++) {
		nest->programs[i] = find(names[i]);
		if (nest->programs[i])
			nest->files[i] = join(nest->folder, nest->programs[i]->kind->file
								    ? nest->programs[i]->kind->file
								    : names[i]);
	}
	if (nest->files[0])
		nest->files[LOGIN] = join(nest->folder, "bash-login");
	if (write_files(nest, nonce, err) == 0)
		return nest;
	nest_remove(nest);
	nest_free(nest);
	return NULL;
}

const char *nest_lines(const struct nest *nest)
{
	return nest->lines;
}

/* What leads a shell to its file, quoted for the shell that reads this. */
static void put_lead(const struct nest *nest, size_t i, struct buf *out)
{
	const char *shell = nest->programs[i]->kind->shell;
	const char *file = nest->files[i];
	struct buf lead = {0}, login = {0};

	if (!strcmp(shell, "zsh")) {
		buf_puts(&lead, nest->folder);
	} else if (!strcmp(shell, "sh")) {
		hooks_put_escaped(&lead, file, "$`\\\"");
	} else if (!strcmp(shell, "fish")) {
		buf_puts(&lead, "source \"");
		hooks_put_escaped(&lead, file, "\\\"$");
		buf_putc(&lead, '"');
	} else {
		buf_puts(&lead, file);
		hooks_put_escaped(&login, nest->files[LOGIN], "$`\\\"");
	}
	buf_printf(out, "__steno_nest %s ", shell);
	hooks_put_quoted(out, buf_str(&lead));
	buf_putc(out, ' ');
	hooks_put_quoted(out, buf_str(&login));
	buf_printf(out, " %s", names[i]);
	buf_release(&lead);
	buf_release(&login);
}

void nest_print(const struct nest *nest, const struct hooks_kind *kind, struct buf *out)
{
	int is_fish = !strcmp(kind->shell, "fish");
	size_t i;

	if (is_fish)
		buf_put(out, hook_nested_fish, sizeof(hook_nested_fish));
	else
		buf_put(out, hook_nested_sh, sizeof(hook_nested_sh));
	for (i = 0; i < NAMES; i++) {
		if (!nest->files[i])
			continue;
		buf_printf(out, is_fish ? "function %s\n\t" : "%s() { ", names[i]);
		put_lead(nest, i, out);
		buf_puts(out, is_fish ? " $argv\nend\n" : " \"$@\"; }\n");
	}
}

void nest_remove(const struct nest *nest)
{
	char *scratch = join(nest->folder, "line");
	size_t i;

	for (i = 0; i <= NAMES; i++)
		if (nest->files[i])
			unlink(nest->files[i]);
	unlink(scratch);
	unlink(nest->lines);
	rmdir(nest->folder);
	free(scratch);
}

void nest_free(struct nest *nest)
{
	size_t i;

	if (!nest)
		return;
	for (i = 0; i <= NAMES; i++)
		free(nest->files[i]);
	free(nest->folder);
	free(nest->lines);
	free(nest);
}
