/* SPDX-License-Identifier: MIT */
/* hooks_private: what hooks.c and nest.c share. */
#ifndef STENO_HOOKS_PRIVATE_H
#define STENO_HOOKS_PRIVATE_H

#include <stddef.h>

struct buf;
struct hooks;

/* Shells that have the same hooks. */
struct hooks_kind {
	const char *shell; /* as hooks_prepare() says it */
	const unsigned char *text;
	size_t size;
	/* Puts the lines in front of the hooks. nonce: as the shell reads it, quoted if need be. */
	void (*preamble)(struct buf *b, const struct hooks *h, int flags, const char *nonce);
	void (*lead)(struct hooks *h, int flags);
	const char *file; /* its name in a folder of its own; NULL: it needs none */
};

struct hooks_program {
	const char *name; /* that it is called by */
	const char *real; /* of the file that it is in the end; NULL: whatever */
	const struct hooks_kind *kind;
	const char *which; /* of that kind */
};

/* NULL: it has no hooks. */
const struct hooks_program *hooks_find(const char *path);
const char *hooks_base_name(const char *path);

#endif
