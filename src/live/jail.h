/* SPDX-License-Identifier: MIT */
/* jail: what a child that parses foreign bytes gives up. */
#ifndef STENO_JAIL_H
#define STENO_JAIL_H

/* From here on this process cannot gain privileges, run a program, open a socket, trace another
 * process, or change a file's mode, owner, times or attributes (seccomp(2)), nor change a file
 * outside the folder `dir`, or at all if that is -1 (landlock(7)); descriptors that are open stay
 * as they are.
 * What the kernel does not have is left out: this is a second line of defence. */
void jail_enter(int dir);
/* As jail_enter(-1), and no file can be opened any more. */
void jail_seal(void);
/* The calls only: Landlock would hide what other processes of the user do. */
void jail_calls(void);

#endif
