/* SPDX-License-Identifier: MIT */
/* shells: the seven shells that have hooks, each ready to be tried under steno, and what is done at
 * their prompts. */
#ifndef STENO_SHELLS_H
#define STENO_SHELLS_H

#include <stddef.h>
#include <sys/types.h>

struct buf;
struct json;
struct lab;
struct term;

enum { BASH, ZSH, FISH, DASH, KSH, MKSH, ASH, SHELLS };

/* Sets of them. */
enum {
	IN_BASH = 1 << BASH,
	IN_ZSH = 1 << ZSH,
	IN_FISH = 1 << FISH,
	IN_DASH = 1 << DASH,
	IN_KSH = 1 << KSH,
	IN_MKSH = 1 << MKSH,
	IN_ASH = 1 << ASH,
	IN_ALL = (1 << SHELLS) - 1,
	IN_POSIX = IN_ALL & ~IN_FISH,
	IN_LINES = IN_DASH | IN_KSH | IN_MKSH | IN_ASH, /* they have a mark for the prompt only */
	IN_EDITORS = IN_ALL & ~IN_DASH,			/* they have a line editor */
};

/* What is done, when what has to be there is there. */
struct step {
	enum {
		STEP_NONE,   /* the end of the steps */
		STEP_TYPE,   /* when the shell has then come to rest */
		STEP_PASTE,  /* in brackets, if the shell wants them */
		STEP_RESIZE, /* "ROWSxCOLS": until the shell has seen to it */
		STEP_GO,     /* makes $HOME/go, for which something in the background waits */
	} kind;
	const char *text;
	const char *await; /* what has to be seen before; NULL: a prompt, "": nothing */
};

#define TYPE(text)                                                                                 \
	{                                                                                          \
		STEP_TYPE, text, NULL                                                              \
	}
#define AFTER(await, text)                                                                         \
	{                                                                                          \
		STEP_TYPE, text, await                                                             \
	}
#define PASTE(text)                                                                                \
	{                                                                                          \
		STEP_PASTE, text, NULL                                                             \
	}
#define RESIZE(await, size)                                                                        \
	{                                                                                          \
		STEP_RESIZE, size, await                                                           \
	}
#define GO(await)                                                                                  \
	{                                                                                          \
		STEP_GO, "", await                                                                 \
	}

/* A shell that runs under steno. */
struct trial {
	int shell;
	const char *name;
	struct lab *lab;
	struct term *t;
	pid_t pid; /* the shell's own */
};

const char *shells_name(int shell);
/* How it is started: as a login shell by `steno --login`, or by a steno that is called -steno. */
enum trial_way { TRIAL_PLAIN, TRIAL_LOGIN, TRIAL_LOGIN_NAME };
/* Opens the lab and starts it in there: the one in the tests' own machine, or whatever
 * STENO_TEST_BASH, STENO_TEST_ZSH ... say. Nothing is changed in it but its prompt, LAB_PROMPT, and
 * what makes output unsteady; $SELF is its path, and $LOGIN is set by what a login shell reads. env:
 * one more variable for it, or NULL. Its first prompt is waited for. */
void trial_start(struct trial *trial, struct lab *lab, int shell, enum trial_way way,
		 const char *env);
/* Takes n steps, or as many as there are. */
void trial_play(struct trial *trial, const struct step *steps, size_t n);
/* Lets go of the terminal; not of the lab. */
void trial_end(struct trial *trial);

/* One line of `steno export -f json` as
 *   [text]=status{output}
 * with ? for a text and null for a status that is not known, | for a newline, N for a number of
 * more than one digit in the output, and @ with the directory's name in front of { if it is not the
 * repository. Appended to out, with a blank in front if something stands there. quiet: no
 * output. */
void shells_put_record(struct buf *out, const struct lab *lab, const struct json *record,
		       int quiet);

/* As is_str(): `got` is one of the wordings in `want`, between which stands a newline. */
int shells_is_one(const struct trial *trial, const char *got, const char *want, const char *name);

#endif
