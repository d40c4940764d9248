/* SPDX-License-Identifier: MIT */
/* wording: what every text that is made of a session says in the same words. Each appends; nothing
 * is cleaned or escaped, and where it is said that a part is foreign the caller has to do that. */
#ifndef STENO_WORDING_H
#define STENO_WORDING_H

#include "../base/buf.h"

#include <stdint.h>

struct command;
struct event;
struct excerpt_rest;
struct header;
struct transcript_now;

void wording_count(struct buf *out, uint64_t n);     /* 1,234,567 */
void wording_size(struct buf *out, uint64_t bytes);  /* 12.3 kB */
void wording_time(struct buf *out, int64_t wall_us); /* 2025-09-07T18:58:27.123Z */
/* The line that stands between head and tail. session: foreign, or NULL; seq 0: no command has all
 * of it. */
void wording_left_out(struct buf *out, const char *session, const struct excerpt_rest *rest,
		      uint32_t seq);
/* What an EVENT_LOST or EVENT_NOTE has to say, foreign; 0 if nothing. */
int wording_note(struct buf *out, const struct event *e);
/* Sentences, without a newline. */
void wording_end(struct buf *out, const struct transcript_now *now);
/* What is not known of the times in a recording; NULL if nothing. */
const char *wording_times(const struct header *h);
void wording_forged(struct buf *out, uint64_t n);
void wording_unheard(struct buf *out, uint64_t n);
/* What is to be known of a command whose boundaries were told by `marks` (story.h); NULL:
 * nothing. */
const char *wording_marks(const char *marks);
void wording_skipped(struct buf *out, uint64_t n);
const char *wording_no_commands(const struct header *h);
/* Of a command that was run inside of another. */
void wording_inside(struct buf *out, const struct command *c);
/* Why it is not known how one ended that is `unprompted`. */
#define WORDING_UNPROMPTED "no prompt was seen after it, though its shell read what was typed"
/* Why nothing stands where a command's output would. */
const char *wording_no_output(const struct command *c);

#endif
