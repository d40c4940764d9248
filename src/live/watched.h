/* SPDX-License-Identifier: MIT */
/* watched: the signals that a process with a terminal heeds: blocked but for where it waits, and
 * then only noted. */
#ifndef STENO_WATCHED_H
#define STENO_WATCHED_H

/* From here on HUP, TERM, INT, QUIT, WINCH, TSTP, CONT and CHLD are blocked, and noted when a
 * ppoll(2) lets them in; of the first, those that were ignored stay so, as nohup(1) and a script's
 * `&` want it. SIGPIPE is ignored. */
void watched_begin(void);
/* Whether it has come since this was asked last. */
int watched_take(int signal);
/* As if it had come. */
void watched_set(int signal);

#endif
