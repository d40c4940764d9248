/* SPDX-License-Identifier: MIT */
/* A look through /proc. Processes come and go meanwhile: what cannot be read is not there. */
#include "hunt.h"

#include "hunt_private.h"

#include "measure.h"
#include "proc.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH_MOST = 64,
	OFTEN = 50, /* looks for a new agent's log */
	OFTEN_US = 100000,
	SELDOM = 300,
	SELDOM_US = 1000000,
	SLACK_US = 100000, /* ticks are coarse, and the clock may have been set a little */
	HEAD = 64 * 1024,  /* bytes of a log that may name its directory */
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
	free(a->home);
	free(a->profile);
	free(a->cwd);
}

char *hunt_home(pid_t pid, int is_claude)
{
	const char *dir, *home;
	struct buf env = {0}, path = {0};
	char *found = NULL;

	if (proc_read(pid, "environ", &env) == 0) {
		dir = proc_variable(&env, is_claude ? "CLAUDE_CONFIG_DIR" : "CODEX_HOME");
		home = proc_variable(&env, "HOME");
		if (dir && dir[0] == '/')
			buf_puts(&path, dir);
		else if (home && home[0] == '/')
			buf_printf(&path, "%s/.%s", home, is_claude ? "claude" : "codex");
		if (path.len)
			found = xstrdup(buf_str(&path));
	}
	buf_release(&env);
	buf_release(&path);
	return found;
}

/* Node shows a program by the name it gave itself, or as "node" with the script behind it. */
int hunt_is_script(const struct process *p, const char *const *parts)
{
	struct buf args = {0};
	const char *script;
	int is = 0;

	if (strcmp(p->name, "node") != 0 || proc_read(p->pid, "cmdline", &args) < 0)
		goto out;
	script = buf_str(&args) + strlen(buf_str(&args)) + 1;
	for (; script < (char *)args.data + args.len && *parts && !is; parts++)
		is = strstr(script, *parts) != NULL;
out:
	buf_release(&args);
	return is;
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

/* A program that is about to be executed has its name already, but no arguments or environment. */
static int is_known(const struct hunt_agent *a)
{
	return !a->is_vague && a->home && a->cwd && (a->is_claude || a->profile);
}

/* Whatever it has not got yet. What is gone already has what the session has. */
static void learn(struct hunt *h, struct hunt_agent *a, int is_dead)
{
	if (!a->home) {
		a->home = hunt_home(is_dead ? h->front : a->pid, a->is_claude);
		h->is_new = 1;
	}
	if (!a->cwd)
		a->cwd = proc_cwd(is_dead ? h->front : a->pid);
	if (!a->is_claude && !a->profile)
		hunt_meet_codex(a);
}

/* A process that has just been started is still its parent's image for a moment. */
static void meet(struct hunt *h, const struct process *p, int is_claude, enum hunt_kind codex)
{
	struct hunt_agent *a = find_agent(h, p);

	if (!is_claude && !codex)
		return;
	if (!a) {
		a = add_agent(h, p, is_claude);
		a->is_vague = codex == HUNT_CODEX_STARTER;
	} else if (a->is_vague && codex != HUNT_CODEX_STARTER) {
		a->is_vague = 0;
		free(a->profile);
		free(a->cwd);
		a->profile = a->cwd = NULL;
	}
	learn(h, a, p->is_dead);
}

void hunt_expect(struct hunt *h, char *const *argv)
{
	int is_claude = measure_is_called(argv, "claude");
	struct process p;
	struct hunt_agent *a;

	if ((!is_claude && !measure_is_called(argv, "codex")) || proc_stat(h->program, &p) < 0)
		return;
	a = add_agent(h, &p, is_claude);
	a->is_vague = 1;
	a->home = hunt_home(h->front, is_claude);
	a->cwd = proc_cwd(h->front);
	if (!is_claude)
		hunt_expect_codex(a, argv);
}

/* Logs */

int hunt_is_told(const struct hunt *h, const struct stat *st)
{
	size_t i;

	for (i = 0; i < h->n_logs; i++)
		if (h->logs[i].dev == st->st_dev && h->logs[i].ino == st->st_ino)
			return 1;
	return 0;
}

void hunt_shun(struct hunt *h, const struct stat *st)
{
	if (hunt_is_told(h, st) || h->n_logs == HUNT_LOGS)
		return;
	h->logs[h->n_logs].dev = st->st_dev;
	h->logs[h->n_logs++].ino = st->st_ino;
}

void hunt_tell(struct hunt *h, struct hunt_agent *a, int log, const char *name)
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
	    hunt_is_told(h, &st) || h->n_logs == HUNT_LOGS) {
		close(log);
		return;
	}
	hunt_shun(h, &st);
	a->has_log = 1;
	h->found(h->ctx, &q);
}

int hunt_is_about(int log, const char *cwd)
{
	struct buf key = {0}, head = {0};
	ssize_t n;
	int is;

	if (strpbrk(cwd, "\"\\")) /* in JSON it is spelt in another way */
		return 0;
	buf_printf(&key, "\"cwd\":\"%s\"", cwd);
	buf_reserve(&head, HEAD);
	n = pread(log, head.data, HEAD, 0);
	is = n > 0 && memmem(head.data, (size_t)n, key.data, key.len) != NULL;
	buf_release(&key);
	buf_release(&head);
	return is;
}

/* Looks */

void hunt_listen(struct hunt *h, int folder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	if (h->notify >= 0 && folder >= 0)
		inotify_add_watch(h->notify, path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
}

static void listen_to_all(struct hunt *h)
{
	char *home = hunt_home(h->front, 0);
	size_t i;

	if (home)
		hunt_listen_codex(h, home);
	free(home);
	for (i = 0; i < h->n_agents; i++)
		if (!h->agents[i].is_claude && h->agents[i].home)
			hunt_listen_codex(h, h->agents[i].home);
	h->is_new = 0;
}

static void look_at_process(struct hunt *h, const struct processes *all, const struct process *p)
{
	const struct hunt_agent *a = find_agent(h, p);
	int ours = is_ours(h, all, p), is_claude;
	enum hunt_kind codex;

	if ((a && is_known(a)) || (!ours && !h->n_agents))
		return;
	codex = hunt_is_codex(p);
	is_claude = !codex && hunt_is_claude(p);
	if (ours)
		meet(h, p, is_claude, codex);
	else if ((is_claude || codex == HUNT_CODEX) && !p->is_dead)
		hunt_watch_rival(h, p, is_claude);
}

static void look_at_agent(struct hunt *h, struct hunt_agent *a, const struct processes *all)
{
	if (a->is_over)
		return;
	a->looks++;
	if (a->is_claude)
		hunt_look_claude(h, a, all);
	else
		hunt_look_codex(h, a);
}

static void bury(struct hunt *h, struct hunt_agent *a, const struct processes *all)
{
	if (!a->is_over)
		hunt_claim(h, a, all);
	a->is_over = 1;
}

/* Those that are gone were looked at a last time. */
static void bury_dead(struct hunt *h, const struct processes *all)
{
	size_t i = 0;

	while (i < h->n_agents) {
		struct hunt_agent *a = &h->agents[i];
		const struct process *p = proc_find(all, a->pid);
		int is_reaped = !p || p->age != a->age;

		if (is_reaped || p->is_dead)
			bury(h, a, all);
		if (!is_reaped) {
			i++;
			continue;
		}
		release_agent(a);
		memmove(a, a + 1, (--h->n_agents - i) * sizeof(*a));
	}
}

void hunt_init(struct hunt *h, pid_t program, pid_t front, pid_t self)
{
	memset(h, 0, sizeof(*h));
	h->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	h->program = program;
	h->front = front;
	h->self = self;
	h->is_new = 1;
}

void hunt_release(struct hunt *h)
{
	while (h->n_agents)
		release_agent(&h->agents[--h->n_agents]);
	while (h->n_rivals)
		free(h->rivals[--h->n_rivals].cwd);
	io_close(&h->notify);
}

void hunt_heard(struct hunt *h)
{
	char events[sizeof(struct inotify_event) + NAME_MAX + 1];

	while (read(h->notify, events, sizeof(events)) > 0)
		;
	h->is_new = 1;
}

void hunt_look(struct hunt *h, hunt_found *found, void *ctx)
{
	struct processes all = {0};
	size_t i;

	h->found = found;
	h->ctx = ctx;
	proc_list(&all);
	for (i = 0; i < all.n; i++)
		look_at_process(h, &all, &all.list[i]);
	if (h->is_new) /* before the look: what comes later is told */
		listen_to_all(h);
	for (i = 0; i < h->n_agents; i++)
		look_at_agent(h, &h->agents[i], &all);
	hunt_look_servers(h, &all);
	bury_dead(h, &all);
	hunt_forget_rivals(h, &all);
	free(all.list);
}

void hunt_end(struct hunt *h, hunt_found *found, void *ctx)
{
	struct processes all = {0};
	size_t i;

	hunt_look(h, found, ctx);
	proc_list(&all);
	for (i = 0; i < h->n_agents; i++)
		bury(h, &h->agents[i], &all);
	free(all.list);
}

int64_t hunt_hunger(const struct hunt *h)
{
	int64_t soonest = INT64_MAX;
	size_t i;

	for (i = 0; i < h->n_agents; i++) {
		const struct hunt_agent *a = &h->agents[i];
		int64_t pause = a->looks < OFTEN ? OFTEN_US : SELDOM_US;
		unsigned int most = a->is_vague ? OFTEN : OFTEN + SELDOM;

		if (!a->has_log && !a->is_over && !a->is_server && a->looks < most &&
		    pause < soonest)
			soonest = pause;
	}
	return soonest;
}
