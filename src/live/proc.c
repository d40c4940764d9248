/* SPDX-License-Identifier: MIT */
/* proc(5), as far as it takes to know whose child a process is. */
#include "proc.h"

#include "clock.h"

#include "../base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MOST = 256 * 1024 };

int proc_read_file(int dir, const char *path, struct buf *out)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	ssize_t n = 0;

	buf_clear(out);
	while (fd >= 0 && out->len < FILE_MOST) {
		buf_reserve(out, 4096);
		n = read(fd, out->data + out->len, 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		out->len += (size_t)n;
	}
	buf_str(out);
	if (fd < 0)
		return -1;
	close(fd);
	return n < 0 ? -1 : 0;
}

int proc_read(pid_t pid, const char *what, struct buf *out)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	return proc_read_file(AT_FDCWD, path, out);
}

/* proc(5): PID (NAME) STATE PPID ..., the start time being the 22nd; a name may hold anything. */
static int parse_stat(const char *stat, struct process *p)
{
	const char *open = strchr(stat, '('), *close = strrchr(stat, ')');
	int parent, i;
	char state;

	if (!open || !close || close < open)
		return -1;
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(close - open - 1), open + 1);
	if (sscanf(close + 1, " %c %d", &state, &parent) != 2)
		return -1;
	p->parent = parent;
	p->is_dead = state == 'Z' || state == 'X';
	for (stat = close + 1, i = 3; i < 22 && stat; i++)
		stat = strchr(stat + 1, ' ');
	if (!stat)
		return -1;
	p->age = strtoull(stat, NULL, 10);
	return 0;
}

int proc_stat(pid_t pid, struct process *p)
{
	struct buf text = {0};
	int rc = proc_read(pid, "stat", &text);

	p->pid = pid;
	if (rc == 0)
		rc = parse_stat(buf_str(&text), p);
	buf_release(&text);
	return rc;
}

/* proc(5): the number of the terminal is the 7th field. */
static int parse_terminal(const char *stat, unsigned int *tty)
{
	const char *close = strrchr(stat, ')');
	char state;

	return close && sscanf(close + 1, " %c %*d %*d %*d %u", &state, tty) == 2 && state != 'Z';
}

int proc_has_terminal(pid_t pid, dev_t tty)
{
	struct buf text = {0};
	unsigned int number;
	int has = proc_read(pid, "stat", &text) == 0 && parse_terminal(buf_str(&text), &number) &&
		  makedev(number >> 8 & 0xfff, (number & 0xff) | (number >> 12 & 0xfff00)) == tty;

	buf_release(&text);
	return has;
}

static void put_process(struct processes *all, const struct process *p)
{
	if (all->n == all->cap) {
		all->cap = all->cap ? 2 * all->cap : 256;
		all->list = xrealloc(all->list, all->cap * sizeof(*all->list));
	}
	all->list[all->n++] = *p;
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct process *)a)->pid, y = ((const struct process *)b)->pid;

	return (x > y) - (x < y);
}

void proc_list(struct processes *all)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	struct process p;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		if (proc_stat((pid_t)strtol(e->d_name, NULL, 10), &p) == 0)
			put_process(all, &p);
	}
	if (d)
		closedir(d);
	if (all->n)
		qsort(all->list, all->n, sizeof(*all->list), by_pid);
}

/* proc(5): the last field of loadavg. */
pid_t proc_newest(void)
{
	struct buf text = {0};
	const char *blank = NULL;
	pid_t pid = -1;

	if (proc_read_file(AT_FDCWD, "/proc/loadavg", &text) == 0)
		blank = strrchr(buf_str(&text), ' ');
	if (blank)
		pid = (pid_t)strtol(blank + 1, NULL, 10);
	buf_release(&text);
	return pid;
}

const struct process *proc_find(const struct processes *all, pid_t pid)
{
	const struct process key = {.pid = pid};

	return all->n ? bsearch(&key, all->list, all->n, sizeof(key), by_pid) : NULL;
}

const char *proc_variable(const struct buf *env, const char *name)
{
	const char *p = (const char *)env->data, *end = p ? p + env->len : p;
	size_t n = strlen(name);

	for (; p && p < end; p += strlen(p) + 1)
		if (!strncmp(p, name, n) && p[n] == '=')
			return p + n + 1;
	return NULL;
}

/* By the wall clock; ticks are hundredths of a second, or whatever the kernel says. */
int64_t proc_wall(uint64_t age)
{
	long ticks = sysconf(_SC_CLK_TCK);
	struct timespec boot;
	int64_t up;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	up = (int64_t)boot.tv_sec * 1000000 + boot.tv_nsec / 1000;
	return clock_wall_us() - up +
	       (int64_t)(age * 1000000 / (uint64_t)(ticks > 0 ? ticks : 100));
}

int proc_lives(pid_t pid, uint64_t age)
{
	struct process p;

	return proc_stat(pid, &p) == 0 && p.age == age && !p.is_dead;
}

char *proc_cwd(pid_t pid)
{
	char link[64], cwd[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
	n = readlink(link, cwd, sizeof(cwd) - 1);
	cwd[n > 0 ? n : 0] = '\0';
	return n > 0 ? xstrdup(cwd) : NULL;
}
