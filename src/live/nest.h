/* SPDX-License-Identifier: MIT */
/* nest: how shells that are started by hand within a shell get hooks, too (`steno --nested`).
 *
 * A private folder holds a file of hooks for each kind of shell, with the session's nonce, as long
 * as the session lives, and for each shell a link to this program, under the shell's name. A shell
 * that has hooks defines functions named as the other shells, which run that; there it becomes the
 * shell that was asked for, and leads it to its file if it would be at a terminal and read its
 * start-up files. exec finds the link, too: in bash by what it has hashed, in fish by PATH, for
 * that exec alone, in zsh by the function. So what is not typed at such a shell's prompt starts what
 * it always did: scripts and what they run, env, sudo, su, ssh, a shell that is named by its path.
 * Nothing is exported: the one variable that leads a shell (ENV, ZDOTDIR) is in that shell's
 * environment only when it begins, and what it was comes with it, as STENO_WAS.
 *
 * The marks of such a shell say whose they are: behind the nonce stands ";l" and its pid. */
#ifndef STENO_NEST_H
#define STENO_NEST_H

struct buf;
struct err;
struct hooks_kind;
struct nest;

/* dir: our private 0700 folder, where the files go, in one of their own. NULL: they could not be
 * made. */
struct nest *nest_new(const char *dir, const char *nonce, struct err *err);
/* What a shell of this kind is to read before its hooks: plain text of its own language. */
void nest_print(const struct nest *nest, const struct hooks_kind *kind, struct buf *out);
/* What it is to read behind them. */
void nest_print_last(const struct nest *nest, const struct hooks_kind *kind, struct buf *out);
/* The file of lines that bash puts there (longhand.h), for all of them. Borrowed. */
const char *nest_lines(const struct nest *nest);
/* Removes the files. */
void nest_remove(const struct nest *nest);
void nest_free(struct nest *nest);

/* Whether this program was started in place of a shell, by this path (AT_EXECFN). */
int nest_is_lead(const char *path);
/* Becomes that shell. argv: as it was started, NULL-terminated. Returns -1 if it cannot; err->code is
 * 0 or ENOENT if there is no such shell. */
int nest_lead(const char *path, char **argv, struct err *err);

#endif
