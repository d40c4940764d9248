/* SPDX-License-Identifier: MIT */
/* wrapper: what agents put around the command that they were asked to run: to have the user's
 * aliases, to learn the directory it ends in. */
#ifndef STENO_WRAPPER_H
#define STENO_WRAPPER_H

#include <stddef.h>

struct buf;

enum wrapper {
	WRAPPER_NONE,	 /* the text is what was asked for */
	WRAPPER_ASKED,	 /* what was asked for is inside */
	WRAPPER_HARNESS, /* nobody asked for it: the agent's program looks at its surroundings */
};

/* Known are the wrappers of Codex CLI 0.169, Claude Code 2.1 and Gemini CLI; a text is taken for
 * one only if all of it is as they write it. agent: "codex", ..., or NULL. Puts what was asked for
 * into *asked if WRAPPER_ASKED. */
enum wrapper wrapper_read(const char *agent, const unsigned char *text, size_t n,
			  struct buf *asked);

#endif
