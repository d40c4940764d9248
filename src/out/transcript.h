/* SPDX-License-Identifier: MIT */
/* transcript: a session as a Markdown file to read. What is finished lies in spools, so that the
 * file can be written whole at any time and memory stays bounded. */
#ifndef STENO_TRANSCRIPT_H
#define STENO_TRANSCRIPT_H

#include <stddef.h>
#include <stdint.h>

struct command;
struct err;
struct event;
struct excerpt;
struct header;
struct transcript;
struct words;

/* h is borrowed for its life; dir: the folder for temporary files. */
struct transcript *transcript_new(const struct header *h, int dir);
void transcript_free(struct transcript *t);

/* What the story tells (story.h), in its order. */
void transcript_put_started(struct transcript *t, const struct command *c);
void transcript_put_command(struct transcript *t, const struct command *c);
void transcript_put_loose(struct transcript *t, int64_t at_us, const struct excerpt *text);
void transcript_put_words(struct transcript *t, int64_t at_us, const struct words *w);
void transcript_put_fact(struct transcript *t, const struct event *e);

/* What only the moment of writing knows. Zero is a session that has ended, quietly. */
struct transcript_now {
	const struct command *running;	     /* or NULL */
	const struct command *const *beside; /* that run beside it */
	size_t n_beside;
	const struct excerpt *loose; /* since the last command, or NULL */
	int is_running;		     /* more may come */
	int has_exit, exit_status;
	uint64_t forged;  /* marks that were not believed */
	uint64_t unheard; /* other people's that changed nothing */
	uint64_t skipped; /* lines of the recording that are no events */
};

/* Writes the whole file to fd, from its position on. */
int transcript_write(const struct transcript *t, const struct transcript_now *now, int fd,
		     struct err *err);

#endif
