/* SPDX-License-Identifier: MIT */
/* event: one line of a recording. Codes o i r m x are asciicast v3's; the others are steno's own,
 * which players skip. man/steno-cast.5 is the full description. */
#ifndef STENO_EVENT_H
#define STENO_EVENT_H

#include <stddef.h>
#include <stdint.h>

enum event_code {
	EVENT_OUTPUT = 'o', /* bytes the program printed */
	EVENT_INPUT = 'i',  /* bytes typed: of other recorders */
	EVENT_RESIZE = 'r', /* "COLSxROWS" */
	EVENT_LABEL = 'm',  /* a command's name, for players' chapters */
	EVENT_EXIT = 'x',   /* exit status of the whole, decimal */
	EVENT_MARK = 'k',   /* a boundary, see below */
	EVENT_WORDS = 'w',  /* JSON {"role":"user"|"assistant","text":...}: something said, or told
			       by an agent's own log (words.h) */
	EVENT_BYTES = 'b',  /* base64: the exact bytes of the 'o' event that follows (a reader gives
			       the pair as one EVENT_OUTPUT; it never gives EVENT_BYTES) */
	EVENT_LOST = 'l',   /* JSON {"bytes":N or null,"why":...}: output that could not be kept */
	EVENT_FACT = 'g',   /* JSON object with "fact": what git said (repo/survey.h) */
	EVENT_SENT = 's',   /* JSON {"bytes":N}: so much is typed by `steno send` from here on */
	EVENT_NOTE = 'n',   /* JSON {"note":...}: something steno did, such as a repair */
	/* of a command that was measured outside its shell, see below */
	EVENT_COMMAND = 'c',
};

/* The data of an EVENT_MARK: a letter, then ";key=value" pairs, values percent-encoded where they
 * hold %, ; or a byte below 0x20 or 0x7f.
 *   A  a prompt begins       s=<number of the last command> st=<its $?> h=<history number, ksh>
 *   B  a prompt has ended: what is typed follows            nl=
 *   2  a continuation prompt (PS2) begins
 *   C  a command was started: its output follows            s=<its number> prev=<$? before>
 *      src=<shell|argv> cmd=<text, of a shell that knows it then> cut= eol=<what zsh
 *              prints behind output without a newline, if another than before> d=<directory>
 *              w=<wall clock, microseconds since 1970>
 *   D  the prompt is coming: commands have ended            s= st=
 *   E  one line of the shell's history                      s= cmd=<text>
 *   P  the shell's directory                                s= d=<directory>
 *   K  the first key was typed since B, or since R
 *   R  lines were entered at the keyboard      n=<how many> q=<1: nobody shows them>
 *      both by the holder, for shells whose B has nl; f=<who reads it, once a line was entered since B:
 *              1: the shell itself, 2: its line editor> if that is sure
 *   F  by the holder, in place of a mark that had the session's secret and an l, and was believed of no
 *      process that lives and has this terminal
 * l=<pid> is in each mark of a shell within the shell (`steno --nested`, live/nest.h), which counts for
 * itself: one that is not known yet begins, with D, A or E, inside of the command that runs; a shell
 * around it goes on with A, C or D, and those inside of it are gone, or stopped.
 * s is the shell's own count of commands read, from 1; A and D carry the last one's. (In older
 * recordings B and 2 do so, too, and h is a number in the shell's history.)
 * C without d, or with an empty one: the directory is the last P's, not known if that is empty, or if a
 * C without a D after it came between. C without prev, D without st: not
 * known here; D's status is then that of the A that follows, which is right in any case.
 * E comes after the D (before the next A) for each command whose line is certain; its s says whose.
 * A command without one was not saved (or it is a repetition, or several lines of history): its
 * text is on the screen only. cut=1: the text was longer than 262144 bytes and ends there.
 * nl: no C will come; the command begins with the line feed that ends what was typed, and ends with
 * the next A, which has a number of its own. 1: a line editor shows what is typed; 2: one that wraps
 * long lines with CR CR LF; 4: one that scrolls them; 3: the terminal shows it, when it is typed: the
 * line feed counts behind an R only. So it does with an editor, if R has n: but that R may have come at
 * any time before, since lines are typed ahead. Such an A has d=, empty if it cannot be told, and E
 * comes before it.
 * zsh and fish know the text when they start a command, so E comes from bash only; their B stands
 * right behind A, not where the input begins.
 * An A, and its B, right after a B is the same prompt drawn again; a prompt may come without D.
 * The private escape sequence that carries a mark from a shell is
 *   ESC ] 7377 ; <nonce: 66 random bits, 11 characters of base64> ; <the data above> BEL
 * (bash's hooks spell some of it shorter: live/longhand.h). A guess at the nonce takes 20 bytes of output;
 * the shells draw their prompts slower for each byte of it. A shell within the shell puts l, its pid
 * and ";" in front of the data, where the holder makes l= of it. */

/* The data of an EVENT_COMMAND is spelt as a mark's. `steno -c` sends it, from any number of commands
 * at a time; i, 16 hex digits, says whose it is. Bytes that are no printable ASCII are encoded.
 *   T  a piece of a long text       i= and one of cmd=<what is to run> d=<directory>
 *   B  it begins; all T were before i= w=<wall clock, microseconds since 1970> pid=
 *      tty=<1: its output can be among the session's> agent= call=<the agent's id for it>
 *   E  it has ended                 i= us=<how long it took> and st=<status>, or sig=<signal>
 * w and us are by the clocks of `steno -c`; the event's own time is that of its arrival. */

struct event {
	int64_t at_us;		   /* since the recording began (CLOCK_MONOTONIC) */
	char code;		   /* an enum event_code, or any other letter */
	const unsigned char *data; /* borrowed; not NUL-terminated */
	size_t len;
};

/* The size in an EVENT_RESIZE: two numbers from 1 on, as they stand there. 0; -1: it holds none, and
 * means nothing then. */
int event_size(const struct event *e, int *cols, int *rows);

#endif
