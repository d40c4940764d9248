/* SPDX-License-Identifier: MIT */
/* Claude Code opens its log for each line anew; but it names its conversation in a file, and what
 * it runs has that in its environment. */
#include "hunt_private.h"

#include "glean.h"
#include "proc.h"
#include "subagents.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int hunt_is_claude(const struct process *p)
{
	static const char *const scripts[] = {"/claude-code/", "/.bin/claude", NULL};

	return !strcmp(p->name, "claude") || !strcmp(p->name, "claude.exe") ||
	       hunt_is_script(p, scripts);
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

/* A conversation may be over within a second: its name is not to be missed. */
static void listen_below(struct hunt *h, const struct hunt_agent *a)
{
	int config = open(a->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC), sessions;

	if (config < 0)
		return;
	hunt_listen(h, config);
	sessions = openat(config, "sessions", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	hunt_listen(h, sessions);
	io_close(&sessions);
	close(config);
}

/* Claude's conversation: {"pid":1,"sessionId":"...",...} in sessions/PID.json. It changes when a
 * new one is begun. */
static void look_at_session(struct hunt *h, struct hunt_agent *a)
{
	struct buf path = {0}, text = {0};
	char id[HUNT_ID];

	listen_below(h, a);
	buf_printf(&path, "%s/sessions/%d.json", a->home, (int)a->pid);
	if (proc_read_file(AT_FDCWD, buf_str(&path), &text) == 0 &&
	    glean_value(buf_str(&text), "\"sessionId\":\"", id_letters, id, sizeof(id)))
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

/* Before it is read: what comes later is told. */
static int open_listening(struct hunt *h, int dir, const char *name)
{
	int fd = open_below(dir, name, O_DIRECTORY);

	hunt_listen(h, fd);
	return fd;
}

static void look_at_subagents(struct hunt *h, struct hunt_agent *a, int project)
{
	int own = open_listening(h, project, a->id), dir = -1;
	char name[SUBAGENT_NAME];
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
		if (!subagents_is_log(e->d_name))
			continue;
		subagents_name(dirfd(d), e->d_name, name);
		hunt_tell(h, a, open_below(dirfd(d), e->d_name, 0), name);
	}
	closedir(d);
}

/* The project's folder is named after the directory, by rules that have changed: it is the one with
 * this conversation. */
static void look_at_projects(struct hunt *h, struct hunt_agent *a)
{
	char name[HUNT_ID + 8];
	struct buf path = {0};
	struct dirent *e;
	DIR *d;

	snprintf(name, sizeof(name), "%s.jsonl", a->id);
	buf_printf(&path, "%s/projects", a->home);
	d = opendir(buf_str(&path));
	while (d && (e = readdir(d))) {
		int project =
			e->d_name[0] == '.' ? -1 : open_below(dirfd(d), e->d_name, O_DIRECTORY);

		if (project >= 0 && faccessat(project, name, R_OK, 0) == 0) {
			hunt_tell(h, a, open_below(project, name, 0), "");
			hunt_listen(h, project);
			look_at_subagents(h, a, project);
		}
		io_close(&project);
	}
	if (d)
		closedir(d);
	buf_release(&path);
}

/* Claims */

/* ID.jsonl: the id, or "". */
static void id_of(const char *name, char id[HUNT_ID])
{
	size_t n = strlen(name);

	id[0] = '\0';
	if (n <= 6 || n - 6 >= HUNT_ID || strcmp(name + n - 6, ".jsonl") != 0)
		return;
	memcpy(id, name, n - 6);
	id[n - 6] = '\0';
	if (!is_id(id))
		id[0] = '\0';
}

/* How many conversations of a project can be this one's; the last one's id is kept. Takes dir. */
static int find_own(struct hunt *h, struct hunt_agent *a, int dir)
{
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	struct dirent *e;
	int count = 0;

	if (!d)
		io_close(&dir);
	while (d && (e = readdir(d))) {
		char id[HUNT_ID];
		struct stat st;
		int log;

		id_of(e->d_name, id);
		log = id[0] ? open_below(dirfd(d), e->d_name, 0) : -1;
		if (log >= 0 && fstat(log, &st) == 0 && hunt_can_be_of(h, a, log, &st)) {
			set_id(a, id, strlen(id));
			count++;
		}
		io_close(&log);
	}
	if (d)
		closedir(d);
	return count;
}

void hunt_claim_claude(struct hunt *h, struct hunt_agent *a)
{
	struct buf path = {0};
	struct dirent *e;
	int count = 0;
	DIR *d;

	if (a->has_log)
		return;
	buf_printf(&path, "%s/projects", a->home);
	d = opendir(buf_str(&path));
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			count += find_own(h, a, open_below(dirfd(d), e->d_name, O_DIRECTORY));
	if (d)
		closedir(d);
	buf_release(&path);
	if (count == 1)
		look_at_projects(h, a);
}

void hunt_look_claude(struct hunt *h, struct hunt_agent *a, const struct processes *all)
{
	if (!a->home)
		return;
	look_at_session(h, a);
	if (!a->id[0])
		look_at_commands(a, all);
	if (a->id[0])
		look_at_projects(h, a);
}
