/* SPDX-License-Identifier: MIT */
/* A look through /proc. Processes come and go meanwhile: what cannot be read is not there. */
#include "hunt.h"

#include "proc.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH_MOST = 64,
	HEAD = 64 * 1024, /* bytes of a rollout that may name its directory */
	ID_SHOWN = 7,	  /* of a sub-agent's */
	OFTEN = 50,	  /* looks for a new agent's log */
	OFTEN_US = 100000,
	SELDOM = 300,
	SELDOM_US = 1000000,
	SLACK_US = 100000, /* ticks are coarse, and the clock may have been set a little */
};

/* Of the session: its parents lead to the program, or to the front, but not through us. */
static int is_ours(const struct hunt *h, const struct processes *all, const struct process *p)
{
	int depth;

	for (depth = 0; p && depth < DEPTH_MOST; depth++) {
		if (p->pid == h->self)
			return 0;
		if (p->pid == h->program || (depth && p->pid == h->front))
			return 1;
		p = proc_find(all, p->parent);
	}
	return 0;
}

/* Agents */

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

/* Node shows a program by the name it gave itself, or as "node" with the script behind it. */
static int is_claude(const struct process *p)
{
	struct buf args = {0};
	const char *script;
	int is = !strcmp(p->name, "claude") || !strcmp(p->name, "claude.exe");

	if (!is && !strcmp(p->name, "node") && proc_read(p->pid, "cmdline", &args) == 0) {
		script = buf_str(&args) + strlen(buf_str(&args)) + 1;
		is = script < (char *)args.data + args.len &&
		     (strstr(script, "/claude-code/") || strstr(script, "/.bin/claude"));
	}
	buf_release(&args);
	return is;
}

static struct hunt_agent *find_agent(struct hunt *h, const struct process *p)
{
	size_t i;

	for (i = 0; i < h->n_agents; i++)
		if (h->agents[i].pid == p->pid && h->agents[i].age == p->age)
			return &h->agents[i];
	return NULL;
}

static void release_agent(struct hunt_agent *a)
{
	free(a->config);
	free(a->profile);
	free(a->cwd);
}

/* One more; the one that was seen first goes if there are too many. */
static struct hunt_agent *add_agent(struct hunt *h, const struct process *p, int claude)
{
	struct hunt_agent *a;

	if (h->n_agents == HUNT_AGENTS) {
		release_agent(&h->agents[0]);
		memmove(h->agents, h->agents + 1, --h->n_agents * sizeof(*h->agents));
	}
	a = &h->agents[h->n_agents++];
	memset(a, 0, sizeof(*a));
	a->pid = p->pid;
	a->age = p->age;
	a->is_claude = claude;
	a->since_us = proc_wall(p->age) - SLACK_US;
	return a;
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

static void look_at_args(struct hunt_agent *a)
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

static void look_at_environment(struct hunt_agent *a)
{
	const char *dir, *home;
	struct buf env = {0}, path = {0};

	if (proc_read(a->pid, "environ", &env) == 0) {
		dir = proc_variable(&env, "CLAUDE_CONFIG_DIR");
		home = proc_variable(&env, "HOME");
		if (dir && dir[0] == '/')
			buf_puts(&path, dir);
		else if (home && home[0] == '/')
			buf_printf(&path, "%s/.claude", home);
		if (path.len)
			a->config = xstrdup(buf_str(&path));
	}
	buf_release(&env);
	buf_release(&path);
}

/* A process that has just been started is still its parent's image for a moment. */
static struct hunt_agent *meet(struct hunt *h, const struct process *p)
{
	struct hunt_agent *a = find_agent(h, p);
	int claude;

	if (a)
		return a;
	claude = is_claude(p);
	if (!claude && strcmp(p->name, "codex") != 0)
		return NULL;
	a = add_agent(h, p, claude);
	if (claude)
		look_at_environment(a);
	else
		look_at_args(a);
	return a;
}

/* Logs */

static int is_told(struct hunt *h, const struct stat *st)
{
	size_t i;

	for (i = 0; i < h->n_logs; i++)
		if (h->logs[i].dev == st->st_dev && h->logs[i].ino == st->st_ino)
			return 1;
	return 0;
}

/* An open log is told, unless it was; the descriptor is taken. */
static void tell(struct hunt *h, struct hunt_agent *a, int log, const char *name, hunt_found *found,
		 void *ctx)
{
	struct quarry q = {.log = log,
			   .owner = a->pid,
			   .owner_age = a->age,
			   .since_us = a->since_us,
			   .profile = a->profile};
	struct stat st;

	snprintf(q.name, sizeof(q.name), "%s", name);
	if (log < 0)
		return;
	if (fstat(log, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    is_told(h, &st) || h->n_logs == HUNT_LOGS) {
		close(log);
		return;
	}
	h->logs[h->n_logs].dev = st.st_dev;
	h->logs[h->n_logs++].ino = st.st_ino;
	a->has_log = 1;
	found(ctx, &q);
}

static int is_rollout(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = strlen(path);

	return slash && !strncmp(slash, "/rollout-", 9) && n > 6 &&
	       !strcmp(path + n - 6, ".jsonl") && strstr(path, "/sessions/");
}

typedef void each_rollout(struct hunt *h, void *whose, int log, hunt_found *found, void *ctx);

/* The rollouts among what a process has open. The link is opened as a path: what is behind it may
 * have another offset, and be open for writing. */
static void look_at_files(struct hunt *h, pid_t pid, each_rollout *each, void *whose,
			  hunt_found *found, void *ctx)
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
				    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
			     found, ctx);
	}
	if (d)
		closedir(d);
}

static void own_rollout(struct hunt *h, void *whose, int log, hunt_found *found, void *ctx)
{
	tell(h, whose, log, "", found, ctx);
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
static void shared_rollout(struct hunt *h, void *whose, int log, hunt_found *found, void *ctx)
{
	size_t i;

	(void)whose;
	for (i = 0; log >= 0 && i < h->n_agents; i++) {
		if (!h->agents[i].cwd || !is_about(log, h->agents[i].cwd))
			continue;
		tell(h, &h->agents[i], log, "", found, ctx);
		return;
	}
	io_close(&log);
}

/* The servers, whoever started them, if a program of the session may use one. */
static void look_at_servers(struct hunt *h, const struct processes *all, hunt_found *found,
			    void *ctx)
{
	struct buf args = {0};
	size_t i, users = 0;

	for (i = 0; i < h->n_agents; i++)
		users += h->agents[i].cwd != NULL;
	for (i = 0; users && i < all->n; i++)
		if (!strcmp(all->list[i].name, "codex") &&
		    proc_read(all->list[i].pid, "cmdline", &args) == 0 && is_server(&args))
			look_at_files(h, all->list[i].pid, shared_rollout, NULL, found, ctx);
	buf_release(&args);
}

static const char id_letters[] = "0123456789abcdefABCDEF-";

static int is_id(const char *id)
{
	size_t n = strspn(id, id_letters);

	return n >= 16 && n < HUNT_ID && !id[n];
}

static void set_id(struct hunt_agent *a, const char *text, size_t n)
{
	char id[HUNT_ID];

	if (n >= sizeof(id))
		return;
	memcpy(id, text, n);
	id[n] = '\0';
	if (is_id(id))
		memcpy(a->id, id, n + 1);
}

/* The value of a key of a small JSON object, if it is made of these characters only, which need no
 * unescaping; it is cut to fit. 1 if there is one. */
static int find_value(const char *json, const char *key, const char *of, char *out, size_t size)
{
	const char *at = strstr(json, key);
	size_t n;

	if (!at)
		return 0;
	at += strlen(key);
	n = strspn(at, of);
	if (!n || at[n] != '"')
		return 0;
	snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), at);
	return 1;
}

/* Claude's conversation: {"pid":1,"sessionId":"...",...} in sessions/PID.json. It changes when a new
 * one is begun. */
static void look_at_session(struct hunt_agent *a)
{
	struct buf path = {0}, text = {0};
	char id[HUNT_ID];

	buf_printf(&path, "%s/sessions/%d.json", a->config, (int)a->pid);
	if (proc_read_file(AT_FDCWD, buf_str(&path), &text) == 0 &&
	    find_value(buf_str(&text), "\"sessionId\":\"", id_letters, id, sizeof(id)))
		set_id(a, id, strlen(id));
	buf_release(&path);
	buf_release(&text);
}

/* Or else what its commands are told. */
static void look_at_commands(struct hunt_agent *a, const struct processes *all)
{
	struct buf env = {0};
	size_t i;

	for (i = 0; i < all->n && !a->id[0]; i++) {
		const char *id;

		if (all->list[i].parent != a->pid ||
		    proc_read(all->list[i].pid, "environ", &env) < 0)
			continue;
		id = proc_variable(&env, "CLAUDE_CODE_SESSION_ID");
		if (id)
			set_id(a, id, strlen(id));
	}
	buf_release(&env);
}

static int open_below(int dir, const char *name, int flags)
{
	return openat(dir, name, flags | O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
}

/* "general-purpose a54de91": its kind, by the file beside its log, agent-a54de91....meta.json, and the
 * beginning of its id. */
static void name_subagent(int dir, const char *log, char name[HUNT_NAME])
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		" ._-";
	char file[HUNT_ID + 32], kind[40];
	size_t n = strlen(log) - strlen(".jsonl");
	struct buf text = {0};

	name[0] = '\0';
	if (n > HUNT_ID)
		return;
	snprintf(file, sizeof(file), "%.*s.meta.json", (int)n, log);
	if (proc_read_file(dir, file, &text) == 0 &&
	    find_value(buf_str(&text), "\"agentType\":\"", letters, kind, sizeof(kind)))
		snprintf(name, HUNT_NAME, "%s %.*s", kind,
			 (int)(n - 6 < ID_SHOWN ? n - 6 : ID_SHOWN), log + strlen("agent-"));
	buf_release(&text);
}

static int is_subagent(const char *name)
{
	size_t n = strlen(name);

	return n > 12 && !strncmp(name, "agent-", 6) && !strcmp(name + n - 6, ".jsonl");
}

/* Whatever comes into this folder is to be told. */
static void listen_at(struct hunt *h, int folder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	if (h->notify >= 0 && folder >= 0)
		inotify_add_watch(h->notify, path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
}

/* Before it is read: what comes later is told. */
static int open_listening(struct hunt *h, int dir, const char *name)
{
	int fd = open_below(dir, name, O_DIRECTORY);

	listen_at(h, fd);
	return fd;
}

static void look_at_subagents(struct hunt *h, struct hunt_agent *a, int project, hunt_found *found,
			      void *ctx)
{
	int own = open_listening(h, project, a->id), dir = -1;
	char name[HUNT_NAME];
	struct dirent *e;
	DIR *d;

	if (own >= 0)
		dir = open_listening(h, own, "subagents");
	io_close(&own);
	d = dir < 0 ? NULL : fdopendir(dir);
	if (!d) {
		io_close(&dir);
		return;
	}
	while ((e = readdir(d))) {
		if (!is_subagent(e->d_name))
			continue;
		name_subagent(dirfd(d), e->d_name, name);
		tell(h, a, open_below(dirfd(d), e->d_name, 0), name, found, ctx);
	}
	closedir(d);
}

/* The project's folder is named after the directory, by rules that have changed: it is the one with
 * this conversation. */
static void look_at_projects(struct hunt *h, struct hunt_agent *a, hunt_found *found, void *ctx)
{
	char name[HUNT_ID + 8];
	struct buf path = {0};
	struct dirent *e;
	DIR *d;

	snprintf(name, sizeof(name), "%s.jsonl", a->id);
	buf_printf(&path, "%s/projects", a->config);
	d = opendir(buf_str(&path));
	while (d && (e = readdir(d))) {
		int project =
			e->d_name[0] == '.' ? -1 : open_below(dirfd(d), e->d_name, O_DIRECTORY);

		if (project >= 0 && faccessat(project, name, R_OK, 0) == 0) {
			tell(h, a, open_below(project, name, 0), "", found, ctx);
			listen_at(h, project);
			look_at_subagents(h, a, project, found, ctx);
		}
		io_close(&project);
	}
	if (d)
		closedir(d);
	buf_release(&path);
}

static void look_at_claude(struct hunt *h, struct hunt_agent *a, const struct processes *all,
			   hunt_found *found, void *ctx)
{
	if (!a->config)
		return;
	look_at_session(a);
	if (!a->id[0])
		look_at_commands(a, all);
	if (a->id[0])
		look_at_projects(h, a, found, ctx);
}

static void look_at_agent(struct hunt *h, struct hunt_agent *a, const struct processes *all,
			  hunt_found *found, void *ctx)
{
	a->looks++;
	if (a->is_claude)
		look_at_claude(h, a, all, found, ctx);
	else if (!a->is_server)
		look_at_files(h, a->pid, own_rollout, a, found, ctx);
}

/* Those that are gone were looked at a last time. */
static void forget_dead(struct hunt *h, const struct processes *all)
{
	size_t i = 0;

	while (i < h->n_agents) {
		const struct process *p = proc_find(all, h->agents[i].pid);

		if (p && p->age == h->agents[i].age) {
			i++;
			continue;
		}
		release_agent(&h->agents[i]);
		memmove(&h->agents[i], &h->agents[i + 1], (--h->n_agents - i) * sizeof(*h->agents));
	}
}

void hunt_init(struct hunt *h, pid_t program, pid_t front, pid_t self)
{
	memset(h, 0, sizeof(*h));
	h->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	h->program = program;
	h->front = front;
	h->self = self;
}

void hunt_release(struct hunt *h)
{
	while (h->n_agents)
		release_agent(&h->agents[--h->n_agents]);
	io_close(&h->notify);
}

void hunt_heard(struct hunt *h)
{
	char events[sizeof(struct inotify_event) + NAME_MAX + 1];

	while (read(h->notify, events, sizeof(events)) > 0)
		;
}

void hunt_look(struct hunt *h, hunt_found *found, void *ctx)
{
	struct processes all = {0};
	size_t i;

	proc_list(&all);
	for (i = 0; i < all.n; i++)
		if (is_ours(h, &all, &all.list[i]))
			meet(h, &all.list[i]);
	for (i = 0; i < h->n_agents; i++)
		look_at_agent(h, &h->agents[i], &all, found, ctx);
	look_at_servers(h, &all, found, ctx);
	forget_dead(h, &all);
	free(all.list);
}

int64_t hunt_hunger(const struct hunt *h)
{
	int64_t soonest = INT64_MAX;
	size_t i;

	for (i = 0; i < h->n_agents; i++) {
		const struct hunt_agent *a = &h->agents[i];
		int64_t pause = a->looks < OFTEN ? OFTEN_US : SELDOM_US;

		if (!a->has_log && !a->is_server && a->looks < OFTEN + SELDOM && pause < soonest)
			soonest = pause;
	}
	return soonest;
}
