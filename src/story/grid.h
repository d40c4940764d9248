/* SPDX-License-Identifier: MIT */
/* grid: a screenful of cells; its rows in a ring, so that scrolling is a rotation, and known by
 * where something was put, so that wiping costs nothing. Rows and columns count from 0; callers
 * stay inside rows x cols. */
#ifndef STENO_GRID_H
#define STENO_GRID_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct intern;

/* A cell: a character (0: nothing was ever written here) or, with CELL_CLUSTER, the number of a
 * struct cluster; CELL_WIDE is the left half of a wide one, CELL_TAIL its right half; above
 * CELL_PEN the number of its pen. */
#define CELL_CHAR ((uint64_t)0x1fffff)
#define CELL_CLUSTER ((uint64_t)1 << 21)
#define CELL_WIDE ((uint64_t)1 << 22)
#define CELL_TAIL ((uint64_t)1 << 23)
enum { CELL_PEN = 24, CELL_PENS = 1 << 16 };

/* A character and what combines with it; unused ones 0. */
enum { CLUSTER_CHARS = 6, CLUSTERS = 1 << 16 };
struct cluster {
	uint32_t cp[CLUSTER_CHARS];
};

enum {
	ROW_TOUCHED = 1, /* text was put here, or a line feed left it, and that is to be captured */
	ROW_FED = 2,	 /* a line feed left it */
	ROW_WRAPPED = 4, /* goes on from the row above by a soft wrap */
};

struct grid_row {
	uint64_t *cells; /* only [0, len) is there; behind it all is blank with pen `fill` */
	int len;
	int skip; /* so many columns are not to be captured */
	uint32_t fill;
	unsigned flags;
};

struct grid {
	int rows, cols;
	int from, to; /* rows outside are blank with pen `fill`, and nothing else is true of them */
	uint32_t fill;
	/* private */
	int top;    /* of the ring: where row 0 is */
	int *ring;  /* numbers of rows in `store` */
	int *spare; /* room for as many */
	struct grid_row *store;
};

void grid_init(struct grid *g, int rows, int cols);
void grid_release(struct grid *g);
/* Keeps what fits, after dropping `above` rows at the top. Nothing is joined or split. */
void grid_resize(struct grid *g, int rows, int cols, int above);

/* A row of [from, to). */
static inline struct grid_row *grid_row(const struct grid *g, int row)
{
	int i = g->top + row;

	return &g->store[g->ring[i < g->rows ? i : i - g->rows]];
}

static inline int grid_has(const struct grid *g, int row)
{
	return row >= g->from && row < g->to;
}

void grid_widen(struct grid *g, int row);

/* Any row, to be changed: it comes into [from, to). */
static inline struct grid_row *grid_use(struct grid *g, int row)
{
	if (!grid_has(g, row))
		grid_widen(g, row);
	return grid_row(g, row);
}

/* Puts n bytes of ASCII. A wide character that loses a half becomes blank. */
void grid_put_ascii(struct grid *g, int row, int col, const unsigned char *text, int n,
		    uint32_t pen);
/* Puts one character; width 1 or 2, col + width <= cols. */
void grid_put(struct grid *g, int row, int col, uint32_t cp, int width, uint32_t pen);
/* Adds a combining character to the one that stands at col; past CLUSTER_CHARS it is dropped.
 * Returns -1 if `clusters` is full. */
int grid_combine(struct grid *g, int row, int col, uint32_t cp, struct intern *clusters);
/* Makes [from, to) blank, with the pen. */
void grid_erase(struct grid *g, int row, int from, int to, uint32_t pen);
/* Makes the rows [from, to) blank, with the pen; whatever they were, they are that no more. */
void grid_clear(struct grid *g, int from, int to, uint32_t pen);
/* Moves the cells of [from, to) by n to the left, or -n to the right. */
void grid_shift(struct grid *g, int row, int from, int to, int n, uint32_t pen);
/* Moves the rows of [from, to) up by n, or down by -n; rows that come in are blank. */
void grid_scroll(struct grid *g, int from, int to, int n, uint32_t pen);

/* The cell at col, blank ones too. */
uint64_t grid_cell(const struct grid *g, int row, int col);
/* Writes the text of a cell to `to`, which has room for GRID_CELL_TEXT bytes; the end of it. */
enum { GRID_CELL_TEXT = 4 * CLUSTER_CHARS };
unsigned char *grid_spell_cell(unsigned char *to, uint64_t cell, const struct intern *clusters);
/* Appends the text of columns [from, len) of a row; trailing blanks are part of it if they were
 * written. */
void grid_row_text(const struct grid_row *r, int from, const struct intern *clusters,
		   struct buf *out);

#endif
