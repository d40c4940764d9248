/* SPDX-License-Identifier: MIT */
/* story: events of a recording in, commands out. Pure: no I/O, no clock; the same events give the
 * same calls, so that live and rebuilt files cannot differ, and the first events of a recording
 * give the first calls.
 *
 * Where the shell is, by its marks (tape/event.h):
 *
 *            A            B             C           D, or A without D
 *   IDLE ------> PROMPT ------> INPUT ------> RUN ------> IDLE
 *
 * A mark is believed when it is legal in this state and its number fits: a C counts on from the
 * last command, the others bear its number. A lower number is a replay; a higher one means that
 * marks between were lost, and the story goes on from there. C in RUN: several commands in one
 * paste. D without C: an empty line, ^C, a syntax error: no record. A or B again: the prompt was
 * redrawn.
 *
 * A shell that a command is, or has started, may print marks of its own, which say so (l=): then
 * all this is told of it, inside of that command, until a mark of the shell around it comes. */
#ifndef STENO_STORY_H
#define STENO_STORY_H

#include "../base/buf.h"
#include "excerpt.h"

#include <stddef.h>
#include <stdint.h>

struct event;
struct header;
struct story;
struct words;

/* Who said what the command's text is. */
enum command_text { COMMAND_TEXT_NONE, COMMAND_TEXT_SHELL, COMMAND_TEXT_SCREEN, COMMAND_TEXT_ARGV };

struct command {
	uint32_t seq;		  /* 1, 2, ... in the order of starting */
	const char *src;	  /* "shell", "argv", or "sh-c": measured outside its shell, by
				     `steno -c`; "codex", ...: that agent's own log */
	int64_t start_us, end_us; /* since the recording began; end_us -1: running, or not seen */
	int64_t start_wall_us;	  /* as the holder's clock said when it began; -1: not known */
	int untimed;		  /* start_us and end_us say where in the recording, but not when */
	int64_t earliest_us;	  /* the terminal was read then, and this had not begun; start_us is
				     when it was read to have begun */
	enum command_text text_from;
	struct buf text;	 /* as typed; bytes, may be no UTF-8 */
	int text_cut;		 /* it was longer */
	struct buf cwd;		 /* directory when it began; empty if not known */
	int has_exit, exit_code; /* 128+n for signal n */
	const char *end;	 /* NULL while running, "exit": its end was seen, "eof": the shell
				     ended during it, "interrupted": the recording breaks off,
				     "lost": its end mark is missing from the recording, it was
				     over at end_us */
	int unprompted;		 /* "lost": its shell itself read what was typed, and no prompt was
				     seen: later commands may be in its output */
	const char *marks;	 /* NULL: steno's own told where it begins and ends; "inferred":
				     the beginning is the end of the typed line; "osc133",
				     "osc633", "osc3008": other people's marks, which are not
				     verified; "none": it is the whole session, or became a shell by
				     exec that printed none */
	uint32_t inside;	 /* seq of the command that it was run in; 0: of none */
	uint32_t depth;		 /* how many commands it is inside of */
	int holds;		 /* others were run inside of it, and what they printed is theirs */
	struct excerpt output;	 /* what it printed, as text */
	struct buf call_id;	 /* the agent's name for it; empty: none */
	/* Of "sh-c" only: */
	int unwrapped;	  /* the text is what the agent asked for; more was run around it */
	struct buf agent; /* who had it run; empty: nobody said */
	int64_t pid;	  /* -1: not known */
	int signal;	  /* that ended it; 0: none */
	int on_terminal;  /* its output can be among that of the command around it */
	int agent_told;	  /* the output, and what follows, is from the agent's own log */
	int64_t agent_us; /* how long it took as the agent saw it; -1: not said */
};

/* How long it took, in microseconds; -1: it runs, or its end was not seen, or it is untimed. */
int64_t command_took(const struct command *c);

/* All borrowed for the call. Unused ones may be NULL. */
struct story_sink {
	/* A command began. Its text may be missing or still change until `ended`. */
	void (*started)(void *ctx, const struct command *c);
	/* Nothing of it will change any more. */
	void (*ended)(void *ctx, const struct command *c);
	/* Text on the screen that belongs to no command (start-up, job notices); never empty. */
	void (*loose)(void *ctx, int64_t at_us, const struct excerpt *text);
	/* Something was said, or else told by an agent's own log (tape/words.h), its text whole;
	 * WORDS_RESULT comes as a command. */
	void (*words)(void *ctx, int64_t at_us, const struct words *w);
	/* A git fact, a gap or a note: the event's JSON as it is. */
	void (*fact)(void *ctx, const struct event *e);
	/* Each line of output of a command as it becomes final, uncut (for `steno show`). */
	void (*line)(void *ctx, const struct command *c, const unsigned char *text, size_t n);
};

struct story *story_new(const struct header *h, const struct story_sink *sink, void *ctx);
void story_free(struct story *s);
/* Before anything is put: output, of commands and of none, is to be given in its colours (tint.h);
 * the texts of commands stay plain. */
void story_keep_colours(struct story *s);
void story_put(struct story *s, const struct event *e);
/* The recording has ended, or breaks off here: open commands end as "interrupted". */
void story_end(struct story *s);

/* The command that runs now with what it has printed so far (peeked, a copy renewed by each
 * call), or NULL. */
const struct command *story_running(struct story *s);
/* Its number, or 0: what is put now is its output. */
uint32_t story_open(const struct story *s);
/* What has appeared since the last command and belongs to none, as the same kind of copy; NULL if
 * a command runs, a prompt is there, or it is blank. */
const struct excerpt *story_loose(struct story *s);
/* Those that run beside it, at most STORY_BESIDE, the i-th, or NULL: the ones that other shells run
 * within, and those that are measured outside their shells. Borrowed until the next event. */
enum { STORY_BESIDE = 128 };
const struct command *story_beside(const struct story *s, size_t i);
/* The exit status the recording ended with: 1 and *status, or 0 if it has not (yet). */
int story_exit(const struct story *s, int *status);
/* Marks that were not believed, by what was wrong: they are none, or of this state or number, or of
 * no shell that was there, or they lack the session's secret and so are output; and their sum. */
enum story_refusal {
	STORY_REFUSED_FORM,
	STORY_REFUSED_STATE,
	STORY_REFUSED_NUMBER,
	STORY_REFUSED_SHELL,
	STORY_REFUSED_SECRET,
	STORY_REFUSALS
};
uint64_t story_refused_marks(const struct story *s, enum story_refusal why);
uint64_t story_forged_marks(const struct story *s);
/* Other people's marks that commands printed and that changed nothing. */
uint64_t story_unheard_marks(const struct story *s);
/* Commands that the shell counted and did not announce: nothing else is known of them. */
uint64_t story_unlisted_commands(const struct story *s);

#endif
