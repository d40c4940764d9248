/* SPDX-License-Identifier: MIT */
/* sitting_private: what the parts of a sitting share. */
#ifndef STENO_SITTING_PRIVATE_H
#define STENO_SITTING_PRIVATE_H

struct buf;
struct sitting;

enum { PATIENCE_MS = 120000 }; /* other work on the machine may be in the way for long */

/* sitting.c: tells that something is not as wanted. */
void sitting_fail(struct sitting *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Notes what is being done; the oldest is forgotten. */
void sitting_trail(struct sitting *s, const char *what);
/* steno with a verb and this session, $S, in the repository; its status. */
int sitting_steno(const struct sitting *s, struct buf *out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* sitting_acts.c: types a line whose command is known. */
void sitting_enter(struct sitting *s, const char *line, int status);
/* Waits until the terminal shows the text. */
void sitting_expect(struct sitting *s, const char *text);

/* sitting_check.c: a record of this command is to come, behind those of the others. */
void sitting_want(struct sitting *s, const char *cmd, int status);

#endif
