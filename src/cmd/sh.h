/* SPDX-License-Identifier: MIT */
/* sh: steno in the place of a shell: runs `SHELL -c command` exactly as the shell would be run, and
 * reports it to the session that records here. */
#ifndef STENO_SH_H
#define STENO_SH_H

/* Whether steno was called as a shell: by a shell's name, or with options that a shell takes and -c
 * among them (-c, -lc, -ec, ...). */
int sh_is_meant(int argc, char **argv);
/* Runs it; returns only if there is no shell to run: 126 or 127, said why. */
int cmd_shell(int argc, char **argv);
/* steno sh PROGRAM N [NAME=VALUE ...] ARGV0 [ARGUMENT ...]: the same for a shell that is about to
 * begin and says all of itself: the program, the N variables of its environment, its arguments. For
 * the hooks. */
int cmd_sh(int argc, char **argv);

#endif
