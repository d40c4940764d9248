/* SPDX-License-Identifier: MIT */
/* screen_private: what the parts of the screen share; for them and their tests only. */
#ifndef STENO_SCREEN_PRIVATE_H
#define STENO_SCREEN_PRIVATE_H

#include "capture.h"
#include "grid.h"
#include "intern.h"
#include "pen.h"
#include "screen.h"
#include "token.h"

enum {
	SCREEN_LEAST = 2,
	SCREEN_MOST = 1000,
};

/* DECSC. */
struct saved {
	int row, col, pending, is_set;
	struct pen pen;
};

struct screen {
	const struct screen_sink *sink;
	void *ctx;
	struct tokenizer tokenizer;
	struct grid primary, alternate;
	struct grid *grid; /* the one that is shown */
	struct capture capture;
	struct buf full; /* text of the last alternate screen that was wiped */
	uint64_t forged, others;
	uint64_t
		ends; /* other people's, that say that a command has ended, since something was shown */
	int fresh; /* since the capture began nothing was shown */

	int row, col;
	int pending; /* the last column was written: the next character wraps */
	int top, bottom;
	int autowrap, insert, newline, origin;
	int hidden;		  /* the cursor is not shown (DECTCEM) */
	unsigned char charset[4]; /* G0 to G3: B (ASCII), 0 or A */
	int shift;		  /* which of them is in use */
	struct saved saved[2];	  /* of the primary, of the alternate screen */
	unsigned char tabs[SCREEN_MOST];
	uint32_t last; /* character printed last, for REP; 0: none */

	struct pen pen;
	uint32_t pen_number, blank_number; /* valid unless pen_changed */
	int pen_changed;
	struct intern pens, clusters;
	int crowded; /* so many more failures before it is worth collecting again */

	int by_text;  /* a scroll comes from text, not from an editing command */
	int clearing; /* an erasure comes from ED */
	int careful;  /* all text goes through libvterm (tests) */
	struct VTerm *vt;
	struct VTermState *state;
	int at_row, at_col;  /* where libvterm has the cursor; row -1: not known */
	struct VTerm *scale; /* a small one to measure characters with, when it is careful */
};

static inline int screen_clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* screen.c: libvterm. It gets whole sequences, and text that fits into the row. */
void screen_feed(struct screen *s, const char *bytes, size_t n);
/* ESC [ prefix a ; b final; a or b below 0: not given. */
void screen_feed_csi(struct screen *s, char prefix, int a, int b, char final);
void screen_feed_text(struct screen *s, const unsigned char *bytes, size_t n);
void screen_place(struct screen *s);		  /* puts libvterm's cursor where ours is */
void screen_follow(struct screen *s);		  /* puts our cursor where libvterm's is */
int screen_agrees(struct screen *s, uint32_t cp); /* libvterm has the width that we have */

/* screen_text.c: pens; numbers that the cells hold. */
void screen_number_pens(struct screen *s);
uint32_t screen_pen(struct screen *s);
uint32_t screen_blank(struct screen *s); /* of cells that are erased now */

/* Capture and erasure. */
int screen_captures(const struct screen *s); /* is what is shown being captured? */
void screen_before_wipe(struct screen *s);   /* all that is shown is about to go */
void screen_give_full(struct screen *s);     /* the last alternate screen that was not blank */
void screen_wipe(struct screen *s, struct grid *g);
void screen_erase(struct screen *s, int from_row, int to_row, int from, int to);
void screen_scroll(struct screen *s, int from, int to, int n); /* as grid_scroll */

/* Text at the cursor. */
void screen_put_text(struct screen *s, const unsigned char *text, size_t n);
void screen_put_char(struct screen *s, uint32_t cp);
void screen_repeat(struct screen *s, int count);
void screen_line_feed(struct screen *s);
/* The cursor goes a row down; at the end of the region that scrolls. 0 if it could do neither. */
int screen_line_down(struct screen *s);

/* screen_control.c */
void screen_run(struct screen *s, const struct token *t);

/* screen_modes.c */
void screen_set_modes(struct screen *s, const struct token *t); /* SM, RM, DECSET and DECRST */
void screen_set_margins(struct screen *s, int top, int bottom); /* DECSTBM; from 1, 0: the end */
void screen_designate(struct screen *s, unsigned char which, unsigned char set); /* ( to +, SCS */
void screen_shift(struct screen *s, int set, const char *bytes); /* bytes: as libvterm is told */
void screen_save_cursor(struct screen *s);			 /* DECSC */
void screen_restore_cursor(struct screen *s);			 /* DECRC */
void screen_reset_modes(struct screen *s); /* DECSTR, and what RIS has in common with it */
void screen_reset(struct screen *s);	   /* RIS */

/* screen_edit.c */
void screen_erase_display(struct screen *s, int how); /* ED */
void screen_erase_line(struct screen *s, int how);    /* EL */
/* A CSI that edits or moves the cursor by its parameters alone; any other does nothing. */
void screen_edit(struct screen *s, const struct token *t);

/* For tests. From here on all text and all editing goes through libvterm: the same result,
 * slowly. */
void screen_be_careful(struct screen *s);

#endif
