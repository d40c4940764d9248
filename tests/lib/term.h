/* SPDX-License-Identifier: MIT */
/* term: drives a program in a pseudo-terminal, as a person would. Nothing here sleeps: each wait is
 * for a condition on what was seen, with a deadline; a wait that fails prints what was seen.
 * The program runs with an environment of its own: PATH, TERM=xterm-256color, LANG=C.UTF-8, TZ=UTC,
 * HOME as given, and what `env` adds. */
#ifndef STENO_TERM_H
#define STENO_TERM_H

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct term;

enum { TERM_DEADLINE_MS = 20000 };

struct term_plan {
	const char *path; /* looked up in PATH if it has no slash */
	const char *const *argv;
	const char *home;	/* HOME; also where it starts, unless cwd says otherwise */
	const char *cwd;	/* or NULL */
	const char *const *env; /* "NAME=value", NULL-terminated; or NULL */
	int rows, cols;		/* 0: 24x80 */
	int answers; /* says what it is when it is asked (CSI c), as terminals do: fish 4 takes no
			key before, or waits 10 s */
};

/* Ends the test program if the program cannot be started at all. */
struct term *term_start(const struct term_plan *plan);
/* Kills the program's session if it still runs, and waits for it. */
void term_free(struct term *t);

/* How long is waited for anything from now on; TERM_DEADLINE_MS at first. */
void term_be_patient(struct term *t, int ms);
/* Types. While the program takes nothing, what it prints is read. Fails a test of its own if it
 * never takes all. */
void term_send(struct term *t, const void *data, size_t n);
void term_type(struct term *t, const char *text);
void term_resize(struct term *t, int rows, int cols);
void term_signal(struct term *t, int sig); /* to the program itself */
void term_hang_up(struct term *t);	   /* closes the terminal; nothing more is seen */

/* Each returns 1, or 0 after the deadline, or when the program ended and it cannot come true any
 * more, having printed why. */
/* Until `text` stands behind what the last successful term_expect() found. */
int term_expect(struct term *t, const char *text);
/* What was seen until now is not looked at by term_expect() any more. */
void term_skip(struct term *t);
/* The same, and its memory is given back: for one that runs long. */
void term_forget(struct term *t);
/* Until cond(ctx, all bytes seen) is non-zero; asked again each time something was seen. */
int term_until(struct term *t, int (*cond)(void *ctx, const struct buf *seen), void *ctx,
	       const char *what);
/* Until cond(ctx) is non-zero, of what the terminal does not show; asked again and again. */
int term_await(struct term *t, int (*cond)(void *ctx), void *ctx, const char *what);
/* Until the process `pid` sleeps, all its threads, and was not woken between two looks. A shell
 * that has shown what was waited for is on its way to its read(2) or wait(2), but not there yet: a
 * key that is typed then may be lost (tests/README.md, "Keys that shells lose"). */
int term_settle(struct term *t, pid_t pid);
/* Until the program has ended and all its output was read. *status: as a shell gives it, 128+n for
 * signal n. */
int term_exit(struct term *t, int *status);

const struct buf *term_seen(const struct term *t); /* all bytes, from the start */
pid_t term_pid(const struct term *t);

#endif
