/* SPDX-License-Identifier: MIT */
/* Which shells there are is found out when the session begins, by PATH. */
#include "nest.h"

#include "hooks.h"
#include "hooks_private.h"
#include "nest_private.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../base/quote.h"
#include "hooks-text.h"

#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = {"bash", "zsh",   "fish", "dash", "sh",
				    "ksh",  "ksh93", "mksh", "ash"};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

enum { LOGIN = NAMES }; /* bash as a login shell reads another file */

struct nest {
	char *folder, *lines, *leads;
	char *files[NAMES + 1]; /* NULL: there is no such shell, or it has no hooks */
	char *links[NAMES];	/* what is started in its place */
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

char *nest_find(const char *name, const char *but)
{
	const char *path = secure_getenv("PATH"), *end;
	char *found = NULL;

	for (path = path ? path : _PATH_DEFPATH; *path && !found; path = *end ? end + 1 : end) {
		struct buf file = {0};

		end = strchrnul(path, ':');
		buf_put(&file, path, (size_t)(end - path));
		if (file.len && (!but || strcmp(buf_str(&file), but) != 0)) {
			buf_printf(&file, "/%s", name);
			if (access(buf_str(&file), X_OK) == 0)
				found = xstrdup(buf_str(&file));
		}
		buf_release(&file);
	}
	return found;
}

char *nest_file(const char *folder, const char *name, const struct hooks_program *program,
		int flags)
{
	if (!strcmp(program->kind->shell, "bash") && flags & HOOKS_LOGIN)
		return join(folder, "bash-login");
	return join(folder, program->kind->file ? program->kind->file : name);
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
	nest_print_last(nest, p->kind, &b);
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

static void find_shell(struct nest *nest, size_t i)
{
	char *path = nest_find(names[i], NULL);
	const struct hooks_program *p = path ? hooks_find(path) : NULL;

	free(path);
	if (!p)
		return;
	nest->programs[i] = p;
	nest->files[i] = nest_file(nest->folder, names[i], p, 0);
	nest->links[i] = join(nest->leads, names[i]);
	if (!i)
		nest->files[LOGIN] = nest_file(nest->folder, names[i], p, HOOKS_LOGIN);
}

/* To this program. */
static int make_links(const struct nest *nest, struct err *err)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	if (n < 0)
		return err_sys(err, "read /proc/self/exe");
	self[n] = '\0';
	if (mkdir(nest->leads, 0700) < 0)
		return err_sys(err, "create %s", nest->leads);
	for (i = 0; i < NAMES; i++)
		if (nest->links[i] && symlink(self, nest->links[i]) < 0)
			return err_sys(err, "create %s", nest->links[i]);
	return 0;
}

struct nest *nest_new(const char *dir, const char *nonce, struct err *err)
{
	struct nest *nest = xcalloc(1, sizeof(*nest));
	size_t i;

	nest->folder = join(dir, NEST_NAME "XXXXXX");
	if (!mkdtemp(nest->folder)) {
		err_sys(err, "create %s", nest->folder);
		nest_free(nest);
		return NULL;
	}
	nest->lines = join(nest->folder, "lines");
	nest->leads = join(nest->folder, NEST_LEADS);
	for (i = 0; i < NAMES; i++)
		find_shell(nest, i);
	if (make_links(nest, err) == 0 && write_files(nest, nonce, err) == 0)
		return nest;
	nest_remove(nest);
	nest_free(nest);
	return NULL;
}

const char *nest_lines(const struct nest *nest)
{
	return nest->lines;
}

/* A shell that is to run something starts at once: this program takes some ms to begin. Where bash has
 * hashed the name (below), a subshell forgets that. The link is gone when the session is, which the
 * shell may outlive. */
static void put_function(const struct nest *nest, size_t i, const char *shell, struct buf *out)
{
	static const char fish[] = "function %s\n"
				   "\tswitch \"$argv[1]\"\n"
				   "\t\tcase '' '-i*' '-l*' --login\n"
				   "\t\t\tif builtin test -x %s\n"
				   "\t\t\t\t%s $argv\n"
				   "\t\t\t\treturn\n"
				   "\t\t\tend\n"
				   "\tend\n"
				   "\tcommand %s $argv\n"
				   "end\n",
			  bash[] = "%s() {\n"
				   "case ${1-} in '' | -i* | -l* | --login | --interactive)\n"
				   "if \\[ -x %s ]; then %s \"$@\"; return; fi\n"
				   "esac\n"
				   "(builtin hash -d %s 2>/dev/null; builtin exec %s \"$@\")\n"
				   "}\n",
			  sh[] = "%s() {\n"
				 "case ${1-} in '' | -i* | -l* | --login | --interactive)\n"
				 "if \\[ -x %s ]; then %s \"$@\"; return; fi\n"
				 "esac\n"
				 "command %s \"$@\"\n"
				 "}\n";
	int is_fish = !strcmp(shell, "fish");
	struct buf link = {0};
	const char *l;

	(is_fish ? quote_fish : quote_single)(&link, nest->links[i]);
	l = buf_str(&link);
	if (is_fish)
		buf_printf(out, fish, names[i], l, l, names[i]);
	else if (!strcmp(shell, "bash"))
		buf_printf(out, bash, names[i], l, l, names[i], names[i]);
	else
		buf_printf(out, sh, names[i], l, l, names[i]);
	buf_release(&link);
}

/* fish finds what exec names by PATH, which has our folder while nothing but that exec is run. */
static void put_fish_exec(const struct nest *nest, struct buf *out)
{
	size_t i, n = 0;

	buf_puts(out, "set -gu __steno_x ");
	quote_fish(out, nest->leads);
	buf_puts(out, "\nset -gu __steno_y '^\\s*exec\\s+(");
	for (i = 0; i < NAMES; i++)
		if (nest->links[i])
			buf_printf(out, "%s%s", n++ ? "|" : "", names[i]);
	buf_puts(out, ")(\\s+-\\S+)*\\s*$'\n");
	buf_put(out, hook_nested_fish, sizeof(hook_nested_fish));
}

void nest_print(const struct nest *nest, const struct hooks_kind *kind, struct buf *out)
{
	size_t i;

	for (i = 0; i < NAMES; i++)
		if (nest->links[i])
			put_function(nest, i, kind->shell, out);
	if (!strcmp(kind->shell, "fish"))
		put_fish_exec(nest, out);
}

/* bash's exec knows no functions, but looks a name up where it keeps those that it has found: until
 * PATH is set anew, as the user's files may have done. */
void nest_print_last(const struct nest *nest, const struct hooks_kind *kind, struct buf *out)
{
	size_t i;

	for (i = 0; i < NAMES && !strcmp(kind->shell, "bash"); i++) {
		if (!nest->links[i])
			continue;
		buf_puts(out, "builtin hash -p ");
		quote_single(out, nest->links[i]);
		buf_printf(out, " %s 2>/dev/null\n", names[i]);
	}
}

void nest_remove(const struct nest *nest)
{
	char *scratch = join(nest->folder, "line");
	size_t i;

	for (i = 0; i <= NAMES; i++)
		if (nest->files[i])
			unlink(nest->files[i]);
	for (i = 0; i < NAMES; i++)
		if (nest->links[i])
			unlink(nest->links[i]);
	rmdir(nest->leads);
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
	for (i = 0; i < NAMES; i++)
		free(nest->links[i]);
	free(nest->folder);
	free(nest->lines);
	free(nest->leads);
	free(nest);
}
