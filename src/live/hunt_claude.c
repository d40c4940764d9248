/* SPDX-License-Identifier: MIT */
/* Claude Code opens its log for each line anew; but it names its conversation in a file, and what it
 * runs has that in its environment. */
#include "hunt_private.h"

#include "proc.h"

#include "../base/buf.h"
#include "../base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { ID_SHOWN = 7 }; /* of a sub-agent's */

/* Node shows a program by the name it gave itself, or as "node" with the script behind it. */
int hunt_is_claude(const struct process *p)
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

void hunt_meet_claude(struct hunt_agent *a)
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

/* Whatever comes into this folder is to be told. */
static void listen_at(struct hunt *h, int folder)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	if (h->notify >= 0 && folder >= 0)
		inotify_add_watch(h->notify, path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
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

/* A conversation may be over within a second: its name is not to be missed. */
static void listen_below(struct hunt *h, const struct hunt_agent *a)
{
	int config = open(a->config, O_RDONLY | O_DIRECTORY | O_CLOEXEC), sessions;

	if (config < 0)
		return;
	listen_at(h, config);
	sessions = openat(config, "sessions", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	listen_at(h, sessions);
	io_close(&sessions);
	close(config);
}

/* Claude's conversation: {"pid":1,"sessionId":"...",...} in sessions/PID.json. It changes when a new
 * one is begun. */
static void look_at_session(struct hunt *h, struct hunt_agent *a)
{
	struct buf path = {0}, text = {0};
	char id[HUNT_ID];

	listen_below(h, a);
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

/* Before it is read: what comes later is told. */
static int open_listening(struct hunt *h, int dir, const char *name)
{
	int fd = open_below(dir, name, O_DIRECTORY);

	listen_at(h, fd);
	return fd;
}

static void look_at_subagents(struct hunt *h, struct hunt_agent *a, int project)
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
	buf_printf(&path, "%s/projects", a->config);
	d = opendir(buf_str(&path));
	while (d && (e = readdir(d))) {
		int project =
			e->d_name[0] == '.' ? -1 : open_below(dirfd(d), e->d_name, O_DIRECTORY);

		if (project >= 0 && faccessat(project, name, R_OK, 0) == 0) {
			hunt_tell(h, a, open_below(project, name, 0), "");
			listen_at(h, project);
			look_at_subagents(h, a, project);
		}
		io_close(&project);
	}
	if (d)
		closedir(d);
	buf_release(&path);
}

void hunt_look_claude(struct hunt *h, struct hunt_agent *a, const struct processes *all)
{
	if (!a->config) /* it was about to be executed, and had no environment yet */
		hunt_meet_claude(a);
	if (!a->config)
		return;
	look_at_session(h, a);
	if (!a->id[0])
		look_at_commands(a, all);
	if (a->id[0])
		look_at_projects(h, a);
}
