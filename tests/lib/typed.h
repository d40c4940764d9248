/* SPDX-License-Identifier: MIT */
/* typed: commands as somebody types them at the prompt of a shell, drawn at random, of which it is
 * known beforehand what becomes of them. */
#ifndef STENO_TYPED_H
#define STENO_TYPED_H

struct chance;
struct term;

struct typed {
	char line[128];
	char output[256]; /* as `steno show --output` is to print it; "?" where nobody knows */
	int status;
	int interrupted; /* ^C after "go" */
	int ahead;	 /* the next was typed before its end */
};

void typed_choose(struct chance *c, struct typed *out);
/* Types it, with Enter, and ^C if it is to be interrupted; does not wait for its end. */
void typed_enter(struct term *t, const struct typed *c);
/* Until the prompt has come that a count of the commands which have ended stands in front of:
 * "[N] ready> ". */
int typed_ended(struct term *t, int n);

#endif
