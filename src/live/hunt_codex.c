/* SPDX-License-Identifier: MIT */
/* Codex has its rollouts open for writing, or a server has them that all of the user's terminals
 * share. */
#include "hunt_private.h"

#include "proc.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEVELS = 3 }; /* of folders in sessions: year, month, day */

enum hunt_kind hunt_is_codex(const struct process *p)
{
	static const char *const scripts[] = {"/@openai/codex/", "/bin/codex", "/.bin/codex", NULL};

	if (!strcmp(p->name, "codex"))
		return HUNT_CODEX;
	return hunt_is_script(p, scripts) ? HUNT_CODEX_STARTER : HUNT_NONE;
}

/* The profile that Codex was told: -p NAME, --profile NAME, --profile=NAME. */
static char *find_profile(const struct buf *args)
{
	const char *p = (const char *)args->data, *end = p ? p + args->len : p;
	int is_next = 0;

	for (; p && p < end; p += strlen(p) + 1) {
		if (is_next)
			return xstrdup(p);
		if (!strcmp(p, "--"))
			break;
		is_next = !strcmp(p, "-p") || !strcmp(p, "--profile");
		if (!strncmp(p, "--profile=", 10))
			return xstrdup(p + 10);
	}
	return xstrdup("default");
}

static int has_word(const struct buf *args, const char *const *words)
{
	const char *p = (const char *)args->data, *end = p ? p + args->len : p;
	size_t i;

	for (; p && p < end; p += strlen(p) + 1)
		for (i = 0; words[i]; i++)
			if (!strcmp(p, words[i]))
				return 1;
	return 0;
}

static int is_server(const struct buf *args)
{
	static const char *const words[] = {"app-server", NULL};

	return has_word(args, words);
}

/* -C DIR, --cd DIR, --cd=DIR: where it is to work. */
static void take_directory(struct hunt_agent *a, const struct buf *args)
{
	const char *p = (const char *)args->data, *end = p ? p + args->len : p, *dir = NULL;
	struct buf path = {0};
	char *real;
	int is_next = 0;

	for (; p && p < end && !dir && strcmp(p, "--") != 0; p += strlen(p) + 1) {
		if (is_next)
			dir = p;
		else if (!strncmp(p, "--cd=", 5))
			dir = p + 5;
		is_next = !strcmp(p, "-C") || !strcmp(p, "--cd");
	}
	if (!dir || !a->cwd)
		return;
	buf_printf(&path, "%s/%s", dir[0] == '/' ? "" : a->cwd, dir);
	real = realpath(buf_str(&path), NULL);
	if (real) {
		free(a->cwd);
		a->cwd = real;
	}
	buf_release(&path);
}

static void take_arguments(struct hunt_agent *a, const struct buf *args)
{
	static const char *const alone[] = {"exec",	  "e",		 "review",
					    "mcp-server", "--no-daemon", NULL};

	a->profile = find_profile(args);
	a->is_server = is_server(args);
	a->uses_server = !a->is_vague && !a->is_server && !has_word(args, alone);
	take_directory(a, args);
}

void hunt_meet_codex(struct hunt_agent *a)
{
	struct buf args = {0};

	if (proc_read(a->pid, "cmdline", &args) == 0 && args.len)
		take_arguments(a, &args);
	buf_release(&args);
}

void hunt_expect_codex(struct hunt_agent *a, char *const *argv)
{
	struct buf args = {0};

	for (; *argv; argv++)
		buf_put(&args, *argv, strlen(*argv) + 1);
	buf_str(&args);
	take_arguments(a, &args);
	buf_release(&args);
}

static int is_rollout(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = strlen(path);

	return slash && !strncmp(slash, "/rollout-", 9) && n > 6 &&
	       !strcmp(path + n - 6, ".jsonl") && strstr(path, "/sessions/");
}

typedef void each_rollout(struct hunt *h, void *whose, int log);

/* The rollouts among what a process has open. The link is opened as a path: what is behind it may
 * have another offset, and be open for writing. */
static void look_at_files(struct hunt *h, pid_t pid, each_rollout *each, void *whose)
{
	char folder[64], path[PATH_MAX];
	struct dirent *e;
	DIR *d;

	snprintf(folder, sizeof(folder), "/proc/%d/fd", (int)pid);
	d = opendir(folder);
	while (d && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, path, sizeof(path) - 1);

		if (n <= 0)
			continue;
		path[n] = '\0';
		if (is_rollout(path))
			each(h, whose,
			     openat(dirfd(d), e->d_name,
				    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
	}
	if (d)
		closedir(d);
}

static void own_rollout(struct hunt *h, void *whose, int log)
{
	hunt_tell(h, whose, log, "");
}

/* A server's: it belongs to the program that is in that directory, if there is one. */
static void shared_rollout(struct hunt *h, void *whose, int log)
{
	size_t i;

	(void)whose;
	for (i = 0; log >= 0 && i < h->n_agents; i++) {
		if (!h->agents[i].uses_server || !h->agents[i].cwd ||
		    !hunt_is_about(log, h->agents[i].cwd))
			continue;
		hunt_tell(h, &h->agents[i], log, "");
		return;
	}
	io_close(&log);
}

int hunt_is_server(pid_t pid)
{
	struct buf args = {0};
	int is = proc_read(pid, "cmdline", &args) == 0 && is_server(&args);

	buf_release(&args);
	return is;
}

/* The servers, whoever started them, if a program of the session may use one. */
void hunt_look_servers(struct hunt *h, const struct processes *all)
{
	size_t i, users = 0;

	for (i = 0; i < h->n_agents; i++)
		users += h->agents[i].uses_server && !h->agents[i].is_over;
	for (i = 0; users && i < all->n; i++)
		if (!strcmp(all->list[i].name, "codex") && hunt_is_server(all->list[i].pid))
			look_at_files(h, all->list[i].pid, shared_rollout, NULL);
}

void hunt_look_codex(struct hunt *h, struct hunt_agent *a)
{
	if (!a->is_server && !a->is_vague)
		look_at_files(h, a->pid, own_rollout, a);
}

/* Others */

static void rivals_rollout(struct hunt *h, void *whose, int log)
{
	struct hunt_rival *r = whose;
	struct stat st;

	if (log < 0)
		return;
	if (fstat(log, &st) == 0) {
		hunt_shun(h, &st);
		r->has_log = 1;
	}
	close(log);
}

void hunt_look_rival(struct hunt *h, struct hunt_rival *r)
{
	look_at_files(h, r->pid, rivals_rollout, r);
}

struct sought {
	const struct stat *st;
	int is_found;
};

static void compare(struct hunt *h, void *whose, int log)
{
	struct sought *s = whose;
	struct stat st;

	(void)h;
	if (log >= 0 && fstat(log, &st) == 0 && st.st_dev == s->st->st_dev &&
	    st.st_ino == s->st->st_ino)
		s->is_found = 1;
	io_close(&log);
}

int hunt_is_open(const struct processes *all, pid_t but, const struct stat *st)
{
	struct sought s = {st, 0};
	size_t i;

	for (i = 0; i < all->n && !s.is_found; i++)
		if (all->list[i].pid != but && !strcmp(all->list[i].name, "codex"))
			look_at_files(NULL, all->list[i].pid, compare, &s);
	return s.is_found;
}

/* Listening */

/* The folder with the last name. */
static int open_last(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	char last[NAME_MAX + 1] = "";
	struct dirent *e;
	DIR *d = copy < 0 ? NULL : fdopendir(copy);

	while (d && (e = readdir(d)))
		if (e->d_name[0] >= '0' && e->d_name[0] <= '9' && strcmp(e->d_name, last) > 0)
			snprintf(last, sizeof(last), "%s", e->d_name);
	if (d)
		closedir(d);
	if (last[0])
		fd = openat(dir, last, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd;
}

/* New ones come into today's folder, which may have to be made first. */
void hunt_listen_codex(struct hunt *h, const char *home)
{
	int dir = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), below, i;

	if (dir < 0)
		return;
	below = openat(dir, "sessions", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (below < 0)
		hunt_listen(h, dir); /* not for ever: more comes and goes there */
	for (i = 0; i < LEVELS && below >= 0; i++) {
		close(dir);
		dir = below;
		hunt_listen(h, dir);
		below = open_last(dir);
	}
	if (below >= 0)
		hunt_listen(h, below);
	io_close(&below);
	close(dir);
}
