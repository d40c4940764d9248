/* SPDX-License-Identifier: MIT */
/* console: the user's terminal while something is played on it, and its certain restoration. There
 * is one at a time. Signals are blocked but while it waits or writes. */
#ifndef STENO_CONSOLE_H
#define STENO_CONSOLE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct console {
	int has_keys;	  /* standard input is a terminal */
	int rows, cols;	  /* at most 1000 each */
	sigset_t outside; /* the signals that were blocked before */
};

/* Catches the signals. Whatever ends the process from here on, the terminal is as it was. */
void console_init(struct console *c);
/* Undoes console_init(). */
void console_release(struct console *c);
/* Raw mode, the alternate screen; standard output must be a terminal. */
int console_open(struct console *c, struct err *err);
void console_close(void);
/* ^Z: closes, stops, and opens again after SIGCONT. */
int console_stop(struct console *c, struct err *err);
/* Asks for the size again. */
void console_measure(struct console *c);
/* Writes all, unless a signal comes first: a terminal that takes nothing can so be left. */
int console_put(struct console *c, const void *data, size_t n, struct err *err);
/* Waits for a key, a signal, or so long. 1: there is a key; 0; -1. */
int console_wait(struct console *c, int64_t us, struct err *err);

/* The signal that is to end it, or 0. */
int console_ended_by(void);
/* Whether the size has changed, or a stop was asked for, since the last call. */
int console_was_resized(void);
int console_is_to_stop(void);
/* What a key asks for that is a signal elsewhere. */
void console_end(int sig);
void console_ask_stop(void);

#endif
