/* SPDX-License-Identifier: MIT */
/* The FIFO. What comes out of it is foreign: it is looked at as far as a line of the recording
 * needs, and believed by nobody here. */
#include "inbox.h"

#include "report.h"

#include "../base/err.h"
#include "../base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 1 << 20 }; /* bytes that wait in it; a user may have as many, pipe(7) */

static const char prefix[] = "commands-";

void inbox_name(const struct stat *st, char name[INBOX_NAME])
{
	snprintf(name, INBOX_NAME, "%s%jx-%jx", prefix, (uintmax_t)st->st_dev,
		 (uintmax_t)st->st_ino);
}

static int is_ours(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & 077);
}

static void remove_left(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), inbox;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d)
		io_close(&fd);
	while (d && (e = readdir(d))) {
		if (strncmp(e->d_name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		inbox = inbox_reach(dir, e->d_name);
		if (inbox < 0 && errno == ENXIO)
			unlinkat(dir, e->d_name, 0);
		io_close(&inbox);
	}
	if (d)
		closedir(d);
}

/* Under its name it has a reader from the first moment on. */
int inbox_open(int dir, const char *name, struct err *err)
{
	char making[64];
	int fd;

	remove_left(dir);
	snprintf(making, sizeof(making), "making-%d", (int)getpid());
	unlinkat(dir, making, 0);
	if (mkfifoat(dir, making, 0600) < 0)
		return err_sys(err, "make %s", name);
	fd = openat(dir, making, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || renameat(dir, making, dir, name) < 0) {
		err_sys(err, "open %s", name);
		unlinkat(dir, making, 0);
		io_close(&fd);
		return -1;
	}
	fcntl(fd, F_SETPIPE_SZ, ROOM);
	return fd;
}

int inbox_reach(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && !is_ours(fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

int inbox_is_plain(const char *line, size_t n)
{
	size_t i;

	if (n < 2 || n >= REPORT_LINE || !strchr("BTE", line[0]) || line[1] != ';')
		return 0;
	for (i = 0; i < n; i++)
		if (line[i] < 0x20 || line[i] > 0x7e)
			return 0;
	return 1;
}
