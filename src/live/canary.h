/* SPDX-License-Identifier: MIT */
/* canary: tells a signal that was sent to this process from one that was sent to its whole process
 * group, which the signal itself does not say (both are SI_USER, sigaction(2)). */
#ifndef STENO_CANARY_H
#define STENO_CANARY_H

#include <sys/types.h>

/* Starts a process that is in our process group, does nothing, and dies with us: it shares our
 * memory and descriptors, so it costs next to nothing. All signals must be blocked in the caller. 0
 * if that cannot be had. */
pid_t canary_start(void);
/* Whether it has got signal n, too, since it was started. */
int canary_got(pid_t canary, int n);
void canary_stop(pid_t canary);
/* The same, but does not wait until it is gone: we are about to end. */
void canary_leave(pid_t canary);

#endif
