/* SPDX-License-Identifier: MIT */
/* Sockets are reached by whoever may search their folder, so it is the folder that protects
 * them. */
#include "rundir.h"

#include "../base/err.h"
#include "../base/io.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MADE = 2 }; /* the places that one is made in */

static int name_place(const char *runtime, int place, char path[RUNDIR_PATH])
{
	int n;

	if (place == 0 && (!runtime || runtime[0] != '/'))
		return -1;
	if (place == 0)
		n = snprintf(path, RUNDIR_PATH, "%s/steno", runtime);
	else if (place == 1)
		n = snprintf(path, RUNDIR_PATH, "/tmp/steno-%u", (unsigned)getuid());
	else
		n = snprintf(path, RUNDIR_PATH, "/run/user/%u/steno", (unsigned)getuid());
	return n < RUNDIR_PATH ? 0 : -1;
}

static int open_private(const char *path, struct err *err)
{
	struct stat st;
	int fd = io_open_dir(path, 0, err);

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && (!(st.st_mode & 077) || fchmod(fd, 0700) == 0))
		return fd;
	err_sys(err, "close %s to others", path);
	close(fd);
	return -1;
}

int rundir_open(const char *runtime, char path[RUNDIR_PATH], struct err *err)
{
	int place, fd = -1;

	for (place = 0; place < MADE && fd < 0; place++)
		if (name_place(runtime, place, path) == 0)
			fd = open_private(path, err);
	return fd;
}

int rundir_look(const char *runtime, int place)
{
	char path[RUNDIR_PATH];
	struct stat st;

	if (name_place(runtime, place, path) < 0 || lstat(path, &st) < 0)
		return -1;
	return open_private(path, NULL);
}
