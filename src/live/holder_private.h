/* SPDX-License-Identifier: MIT */
/* What the parts of the holder share; for holder*.c only. */
#ifndef STENO_HOLDER_PRIVATE_H
#define STENO_HOLDER_PRIVATE_H

#include "control.h"
#include "facts.h"
#include "follower.h"
#include "foreground.h"
#include "holder.h"
#include "input.h"
#include "leavekey.h"
#include "longhand.h"
#include "looker.h"
#include "recorder.h"
#include "session.h"
#include "terminal.h"
#include "watcher.h"

#include "../tape/writer.h"

#include <stdint.h>
#include <sys/types.h>

enum {
	HOLDER_READ = WRITER_CHUNK - 4, /* and the beginning of a character from the last time */
	MARK_STAMP = 64,
	UNNAMED = 64, /* commands whose name may still come */
};

/* A terminal at the session: the front's, which is the first, or one that was attached. */
struct seat {
	struct terminal *terminal; /* NULL: there is none */
	struct peer *peer;	   /* NULL: the front's */
	int rows, cols, flags;	   /* WIRE_WATCHES, WIRE_LATEST */
	enum { SEAT_SHOWN, SEAT_CATCHING, SEAT_PAINTED } state;
	int told;	    /* WIRE_GREW, and it has not answered */
	int64_t seen;	    /* so much of the recording was painted */
	int64_t catch_at;   /* WIRE_CATCH said so */
	int64_t refused_at; /* it could not catch up when the recording was so long */
	int64_t used_at;    /* when it was typed at last */
	int left;	    /* nothing is written to it any more; its process will go */
	struct leavekey key;
	struct termios modes; /* as they were */
};

enum { HOLDER_SEATS = 16, SEAT_FRONT = 0 };

struct pollfd;
struct wire_message;

struct holder {
	struct session *s;
	int sock;   /* to the front; -1 when it is gone */
	int master; /* -1 when all was read after the program's end */
	pid_t pid;
	int pidfd; /* of a program that is not our child; -1 */
	int reaped, wait_status;
	int status_unknown; /* it ended, and nobody who knows how is left */
	struct recorder recorder;
	struct scanner *scanner;
	struct longhand longhand;
	struct terminal terminal; /* the front's */
	struct terminal nowhere;  /* takes everything and shows it to nobody */
	struct terminal *shown;	  /* one of the seats', or nowhere */
	struct seat seats[HOLDER_SEATS];
	int arranged;		  /* there has been another terminal than the front's */
	int stays;		  /* it is not hung up when the last terminal goes */
	struct seat *lost_guest;  /* it could not be written to; NULL: none */
	const struct seat *typed; /* the seat that was typed at last */
	int64_t linger_till;
	struct input input;
	struct follower follower;
	struct control control;
	uint64_t told_rings; /* follower.rings when those who follow were told last */
	struct child survey;
	struct facts facts;
	struct facts reports; /* of commands, from the inbox */
	struct child watcher;
	struct facts words;
	int watchers;	 /* so many were started */
	int64_t rung_at; /* when it was last told of output */
	pid_t front;
	struct looker looker;
	int64_t now;	    /* clock_mono_us() of this turn of the loop */
	int64_t carry_at;   /* when the cut character came */
	int64_t quiet_till; /* the pty is not looked at before */
	int64_t kill_at;    /* the next step of ending the program; 0: none */
	int kill_step;
	int64_t hangup_at; /* the pty is closed; 0: never */
	int lost; /* errno of the terminal that could not be written to, until it is dropped */
	int told_failing;
	int is_heir;	   /* of a holder that was killed */
	int exit_recorded; /* by that one */
	int command;	   /* number of the one that runs, by its mark; 0: none does */
	char name[112];	   /* of the one that was named last */
	int shell_ready;   /* its first mark has come: it has read the hooks */
	int keyed;	   /* K has been recorded since the last B or R */
	int entered;	   /* and R since the last B */
	struct foreground foreground;
	size_t drained;
	size_t carry; /* bytes of a cut character at the front of `bytes` */
	unsigned char bytes[WRITER_CHUNK];
	char mark[2 * MARK_STAMP + SCANNER_MARK];
	pid_t inner; /* of the shell within the shell whose mark came last; 0: the shell's own
		      * did */
	struct longhand inner_longhand; /* of those */
	int64_t unnamed[UNNAMED];	/* when they began, by the wall clock; 0: none */
	unsigned int next_unnamed;
};

/* holder_stream.c: from the pty to the recording to the terminal */
void holder_output(void *ctx, const unsigned char *data, size_t n);
void holder_read(struct holder *h);
void holder_type(struct holder *h);		  /* what is typed goes to the program */
void holder_flush_carry(struct holder *h);	  /* the rest of a cut character did not come */
int64_t holder_carry_due(const struct holder *h); /* when that is to be said */
void holder_close_master(struct holder *h);
void holder_drop_terminal(struct holder *h);
void holder_show_failing(struct holder *h);
/* The scribe has read a command's name off the screen: a chapter for players. */
void holder_name(void *ctx, int64_t began, const char *name);

/* holder_program.c: its start, its signals, its end */
void holder_start_program(struct holder *h);
void holder_send_master(struct holder *h);
void holder_signal_program(struct holder *h, int n);
void holder_kill_next(struct holder *h);
void holder_hang_up(struct holder *h);
void holder_lose_terminal(struct holder *h, int why);
void holder_got_signal(struct holder *h, int n);
void holder_reap(struct holder *h);
void holder_program_vanished(struct holder *h);

/* holder_front.c: what is said to the front, and what it says */
void holder_tell(struct holder *h, int kind, int a, int b);
void holder_notice(struct holder *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void holder_hear_front(struct holder *h);
/* What a terminal of that size could have. */
int holder_is_size(int rows, int cols);
void holder_resize(struct holder *h, int rows, int cols);

/* holder_control.c: what is asked through the control socket */
void holder_open_control(struct holder *h);
void holder_serve_control(struct holder *h);
/* Tells whoever follows the recording, if it has grown. */
void holder_tell_growth(struct holder *h);
/* A mark went by. */
void holder_count_mark(struct holder *h, const unsigned char *mark, size_t n);

int64_t holder_recording_size(const struct holder *h);
void holder_answer_ok(struct holder *h, struct peer *p, int a, int64_t at);

/* holder_seats.c: which terminal is shown, and the size of all */
int seat_is_here(const struct seat *s);
int seat_has_say(const struct seat *s);		  /* in the size: it can be typed at */
struct seat *holder_shown_seat(struct holder *h); /* NULL: none is */
void holder_arrange(struct holder *h);		  /* after anything has changed */
/* What is not shown yet is in the recording, and will be painted. */
void holder_stop_showing(struct holder *h, struct seat *s);
void holder_tell_seat(struct holder *h, const struct seat *s, int kind, int64_t at);
void holder_tell_seats(struct holder *h, int64_t size); /* that the recording has grown */
/* A message from a seat: 1 if it was one for a seat. */
int holder_seat_obey(struct holder *h, struct seat *s, const struct wire_message *m);
/* A write to the shown terminal has failed (errno); seen to when it is not in use. */
void holder_shown_failed(struct holder *h, int why);
/* The program has ended: a terminal that still has to take its last words is waited for, a guest's
 * not for long. */
int holder_is_shown(struct holder *h);
/* Whether the shown terminal has room; one that must not hold up others is made to have. */
int holder_room(struct holder *h, size_t want);

/* holder_guests.c: terminals come and go, and are typed at */
void holder_seat_take(struct holder *h, struct peer *p, struct wire_message *m);
void holder_seat_gone(struct holder *h, struct peer *p);
/* Nothing more is read from it or written to it; its process is told, and will go. */
void holder_dismiss(struct holder *h, struct seat *s);
int holder_peer_obey(struct holder *h, struct peer *p, const struct wire_message *m);
void holder_front_hung_up(struct holder *h);
void holder_lose_guest(struct holder *h); /* after holder_shown_failed() */
int holder_has_guests(const struct holder *h);
void holder_count_seats(const struct holder *h, int32_t *terminals, int32_t *watchers);
/* Fills HOLDER_SEATS places; those behind the first so many, which it returns, are free. */
size_t holder_watch_seats(const struct holder *h, struct pollfd *p);
void holder_serve_seats(struct holder *h, const struct pollfd *p);
void holder_typed(struct holder *h, struct seat *s); /* it has been typed at */
void holder_end_seats(struct holder *h, int status);

/* holder_inbox.c: what `steno -c` reports */
void holder_hear_inbox(struct holder *h);

/* holder_survey.c: git's facts at the beginning, at the end and in between */
void holder_put_look(void *ctx, const char *fact, size_t n);
void holder_hear_look(struct holder *h);
void holder_hear_survey(struct holder *h);
int holder_await_survey(struct holder *h, int64_t most);
void holder_survey_end(struct holder *h);

/* holder_watch.c: what the logs of agents tell */
void holder_start_watcher(struct holder *h);
void holder_hear_watcher(struct holder *h);
void holder_ring_watcher(struct holder *h);
void holder_end_watcher(struct holder *h);

#endif
