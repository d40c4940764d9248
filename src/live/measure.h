/* SPDX-License-Identifier: MIT */
/* measure: makes the shells that an agent starts report their commands, by files they read first of
 * all (hooks/agent.bash, agent.zsh), which BASH_ENV and ZDOTDIR lead to. bash reads it when it is
 * not interactive and not called sh; other shells are not led. */
#ifndef STENO_MEASURE_H
#define STENO_MEASURE_H

struct err;

enum { MEASURE_VARIABLES = 8 };

/* Zero-initialise it. */
struct measure {
	char *dir;			/* of the files; NULL: nothing is measured */
	char *env[MEASURE_VARIABLES];	/* "NAME=value", NULL-terminated, for the agent */
	char *unset[MEASURE_VARIABLES]; /* names, NULL-terminated, that it must not have */
};

/* What the agent's environment says already; NULL where it does not. */
struct measure_user {
	const char *bash_env, *zdotdir; /* the user's own */
	const char *shlvl;
};

/* Makes the files in a new folder within `folder`. program: the path of steno. On failure *m is
 * untouched. */
int measure_prepare(struct measure *m, const char *folder, const char *program,
		    const struct measure_user *user, struct err *err);
/* Removes the files. */
void measure_remove(const struct measure *m);
void measure_release(struct measure *m);

/* Whether a program is an agent by the name it is called by, or that a launcher (npx, node, env,
 * ...) is told. */
int measure_is_agent(char *const *argv);
/* The same of one agent. */
int measure_is_called(char *const *argv, const char *name);

#endif
