/* SPDX-License-Identifier: MIT */
/* A look through /proc. Processes come and go meanwhile: what cannot be read is not there. */
#include "hunt.h"

#include "clock.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_MOST = 256 * 1024,
	DEPTH_MOST = 64,
	ID_SHOWN = 7, /* of a sub-agent's */
	OFTEN = 50,   /* looks for a new agent's log */
	OFTEN_US = 100000,
	SELDOM = 300,
	SELDOM_US = 1000000,
	SLACK_US = 100000, /* ticks are coarse, and the clock may have been set a little */
};

struct process {
	pid_t pid, parent;
	uint64_t age;
	char name[32];
};

struct processes {
	struct process *list;
	size_t n, cap;
};

/* Reading */

/* A small file, whole, with a NUL behind it. */
static int read_file(int dir, const char *path, struct buf *out)
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

static int read_proc(pid_t pid, const char *what, struct buf *out)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
	return read_file(AT_FDCWD, path, out);
}

/* proc(5): PID (NAME) STATE PPID ..., the start time being the 22nd; a name may hold anything. */
static int parse_stat(const char *stat, struct process *p)
{
	const char *open = strchr(stat, '('), *close = strrchr(stat, ')');
	int parent, i;

	if (!open || !close || close < open)
		return -1;
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(close - open - 1), open + 1);
	if (sscanf(close + 1, " %*c %d", &parent) != 1)
		return -1;
	p->parent = parent;
	for (stat = close + 1, i = 3; i < 22 && stat; i++)
		stat = strchr(stat + 1, ' ');
	if (!stat)
		return -1;
	p->age = strtoull(stat, NULL, 10);
	return 0;
}

static int stat_process(pid_t pid, struct process *p)
{
	struct buf text = {0};
	int rc = read_proc(pid, "stat", &text);

	p->pid = pid;
	if (rc == 0)
		rc = parse_stat(buf_str(&text), p);
	buf_release(&text);
	return rc;
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

static void list_processes(struct processes *all)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	struct process p;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		if (stat_process((pid_t)strtol(e->d_name, NULL, 10), &p) == 0)
			put_process(all, &p);
	}
	if (d)
		closedir(d);
	if (all->n)
		qsort(all->list, all->n, sizeof(*all->list), by_pid);
}

static const struct process *find_process(const struct processes *all, pid_t pid)
{
	const struct process key = {.pid = pid};

	return all->n ? bsearch(&key, all->list, all->n, sizeof(key), by_pid) : NULL;
}

/* Of the session: its parents lead to the program, or to the front, but not through us. */
static int is_ours(const struct hunt *h, const struct processes *all, const struct process *p)
{
	int depth;

	for (depth = 0; p && depth < DEPTH_MOST; depth++) {
		if (p->pid == h->self)
			return 0;
		if (p->pid == h->program || (depth && p->pid == h->front))
			return 1;
		p = find_process(all, p->parent);
	}
	return 0;
}

/* Agents */

/* What NAME= is in an environment; NULL. Borrowed. */
static const char *find_variable(const struct buf *env, const char *name)
{
	const char *p = (const char *)env->data, *end = p ? p + env->len : p;
	size_t n = strlen(name);

	for (; p && p < end; p += strlen(p) + 1)
		if (!strncmp(p, name, n) && p[n] == '=')
			return p + n + 1;
	return NULL;
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

/* Node shows a program by the name it gave itself, or as "node" with the script behind it. */
static int is_claude(const struct process *p)
{
	struct buf args = {0};
	const char *script;
	int is = !strcmp(p->name, "claude") || !strcmp(p->name, "claude.exe");

	if (!is && !strcmp(p->name, "node") && read_proc(p->pid, "cmdline", &args) == 0) {
		script = buf_str(&args) + strlen(buf_str(&args)) + 1;
		is = script < (char *)args.data + args.len &&
		     (strstr(script, "/claude-code/") || strstr(script, "/.bin/claude"));
	}
	buf_release(&args);
	return is;
}

/* By the wall clock; ticks are hundredths of a second, or whatever the kernel says. */
static int64_t wall_of(uint64_t age)
{
	long ticks = sysconf(_SC_CLK_TCK);
	struct timespec boot;
	int64_t up;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	up = (int64_t)boot.tv_sec * 1000000 + boot.tv_nsec / 1000;
	return clock_wall_us() - up +
	       (int64_t)(age * 1000000 / (uint64_t)(ticks > 0 ? ticks : 100));
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
	a->since_us = wall_of(p->age) - SLACK_US;
	return a;
}

static void look_at_args(struct hunt_agent *a)
{
	struct buf args = {0};

	if (read_proc(a->pid, "cmdline", &args) == 0 && args.len)
		a->profile = find_profile(&args);
	buf_release(&args);
}

static void look_at_environment(struct hunt_agent *a)
{
	const char *dir, *home;
	struct buf env = {0}, path = {0};

	if (read_proc(a->pid, "environ", &env) == 0) {
		dir = find_variable(&env, "CLAUDE_CONFIG_DIR");
		home = find_variable(&env, "HOME");
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

/* Codex: the rollouts among what it has open. The link is opened as a path: what is behind it may
 * have another offset, and be open for writing. */
static void look_at_files(struct hunt *h, struct hunt_agent *a, hunt_found *found, void *ctx)
{
	char folder[64], path[PATH_MAX];
	struct dirent *e;
	DIR *d;

	snprintf(folder, sizeof(folder), "/proc/%d/fd", (int)a->pid);
	d = opendir(folder);
	while (d && (e = readdir(d))) {
		ssize_t n = readlinkat(dirfd(d), e->d_name, path, sizeof(path) - 1);

		if (n <= 0)
			continue;
		path[n] = '\0';
		if (is_rollout(path))
			tell(h, a,
			     openat(dirfd(d), e->d_name,
				    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK),
			     "", found, ctx);
	}
	if (d)
		closedir(d);
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
	if (read_file(AT_FDCWD, buf_str(&path), &text) == 0 &&
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
		    read_proc(all->list[i].pid, "environ", &env) < 0)
			continue;
		id = find_variable(&env, "CLAUDE_CODE_SESSION_ID");
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
	if (read_file(dir, file, &text) == 0 &&
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
	else
		look_at_files(h, a, found, ctx);
}

/* Those that are gone were looked at a last time. */
static void forget_dead(struct hunt *h, const struct processes *all)
{
	size_t i = 0;

	while (i < h->n_agents) {
		const struct process *p = find_process(all, h->agents[i].pid);

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

	list_processes(&all);
	for (i = 0; i < all.n; i++)
		if (is_ours(h, &all, &all.list[i]))
			meet(h, &all.list[i]);
	for (i = 0; i < h->n_agents; i++)
		look_at_agent(h, &h->agents[i], &all, found, ctx);
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

		if (!a->has_log && a->looks < OFTEN + SELDOM && pause < soonest)
			soonest = pause;
	}
	return soonest;
}

int hunt_lives(pid_t pid, uint64_t age)
{
	struct process p;

	return stat_process(pid, &p) == 0 && p.age == age;
}
