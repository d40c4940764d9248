/* SPDX-License-Identifier: MIT */
/* Starts a shell so that it reads steno's hooks in place of the user's start-up file, which the
 * hooks then read themselves. The nonce goes into a file only we can read: what is in argv or in
 * the environment can be read by every child, the latter for as long as the process lives
 * (/proc/PID/environ). */
#include "hooks.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "hooks-text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void put_quoted(struct buf *b, const char *s)
{
	buf_putc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_puts(b, "'\\''");
		else
			buf_putc(b, (unsigned char)*s);
	}
	buf_putc(b, '\'');
}

/* The lines in front of the hooks. $ENV has led a login shell to them and is put back here. */
static void put_preamble(struct buf *b, const struct hooks *h, int flags, const char *nonce)
{
	buf_printf(b, "__steno_n=(%s)\n__steno_f=(", nonce);
	put_quoted(b, h->scratch);
	buf_puts(b, ")\n");
	if (!(flags & HOOKS_LOGIN))
		return;
	buf_puts(b, "__steno_l=(1)\n");
	if (h->user_env) {
		buf_puts(b, "ENV=");
		put_quoted(b, h->user_env);
		buf_putc(b, '\n');
	} else {
		buf_puts(b, "builtin unset -v ENV\n");
	}
}

static int write_file(struct hooks *h, int flags, const char *dir, const char *nonce,
		      struct err *err)
{
	struct buf b = {0};
	int fd, rc = -1;

	buf_printf(&b, "%s/bash-XXXXXX", dir);
	h->file = xstrdup(buf_str(&b));
	fd = mkostemp(h->file, O_CLOEXEC);
	if (fd < 0) {
		err_sys(err, "create %s", h->file);
		free(h->file);
		h->file = NULL;
		goto out;
	}
	buf_clear(&b);
	buf_printf(&b, "%s.line", h->file);
	h->scratch = xstrdup(buf_str(&b));
	buf_clear(&b);
	put_preamble(&b, h, flags, nonce);
	buf_put(&b, hook_steno_bash, sizeof(hook_steno_bash));
	if (io_write_all(fd, b.data, b.len, NULL, err) < 0)
		err_wrap(err, "write %s", h->file);
	else
		rc = 0;
out:
	io_close(&fd);
	buf_release(&b);
	return rc;
}

/* bash expands the value of ENV as if it stood in double quotes. */
static char *env_variable(const char *path)
{
	struct buf b = {0};

	buf_puts(&b, "ENV=");
	for (; *path; path++) {
		if (strchr("$`\\\"", *path))
			buf_putc(&b, '\\');
		buf_putc(&b, (unsigned char)*path);
	}
	buf_putc(&b, '\0');
	return (char *)b.data;
}

/* --rcfile is ignored by login shells; in POSIX mode they read $ENV instead of everything. */
static void set_argv(struct hooks *h, const char *name, int flags)
{
	struct buf arg0 = {0};
	size_t n = 0;

	h->argv = xcalloc(4, sizeof(*h->argv));
	buf_printf(&arg0, "%s%s", flags & HOOKS_LOGIN ? "-" : "", name);
	h->argv[n++] = xstrdup(buf_str(&arg0));
	buf_release(&arg0);
	if (!h->file)
		return;
	if (flags & HOOKS_LOGIN) {
		h->argv[n++] = xstrdup("--posix");
		h->env = xcalloc(2, sizeof(*h->env));
		h->env[0] = env_variable(h->file);
	} else {
		h->argv[n++] = xstrdup("--rcfile");
		h->argv[n++] = xstrdup(h->file);
	}
}

int hooks_prepare(struct hooks *h, const char *path, int flags, const char *dir, const char *nonce,
		  struct err *err)
{
	const char *name = base_name(path);

	/* bash as rbash reads its files before it restricts itself */
	if (!strcmp(name, "bash") || !strcmp(name, "rbash")) {
		if (write_file(h, flags, dir, nonce, err) < 0) {
			hooks_remove(h);
			hooks_release(h);
			return -1;
		}
		h->shell = "bash";
	}
	set_argv(h, name, flags);
	return 0;
}

void hooks_remove(const struct hooks *h)
{
	if (h->file)
		unlink(h->file);
	if (h->scratch)
		unlink(h->scratch);
}

static void free_list(char **list)
{
	size_t i;

	for (i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void hooks_release(struct hooks *h)
{
	free_list(h->argv);
	free_list(h->env);
	free(h->file);
	free(h->scratch);
	memset(h, 0, sizeof(*h));
}
