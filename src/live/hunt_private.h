/* SPDX-License-Identifier: MIT */
/* hunt_private: what the parts of the hunt share; for hunt*.c only. */
#ifndef STENO_HUNT_PRIVATE_H
#define STENO_HUNT_PRIVATE_H

#include "hunt.h"

struct process;
struct processes;
struct stat;

/* An open log is told, unless it was or is none; the descriptor is taken. name: of a sub-agent, or
 * "". */
void hunt_tell(struct hunt *h, struct hunt_agent *a, int log, const char *name);

int hunt_is_told(const struct hunt *h, const struct stat *st);
/* It is somebody else's: it is not told any more. */
void hunt_shun(struct hunt *h, const struct stat *st);
/* Where an agent keeps its files, as the environment of a process says; malloc'ed. NULL: it does
 * not. */
char *hunt_home(pid_t pid, int is_claude);
/* Whether node runs a script whose path has one of the NULL-ended list of parts. */
int hunt_is_script(const struct process *p, const char *const *parts);
/* Whatever comes into this folder is to be told. */
void hunt_listen(struct hunt *h, int folder);
/* Whether the head of a log names this directory. */
int hunt_is_about(int log, const char *cwd);

/* hunt_codex.c */
enum hunt_kind { HUNT_NONE, HUNT_CODEX, HUNT_CODEX_STARTER };
enum hunt_kind hunt_is_codex(const struct process *p);
void hunt_meet_codex(struct hunt_agent *a); /* what its arguments say */
void hunt_expect_codex(struct hunt_agent *a, char *const *argv);
void hunt_look_codex(struct hunt *h, struct hunt_agent *a);
/* The servers, whoever started them, if a program of the session may use one. */
void hunt_look_servers(struct hunt *h, const struct processes *all);
/* A new rollout will be told. */
void hunt_listen_codex(struct hunt *h, const char *home);
/* What a rival has open is not ours. */
void hunt_look_rival(struct hunt *h, struct hunt_rival *r);
int hunt_is_server(pid_t pid);
/* Whether some Codex but this one has a file open. */
int hunt_is_open(const struct processes *all, pid_t but, const struct stat *st);

/* hunt_claude.c */
int hunt_is_claude(const struct process *p);
void hunt_look_claude(struct hunt *h, struct hunt_agent *a, const struct processes *all);
/* The folder of its projects is gone through for the one conversation that can be its own. */
void hunt_claim_claude(struct hunt *h, struct hunt_agent *a);

/* hunt_claim.c */
void hunt_watch_rival(struct hunt *h, const struct process *p, int is_claude);
void hunt_forget_rivals(struct hunt *h, const struct processes *all);
/* The agent has gone: what it left. */
void hunt_claim(struct hunt *h, struct hunt_agent *a, const struct processes *all);
/* Whether a log may be what this agent left. */
int hunt_can_be_of(const struct hunt *h, const struct hunt_agent *a, int log,
		   const struct stat *st);

#endif
