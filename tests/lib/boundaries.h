/* SPDX-License-Identifier: MIT */
/* boundaries: the table of what people do at a prompt, a row each, and what becomes of it in each
 * shell, a column each. Not in it, since they are elsewhere:
 *   what ends a shell: exit, Ctrl-D, exec, kill -9, set -e, a terminal that is closed; TERM=dumb;
 *   login shells
 *                                                      e2e/test_endings.c, all shells
 *   that the shell is otherwise the one without hooks  unit/test_states.c, test_hooks_state.c (bash)
 *   bash: HISTCONTROL, HISTSIZE, cmdhist, HISTTIMEFORMAT, extdebug and functrace, promptvars, POSIX
 *   mode, PROMPT_COMMAND and PS0 assigned, read-only variables, odd directories, a nested bash that
 *   inherits all prompts                               unit/test_hooks_*.c
 *   other integrations beside ours, transient and instant prompts  e2e/test_coexist.c
 *   only foreign marks; forged and replayed ones       e2e/test_foreign.c
 *   times                                              e2e/test_clock.c
 *   marks cut anywhere, changed in any byte            unit/test_scanner.c, test_story.c, fuzz/ */
#ifndef STENO_BOUNDARIES_H
#define STENO_BOUNDARIES_H

#include "shells.h"

enum { BOUNDARY_STEPS = 8 };

struct boundary {
	const char *name;
	unsigned in; /* the shells that it is tried in */
	struct step steps[BOUNDARY_STEPS];
	const char *want; /* the records, as shells_put_record() tells them; in all, but for: */
	const char *of[SHELLS]; /* NULL: as all */
	unsigned quiet;		/* in these the output is another each time: it is not told */
};

extern const struct boundary boundaries[];
extern const size_t n_boundaries;

#endif
