/* SPDX-License-Identifier: MIT */
/* rec: the verb that records. */
#ifndef STENO_REC_H
#define STENO_REC_H

/* `steno rec [options] [-- command [argument ...]]`; argv[0] begins with - if the shell is to be a
 * login shell, as login(1) has it. Gives the program's own exit status, 2 for a usage error, 3 if
 * nothing could be recorded. */
int cmd_rec(int argc, char **argv);

#endif
