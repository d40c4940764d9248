/* SPDX-License-Identifier: MIT */
/* scene: a part of a film that somebody means, read so far that it is there. */
#ifndef STENO_SCENE_H
#define STENO_SCENE_H

#include <stdint.h>

struct chapter;
struct err;
struct film;
struct progress;
struct source;

/* source: the film's. 0; 1: there is no such command, *err says so; -1, also when a signal asks to
 * stop (progress.h). */

/* Reads until the command has ended, or all. *out is borrowed until more is read. */
int scene_command(struct film *f, const struct source *source, uint32_t number,
		  struct progress *progress, const struct chapter **out, struct err *err);
/* Reads until a moment is in what was read: *at_us, which is since_us after the beginning of the
 * command, or with number 0 of the recording. */
int scene_moment(struct film *f, const struct source *source, uint32_t number, int64_t since_us,
		 struct progress *progress, int64_t *at_us, struct err *err);

#endif
