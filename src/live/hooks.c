/* SPDX-License-Identifier: MIT */
/* Starts a shell so that it reads steno's hooks in place of the user's start-up file, which the
 * hooks then read themselves. The nonce goes into a file only we can read: what is in argv or in
 * the environment can be read by every child, the latter for as long as the process lives
 * (/proc/PID/environ). */
#include "hooks.h"

#include "hooks_private.h"
#include "nest.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/quote.h"
#include "hooks-text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *hooks_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The lines in front of the hooks, for each shell */

/* NAME as the user has it, for a shell that NAME has led to the hooks. A nested one is told by
 * STENO_WAS, "x" and the value if there was one. */
static void put_back(struct buf *b, int flags, const char *unset, const char *name,
		     const char *value)
{
	if (flags & HOOKS_NESTED) {
		buf_printf(b,
			   "case ${STENO_WAS-} in x*) export %s=\"${STENO_WAS#x}\" ;; *) %s %s ;; "
			   "esac\n%s STENO_WAS\n",
			   name, unset, name, unset);
	} else if (value) {
		buf_printf(b, "%s=", name);
		quote_single(b, value);
		buf_putc(b, '\n');
	} else {
		buf_printf(b, "%s %s\n", unset, name);
	}
}

static void put_bash(struct buf *b, const struct hooks *h, int flags, const char *nonce)
{
	buf_printf(b, "__steno_n=(%s)\n__steno_f=(", nonce);
	quote_single(b, h->scratch);
	buf_puts(b, ") __steno_g=(");
	quote_single(b, h->lines);
	buf_puts(b, ")\n");
	if (!(flags & HOOKS_LOGIN))
		return;
	buf_puts(b, "__steno_l=(1)\n");
	put_back(b, flags, "builtin unset -v", "ENV", h->user_env);
}

static void put_zsh(struct buf *b, const struct hooks *h, int flags, const char *nonce)
{
	buf_printf(b, "__steno_n=%s\n", nonce);
	put_back(b, flags, "builtin unset -v", "ZDOTDIR", h->user_zdotdir);
}

static void put_posix(struct buf *b, const struct hooks *h, int flags, const char *nonce)
{
	buf_printf(b, "__steno_n=%s __steno_k=%s\n", nonce, h->which);
	buf_puts(b, "__steno_o='\033' __steno_c='\a' __steno_r='\r' __steno_x='\001'\n");
	put_back(b, flags, "\\unset", "ENV", h->user_env);
}

static void put_fish(struct buf *b, const struct hooks *h, int flags, const char *nonce)
{
	(void)h;
	(void)flags;
	buf_printf(b, "set -g __steno_n %s\n", nonce);
}

/* How each shell is led to them */

static void add_argument(struct hooks *h, const char *text)
{
	size_t n = 0;

	while (h->argv[n])
		n++;
	h->argv[n] = xstrdup(text);
}

static void set_variable(struct hooks *h, const char *name, const char *value, const char *special)
{
	struct buf b = {0};

	buf_printf(&b, "%s=", name);
	quote_escape(&b, value, special);
	h->env = xcalloc(2, sizeof(*h->env));
	h->env[0] = xstrdup(buf_str(&b));
	buf_release(&b);
}

/* --rcfile is ignored by login shells; in POSIX mode they read $ENV instead of everything. bash
 * expands its value as if it stood in double quotes. */
static void lead_bash(struct hooks *h, int flags)
{
	if (flags & HOOKS_LOGIN) {
		add_argument(h, "--posix");
		set_variable(h, "ENV", h->file, QUOTE_DOUBLE);
	} else {
		add_argument(h, "--rcfile");
		add_argument(h, h->file);
	}
}

static void lead_posix(struct hooks *h, int flags)
{
	(void)flags;
	set_variable(h, "ENV", h->file, QUOTE_DOUBLE);
}

static void lead_zsh(struct hooks *h, int flags)
{
	(void)flags;
	set_variable(h, "ZDOTDIR", h->folder, "");
}

/* When its other files have been read. */
static void lead_fish(struct hooks *h, int flags)
{
	struct buf b = {0};

	(void)flags;
	buf_puts(&b, "source ");
	quote_fish(&b, h->file);
	add_argument(h, "--init-command");
	add_argument(h, buf_str(&b));
	buf_release(&b);
}

static const struct hooks_kind bash = {"bash",	 hook_steno_bash, sizeof(hook_steno_bash),
				       put_bash, lead_bash,	  NULL},
			       zsh = {"zsh",   hook_steno_zsh, sizeof(hook_steno_zsh),
				      put_zsh, lead_zsh,       ".zshenv"},
			       fish = {"fish",	 hook_steno_fish, sizeof(hook_steno_fish),
				       put_fish, lead_fish,	  NULL},
			       posix = {"sh",	   hook_steno_sh, sizeof(hook_steno_sh),
					put_posix, lead_posix,	  NULL};

static const struct hooks_program programs[] = {
	{"bash", NULL, &bash, "bash"},
	{"rbash", NULL, &bash, "bash"}, /* it reads its files before it restricts itself */
	{"zsh", NULL, &zsh, "zsh"},
	{"fish", NULL, &fish, "fish"},
	{"dash", NULL, &posix, "dash"},
	{"mksh", NULL, &posix, "mksh"},
	{"ksh93", NULL, &posix, "ksh"},
	{"ksh", "ksh93", &posix, "ksh"},
	{"ksh", "mksh", &posix, "mksh"},
	{"ksh", "ksh", &posix, "ksh"},
	{"ash", "busybox", &posix, "ash"},
	{"sh", "busybox", &posix, "ash"},
	{"sh", "dash", &posix, "dash"},
	{"sh", "bash", &posix, "bash"},
	{"sh", "mksh", &posix, "mksh"},
	{"sh", "ksh93", &posix, "ksh"},
};

const struct hooks_program *hooks_find(const char *path)
{
	const char *name = hooks_base_name(path);
	char *real = realpath(path, NULL);
	size_t i;

	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		const struct hooks_program *p = &programs[i];

		if (!strcmp(p->name, name) &&
		    (!p->real || (real && !strcmp(p->real, hooks_base_name(real)))))
			break;
	}
	free(real);
	return i < sizeof(programs) / sizeof(programs[0]) ? &programs[i] : NULL;
}

/* The files */

static char *join(const char *a, const char *between, const char *b)
{
	struct buf path = {0};
	char *text;

	buf_printf(&path, "%s%s%s", a, between, b);
	text = xstrdup(buf_str(&path));
	buf_release(&path);
	return text;
}

static int make_folder(struct hooks *h, const char *template, struct err *err)
{
	h->folder = xstrdup(template);
	if (mkdtemp(h->folder))
		return 0;
	err_sys(err, "create %s", h->folder);
	free(h->folder);
	h->folder = NULL;
	return -1;
}

/* Makes the file, empty. */
static int make_file(struct hooks *h, const struct hooks_kind *k, const char *dir, struct err *err)
{
	char *template = join(dir, "/", k->shell), *path = join(template, "-", "XXXXXX");
	int fd = -1;

	if (k->file && make_folder(h, path, err) == 0) {
		h->file = join(h->folder, "/", k->file);
		fd = open(h->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} else if (!k->file) {
		h->file = xstrdup(path);
		fd = mkostemp(h->file, O_CLOEXEC);
	}
	if (h->file && fd < 0) {
		err_sys(err, "create %s", h->file);
		free(h->file);
		h->file = NULL;
	}
	free(template);
	free(path);
	return fd;
}

static int write_file(struct hooks *h, const struct hooks_kind *k, int flags, const char *dir,
		      const char *nonce, struct err *err)
{
	struct buf b = {0};
	int fd = make_file(h, k, dir, err), rc = -1;

	if (fd < 0)
		return -1;
	h->scratch = join(h->file, ".", "line");
	h->lines = join(h->file, ".", "lines");
	k->preamble(&b, h, flags, nonce);
	if (h->nest)
		nest_print(h->nest, k, &b);
	buf_put(&b, k->text, k->size);
	if (h->nest)
		nest_print_last(h->nest, k, &b);
	if (io_write_all(fd, b.data, b.len, NULL, err) < 0)
		err_wrap(err, "write %s", h->file);
	else
		rc = 0;
	io_close(&fd);
	buf_release(&b);
	return rc;
}

int hooks_prepare(struct hooks *h, const char *path, int flags, const char *dir, const char *nonce,
		  struct err *err)
{
	const char *name = hooks_base_name(path);
	const struct hooks_program *p = hooks_find(path);
	const struct hooks_kind *k = p ? p->kind : NULL;

	h->which = p ? p->which : NULL;
	if (k && flags & HOOKS_NESTED) {
		h->nest = nest_new(dir, nonce, err);
		flags &= ~HOOKS_NESTED;
		if (!h->nest)
			return -1;
	}
	if (k && write_file(h, k, flags, dir, nonce, err) < 0) {
		hooks_remove(h);
		hooks_release(h);
		return -1;
	}
	h->argv = xcalloc(4, sizeof(*h->argv));
	h->argv[0] = join("", flags & HOOKS_LOGIN ? "-" : "", name);
	if (k) {
		h->shell = k->shell;
		h->by_line = k == &posix;
		k->lead(h, flags);
	}
	return 0;
}

void hooks_used(const struct hooks *h)
{
	if (h->file)
		unlink(h->file);
	if (h->folder)
		rmdir(h->folder);
}

void hooks_remove(const struct hooks *h)
{
	hooks_used(h);
	if (h->scratch)
		unlink(h->scratch);
	if (h->lines)
		unlink(h->lines);
	if (h->nest)
		nest_remove(h->nest);
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
	free(h->folder);
	free(h->file);
	free(h->scratch);
	free(h->lines);
	nest_free(h->nest);
	memset(h, 0, sizeof(*h));
}
