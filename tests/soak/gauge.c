/* SPDX-License-Identifier: MIT */
#include "gauge.h"

#include "base/buf.h"
#include "live/proc.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_below(const struct processes *all, pid_t pid, pid_t above)
{
	const struct process *p;
	int depth;

	for (depth = 0; depth < 16 && (p = proc_find(all, pid)); depth++) {
		if (p->parent == above)
			return 1;
		pid = p->parent;
	}
	return 0;
}

pid_t gauge_process(pid_t above, const char *name)
{
	struct processes all = {0};
	pid_t found = 0;
	size_t i;

	proc_list(&all);
	for (i = 0; i < all.n && !found; i++)
		if (!all.list[i].is_dead && !strcmp(all.list[i].name, name) &&
		    is_below(&all, all.list[i].pid, above))
			found = all.list[i].pid;
	free(all.list);
	return found;
}

static long value_of(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

static long count_descriptors(pid_t pid)
{
	char path[64];
	long n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	d = opendir(path);
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

int gauge_take(struct gauge *g, pid_t pid)
{
	struct buf status = {0};
	int rc = pid ? proc_read(pid, "status", &status) : -1;

	if (rc == 0) {
		const char *text = buf_str(&status);

		g->rss = value_of(text, "\nVmRSS:");
		g->threads = value_of(text, "\nThreads:");
		g->descriptors = count_descriptors(pid);
		if (g->pid != pid) {
			g->first_rss = g->most_rss = g->rss;
			g->first_descriptors = g->descriptors;
			g->first_threads = g->threads;
		}
		if (g->rss > g->most_rss)
			g->most_rss = g->rss;
		g->pid = pid;
	}
	buf_release(&status);
	return rc;
}
