/* SPDX-License-Identifier: MIT */
/* bash: bash with steno's hooks in a real terminal, and what it prints, the marks told as text:
 *   D1=0 P[dir] E1[text] A1=0 B 2 C2<0 C3[dir]<0   letter, number of the command, status
 * from the first prompt's B on; C with its directory if that is another than before (at first
 * home). A prompt that is only drawn again (A and B right after B) is not told: readline does
 * that when it likes. */
#ifndef STENO_BASH_H
#define STENO_BASH_H

#include "base/buf.h"
#include "live/longhand.h"

#include <stddef.h>

struct hooks;
struct term;

#define BASH_NONCE "0123456789a"

/* A home, and steno's private folder. */
struct bash_place {
	const char *path; /* /bin/bash, or what STENO_TEST_BASH says */
	char top[32];	  /* all this; removed by bash_leave() */
	char home[64], folder[64];
	const char *lines; /* of the hooks that were started last (longhand.h); theirs */
	int version;	   /* of bash: 52 of 5.2 */
	int old; /* the hooks take bash for one before 5.0, and it counts as that one does */
};

/* Ends the test program on failure. */
void bash_enter(struct bash_place *p);
void bash_leave(struct bash_place *p);

/* A file in the home. */
void bash_write(const struct bash_place *p, const char *name, const char *text);
void bash_forget(const struct bash_place *p, const char *name);
/* Whole, or empty if there is none; the caller's. */
struct buf bash_read(const struct bash_place *p, const char *name);

/* flags: HOOKS_LOGIN. The caller releases h after the terminal is freed. */
struct term *bash_start(struct bash_place *p, struct hooks *h, int flags);

/* What the scanner made of all bytes seen. Zero-initialise. */
struct bash_view {
	const struct bash_place *place;
	struct longhand longhand;
	struct buf text;   /* the marks, as told above */
	struct buf output; /* the rest */
	size_t prompts;	   /* B so far */
	size_t ready;	   /* the one that is waited for */
	char last;	   /* letter of the last mark; 'a': of a prompt drawn again */
	struct buf dir;	   /* of the last C that said one */
};

void bash_look(struct bash_view *v, const struct buf *seen);
/* For term_until(), ctx a struct bash_view: v->ready prompts have been seen. */
int bash_has_prompts(void *ctx, const struct buf *seen);
void bash_view_release(struct bash_view *v);

enum { BASH_ENDS = -1, BASH_STEPS = 6 };

/* What is typed, and how many prompts come of it; BASH_ENDS: the shell ends. */
struct bash_step {
	const char *type;
	int prompts;
	const char *await; /* first: what has to be seen before it is typed */
};

struct bash_row {
	const char *name;
	const char *rc; /* ~/.bashrc; NULL: none */
	struct bash_step steps[BASH_STEPS];
	const char *marks;  /* NULL: one command whose text is cut */
	const char *output; /* what must be in the output, or NULL */
	int status;	    /* of the shell, if it ended */
	const char *absent; /* what must not be in the output, or NULL */
};

#define BASH_IGNORE "HISTCONTROL=ignoreboth\n"

/* Tries each row without a history and with one: bash's prompts take another way then (__steno_keep);
 * and with one as before bash 5.0. only: those with this in their names; NULL: all. later, ended by a row
 * without a name, has those that are otherwise when there is a history; NULL: none. newer: names of
 * those that hold from 5.1 on only, NULL behind them; NULL: none. */
void bash_try_all(struct bash_place *p, const struct bash_row *rows, size_t n,
		  const struct bash_row *later, const char *const *newer, const char *only);

#endif
