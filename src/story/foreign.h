/* SPDX-License-Identifier: MIT */
/* foreign: marks that other programs print (shells by themselves, integrations of other terminals),
 * taken apart:
 *   OSC 133   FinalTerm's, as in Per Bothner's "semantic prompts", with kitty's cmdline= and
 *             cmdline_url=
 *   OSC 633   VS Code's
 *   OSC 3008  UAPI group's hierarchical context signalling: commands only
 *   OSC 7, OSC 1337 ; CurrentDir=, OSC 9;9   directories
 * Anybody can print them: nothing that comes of them is verified. */
#ifndef STENO_FOREIGN_H
#define STENO_FOREIGN_H

#include "../base/buf.h"

#include <stdint.h>

enum foreign_kind {
	FOREIGN_PROMPT,	      /* A, N, P: a prompt begins */
	FOREIGN_CONTINUATION, /* P;k=s, F: one of a further line */
	FOREIGN_INPUT,	      /* B, I */
	FOREIGN_START,	      /* C; start= of a command */
	FOREIGN_END,	      /* D; end= */
	FOREIGN_TEXT,	      /* 633;E: the text of the command that comes */
	FOREIGN_DIRECTORY,
	FOREIGN_OTHER, /* of these numbers, and nothing to us */
};

struct foreign {
	enum foreign_kind kind;
	const char *marks;  /* "osc133", "osc633", "osc3008"; NULL of a directory */
	int status;	    /* 0 to 255; -1: not said */
	int has_text;	    /* text: of the command */
	struct buf text;    /* or the directory */
	struct buf dir;	    /* that a command of OSC 3008 says it began in; may be empty */
	struct buf context; /* aid=, or the context's id; may be empty */
};

/* Zero-initialise *f; it may be filled again and again. n bytes between ESC ] and the end. -1: none
 * of these. */
int foreign_parse(struct foreign *f, const unsigned char *p, size_t n);
void foreign_release(struct foreign *f);

#endif
