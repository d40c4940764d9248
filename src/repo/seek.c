/* SPDX-License-Identifier: MIT */
/* The walk of setup_git_directory_gently_1() in git's setup.c. A file that should be small and
 * regular is never waited for: a FIFO in its place is no repository. */
#include "seek.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEEK_SMALL = PATH_MAX + 64 }; /* HEAD, a .git file, commondir: one path */

static char *join(const char *dir, const char *name)
{
	struct buf b = {0};
	size_t n = strlen(dir);

	buf_puts(&b, dir);
	if (n > 0 && dir[n - 1] != '/')
		buf_putc(&b, '/');
	buf_puts(&b, name);
	buf_str(&b);
	return (char *)b.data;
}

/* The first line of a small regular file, malloc'ed; NULL if there is none. */
static char *first_line(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *text = NULL;
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		text = xmalloc(SEEK_SMALL + 1);
		n = io_read_full(fd, text, SEEK_SMALL);
	}
	io_close(&fd);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	return text;
}

static int is_oid(const char *text)
{
	size_t n = 0;

	while (isxdigit((unsigned char)text[n]))
		n++;
	return (n == 40 || n == 64) && text[n] == '\0';
}

/* As git's validate_headref(). */
static int is_head(const char *path)
{
	char target[8] = "";
	char *line;
	int good = 0;

	if (readlink(path, target, sizeof(target) - 1) > 0)
		return strncmp(target, "refs/", 5) == 0;
	line = first_line(path);
	if (!line)
		return 0;
	if (strncmp(line, "ref:", 4) == 0)
		good = strncmp(line + 4 + strspn(line + 4, " \t"), "refs/", 5) == 0;
	else
		good = is_oid(line);
	free(line);
	return good;
}

static int is_searchable(const char *dir, const char *name)
{
	char *path = join(dir, name);
	int good = access(path, X_OK) == 0;

	free(path);
	return good;
}

/* The folder that holds refs and objects: `gitdir` itself, or what its commondir file names (a
 * linked working tree). */
static char *common_of(const char *gitdir)
{
	char *path = join(gitdir, "commondir");
	char *line = first_line(path);
	char *common;

	free(path);
	if (!line || !*line)
		common = xstrdup(gitdir);
	else if (line[0] == '/')
		common = xstrdup(line);
	else
		common = join(gitdir, line);
	free(line);
	return common;
}

/* As git's is_git_directory(). */
static int is_gitdir(const char *path)
{
	const char *objects = getenv("GIT_OBJECT_DIRECTORY");
	char *head = join(path, "HEAD");
	char *common = NULL;
	int good = is_head(head);

	if (good) {
		common = common_of(path);
		good = is_searchable(common, "refs") &&
		       (objects ? access(objects, X_OK) == 0 : is_searchable(common, "objects"));
	}
	free(common);
	free(head);
	return good;
}

/* What the file `path` ("gitdir: WHERE") points to; NULL if it is no such file, or points
 * nowhere. */
static char *read_gitfile(const char *path)
{
	char *line = first_line(path);
	char *dir = NULL, *found = NULL, *slash;

	if (line && strncmp(line, "gitdir: ", 8) == 0) {
		if (line[8] == '/') {
			found = xstrdup(line + 8);
		} else {
			dir = xstrdup(path);
			slash = strrchr(dir, '/');
			if (slash)
				*slash = '\0';
			found = join(dir, line + 8);
		}
	}
	free(dir);
	free(line);
	return found;
}

static void found(struct seek *s, enum seek_kind kind, const char *top, const char *gitdir)
{
	char *real = realpath(gitdir, NULL);

	free(s->why);
	s->why = NULL;
	free(s->top);
	s->top = top ? xstrdup(top) : NULL;
	s->kind = kind;
	s->gitdir = real ? real : xstrdup(gitdir);
}

static void broken(struct seek *s, const char *top, const char *what, const char *why)
{
	struct buf text = {0};

	if (s->kind == SEEK_BROKEN)
		return;
	buf_printf(&text, "%s %s", what, why);
	buf_str(&text);
	s->kind = SEEK_BROKEN;
	s->top = top ? xstrdup(top) : NULL;
	s->why = (char *)text.data;
}

/* A .git folder that once was a repository, not just an empty folder of that name. */
static int looks_like_ruin(const char *dotgit)
{
	return is_searchable(dotgit, "objects") || is_searchable(dotgit, "refs");
}

/* Looks at one folder; returns whether the search is over. */
static int look_here(struct seek *s, const char *dir)
{
	char *dotgit = join(dir, ".git");
	char *target = NULL;
	struct stat st;
	int over = 1;

	if (stat(dotgit, &st) == 0 && S_ISREG(st.st_mode)) {
		target = read_gitfile(dotgit);
		if (target && is_gitdir(target))
			found(s, SEEK_TOP, dir, target);
		else
			broken(s, dir, dotgit, "does not lead to a git repository");
	} else if (is_gitdir(dotgit)) {
		found(s, SEEK_TOP, dir, dotgit);
	} else if (is_gitdir(dir)) {
		found(s, SEEK_BARE, NULL, dir);
	} else {
		if (looks_like_ruin(dotgit))
			broken(s, dir, dotgit, "is not a valid git repository");
		over = 0;
	}
	free(target);
	free(dotgit);
	return over;
}

/* How long a ceiling is if it stands above `cwd`, else -1. Links are resolved until an empty entry
 * in the list says that the rest needs it not (git(1), GIT_CEILING_DIRECTORIES). */
static long ceiling_length(const char *entry, const char *cwd, int resolve)
{
	char *real = resolve ? realpath(entry, NULL) : xstrdup(entry);
	size_t n;
	long len = -1;

	if (!real)
		return -1;
	n = strlen(real);
	if (n == 1)
		len = 0;
	else if (strncmp(cwd, real, n) == 0 && cwd[n] == '/')
		len = (long)n;
	free(real);
	return len;
}

static long ceiling_of(const char *cwd)
{
	const char *p = getenv("GIT_CEILING_DIRECTORIES");
	int resolve = 1;
	long best = -1;

	while (p && *p) {
		size_t n = strcspn(p, ":");
		char *entry = strndup(p, n);
		long len = -1;

		if (n == 0)
			resolve = 0;
		else if (entry && entry[0] == '/')
			len = ceiling_length(entry, cwd, resolve);
		if (len > best)
			best = len;
		free(entry);
		p += n + (p[n] == ':');
	}
	return best;
}

static int may_cross_mounts(void)
{
	const char *v = getenv("GIT_DISCOVERY_ACROSS_FILESYSTEM");

	return v && (!strcasecmp(v, "true") || !strcasecmp(v, "yes") || !strcasecmp(v, "on") ||
		     strtol(v, NULL, 10) != 0);
}

static void walk_up(struct seek *s, const char *cwd)
{
	long ceiling = strcmp(cwd, "/") == 0 ? -1 : ceiling_of(cwd);
	int cross = may_cross_mounts();
	char *dir = xstrdup(cwd);
	struct stat first, st;

	if (stat(dir, &first) < 0)
		goto out;
	while (!look_here(s, dir)) {
		char *slash = strrchr(dir, '/');

		if (strcmp(dir, "/") == 0 || !slash || slash - dir <= ceiling)
			break;
		slash[slash == dir] = '\0';
		if (stat(dir, &st) < 0 || (!cross && st.st_dev != first.st_dev))
			break;
	}
out:
	free(dir);
}

static void look_at_git_dir(struct seek *s, const char *cwd, const char *named)
{
	char *path = named[0] == '/' ? xstrdup(named) : join(cwd, named);
	char *target = read_gitfile(path);

	if (is_gitdir(target ? target : path))
		found(s, SEEK_EXPLICIT, NULL, target ? target : path);
	else
		broken(s, NULL, named, "(GIT_DIR) is not a git repository");
	free(target);
	free(path);
}

void seek_repo(struct seek *s, const char *cwd)
{
	const char *named = getenv("GIT_DIR");

	memset(s, 0, sizeof(*s));
	if (named)
		look_at_git_dir(s, cwd, named);
	else
		walk_up(s, cwd);
}

void seek_release(struct seek *s)
{
	free(s->top);
	free(s->gitdir);
	free(s->why);
	memset(s, 0, sizeof(*s));
}
