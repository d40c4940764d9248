/* SPDX-License-Identifier: MIT */
/* sh_args: what a shell would make of its arguments, as far as a stand-in has to know. */
#ifndef STENO_SH_ARGS_H
#define STENO_SH_ARGS_H

/* Whether there is a -c, as in `sh [options] -c command [name [argument ...]]`; *command is then
 * what follows, or NULL if nothing does. Options as bash, dash and zsh read them: in any order and
 * bundled, -o and -O with a word behind them, an end at -- or -. */
int sh_args_command(int argc, char *const *argv, const char **command);
/* The name of a shell that argv[0] says, without folder and without the - of a login shell; NULL
 * if it is none. */
const char *sh_args_shell(const char *argv0);
/* The last part of a path. */
const char *sh_args_base(const char *path);

/* Whether a shell that was started so reads what BASH_ENV or ZDOTDIR lead to, and has a command:
 * bash and zsh by these names, unless in a mode in which they do not. */
int sh_args_is_led(int argc, char *const *argv);

#endif
