/* SPDX-License-Identifier: MIT */
/* Descriptors and files. The folder that holds the logs may have been prepared by somebody else
 * (a cloned repository), so a name is never followed through a link and what was opened is looked
 * at before it is used. */
#include "io.h"

#include "err.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int io_write_all(int fd, const void *data, size_t n, size_t *done, struct err *err)
{
	const char *p = data;
	size_t at = 0;
	int rc = 0;

	while (at < n) {
		ssize_t got = write(fd, p + at, n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			rc = err_sys(err, "write");
			break;
		}
		at += (size_t)got;
	}
	if (done)
		*done = at;
	return rc;
}

ssize_t io_read_full(int fd, void *data, size_t n)
{
	char *p = data;
	size_t at = 0;

	while (at < n) {
		ssize_t got = read(fd, p + at, n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got)
			break;
		at += (size_t)got;
	}
	return (ssize_t)at;
}

int io_copy(int from, int to, struct err *err)
{
	char piece[16384];
	ssize_t n;

	while ((n = io_read_full(from, piece, sizeof(piece))) > 0)
		if (io_write_all(to, piece, (size_t)n, NULL, err) < 0)
			return -1;
	return n < 0 ? err_sys(err, "read") : 0;
}

void io_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int io_set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static int make_parents(const char *path, struct err *err)
{
	char part[PATH_MAX];
	char *slash;

	if (strlen(path) >= sizeof(part))
		return err_set(err, "%s: path too long", path);
	memcpy(part, path, strlen(path) + 1);
	for (slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_sys(err, "make %s", part);
		*slash = '/';
	}
	return 0;
}

/* A link with a slash behind it would be followed, so no slash may end the path. */
static int without_slashes(const char *path, char out[PATH_MAX], struct err *err)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n >= PATH_MAX)
		return err_set(err, "%s: path too long", path);
	memcpy(out, path, n);
	out[n] = '\0';
	return 0;
}

int io_open_dir(const char *given, int flags, struct err *err)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (without_slashes(given, path, err) < 0)
		return -1;
	if (flags & IO_PARENTS && make_parents(path, err) < 0)
		return -1;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(err, "make %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR && lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return err_set(err, "%s: is a symbolic link", path);
	if (fd < 0)
		return err_sys(err, "open %s", path);
	if (fstat(fd, &st) < 0) {
		err_sys(err, "look at %s", path);
		goto refuse;
	}
	if (st.st_uid != geteuid()) {
		err_set(err, "%s: belongs to another user", path);
		goto refuse;
	}
	if (st.st_mode & (S_IWGRP | S_IWOTH) &&
	    fchmod(fd, st.st_mode & 07777 & ~(mode_t)(S_IWGRP | S_IWOTH)) < 0) {
		err_sys(err, "%s: others may write to it", path);
		goto refuse;
	}
	return fd;
refuse:
	close(fd);
	return -1;
}

int io_open_file(int dirfd, const char *name, int flags, struct err *err)
{
	const int always = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct stat st;
	int fd = openat(dirfd, name, (flags & ~O_TRUNC) | always, 0600);

	if (fd < 0 && errno == ELOOP)
		return err_set(err, "%s: is a symbolic link", name);
	if (fd < 0 && errno == ENXIO) /* a FIFO that nobody reads, or a socket */
		return err_set(err, "%s: is not a regular file", name);
	if (fd < 0)
		return err_sys(err, "open %s", name);
	if (fstat(fd, &st) < 0) {
		err_sys(err, "look at %s", name);
		goto refuse;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, "%s: is not a regular file", name);
		goto refuse;
	}
	if (st.st_uid != geteuid()) {
		err_set(err, "%s: belongs to another user", name);
		goto refuse;
	}
	if (st.st_nlink > 1) {
		err_set(err, "%s: has a second hard link", name);
		goto refuse;
	}
	if (flags & O_TRUNC && ftruncate(fd, 0) < 0) { /* not before it is known to be ours */
		err_sys(err, "empty %s", name);
		goto refuse;
	}
	return fd;
refuse:
	close(fd);
	return -1;
}

static int sync_by(int (*call)(int fd), int fd, struct err *err)
{
	int rc;

	do
		rc = call(fd);
	while (rc < 0 && errno == EINTR);
	return rc < 0 && errno != EINVAL && errno != EROFS ? err_sys(err, "sync") : 0;
}

int io_sync(int fd, struct err *err)
{
	return sync_by(fdatasync, fd, err);
}

/* Not fdatasync(2): a name that fits into the folder as it is does not change its size. */
int io_sync_names(int dirfd, struct err *err)
{
	return sync_by(fsync, dirfd, err);
}

int io_replace_file(int dirfd, const char *name, int flags,
		    int (*fill)(void *ctx, int fd, struct err *err), void *ctx, struct err *err)
{
	char temp[NAME_MAX + 1];
	int fd = -1, rc = -1;

	if (snprintf(temp, sizeof(temp), ".%s.%ld", name, (long)getpid()) >= (int)sizeof(temp))
		return err_set(err, "%s: name too long", name);
	unlinkat(dirfd, temp, 0);
	fd = io_open_file(dirfd, temp, O_WRONLY | O_CREAT | O_EXCL, err);
	if (fd < 0)
		return -1;
	if (fill(ctx, fd, err) < 0 || (flags & IO_WHOLE && io_sync(fd, err) < 0)) {
		err_wrap(err, "%s", name);
		goto out;
	}
	if (close(fd) < 0) {
		fd = -1;
		err_sys(err, "close %s", name);
		goto out;
	}
	fd = -1;
	if (renameat(dirfd, temp, dirfd, name) < 0) {
		err_sys(err, "replace %s", name);
		goto out;
	}
	if (flags & IO_NAMED) /* if that fails it is replaced all the same */
		io_sync_names(dirfd, NULL);
	rc = 0;
out:
	io_close(&fd);
	if (rc < 0)
		unlinkat(dirfd, temp, 0);
	return rc;
}

int io_open_nameless(int dirfd)
{
	int fd = openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : memfd_create("steno", MFD_CLOEXEC);
}
