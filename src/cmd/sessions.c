/* SPDX-License-Identifier: MIT */
/* Names of sessions, and the recordings behind them. A name is looked for in lists of files only:
 * what is in a recording is not asked. */
#include "sessions.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "catalog.h"
#include "print.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOLD = 5 }; /* candidates that a message names */

static const char cast_ending[] = ".cast";

static int has_ending(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && !strcmp(name + n - m, ending);
}

uint32_t session_cut_number(char *what)
{
	char *colon = strrchr(what, ':'), *end;
	unsigned long n;

	if (!colon || colon[1] < '1' || colon[1] > '9' || access(what, F_OK) == 0)
		return 0;
	n = strtoul(colon + 1, &end, 10);
	if (*end || n > UINT32_MAX)
		return 0;
	*colon = '\0';
	return (uint32_t)n;
}

/* --- opening --- */

/* folder: how its folder was named, with a slash behind it, or "". */
static int open_cast(struct session_file *s, const char *folder, struct err *err)
{
	struct buf name = {0};
	int rc = 0;

	buf_puts(&name, s->name);
	buf_puts(&name, cast_ending);
	s->cast = openat(s->dir, buf_str(&name),
			 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (s->cast < 0) {
		rc = errno == ENOENT ? 1 : -1;
		err_sys(err, "open %s%s", folder, buf_str(&name));
	}
	buf_release(&name);
	return rc;
}

static int find_path(struct session_file *s, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	struct buf folder = {0};
	int rc = 0;

	buf_put(&folder, path, (size_t)(base - path));
	s->dir = open(folder.len ? buf_str(&folder) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0) {
		rc = errno == ENOENT ? 1 : -1;
		err_sys(err, "open %s", folder.len ? buf_str(&folder) : ".");
	}
	if (!rc) {
		s->name = xstrdup(base);
		if (has_ending(base, cast_ending) || has_ending(base, ".md"))
			*strrchr(s->name, '.') = '\0';
		rc = open_cast(s, buf_str(&folder), err);
	}
	buf_release(&folder);
	return rc;
}

/* --- names --- */

struct candidate {
	const struct folder *folder;
	char *name; /* without its ending, owned */
};

struct candidates {
	struct candidate *list;
	size_t count;
};

/* "last" is ~1. 0 if it is neither. */
static size_t read_age(const char *what)
{
	char *end;
	unsigned long n;

	if (!strcmp(what, "last"))
		return 1;
	if (what[0] != '~' || what[1] < '1' || what[1] > '9')
		return 0;
	errno = 0;
	n = strtoul(what + 1, &end, 10);
	return *end || errno ? 0 : n;
}

/* Any file that begins so; by age, sessions only. */
static int counts(const char *file, const char *what, size_t age)
{
	return age ? has_ending(file, "-session.cast")
		   : has_ending(file, cast_ending) && !strncmp(file, what, strlen(what));
}

static int list_folder(struct candidates *c, const struct folder *f, const char *what, size_t age,
		       struct err *err)
{
	int fd = openat(f->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	struct candidate *made;

	if (!d) {
		err_sys(err, "list %s", f->path);
		io_close(&fd);
		return -1;
	}
	while ((e = readdir(d))) {
		if (!counts(e->d_name, what, age))
			continue;
		c->list = xrealloc(c->list, (c->count + 1) * sizeof(*c->list));
		made = &c->list[c->count++];
		made->folder = f;
		made->name = xstrdup(e->d_name);
		made->name[strlen(made->name) - strlen(cast_ending)] = '\0';
	}
	closedir(d);
	return 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = strcmp(y->name, x->name);

	return order ? order : strcmp(x->folder->path, y->folder->path);
}

static void release(struct candidates *c)
{
	while (c->count)
		free(c->list[--c->count].name);
	free(c->list);
}

static void refuse(const struct candidates *c, const char *what, struct err *err)
{
	struct buf names = {0};
	size_t i;

	for (i = 0; i < c->count && i < TOLD; i++) {
		buf_puts(&names, i ? ", " : "");
		print_session(&names, c->list[i].folder, c->list[i].name);
	}
	if (c->count > TOLD)
		buf_printf(&names, " and %zu more", c->count - TOLD);
	err_set(err, "%s: %zu sessions begin so: %s", what, c->count, buf_str(&names));
	buf_release(&names);
}

/* Of candidates, the newest first, the one that is meant: 0, or 1. */
static int choose(const struct candidates *c, const char *what, size_t age,
		  const struct candidate **out, struct err *err)
{
	size_t i, exact = 0;

	if (age > c->count && c->count) {
		err_set(err, "%s: there are only %zu sessions", what, c->count);
		return 1;
	}
	if (!c->count || !*what) {
		err_set(err, "%s: no such session%s", what,
			strchr(what, ':') ? ", nor a command's number from 1 on" : "");
		return 1;
	}
	*out = &c->list[age ? age - 1 : 0];
	for (i = 0; i < c->count && !age; i++) {
		if (strcmp(c->list[i].name, what) != 0)
			continue;
		*out = &c->list[i];
		exact++;
	}
	if (age || exact == 1 || c->count == 1)
		return 0;
	refuse(c, what, err);
	return 1;
}

static int find_in(struct session_file *s, const struct catalog *catalog, const char *what,
		   struct err *err)
{
	const struct candidate *found;
	struct candidates c = {0};
	size_t age = read_age(what), i;
	int rc = 0;

	for (i = 0; i < catalog->count && !rc; i++) {
		rc = list_folder(&c, &catalog->folders[i], what, age, err);
		if (!catalog->folders[i].is_here)
			rc = 0; /* somewhere else: as if it were not there */
	}
	if (c.count)
		qsort(c.list, c.count, sizeof(*c.list), newest_first);
	if (!rc)
		rc = choose(&c, what, age, &found, err);
	if (!rc) {
		s->dir = fcntl(found->folder->dir, F_DUPFD_CLOEXEC, 3);
		s->name = xstrdup(found->name);
		rc = s->dir < 0 ? err_sys(err, "open %s", found->folder->path)
				: open_cast(s, "", err);
	}
	release(&c);
	return rc;
}

static int find_name(struct session_file *s, const struct session_scope *scope, const char *what,
		     struct err *err)
{
	struct catalog catalog = {0};
	int rc = catalog_open(&catalog, scope->log_dir, scope->all ? CATALOG_ALL : 0, err);

	if (!rc)
		rc = find_in(s, &catalog, what, err);
	catalog_release(&catalog);
	return rc;
}

int session_find(struct session_file *s, const struct session_scope *scope, const char *what,
		 struct err *err)
{
	struct session_file found = {.dir = -1, .cast = -1};
	int is_path = strchr(what, '/') || has_ending(what, cast_ending) || has_ending(what, ".md");
	int rc = is_path ? find_path(&found, what, err) : find_name(&found, scope, what, err);

	if (rc)
		session_release(&found);
	else
		*s = found;
	return rc;
}

int session_find_anywhere(struct session_file *s, const char *log_dir, const char *what,
			  struct err *err)
{
	struct session_scope scope = {.log_dir = log_dir};
	int rc = session_find(s, &scope, what, err);

	if (!rc || log_dir)
		return rc;
	scope.all = 1;
	return session_find(s, &scope, what, err);
}

void session_release(struct session_file *s)
{
	io_close(&s->dir);
	io_close(&s->cast);
	free(s->name);
	s->name = NULL;
}
