/* SPDX-License-Identifier: MIT */
/* A look through /proc. Processes come and go meanwhile: what cannot be read is not there. */
#include "hunt.h"

#include "hunt_private.h"

#include "proc.h"

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

/* A process that has just been started is still its parent's image for a moment. */
static struct hunt_agent *meet(struct hunt *h, const struct process *p)
{
	struct hunt_agent *a = find_agent(h, p);
	int claude;

	if (a)
		return a;
	claude = hunt_is_claude(p);
	if (!claude && strcmp(p->name, "codex") != 0)
		return NULL;
	a = add_agent(h, p, claude);
	if (claude)
		hunt_meet_claude(a);
	else
		hunt_meet_codex(a);
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
	    is_told(h, &st) || h->n_logs == HUNT_LOGS) {
		close(log);
		return;
	}
	h->logs[h->n_logs].dev = st.st_dev;
	h->logs[h->n_logs++].ino = st.st_ino;
	a->has_log = 1;
	h->found(h->ctx, &q);
}

static void look_at_agent(struct hunt *h, struct hunt_agent *a, const struct processes *all)
{
	a->looks++;
	if (a->is_claude)
		hunt_look_claude(h, a, all);
	else
		hunt_look_codex(h, a);
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

	h->found = found;
	h->ctx = ctx;
	proc_list(&all);
	for (i = 0; i < all.n; i++)
		if (is_ours(h, &all, &all.list[i]))
			meet(h, &all.list[i]);
	for (i = 0; i < h->n_agents; i++)
		look_at_agent(h, &h->agents[i], &all);
	hunt_look_servers(h, &all);
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
