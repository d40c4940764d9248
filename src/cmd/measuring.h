/* SPDX-License-Identifier: MIT */
/* measuring: the hooks of an agent's shells (live/measure.h), made for whoever starts an agent. */
#ifndef STENO_MEASURING_H
#define STENO_MEASURING_H

struct err;
struct measure;

/* As measure_prepare(), with the user's own variables from the environment, in this folder. */
int measuring_prepare(struct measure *m, const char *rundir, struct err *err);

/* Runs an agent within a session that runs already: what its shells run is reported there, all else
 * is recorded anyhow. Comes back only if it cannot be started, with the exit status; this process
 * ends as the agent ends. */
int measuring_run(char *const *argv);

#endif
