/* SPDX-License-Identifier: MIT */
/* help: what --help and a usage error print: the only place for these words. */
#ifndef STENO_HELP_H
#define STENO_HELP_H

/* `steno --help`: every verb, a line each. Returns an exit status. */
int help_all(void);
/* `steno VERB --help`: its usage and options. Returns an exit status; 1: there is no such verb. */
int help_verb(const char *verb);
/* A usage error: the usage of an existing verb to stderr. Returns 2, the exit status. */
int help_usage(const char *verb);

#endif
