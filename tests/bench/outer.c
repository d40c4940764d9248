/* SPDX-License-Identifier: MIT */
/* The terminal around a peer. The bench is a subreaper, so that servers and children which a peer
 * leaves behind are its own: their memory counts, and the next peer starts after they have
 * ended. */
#include "outer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, LEAD = 64, CHUNK = 256 * 1024 };

static char room[LEAD + CHUNK], *const chunk = room + LEAD;

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void outer_start(struct outer *o, const char *const argv[])
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	char *copy[32] = {NULL};
	int i;

	*o = (struct outer){.name = argv[0], .began = now()};
	o->pid = forkpty(&o->master, NULL, NULL, &size);
	if (o->pid < 0)
		die("forkpty");
	if (!o->pid) {
		for (i = 0; i < 31 && argv[i]; i++)
			copy[i] = strdup(argv[i]);
		execvp(copy[0], copy);
		_exit(127);
	}
	fcntl(o->master, F_SETFD, FD_CLOEXEC);
	o->pidfd = (int)syscall(SYS_pidfd_open, o->pid, 0);
	if (o->pidfd < 0)
		die("pidfd_open");
}

void outer_send(const struct outer *o, const char *text)
{
	size_t n = strlen(text);

	if (write(o->master, text, n) != (ssize_t)n)
		die("write to the terminal");
}

/* Waits for output. Returns its size in `chunk`, 0 when ms have passed, -1 at the end. */
static ssize_t take(const struct outer *o, int ms)
{
	struct pollfd p[2] = {{.fd = o->master, .events = POLLIN},
			      {.fd = o->pidfd, .events = POLLIN}};
	ssize_t n;
	int ready;

	do
		ready = poll(p, 2, ms);
	while (ready < 0 && errno == EINTR);
	if (!ready)
		return 0;
	if (p[0].revents & (POLLIN | POLLHUP)) {
		n = read(o->master, chunk, CHUNK);
		if (n > 0)
			return n;
		p[0].fd = -1;
		poll(p, 2, PATIENCE_MS);
	}
	return p[1].revents ? -1 : 0;
}

static int count(const char *data, size_t n, const char *text, size_t want)
{
	const char *end = data + n, *at = data;
	int found = 0;

	while ((at = memmem(at, (size_t)(end - at), text, want))) {
		at += want;
		found++;
	}
	return found;
}

void outer_expect(struct outer *o, const char *text, int times)
{
	size_t want = strlen(text), kept = 0, all;

	while (times > 0) {
		ssize_t n = take(o, 10000);

		if (n <= 0) {
			fprintf(stderr, "bench: %s: waiting for \"%s\"\n", o->name, text);
			die(n ? "the program has ended" : "nothing came for 10 s");
		}
		all = kept + (size_t)n;
		times -= count(chunk - kept, all, text, want);
		/* It may come in two pieces: what may be the first is put before the next. */
		kept = all < want ? all : want - 1;
		memmove(chunk - kept, chunk + n - kept, kept);
	}
}

void outer_settle(struct outer *o, int ms)
{
	while (take(o, ms) > 0)
		;
}

/* The PSS of a process in MiB; 0 for one that is gone, or that is what a peer runs. */
static double memory_of(const char *pid)
{
	char path[300], line[256] = "";
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	if (!strcmp(line, "cat\n") || !strcmp(line, "sh\n") || !strcmp(line, "bench\n"))
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Pss: %ld", &kib) == 1)
			break;
	fclose(f);
	return (double)kib / 1024;
}

static long parent_of(const char *pid)
{
	char path[300], line[512] = "", *paren;
	long parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f)) {
		paren = strrchr(line, ')');
		if (!paren || sscanf(paren, ") %*c %ld", &parent) != 1)
			parent = 0;
	}
	fclose(f);
	return parent;
}

static int is_ours(const char *pid)
{
	char up[24];
	long p = parent_of(pid);

	while (p > 1 && p != getpid()) {
		snprintf(up, sizeof(up), "%ld", p);
		p = parent_of(up);
	}
	return p == getpid();
}

static double memory_of_all(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	double sum = 0;

	while (d && (e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && is_ours(e->d_name))
			sum += memory_of(e->d_name);
	if (d)
		closedir(d);
	return sum;
}

void outer_watch_memory(struct outer *o)
{
	o->next_watch = now();
}

static void watch(struct outer *o)
{
	double mib;

	if (o->next_watch <= 0 || now() < o->next_watch)
		return;
	mib = memory_of_all();
	if (mib > o->peak_mib)
		o->peak_mib = mib;
	o->next_watch = now() + 0.05;
}

double outer_finish(struct outer *o)
{
	double took;
	ssize_t n;

	while ((n = take(o, PATIENCE_MS)) > 0) {
		o->last = now();
		watch(o);
	}
	if (!n) {
		fprintf(stderr, "bench: %s: waiting for its end\n", o->name);
		die("it has hung");
	}
	took = now() - o->began;
	waitpid(o->pid, NULL, 0);
	close(o->pidfd);
	close(o->master);
	return took;
}

void reap_all(void)
{
	double limit = now() + 20;
	struct timespec tick = {.tv_nsec = 1000000};

	for (;;) {
		pid_t got = waitpid(-1, NULL, WNOHANG);

		if (got < 0)
			return;
		if (got > 0)
			continue;
		if (now() > limit)
			die("a peer left a process behind that does not end");
		nanosleep(&tick, NULL);
	}
}

void die(const char *what)
{
	fprintf(stderr, "bench: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
	exit(3);
}
