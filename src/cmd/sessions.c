/* SPDX-License-Identifier: MIT */
/* Where recordings lie. Nothing is made here: a verb that reads must not leave a folder behind. */
#include "sessions.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"
#include "../repo/survey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char cast_ending[] = ".cast";

static int has_ending(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && !strcmp(name + n - m, ending);
}

void session_folder_in(const char *root, const char *asked, const char *config, struct buf *out)
{
	const char *name = asked && *asked ? asked : config && *config ? config : "codex-logs";
	size_t n = strlen(name);

	while (n > 1 && name[n - 1] == '/')
		n--;
	if (name[0] != '/') {
		buf_puts(out, root);
		if (root[0] && root[strlen(root) - 1] != '/')
			buf_putc(out, '/');
	}
	buf_put(out, name, n);
}

int session_folder(const char *log_dir, struct buf *out, struct err *err)
{
	char cwd[PATH_MAX];
	struct place place = {0};
	const char *asked = log_dir && *log_dir ? log_dir : getenv("STENO_LOG_DIR");
	char *config = asked && *asked ? NULL : place_user_config("steno.logDir");
	int is_absolute = (asked && asked[0] == '/') || (config && config[0] == '/'), rc = 0;

	if (!is_absolute && !getcwd(cwd, sizeof(cwd))) {
		rc = err_sys(err, "find the current directory");
	} else {
		if (!is_absolute)
			place_find(&place, cwd);
		session_folder_in(place.root ? place.root : "", asked, config, out);
		place_release(&place);
	}
	free(config);
	return rc;
}

static int open_folder(const char *path, struct err *err)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return dir < 0 ? err_sys(err, "open %s", path) : dir;
}

/* 0, or 1: this name does not count. */
typedef int name_filter(const char *name, const char *what);

static int begins_with(const char *name, const char *what)
{
	return strncmp(name, what, strlen(what)) != 0;
}

static int is_session(const char *name, const char *what)
{
	(void)what;
	return !has_ending(name, "-session.cast");
}

/* The greatest name that counts, without its ending, owned, into *best; how many count. */
static int search(int dir, name_filter *filter, const char *what, char **best, struct err *err)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), count = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		err_sys(err, "list the folder of the logs");
		io_close(&fd);
		return -1;
	}
	while ((e = readdir(d))) {
		if (!has_ending(e->d_name, cast_ending) || filter(e->d_name, what))
			continue;
		count++;
		if (*best && strcmp(e->d_name, *best) <= 0)
			continue;
		free(*best);
		*best = xstrdup(e->d_name);
	}
	closedir(d);
	if (*best)
		(*best)[strlen(*best) - strlen(cast_ending)] = '\0';
	return count;
}

static int open_cast(struct session_file *s, struct err *err)
{
	struct buf name = {0};
	int rc = 0;

	buf_puts(&name, s->name);
	buf_puts(&name, cast_ending);
	s->cast = openat(s->dir, buf_str(&name),
			 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (s->cast < 0) {
		rc = errno == ENOENT ? 1 : -1;
		err_sys(err, "open %s", buf_str(&name));
	}
	buf_release(&name);
	return rc;
}

static int find_path(struct session_file *s, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	struct buf folder = {0};

	buf_put(&folder, path, (size_t)(base - path));
	s->dir = open_folder(folder.len ? buf_str(&folder) : ".", err);
	buf_release(&folder);
	if (s->dir < 0)
		return err && err->code == ENOENT ? 1 : -1;
	s->name = xstrdup(base);
	if (has_ending(base, cast_ending) || has_ending(base, ".md"))
		*strrchr(s->name, '.') = '\0';
	return open_cast(s, err);
}

static int find_name(struct session_file *s, const char *log_dir, const char *what, struct err *err)
{
	int last = !strcmp(what, "last"), count;
	struct buf path = {0};

	if (session_folder(log_dir, &path, err) == 0)
		s->dir = open_folder(buf_str(&path), err);
	buf_release(&path);
	if (s->dir < 0)
		return err && err->code == ENOENT ? 1 : -1;
	count = search(s->dir, last ? is_session : begins_with, what, &s->name, err);
	if (count < 0)
		return -1;
	if (!count || !*what) {
		err_set(err, "%s: no such session", what);
		return 1;
	}
	if (!last && count > 1) {
		free(s->name);
		s->name = xstrdup(what);
		if (open_cast(s, NULL) == 0)
			return 0;
		err_set(err, "%s: %d sessions begin so", what, count);
		return 1;
	}
	return open_cast(s, err);
}

int session_find(struct session_file *s, const char *log_dir, const char *what, struct err *err)
{
	struct session_file found = {.dir = -1, .cast = -1};
	int is_path = strchr(what, '/') || has_ending(what, cast_ending) || has_ending(what, ".md");
	int rc = is_path ? find_path(&found, what, err) : find_name(&found, log_dir, what, err);

	if (rc)
		session_release(&found);
	else
		*s = found;
	return rc;
}

void session_release(struct session_file *s)
{
	io_close(&s->dir);
	io_close(&s->cast);
	free(s->name);
	s->name = NULL;
}
