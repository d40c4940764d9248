/* SPDX-License-Identifier: MIT */
/* background: a process that goes on when the one that was started has ended, having said what
 * became of it. */
#ifndef STENO_BACKGROUND_H
#define STENO_BACKGROUND_H

/* Forks. In the child, which is in a session of its own, with /dev/null as standard input and no
 * inherited descriptor but the standard streams, returns 0, *report for background_tell(). In the
 * parent returns 1 once the child has told: its words are printed, *status is 0; or it ended
 * without a word: *status is its own. -1: there can be no such process; that was printed. */
int background_begin(int *report, int *status);
/* The parent prints this line and ends; the standard streams are /dev/null from here on. */
void background_tell(int *report, const char *line);

#endif
