/* SPDX-License-Identifier: MIT */
/* A prompt that is not marked cannot be seen; that the shell reads keys again, can. In doubt it does
 * not: whatever runs in the shell's own process group, as all do without job control, may read. */
#include "foreground.h"

#include "../base/io.h"
#include "pty.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHILDREN_MOST = 4096 }; /* bytes of their list */

static int stat_program(pid_t pid, struct stat *st)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return stat(path, st);
}

void foreground_prompt(struct foreground *f, pid_t shell)
{
	struct stat st;
	int is_known = stat_program(shell, &st) == 0;

	f->shell = shell;
	f->dev = is_known ? st.st_dev : 0;
	f->ino = is_known ? st.st_ino : 0;
}

static int is_same_program(const struct foreground *f)
{
	struct stat st;

	return f->ino && stat_program(f->shell, &st) == 0 && st.st_dev == f->dev &&
	       st.st_ino == f->ino;
}

/* The kernel's list of a process's children, "PID PID ": proc(5). 0: too long, or there is none. */
static int read_children(pid_t pid, char *text, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, size - 1);
	io_close(&fd);
	if (n < 0 || (size_t)n == size - 1)
		return 0;
	text[n] = '\0';
	return 1;
}

static int is_alone(pid_t shell)
{
	char text[CHILDREN_MOST], *at = text, *end;
	long child;

	if (!read_children(shell, text, sizeof(text)))
		return 0;
	for (; (child = strtol(at, &end, 10)) > 0 && end > at; at = end)
		if (getpgid((pid_t)child) == shell)
			return 0;
	return 1;
}

enum foreground_reader foreground_reader(const struct foreground *f, int master)
{
	if (!f->shell || tcgetpgrp(master) != f->shell || !is_same_program(f) ||
	    !is_alone(f->shell))
		return FOREGROUND_NOT_KNOWN;
	return pty_is_canonical(master) ? FOREGROUND_SHELL : FOREGROUND_EDITOR;
}
