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
#include <unistd.h>

enum { HEAD = 64 * 1024 }; /* bytes of a rollout that may name its directory */

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

/* Where it is, as the server tells in JSON; NULL if that is not plain. */
static char *find_cwd(pid_t pid)
{
	char link[64], cwd[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
	n = readlink(link, cwd, sizeof(cwd) - 1);
	cwd[n > 0 ? n : 0] = '\0';
	return n > 0 && !strpbrk(cwd, "\"\\") ? xstrdup(cwd) : NULL;
}

void hunt_meet_codex(struct hunt_agent *a)
{
	static const char *const alone[] = {"exec",	  "e",		 "review",
					    "mcp-server", "--no-daemon", NULL};
	struct buf args = {0};

	if (proc_read(a->pid, "cmdline", &args) == 0 && args.len) {
		a->profile = find_profile(&args);
		a->is_server = is_server(&args);
		if (!a->is_server && !has_word(&args, alone))
			a->cwd = find_cwd(a->pid);
	}
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

/* Whether the head of a log names this directory. */
static int is_about(int log, const char *cwd)
{
	struct buf key = {0}, head = {0};
	ssize_t n;
	int is;

	buf_printf(&key, "\"cwd\":\"%s\"", cwd);
	buf_reserve(&head, HEAD);
	n = pread(log, head.data, HEAD, 0);
	is = n > 0 && memmem(head.data, (size_t)n, key.data, key.len) != NULL;
	buf_release(&key);
	buf_release(&head);
	return is;
}

/* A server's: it belongs to the program that is in that directory, if there is one. */
static void shared_rollout(struct hunt *h, void *whose, int log)
{
	size_t i;

	(void)whose;
	for (i = 0; log >= 0 && i < h->n_agents; i++) {
		if (!h->agents[i].cwd || !is_about(log, h->agents[i].cwd))
			continue;
		hunt_tell(h, &h->agents[i], log, "");
		return;
	}
	io_close(&log);
}

/* The servers, whoever started them, if a program of the session may use one. */
void hunt_look_servers(struct hunt *h, const struct processes *all)
{
	struct buf args = {0};
	size_t i, users = 0;

	for (i = 0; i < h->n_agents; i++)
		users += h->agents[i].cwd != NULL;
	for (i = 0; users && i < all->n; i++)
		if (!strcmp(all->list[i].name, "codex") &&
		    proc_read(all->list[i].pid, "cmdline", &args) == 0 && is_server(&args))
			look_at_files(h, all->list[i].pid, shared_rollout, NULL);
	buf_release(&args);
}

void hunt_look_codex(struct hunt *h, struct hunt_agent *a)
{
	if (!a->is_server)
		look_at_files(h, a->pid, own_rollout, a);
}
