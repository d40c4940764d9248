/* SPDX-License-Identifier: MIT */
/* hooks: how a shell is started so that it prints marks, without touching the user's files. */
#ifndef STENO_HOOKS_H
#define STENO_HOOKS_H

struct err;
struct nest;

/* What to start, and what to remove when the shell has read it. Zero-initialise. */
struct hooks {
	const char *user_env; /* in: $ENV as the user has it, NULL if unset; borrowed for prepare */
	const char *user_zdotdir; /* in: the same of $ZDOTDIR */
	int by_line;		  /* the shell cannot tell where a command begins */
	const char *which;	  /* of the shells that share hooks */
	const char *shell; /* "bash", "zsh", "fish", "sh"; NULL: this program gets no hooks */
	char **argv;	   /* NULL-terminated, owned; [0] is a name, "-bash" for a login shell */
	char **env;	   /* "NAME=value" to set in the environment, NULL-terminated, owned */
	char *folder;	   /* of the file's own, or NULL */
	char *file;	   /* the private file with the hooks and the nonce, or NULL */
	char *scratch;	   /* where bash reads lines of its history back from, or NULL */
	char *lines;	   /* where it puts them for us (longhand.h), or NULL */
	struct nest *nest; /* what leads the shells that are started in it, or NULL */
};

/* path: the shell (absolute). login: start it as a login shell. dir: our private 0700 folder
 * (path), where the file goes (mode 0600, a name of its own for each session). nonce: base64, which
 * get into that file only: never into argv or the environment. A shell that has no hooks gets a
 * plain argv; that is not an error. HOOKS_NESTED: shells that are started by hand in it are led to
 * hooks of their own (nest.h). On failure *h holds nothing. */
enum { HOOKS_LOGIN = 1, HOOKS_NESTED = 2 };
int hooks_prepare(struct hooks *h, const char *path, int flags, const char *dir, const char *nonce,
		  struct err *err);
/* The first mark has come: removes what the shell has read by then, with the nonce. */
void hooks_used(const struct hooks *h);
/* Removes all files; at the end. */
void hooks_remove(const struct hooks *h);
void hooks_release(struct hooks *h);

#endif
