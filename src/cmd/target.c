/* SPDX-License-Identifier: MIT */
/* Files that an export makes. A recording is the only truth: it is never written over. */
#include "target.h"

#include "../base/buf.h"
#include "../base/err.h"
#include "../base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_through(const char *path, target_fill *fill, void *ctx, struct err *err)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, "open %s", path);
	rc = fill(ctx, fd, err);
	close(fd);
	return rc;
}

static int replace(const char *path, target_fill *fill, void *ctx, struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct buf folder = {0};
	int dir, rc;

	buf_put(&folder, path, (size_t)(name - path));
	dir = open(folder.len ? buf_str(&folder) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		rc = err_sys(err, "open %s", folder.len ? buf_str(&folder) : ".");
	else if (!*name)
		rc = err_set(err, "%s: is a folder", path);
	else
		rc = io_replace_file(dir, name, IO_WHOLE, fill, ctx, err);
	io_close(&dir);
	buf_release(&folder);
	return rc;
}

int target_write(const char *path, const struct stat *source, target_fill *fill, void *ctx,
		 struct err *err)
{
	struct stat st;
	char *real;
	int rc;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return err_sys(err, "look at %s", path);
		return replace(path, fill, ctx, err);
	}
	if (S_ISDIR(st.st_mode))
		return err_set(err, "%s: is a folder", path);
	if (!S_ISREG(st.st_mode))
		return write_through(path, fill, ctx, err);
	if (st.st_dev == source->st_dev && st.st_ino == source->st_ino)
		return err_set(err, "%s: is the recording itself", path);
	real = realpath(path, NULL);
	if (!real)
		return err_sys(err, "find %s", path);
	rc = replace(real, fill, ctx, err);
	free(real);
	return rc;
}

int target_scratch_dir(void)
{
	const char *dir = getenv("TMPDIR");

	return open(dir && *dir ? dir : "/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int target_scratch(struct err *err)
{
	int dir = target_scratch_dir(), fd = io_open_nameless(dir);

	io_close(&dir);
	return fd < 0 ? err_sys(err, "make a temporary file") : fd;
}
