/* SPDX-License-Identifier: MIT */
/* Files are reached one folder at a time from the top, never through a link, and nothing but a
 * regular file is ever read: paths come from trees that anybody may have made. */
#include "shape.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder in `dir` whose name is the n bytes of `path`. -1: not there. */
static int open_part(int dir, const char *path, size_t n)
{
	char part[NAME_MAX + 1];

	if (n >= sizeof(part))
		return -1;
	memcpy(part, path, n);
	part[n] = '\0';
	if (strcmp(part, "..") == 0)
		return -1;
	return openat(dir, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens the folder that holds what *path begins with, a part at a time, and moves *path behind
 * those that were opened. */
static int open_nearest(const struct gate *g, const char **path)
{
	int dir = openat(g->root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *slash;

	while (dir >= 0 && (slash = strchr(*path, '/')) != NULL && slash[1]) {
		int next = open_part(dir, *path, (size_t)(slash - *path));

		if (next < 0)
			break;
		io_close(&dir);
		dir = next;
		*path = slash + 1;
	}
	return dir;
}

/* Opens the folder that holds the last part of `path`, which *name then begins at. -1: not
 * there. */
static int open_parent(const struct gate *g, const char *path, const char **name)
{
	int dir = open_nearest(g, &path);
	const char *slash = strchr(path, '/');

	if (slash && slash[1])
		io_close(&dir);
	*name = path;
	return dir;
}

static void take_stat(struct shape *s, const struct stat *st)
{
	s->size = (int64_t)st->st_size;
	s->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	s->ctime_us = (int64_t)st->st_ctim.tv_sec * 1000000 + st->st_ctim.tv_nsec / 1000;
	s->ino = (uint64_t)st->st_ino;
}

/* The HEAD of the repository in the folder `path`; zero if it cannot be read. */
static void take_repo(struct shape *s, const struct gate *g, const char *path)
{
	struct buf full = {0};
	git_repository *sub = NULL;

	buf_puts(&full, git_repository_workdir(g->repo));
	buf_puts(&full, path);
	if (git_repository_open_ext(&sub, buf_str(&full), GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) ==
	    0) {
		s->kind = SHAPE_REPO;
		s->mode = GIT_FILEMODE_COMMIT;
		git_reference_name_to_id(&s->oid, sub, "HEAD");
	}
	git_repository_free(sub);
	buf_release(&full);
}

static void take_link(struct shape *s, int dir, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, name, target, sizeof(target));

	if (n < 0)
		return;
	s->kind = SHAPE_BLOB;
	s->mode = GIT_FILEMODE_LINK;
	git_odb_hash(&s->oid, target, (size_t)n, GIT_OBJECT_BLOB);
}

/* Hashes n bytes as git would store them at `path`: built-in filters only, which is all that
 * libgit2 has. */
static int hash_filtered(git_oid *oid, const struct gate *g, const char *path, const char *data,
			 size_t n)
{
	git_filter_list *filters = NULL;
	git_buf out = {0};
	int rc = git_filter_list_load(&filters, g->repo, NULL, path, GIT_FILTER_TO_ODB,
				      GIT_FILTER_ALLOW_UNSAFE);

	if (rc == 0 && filters) {
		rc = git_filter_list_apply_to_buffer(&out, filters, data, n);
		data = out.ptr;
		n = out.size;
	}
	if (rc == 0)
		rc = git_odb_hash(oid, data, n, GIT_OBJECT_BLOB);
	git_buf_dispose(&out);
	git_filter_list_free(filters);
	return rc;
}

static void take_file(struct shape *s, const struct gate *g, int dir, const char *name,
		      const char *filter_as, int64_t *budget)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char *data = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		goto out;
	take_stat(s, &st);
	s->mode = st.st_mode & S_IXUSR ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
	s->kind = SHAPE_STAT;
	if (st.st_size > SHAPE_READ_MAX || st.st_size > *budget)
		goto out;
	*budget -= st.st_size;
	data = xmalloc((size_t)st.st_size);
	n = io_read_full(fd, data, (size_t)st.st_size);
	if (n < 0)
		goto out;
	if (filter_as ? hash_filtered(&s->oid, g, filter_as, data, (size_t)n) == 0
		      : git_odb_hash(&s->oid, data, (size_t)n, GIT_OBJECT_BLOB) == 0)
		s->kind = SHAPE_BLOB;
out:
	free(data);
	io_close(&fd);
}

static void take(struct shape *s, const struct gate *g, const char *path, const char *filter_as,
		 int64_t *budget)
{
	const char *name;
	int dir = open_parent(g, path, &name);
	char last[NAME_MAX + 1];
	size_t n = strcspn(name, "/");
	struct stat st;

	memset(s, 0, sizeof(*s));
	if (dir < 0 || n >= sizeof(last))
		goto out;
	memcpy(last, name, n);
	last[n] = '\0';
	if (strcmp(last, "..") == 0 || fstatat(dir, last, &st, AT_SYMLINK_NOFOLLOW) < 0)
		goto out;
	take_stat(s, &st);
	if (S_ISDIR(st.st_mode))
		take_repo(s, g, path);
	else if (S_ISLNK(st.st_mode))
		take_link(s, dir, last);
	else if (S_ISREG(st.st_mode))
		take_file(s, g, dir, last, filter_as, budget);
	if (s->kind == SHAPE_NOTHING)
		memset(s, 0, sizeof(*s));
out:
	io_close(&dir);
}

void shape_of_file(struct shape *s, const struct gate *g, const char *path, int64_t *budget)
{
	take(s, g, path, NULL, budget);
}

void shape_of_content(struct shape *s, const struct gate *g, const char *path, int64_t *budget)
{
	take(s, g, path, path, budget);
	s->as_stored = 1;
}

void shape_of_entry(struct shape *s, git_tree *tree, const char *path)
{
	git_tree_entry *entry = NULL;
	uint32_t mode;

	memset(s, 0, sizeof(*s));
	if (!tree || git_tree_entry_bypath(&entry, tree, path) < 0)
		return;
	mode = (uint32_t)git_tree_entry_filemode(entry);
	if (mode != GIT_FILEMODE_TREE) {
		s->kind = mode == GIT_FILEMODE_COMMIT ? SHAPE_REPO : SHAPE_BLOB;
		s->mode = mode;
		s->as_stored = 1;
		git_oid_cpy(&s->oid, git_tree_entry_id(entry));
	}
	git_tree_entry_free(entry);
}

int64_t shape_stamp(const char *path)
{
	struct shape shape;
	struct stat st;

	if (lstat(path, &st) < 0)
		return 0;
	take_stat(&shape, &st);
	return shape.ctime_us;
}

int64_t shape_touched(const struct gate *g, const char *path)
{
	struct shape shape;
	int64_t none = 0;

	shape_of_file(&shape, g, path, &none);
	return shape.kind == SHAPE_REPO ? 0 : shape.ctime_us;
}

int64_t shape_born(const struct gate *g, const char *path)
{
	const char *name;
	int dir = open_parent(g, path, &name);
	struct statx st = {0};
	int64_t us = 0;

	if (dir >= 0 && statx(dir, name, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &st) == 0 &&
	    st.stx_mask & STATX_BTIME)
		us = st.stx_btime.tv_sec * 1000000 + st.stx_btime.tv_nsec / 1000;
	io_close(&dir);
	return us;
}

int64_t shape_folder_touched(const struct gate *g, const char *path)
{
	int dir = open_nearest(g, &path);
	struct shape shape = {0};
	struct stat st;

	if (dir >= 0 && fstat(dir, &st) == 0)
		take_stat(&shape, &st);
	io_close(&dir);
	return shape.ctime_us;
}

static int same_stat(const struct shape *a, const struct shape *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns && a->ino == b->ino;
}

int shape_same(const struct shape *a, const struct shape *b, const struct gate *g)
{
	static const git_oid unknown;
	uint32_t bits = g->filemode ? ~0u : (uint32_t)S_IFMT;

	if (a->kind == SHAPE_NOTHING || b->kind == SHAPE_NOTHING)
		return a->kind == b->kind;
	if ((a->mode & bits) != (b->mode & bits))
		return 0;
	if (a->kind == SHAPE_STAT || b->kind == SHAPE_STAT)
		return same_stat(a, b);
	if (a->kind == SHAPE_REPO &&
	    (git_oid_equal(&a->oid, &unknown) || git_oid_equal(&b->oid, &unknown)))
		return 1;
	return git_oid_equal(&a->oid, &b->oid);
}

int shape_untouched(const struct shape *a, const struct shape *b, int64_t start_us)
{
	return a->kind != SHAPE_NOTHING && a->kind != SHAPE_REPO && same_stat(a, b) &&
	       a->ctime_us == b->ctime_us && a->ctime_us < start_us - SHAPE_SLACK_US;
}
