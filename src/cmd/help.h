/* SPDX-License-Identifier: MIT */
/* help: what --help and a usage error print: the only place for these words. */
#ifndef STENO_HELP_H
#define STENO_HELP_H

/* `steno --help`: every verb, a line each. Returns an exit status. */
int help_all(void);
/* `steno VERB --help`: its usage and options. Returns an exit status; 1: there is no such verb. */
int help_verb(const char *verb);
/* Counts the words that are left of argv, from optind on: as many as words[] names before its NULL,
 * of which the last `optional` may be missing. 0, or -1, having said what is missing or too
 * much. */
int help_words(int argc, char **argv, const char *const words[], int optional);
/* A usage error: the usage of an existing verb to stderr. Returns 2, the exit status. */
int help_usage(const char *verb);

#endif
