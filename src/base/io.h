/* SPDX-License-Identifier: MIT */
/* io: descriptors and files, opened as if the folder were hostile. */
#ifndef STENO_IO_H
#define STENO_IO_H

#include <stddef.h>
#include <sys/types.h>

struct err;

/* Writes all n bytes, going on after EINTR and short writes. On failure *done (may be NULL) says
 * how many were written. */
int io_write_all(int fd, const void *data, size_t n, size_t *done, struct err *err);
/* Reads up to n bytes, going on after EINTR, until n or the end: returns the count, or -1. */
ssize_t io_read_full(int fd, void *data, size_t n);
/* Copies all that can be read from one to the other, from their positions on. */
int io_copy(int from, int to, struct err *err);
/* Closes *fd if it is one and makes it -1. */
void io_close(int *fd);
int io_set_nonblock(int fd);

/* Opens `path` as a directory that is ours: it is made with mode 0700 if missing, its parents
 * too with IO_PARENTS. Refused: a symbolic link as last part, another user's. One that others may
 * write to is closed to them (a clone under umask 002 makes such). Returns the fd or -1. */
enum { IO_PARENTS = 1 };
int io_open_dir(const char *path, int flags, struct err *err);

/* Opens `name` (one part, no slash) inside dirfd with O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, O_CLOEXEC
 * and the given open(2) flags; a new file has mode 0600. Refused, with a text that says which: what
 * is not a regular file, another user's, one with a second hard link. */
int io_open_file(int dirfd, const char *name, int flags, struct err *err);

/* A file without a name, open for reading and writing, in dirfd or, where that cannot be, in
 * memory. -1 with errno. */
int io_open_nameless(int dirfd);

/* Replaces `name` in dirfd as a whole: `fill` writes into a temporary file beside it, which is
 * then renamed over it. On failure the old file is untouched and the temporary one is gone.
 * IO_WHOLE: a machine that loses its power leaves the old file or the new one, whole: the new one
 * is on the disk before it has its name. IO_NAMED: the new one, once this has returned, if the disk
 * does what it is told. Each waits for the disk, some milliseconds. */
enum { IO_WHOLE = 1, IO_NAMED = 2 };
int io_replace_file(int dirfd, const char *name, int flags,
		    int (*fill)(void *ctx, int fd, struct err *err), void *ctx, struct err *err);

/* Puts on the disk what was written to the file; which names are in the folder. What cannot be
 * synced by its nature (a pipe, some file systems) is as safe as it gets: 0. */
int io_sync(int fd, struct err *err);
int io_sync_names(int dirfd, struct err *err);

#endif
