/* SPDX-License-Identifier: MIT */
/* nest_private: shared by nest.c, which makes the folder, and nest_lead.c, which is started there. */
#ifndef STENO_NEST_PRIVATE_H
#define STENO_NEST_PRIVATE_H

struct hooks_program;

#define NEST_NAME "nested-" /* what the nest's folder's name begins with */
/* The folder in it of what is started in place of each shell, under the shell's name. */
#define NEST_LEADS "lead"

/* The first file of that name in PATH, but for those in the folder `but`, which may be NULL; the
 * caller's. NULL: there is none. */
char *nest_find(const char *name, const char *but);
/* The hooks' file of a shell that is called by this name; the caller's. flags: of hooks.h. */
char *nest_file(const char *folder, const char *name, const struct hooks_program *program,
		int flags);

#endif
