/* SPDX-License-Identifier: MIT */
/* intake: the lines of a provenance.jsonl while it grows, also when it is replaced. */
#ifndef STENO_INTAKE_H
#define STENO_INTAKE_H

#include "base/buf.h"

#include <stdint.h>
#include <sys/types.h>

struct json;

struct intake {
	const char *path;
	ino_t inode;	 /* of the file that was read last */
	int64_t read;	 /* bytes of it */
	struct buf rest; /* of a line whose end was not there yet */
};

/* Calls each() with what has come: again from the start if the file has been replaced. j is NULL
 * for a line that is no JSON object. */
void intake_read(struct intake *r, void (*each)(void *ctx, const struct json *j, int again),
		 void *ctx);
void intake_release(struct intake *r);

#endif
