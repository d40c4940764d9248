/* SPDX-License-Identifier: MIT */
/* player_private: what the parts of the player share; for them only. */
#ifndef STENO_PLAYER_PRIVATE_H
#define STENO_PLAYER_PRIVATE_H

#include "../play/film.h"
#include "../play/keys.h"
#include "../play/schedule.h"
#include "console.h"
#include "player.h"

#include <stddef.h>
#include <stdint.h>

struct err;
struct painter;
struct search;
struct status;

enum { PLAYER_NEEDLE = 128, PLAYER_STEP_BYTES = 256 * 1024 };

struct player {
	struct film *film;
	const struct player_plan *plan;
	struct err *err; /* of whatever fails */
	struct console console;
	struct head *head;
	struct painter *painter;
	struct status *status;
	struct schedule schedule;
	struct keys keys;
	struct search *search;
	char needle[PLAYER_NEEDLE]; /* what is searched for */
	size_t needle_len;
	int typing; /* the needle is being typed */
	int with_status;
	int at_end, quit, dirty;
	int is_live;	     /* what comes is shown when it comes */
	int waits;	     /* all there is of a recording that grows has been read */
	const char *message; /* constant text for the status */
	int64_t again_us;    /* when to begin again, having come to the end; 0: not there */
	int64_t painted_us, typed_us;
};

/* Each that returns int: 0, or -1 and *p->err. */

/* player_moves.c: where it is, and going elsewhere. */
/* The place where playing ends, or UINT64_MAX. */
uint64_t player_stop(const struct player *p);
/* What comes next, if it is to be shown: 1, 0, -1. */
int player_peek(struct player *p, struct head_event *e);
/* The time of what comes next. */
int64_t player_next_us(struct player *p);
int64_t player_position(struct player *p);
/* It is somewhere else now. */
int player_moved(struct player *p, int64_t at_us);
int player_go_to_begin(struct player *p);
int player_go_to_end(struct player *p);
int player_go_to_time(struct player *p, int64_t at_us);
int player_go_to_place(struct player *p, uint64_t place, int64_t at_us);
int player_go_to_tenth(struct player *p, int tenth);
/* The command before the one that has just begun, or the beginning of this one. */
int player_go_back_a_chapter(struct player *p);
int player_go_on_a_chapter(struct player *p);
void player_pause(struct player *p);
/* Up to the next output. */
int player_step(struct player *p);

/* player_keys.c */
int player_read_keys(struct player *p);
/* No key has come for so long after an ESC, in microseconds, that it was one. */
enum { PLAYER_ESCAPE_US = 50000 };
int player_take_escape(struct player *p);
int player_go_on_searching(struct player *p);

/* player_picture.c */
int player_paint(struct player *p);
/* The terminal is new, or its size. */
void player_measure(struct player *p);

#endif
