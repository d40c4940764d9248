/* SPDX-License-Identifier: MIT */
/* hunt: looks for coding agents among the programs of a session, and for the logs they keep. It
 * reads /proc and names of files, and of files only the small ones in which Claude Code says which
 * conversation a process has, and of what kind a sub-agent is; what the logs hold is for somebody
 * who can do nothing else.
 *
 *   Codex   has its rollouts open for writing: /proc/PID/fd tells them, also those of sub-agents
 *           The full-screen program leaves them to a server that all of the user's terminals share,
 *           and that may be anybody's child: of its rollouts those are taken whose head names the
 *           directory that the program of the session is in
 *   Claude  has them not; <config>/sessions/PID.json names the conversation, or else the
 *           environment of its commands (CLAUDE_CODE_SESSION_ID); <config>/projects/.../ID.jsonl
 *           and ID/subagents/ are its logs. config: CLAUDE_CONFIG_DIR, or HOME/.claude, of that
 *           process
 *
 * What an agent left and no look saw it have is looked for when it has gone: a log that was written
 * since it began, that names its directory, and that nobody else can have written: none that
 * another agent has open, and none at all if another one was there in the same directory that is
 * gone, too, and that no log was seen of. So an agent's log is not missed if it was seen once, or
 * is the session's program, however busy the machine is.
 *
 * A process of the session is one whose parents lead to its program or, when they are gone, to the
 * front, which adopts orphans. */
#ifndef STENO_HUNT_H
#define STENO_HUNT_H

#include "subagents.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { HUNT_AGENTS = 32, HUNT_RIVALS = 32, HUNT_LOGS = 256, HUNT_ID = 64 };

struct quarry {
	int log;		  /* opened for reading; whoever is told takes it */
	pid_t owner;		  /* the agent's process */
	uint64_t owner_age;	  /* when it began, in clock ticks since boot */
	int64_t since_us;	  /* the same by the wall clock */
	const char *profile;	  /* as its arguments say; NULL: they cannot say */
	char name[SUBAGENT_NAME]; /* of a sub-agent, where a file beside its log tells; "" */
};

struct hunt_agent {
	pid_t pid;
	uint64_t age;
	int is_claude, has_log;
	int is_vague;	    /* it starts the agent, or was not seen yet */
	int is_over;	    /* it has gone, and what it left was looked for */
	unsigned int looks; /* so often it was looked at */
	int64_t since_us;
	char *home;	  /* where it keeps its files; NULL: not known */
	char *cwd;	  /* where it works; NULL: not known */
	char *profile;	  /* of Codex: "default" if its arguments name none */
	int uses_server;  /* of Codex: a server may keep its rollouts */
	int is_server;	  /* such a one */
	char id[HUNT_ID]; /* of Claude's conversation; "" while not known */
};

/* An agent that is not of the session. */
struct hunt_rival {
	pid_t pid;
	uint64_t age;
	int is_claude, is_server, has_log;
	int64_t seen_us; /* last, by the wall clock */
	char *cwd;
};

typedef void hunt_found(void *ctx, const struct quarry *q);

struct hunt {
	int notify;		    /* readable when a log may have come: hunt_heard(); or -1 */
	pid_t program, front, self; /* of the session; self and what is below it is not looked at */
	struct hunt_agent agents[HUNT_AGENTS];
	size_t n_agents;
	struct hunt_rival rivals[HUNT_RIVALS];
	size_t n_rivals;
	int is_new; /* there is something to listen to */
	struct {
		dev_t dev;
		ino_t ino;
	} logs[HUNT_LOGS]; /* those that were told, and those of rivals */
	size_t n_logs;
	hunt_found *found; /* during a look */
	void *ctx;
};

void hunt_init(struct hunt *h, pid_t program, pid_t front, pid_t self);
void hunt_release(struct hunt *h);
/* What the session's program was started as: if that is an agent it need not be seen. */
void hunt_expect(struct hunt *h, char *const *argv);
/* One look; tells each log once. */
void hunt_look(struct hunt *h, hunt_found *found, void *ctx);
/* The last one, when the program has ended: what the agents left is looked for, too. */
void hunt_end(struct hunt *h, hunt_found *found, void *ctx);
/* Reads away what made h->notify readable. */
void hunt_heard(struct hunt *h);
/* How soon to look again because of an agent that has no log yet, in microseconds; it gets longer,
 * and INT64_MAX in the end: not all that have an agent's name keep one. */
int64_t hunt_hunger(const struct hunt *h);

#endif
