/* SPDX-License-Identifier: MIT */
/* screen: what a terminal would show, and the text that scrolls by on it. Bytes in, lines out.
 *
 *   bytes -> token.c (bounded tokenizer) -> text and modes, with libvterm's state layer for what
 *   edits the screen -> grid.c (lines in a ring) -> capture.c (lines of text)
 *
 * The only user of libvterm (0.1.4 to 0.3.3). No input crashes it, makes it hang, or changes the
 * result by how it is cut into calls. It never answers a query. */
#ifndef STENO_SCREEN_H
#define STENO_SCREEN_H

#include "pen.h"

#include <stddef.h>
#include <stdint.h>

struct buf;
struct event;
struct screen;

/* Where captured text goes. `text` is valid UTF-8 without control characters (a TAB is as many
 * spaces as were seen), borrowed for the call. Neither may call back into the screen. */
struct screen_sink {
	/* One logical line, without trailing blanks: soft-wrapped rows are joined. One longer than
	 * 1 MiB comes in pieces. After screen_capture_colours(), with sequences (tint.h). */
	void (*line)(void *ctx, const unsigned char *text, size_t n);
	/* A full-screen program (alternate screen) has left, or the capture ended in it: its last
	 * non-blank screen, rows separated by '\n', no trailing newline; may be empty. */
	void (*fullscreen)(void *ctx, const unsigned char *text, size_t n);
};

/* Sizes are clamped to 2..1000. sink and ctx are borrowed for the screen's life. */
struct screen *screen_new(int rows, int cols, const struct screen_sink *sink, void *ctx);
void screen_free(struct screen *s);
void screen_write(struct screen *s, const void *data, size_t n);
/* Captured rows above the cursor's are given to the sink first, and all that would be cut off, so
 * that nothing is lost. Rows are cut or filled up, never joined or split; those at the top go if
 * the cursor would be below the end. */
void screen_resize(struct screen *s, int rows, int cols);
/* As an EVENT_RESIZE says; one that means nothing changes nothing. */
void screen_put_size(struct screen *s, const struct event *e);

/* The text that appears from here on, from the cursor's cell, is captured: a line goes to
 * sink->line once it cannot change any more: when it scrolls off the top, is about to be wiped
 * by a clear, a reset or the alternate screen, or at screen_capture_end(). Progress bars thus
 * show their last state. A begin inside a capture drops what has not gone out and starts again.
 * Rows are captured that text was put into or that a line feed left: not those a command jumped
 * over, nor those that were erased to the end of the screen by ED.
 * The calls stand where a mark's ESC was in the output: an escape sequence or a character that is
 * not complete there ends there. */
void screen_capture_begin(struct screen *s);
/* As begin, for what is typed at a prompt: when the line editor takes the line it switches
 * bracketed paste mode off (DECRST 2004), and there the capture ends by itself: what is echoed
 * behind that was typed ahead for somebody else. */
void screen_capture_input(struct screen *s);
/* From here on what is captured keeps its colours: all text that is given is as tint.h says. */
void screen_capture_colours(struct screen *s);
int screen_is_capturing(const struct screen *s);
/* Gives what is left, top to bottom; a last line that is empty, and that no line feed ended, is
 * not given. */
void screen_capture_end(struct screen *s);
/* While capturing: what stands in the cursor's line left of the cursor is not to be given (a
 * continuation prompt has just been printed there). */
void screen_capture_skip(struct screen *s);
/* While capturing what stands behind such a line: 1 if it was no line, but the prompt was drawn
 * again in a new row, with what is typed; that is appended to out, and the capture is that of the
 * line again. */
int screen_capture_again(struct screen *s, struct buf *out);
/* Appends the lines that a capture_end would give now, each ended by '\n', without ending it. A
 * full screen is not among them. */
void screen_capture_peek(const struct screen *s, struct buf *out);
/* The same for the lines that lie above the cursor's as a whole: those that will stay as they are
 * unless the cursor goes up again. None while a full-screen program is at work. */
void screen_capture_peek_above(const struct screen *s, struct buf *out);

/* One cell of what is shown. */
enum { SCREEN_CHARS = 6 };
struct screen_cell {
	uint32_t cp[SCREEN_CHARS]; /* a character and its marks; cp[0] is ' ' where blank */
	int count;		   /* 0 for the right half of a wide character */
	int width;		   /* 0, 1 or 2 */
	struct pen pen;
};
/* row and col are taken into the screen. */
void screen_cell(const struct screen *s, int row, int col, struct screen_cell *out);

int screen_rows(const struct screen *s);
int screen_cols(const struct screen *s);
int screen_is_alternate(const struct screen *s);
void screen_cursor(const struct screen *s, int *row, int *col);
int screen_hides_cursor(const struct screen *s);
/* One row of what is shown, as text without trailing blanks, appended to out. */
void screen_row_text(const struct screen *s, int row, struct buf *out);
/* The same in its colours (tint.h); trailing blanks that have a background are part of it. */
void screen_row_colours(const struct screen *s, int row, struct buf *out);

/* What later output depends on beside the cells. */
struct screen_place {
	int row, col, pending, is_set;
	struct pen pen;
};
struct screen_rest {
	int rows, cols, row, col;
	int pending;	 /* the last column was written: the next character wraps */
	int top, bottom; /* what scrolls: rows [top, bottom) */
	int autowrap, insert, newline, origin;
	unsigned char charset[4]; /* G0 to G3: B (ASCII), 0 or A */
	int shift;		  /* which of them is in use */
	struct pen pen;
	struct screen_place saved[2]; /* DECSC, on the primary and the alternate screen */
	const unsigned char *tabs;    /* cols of them: 1 is a stop; borrowed until the next write */
};
void screen_rest(const struct screen *s, struct screen_rest *out);

/* Appends all that later output depends on, in a form for screen_load() of the same program only.
 * screen_load() makes s that screen, whatever it was; a capture ends without giving anything. */
void screen_save(const struct screen *s, struct buf *out);
void screen_load(struct screen *s, const void *data, size_t n);

/* How many of steno's own marks (OSC 7377) came through in the output: they are forged or
 * replayed, since the true ones never get into a recording's output. */
uint64_t screen_forged_marks(const struct screen *s);
/* The same of other people's marks (OSC 133, 633, 3008). Those of a command's start count only if
 * something was shown since the capture began, those of its end when something is shown behind them:
 * else they are the shell's own, as of fish 4, which stand beside ours. */
uint64_t screen_other_marks(const struct screen *s);

#endif
