/* SPDX-License-Identifier: MIT */
/* foreground: whether it is the shell itself that reads the terminal, of a shell that marks its
 * prompts only. */
#ifndef STENO_FOREGROUND_H
#define STENO_FOREGROUND_H

#include <sys/types.h>

struct foreground {
	pid_t shell; /* that drew the last prompt; 0: none yet */
	dev_t dev;   /* what it was then: the program's file */
	ino_t ino;   /* 0: not known */
};

enum foreground_reader {
	FOREGROUND_NOT_KNOWN, /* another process, or it cannot be told */
	FOREGROUND_SHELL,     /* the shell, or something built into it */
	FOREGROUND_EDITOR, /* the shell, and the terminal does not collect lines: a line editor */
};

/* Zero-initialise it. A prompt of that shell has come. */
void foreground_prompt(struct foreground *f, pid_t shell);
/* Who reads what is typed now: the shell only if it is the terminal's foreground process group, without
 * children in that, and still the program that it was. Neither waits nor allocates. */
enum foreground_reader foreground_reader(const struct foreground *f, int master);

#endif
