/* SPDX-License-Identifier: MIT */
/* What an agent left that no look saw it have, by what its log says and when it was written. Two
 * agents in one directory at the same time cannot be told apart so: then nothing is taken. */
#include "hunt_private.h"

#include "clock.h"
#include "proc.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LEVELS = 4 }; /* of folders: sessions, year, month, day */

/* Rivals */

static struct hunt_rival *find_rival(struct hunt *h, const struct process *p)
{
	size_t i;

	for (i = 0; i < h->n_rivals; i++)
		if (h->rivals[i].pid == p->pid && h->rivals[i].age == p->age)
			return &h->rivals[i];
	return NULL;
}

static void drop_rival(struct hunt *h, struct hunt_rival *r)
{
	free(r->cwd);
	memmove(r, r + 1, (size_t)(h->rivals + --h->n_rivals - r) * sizeof(*r));
}

/* The one that was seen first goes if there are too many. */
static struct hunt_rival *add_rival(struct hunt *h, const struct process *p, int is_claude)
{
	struct hunt_rival *r;

	if (h->n_rivals == HUNT_RIVALS)
		drop_rival(h, h->rivals);
	r = &h->rivals[h->n_rivals++];
	memset(r, 0, sizeof(*r));
	r->pid = p->pid;
	r->age = p->age;
	r->is_claude = is_claude;
	return r;
}

void hunt_watch_rival(struct hunt *h, const struct process *p, int is_claude)
{
	struct hunt_rival *r = find_rival(h, p);

	if (!r)
		r = add_rival(h, p, is_claude);
	if (!r->cwd)
		r->cwd = proc_cwd(p->pid);
	if (!r->cwd && !proc_lives(p->pid, p->age)) {
		drop_rival(h, r); /* most likely it was to become a command of another's */
		return;
	}
	if (!is_claude && !r->is_server) /* at first it may not have its arguments yet */
		r->is_server = hunt_is_server(p->pid);
	r->seen_us = clock_wall_us();
	if (!is_claude && !r->is_server)
		hunt_look_rival(h, r);
}

/* Those that are gone and were there when an agent of ours was are still to be reckoned with. */
void hunt_forget_rivals(struct hunt *h, const struct processes *all)
{
	int64_t since = INT64_MAX;
	size_t i;

	for (i = 0; i < h->n_agents; i++)
		if (h->agents[i].since_us < since)
			since = h->agents[i].since_us;
	for (i = h->n_rivals; i-- > 0;) {
		const struct process *p = proc_find(all, h->rivals[i].pid);

		if ((!p || p->age != h->rivals[i].age) && h->rivals[i].seen_us < since)
			drop_rival(h, &h->rivals[i]);
	}
}

/* A Codex that is there shows what it has open; Claude never does. */
static int has_rival(const struct hunt *h, const struct hunt_agent *a)
{
	size_t i;

	for (i = 0; i < h->n_rivals; i++) {
		const struct hunt_rival *r = &h->rivals[i];

		if (r->is_claude == a->is_claude && !r->is_server && r->seen_us >= a->since_us &&
		    (!r->cwd || !strcmp(r->cwd, a->cwd)) &&
		    (a->is_claude || (!r->has_log && !proc_lives(r->pid, r->age))))
			return 1;
	}
	return 0;
}

/* Logs */

int hunt_can_be_of(const struct hunt *h, const struct hunt_agent *a, int log, const struct stat *st)
{
	int64_t written = (int64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000;

	return S_ISREG(st->st_mode) && written >= a->since_us && !hunt_is_told(h, st) &&
	       hunt_is_about(log, a->cwd);
}

struct claim {
	struct hunt *hunt;
	struct hunt_agent *agent;
	const struct processes *all;
};

static int is_rollout(const char *name)
{
	size_t n = strlen(name);

	return !strncmp(name, "rollout-", 8) && n > 6 && !strcmp(name + n - 6, ".jsonl");
}

static void claim_rollout(const struct claim *c, int dir, const char *name)
{
	int log = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	struct stat st;

	if (log >= 0 && fstat(log, &st) == 0 && hunt_can_be_of(c->hunt, c->agent, log, &st) &&
	    !hunt_is_open(c->all, c->agent->pid, &st)) {
		hunt_tell(c->hunt, c->agent, log, "");
		return;
	}
	io_close(&log);
}

/* Takes dir. */
static void walk(const struct claim *c, int dir, int level)
{
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	struct dirent *e;

	if (!d)
		io_close(&dir);
	while (d && (e = readdir(d))) {
		if (is_rollout(e->d_name))
			claim_rollout(c, dirfd(d), e->d_name);
		else if (level > 1 && e->d_name[0] >= '0' && e->d_name[0] <= '9')
			walk(c,
			     openat(dirfd(d), e->d_name,
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW),
			     level - 1);
	}
	if (d)
		closedir(d);
}

void hunt_claim(struct hunt *h, struct hunt_agent *a, const struct processes *all)
{
	const struct claim c = {h, a, all};
	struct buf path = {0};

	if (!a->home || !a->cwd || a->is_server || has_rival(h, a))
		return;
	if (a->is_claude) {
		hunt_claim_claude(h, a);
		return;
	}
	buf_printf(&path, "%s/sessions", a->home);
	walk(&c, open(buf_str(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC), LEVELS);
	buf_release(&path);
}
