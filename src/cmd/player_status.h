/* SPDX-License-Identifier: MIT */
/* player_status: the player's last line. */
#ifndef STENO_PLAYER_STATUS_H
#define STENO_PLAYER_STATUS_H

#include <stddef.h>
#include <stdint.h>

struct chapter;
struct screen;
struct status;

struct status_facts {
	int64_t at_us, length_us;
	int is_whole; /* length_us is the recording's */
	double speed;
	const char *state;	       /* "paused", "end", or NULL */
	const struct chapter *chapter; /* or NULL */
	uint64_t place;		       /* in the film: has the chapter ended? */
	const char *message;	       /* or NULL */
	const char *needle;	       /* what is being typed to be searched for, or NULL */
	size_t needle_len;
	int cut_rows, cut_cols; /* the recording's size if it is not all shown, else 0 */
};

struct status *status_new(int cols);
void status_free(struct status *s);
/* The line is the first row of the screen, borrowed until the next call. */
const struct screen *status_screen(struct status *s, const struct status_facts *facts);

#endif
