/* SPDX-License-Identifier: MIT */
/* front: what the user started. It has the user's terminal: raw mode and its certain undoing, the
 * window's size, job control; and the exit status. The bytes go past it: the holder has the
 * terminal's descriptors. It keeps a duplicate of the pty's master and adopts the shell if the
 * holder dies, and then starts another holder. */
#ifndef STENO_FRONT_H
#define STENO_FRONT_H

struct err;
struct session;
struct tty;

/* Runs the session to its end. *status: the program's exit status, as a shell would say it. -1 only
 * if no session could be had at all. Notices go to stderr when the terminal is itself again. */
int front_run(struct session *s, struct tty *tty, int *status, struct err *err);

#endif
