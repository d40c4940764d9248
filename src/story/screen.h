/* SPDX-License-Identifier: MIT */
/* screen: what a terminal would show, and the text that scrolls by on it. Bytes in, lines out.
 *
 *   bytes -> token.c (bounded tokenizer) -> libvterm's state layer -> grid.c (lines in a ring)
 *
 * The only user of libvterm (0.1.4 to 0.3.3). No input crashes it, makes it hang, or changes the
 * result by how it is cut into calls. It never answers a query. */
#ifndef STENO_SCREEN_H
#define STENO_SCREEN_H

#include "pen.h"

#include <stddef.h>
#include <stdint.h>

struct buf;
struct screen;

/* Where captured text goes. `text` is valid UTF-8 without control characters other than TAB,
 * without trailing blanks, borrowed for the call. */
struct screen_sink {
	/* One logical line: soft-wrapped rows are joined. */
	void (*line)(void *ctx, const unsigned char *text, size_t n);
	/* A full-screen program (alternate screen) has left, or the capture ended in it: its last
	 * non-blank screen, rows separated by '\n', no trailing newline; may be empty. */
	void (*fullscreen)(void *ctx, const unsigned char *text, size_t n);
};

/* Sizes are clamped to 2..1000. sink and ctx are borrowed for the screen's life. */
struct screen *screen_new(int rows, int cols, const struct screen_sink *sink, void *ctx);
void screen_free(struct screen *s);
void screen_write(struct screen *s, const void *data, size_t n);
/* Captured rows above the cursor's line are given to the sink first, so that nothing is lost. */
void screen_resize(struct screen *s, int rows, int cols);

/* The text that appears from here on, from the cursor's cell, is captured: a line goes to
 * sink->line once it cannot change any more: when it scrolls off the top, is about to be wiped
 * by a clear, a reset or the alternate screen, or at screen_capture_end(). Progress bars thus
 * show their last state. A begin inside a capture drops what has not gone out and starts again. */
void screen_capture_begin(struct screen *s);
/* Gives what is left, top to bottom; a last line that is empty is not given. */
void screen_capture_end(struct screen *s);
/* While capturing: what stands in the cursor's line left of the cursor is not to be given (a
 * continuation prompt has just been printed there). */
void screen_capture_skip(struct screen *s);
/* Copies what a capture_end would give now, as '\n'-ended lines, without ending it. */
void screen_capture_peek(const struct screen *s, struct buf *out);

/* One cell of what is shown. */
enum { SCREEN_CHARS = 6 };
struct screen_cell {
	uint32_t
		cp[SCREEN_CHARS]; /* a character and what combines with it; cp[0] is ' ' if blank */
	int count;		  /* 0 for the right half of a wide character */
	int width;		  /* 0, 1 or 2 */
	struct pen pen;
};
/* row and col are taken into the screen. */
void screen_cell(const struct screen *s, int row, int col, struct screen_cell *out);

int screen_rows(const struct screen *s);
int screen_cols(const struct screen *s);
int screen_is_alternate(const struct screen *s);
void screen_cursor(const struct screen *s, int *row, int *col);
/* One row of what is shown, as text without trailing blanks, appended to out. */
void screen_row_text(const struct screen *s, int row, struct buf *out);

/* How many of steno's own marks (OSC 7377) came through in the output: they are forged or
 * replayed, since the true ones never get into a recording's output. */
uint64_t screen_forged_marks(const struct screen *s);

#endif
