/* SPDX-License-Identifier: MIT */
/* hunt_private: what the parts of the hunt share; for hunt*.c only. */
#ifndef STENO_HUNT_PRIVATE_H
#define STENO_HUNT_PRIVATE_H

#include "hunt.h"

struct process;
struct processes;

/* An open log is told, unless it was or is none; the descriptor is taken. name: of a sub-agent, or
 * "". */
void hunt_tell(struct hunt *h, struct hunt_agent *a, int log, const char *name);

/* hunt_codex.c */
void hunt_meet_codex(struct hunt_agent *a); /* once: what its arguments say */
void hunt_look_codex(struct hunt *h, struct hunt_agent *a);
/* The servers, whoever started them, if a program of the session may use one. */
void hunt_look_servers(struct hunt *h, const struct processes *all);

/* hunt_claude.c */
int hunt_is_claude(const struct process *p);
void hunt_meet_claude(struct hunt_agent *a); /* where it keeps its files */
void hunt_look_claude(struct hunt *h, struct hunt_agent *a, const struct processes *all);

#endif
