/* SPDX-License-Identifier: MIT */
/* story_private: what the parts of the story share. */
#ifndef STENO_STORY_PRIVATE_H
#define STENO_STORY_PRIVATE_H

#include "eol.h"
#include "foreign.h"
#include "osc.h"
#include "story.h"

#include "../tape/words.h"

struct mark;

enum story_state { STORY_IDLE, STORY_PROMPT, STORY_INPUT, STORY_RUN };

enum { STORY_WAITING = 64 }; /* ended commands of one paste that still wait for their text */

struct entry {
	struct command command;
	int64_t number;	  /* the shell's */
	int wants_status; /* its D could not say; the A behind it does */
	int inferred;	  /* by a line feed: that it was one is not known yet */
	int spoilt;	  /* its text on the screen has another program's output in it */
	int foreign;	  /* by other people's marks */
	int told;	  /* that it has started: it has a number, and cannot be taken back */
	struct buf held;  /* lines of output that are not told before that; each with a newline */
	int unreadable;	  /* the line editor did not show its text whole */
	int overrun;	  /* meanwhile its shell itself read what was typed */
};

/* What a shell left when another began to print marks inside of its command; and the last number of
 * one that was left, since it may only be stopped. */
enum { STORY_LEVELS = 16, STORY_LEFT = 32 };

struct level {
	int64_t shell; /* pid; -1: the session's own shell */
	int64_t number;
	struct entry *open;
	struct buf dir;
	int dir_stale;
	struct entry *waiting[STORY_WAITING];
	size_t waits;
	int64_t prompt_status, prompt_h, saved_h;
	struct eol eol;
};

struct left {
	int64_t shell, number;
};

/* A text whose pieces are still coming. */
struct unfinished {
	struct json *first; /* NULL: free */
	struct words words; /* borrows from it */
	struct buf text;
	int64_t next; /* piece */
};

/* What a person said: where a turn began in an agent's log. */
struct turn {
	uint64_t thread; /* its hash */
	int64_t line, wall_us;
};

enum { STORY_UNFINISHED = 8, STORY_TURNS = 256 };

/* A command that was measured outside its shell, and has not been told of as ended. */
struct measured {
	struct command command;
	char id[17];
	int is_begun;
	int is_harness; /* nobody asked for it: it is not told of */
	int has_ended;	/* and waits for what its agent's log says of it */
	int64_t ended_us;
};

/* What an agent's log says before and after its commands. */
enum { STORY_CALLS = 64, STORY_TOLD = 256, STORY_CALL_ID = 128 };

struct call {
	char id[STORY_CALL_ID]; /* "": free */
	struct buf text;
};

struct story {
	struct story_sink sink;
	void *ctx;
	struct screen *screen;
	struct eol eol; /* output on its way to the screen, while a command runs or none is typed */
	int64_t wall_us;		 /* when the recording began; -1: not known */
	int untimed;			 /* nothing tells when the events came */
	int64_t now_us;			 /* time of the last event */
	int64_t read_us, read_before_us; /* when the terminal was read last, and before that */

	struct level levels[STORY_LEVELS]; /* the shells around the one that prints marks now */
	size_t n_levels;
	int64_t shell;		      /* that one: as in struct level */
	struct left left[STORY_LEFT]; /* round and round */
	size_t n_left;

	enum story_state state;
	int64_t number;	  /* of the last mark that was believed */
	int in_ps2;	  /* a continuation prompt is being printed */
	struct buf dir;	  /* the shell's directory, by P */
	int dir_stale;	  /* a command began since, and D has not come to say P again */
	struct buf input; /* what is on the screen between B and C */
	struct buf typed; /* the last of it that started commands */
	size_t typed_for; /* how many */
	uint64_t refused[STORY_REFUSALS];
	int is_nested; /* other people's marks are heard inside of any command */
	int is_hooked; /* the shell was started with our hooks */
	uint64_t unheard;
	uint64_t unlisted;
	int own; /* a mark of the shell's has been believed */

	struct osc osc;		   /* where other people's marks are heard */
	struct foreign foreign;	   /* the last one */
	const char *foreign_marks; /* of which kind boundaries are told by; NULL: none yet */
	struct entry *outer;	   /* the command that they are inside of, while theirs are told */
	struct buf foreign_dir, foreign_text, context;
	int has_foreign_text;
	struct buf program; /* that was started, if it is not known to be a command */

	int64_t by_line;       /* nl of the last B: no C will come; -1 */
	size_t input_from;     /* where in `input` the line begins that is typed now */
	int prompt_col;	       /* where B came: the column */
	int returns;	       /* carriage returns just before */
	int64_t entered;       /* lines since B */
	int keyed;	       /* a key was typed since B */
	int line_begun;	       /* or since R, perhaps before B: an editor shows it behind B */
	int stray;	       /* a line feed came since B that no Enter can have caused */
	int spoilt;	       /* what stands there as typed has another program's output in it */
	int unseen;	       /* lines that nobody shows were entered, perhaps ahead */
	int64_t enters;	       /* that may still be on their way to the shell; -1: not counted */
	int64_t prompt_us;     /* when B came */
	int64_t prompt_status; /* of the last A */
	int64_t prompt_h;
	struct buf saved; /* by the shell's history: the line that was typed */
	int64_t saved_h;  /* its number; -1: none since B */

	uint32_t seq;
	struct entry *open;
	struct entry *waiting[STORY_WAITING];
	size_t waits;
	struct entry *doubtful; /* ended by an A without D, which may have been a false one */

	struct excerpt loose;
	int64_t loose_us; /* -1: nothing printed yet */
	int has_exit, exit_status;
	int is_imported;
	struct unfinished unfinished[STORY_UNFINISHED];
	struct turn turns[STORY_TURNS]; /* the last ones, in a ring */
	uint64_t n_turns;
	struct measured *measured[STORY_BESIDE]; /* in the order they were first heard of */
	size_t n_measured;
	struct call calls[STORY_CALLS]; /* that no command has been found for, round and round */
	size_t next_call;
	char told[STORY_TOLD][STORY_CALL_ID]; /* of commands that were told without a result */
	size_t next_told;
	int agent_talks; /* its log is read */

	struct command peek;
	struct excerpt loose_peek;
	struct buf scratch; /* of the peeks */
};

/* story.c */
void story_enter(struct story *s, enum story_state state);
void story_flush_loose(struct story *s); /* what belongs to no command is complete */
/* What was taken for typed, from there on, belongs to none. */
void story_tell_loose(struct story *s, size_t from);

/* story_commands.c. At the end of a command: first story_enter() another state, then close it. */
void story_start_command(struct story *s, const struct mark *m);
/* The open command has ended now; status -1: not known. */
void story_close_command(struct story *s, int64_t status, const char *end);
/* What stands on the screen has started the next command. */
void story_take_typed(struct story *s);
/* The last command of a paste has ended: each gets its line of what was typed, if it can be
 * told. */
void story_share_typed(struct story *s);
void story_finish_all(struct story *s); /* nothing changes those that have ended any more */
void story_free_entry(struct entry *e);
void story_free_command(struct command *c);

/* story_words.c */
void story_put_words(struct story *s, const struct event *e);
void story_end_words(struct story *s); /* no more pieces will come */
void story_release_words(struct story *s);

/* story_measured.c */
void story_put_measured(struct story *s, const struct event *e);
void story_finish_measured(struct story *s, struct measured *m);
/* The session has ended: so have they, but for those that wait for words on them. */
void story_lose_measured(struct story *s);
/* Those that have waited long enough. */
void story_tire_measured(struct story *s);
void story_end_measured(struct story *s, const char *how); /* no more will be heard of them */
void story_release_measured(struct story *s);

/* story_join.c: a measured command and what its agent's log says of it */
void story_join_call(struct story *s, const struct words *w);
/* 1: it was of a command that was measured. */
int story_join_result(struct story *s, const struct words *w);
/* A command has begun: finds its call. */
void story_join_begun(struct story *s, struct measured *m);
void story_join_told(struct story *s, const struct measured *m);
void story_release_calls(struct story *s);
/* The output as the agent's log has it. */
void story_put_output(struct story *s, struct command *c, const struct words *w);

/* story_commands.c, too */
/* As story_start_command(), but nothing is told of it yet. */
void story_open_command(struct story *s, const struct mark *m);
/* Tells that the open command has started, once: from then on it has a number, and is one. */
void story_tell_start(struct story *s);
/* A line of the open command's output. */
void story_put_line(struct story *s, const unsigned char *text, size_t n);
/* The open command was none. */
void story_forget_command(struct story *s);

/* story_lines.c */
/* Where the line that is typed ends in this output: bytes up to and with that; 0: not here. */
size_t story_line_end(struct story *s, const unsigned char *p, size_t n);
void story_begin_line(struct story *s);
void story_infer_start(struct story *s);
/* Lines were entered that nobody shows. */
void story_enter_unseen(struct story *s);
/* m: an E that comes before the prompt behind the line. */
void story_save_line(struct story *s, const struct mark *m);
/* A prompt m has come, and the state has been left. */
void story_infer_end(struct story *s, const struct mark *m);
/* The same, while a line was being typed: it may have been typed ahead. */
void story_infer_ahead(struct story *s, const struct mark *m);
/* The shell has ended. */
void story_infer_last(struct story *s);
/* Keys or lines m were typed. */
void story_note_reader(struct story *s, const struct mark *m);
/* The open command was not over when its shell ended: says how it ended then, "eof" or "lost". */
const char *story_last_end(struct story *s);
/* True while the open command may turn out to be none: nothing must be told of it yet. */
int story_is_doubted(const struct story *s);
/* The line is not complete: a continuation prompt has come. */
void story_resume_input(struct story *s);
/* A line is entered, though one is taken to run since: then that was none (Ctrl-L in ksh93 draws
 * the prompt again in a new row). */
void story_resume_redrawn(struct story *s);

/* story.c: output as such. */
void story_put_bytes(struct story *s, const unsigned char *p, size_t n);

/* story_foreign.c */
int story_hears_foreign(const struct story *s);
/* Its text says that it took the shell's place. */
int story_is_exec(const struct command *c);
/* Of a command that is final: notes if it became a shell whose boundaries nobody told. */
void story_note_exec(struct command *c);
void story_put_foreign(struct story *s, const unsigned char *p, size_t n); /* output */
void story_end_osc(struct story *s); /* what is unfinished is output */
/* Nothing more comes of theirs: what is open ends. */
void story_leave_foreign(struct story *s);
/* The session has ended without any mark. */
void story_whole_program(struct story *s, int64_t status, const char *end);
void story_release_foreign(struct story *s);

/* story_nested.c: shells within the shell */
/* Goes to the shell that m is of, if m can be its next: STORY_REFUSALS. Else why not, and nothing
 * has changed. */
enum story_refusal story_find_level(struct story *s, const struct mark *m);
/* Where a command that begins now is. */
void story_set_depth(const struct story *s, struct command *c);
/* The session is over, and so are all shells within the shell. */
void story_leave_levels(struct story *s, const char *end);
void story_release_levels(struct story *s);

/* story_marks.c */
void story_put_mark(struct story *s, const struct event *e);

#endif
