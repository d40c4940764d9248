/* SPDX-License-Identifier: MIT */
/* header: the first line of a recording: asciicast v3's keys, and steno's own under "steno". */
#ifndef STENO_HEADER_H
#define STENO_HEADER_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/* Strings are owned by the struct when header_parse() filled it (then header_release() frees
 * them), else borrowed. NULL where unknown. */
struct header {
	int cols, rows;
	char *term;	  /* TERM */
	int64_t start_us; /* wall clock at the start, microseconds since 1970 UTC */
	char *command;	  /* what was run, as a shell would read it; NULL for the user's shell */
	char *title;	  /* of an asciicast that somebody gave one */
	/* "steno": */
	int version;	  /* of the recording's format, 1; 0: not one of ours */
	char *session;	  /* "20250907-185827-session": the files' common name */
	char *id;	  /* 32 hex digits, unique to the session */
	char *steno;	  /* version of the program */
	char *root;	  /* the working tree's top, or the directory it began in */
	char *cwd;	  /* where it began */
	char *shell;	  /* path of the program that was started */
	char *hooks;	  /* which of ours the shell has: "bash", "zsh", "fish", "sh"; NULL: none */
	char *repo;	  /* "git" when root is a working tree, else NULL */
	char *git_head;	  /* commit at the start, hex, NULL when unborn or no repository */
	char *git_branch; /* NULL when detached or no repository */
	char *model, *profile, *sandbox;
	char *parent;	/* the session it was started within, or NULL */
	char *imported; /* whose log this was made from afterwards: "codex", ...; NULL: recorded */
	char *nested;	/* "marks": other people's are heard inside of commands; or NULL */
	char *imported_from; /* that file's name */
	char *made_of;	     /* name of another program's recording that it was made of; or NULL */
	char *times; /* of `made_of`: "none": nothing in it was timed, and start_us is when its file
			was last written; "begin": nothing but the start; NULL: all was */
};

/* Whether it is known when each event came; and when the first one did. */
int header_has_times(const struct header *h);
int header_has_start(const struct header *h);

/* Appends the line, newline included. */
void header_print(const struct header *h, struct buf *out);
/* Reads the first line (without newline) of an asciicast v3, ours or not. Unknown keys are passed
 * over; sizes are clamped to 1..1000. Fills *h only on success. */
int header_parse(struct header *h, const void *line, size_t n, struct err *err);
/* Reads the header of an asciicast v1 or v2, whichever `version` says, as header_parse() does v3's:
 * the size is "width" and "height", and nothing is steno's. */
int header_parse_flat(struct header *h, int version, const void *text, size_t n, struct err *err);
void header_release(struct header *h);

#endif
