/* SPDX-License-Identifier: MIT */
/* subjects: programs whose screens are worth a look, recorded with steno. */
#ifndef STENO_SUBJECTS_H
#define STENO_SUBJECTS_H

#include <stddef.h>

struct lab;

struct subject {
	const char *name;
	const char *needs;		      /* a program */
	void (*drive)(const struct lab *lab); /* makes a recording */
	int not_tmux;			      /* versions of tmux differ in what it shows */
};

extern const struct subject subjects[];
extern const size_t subjects_count;

/* Makes the files that they look at, in the lab's repository. Once. */
void subjects_prepare(const struct lab *lab);

#endif
