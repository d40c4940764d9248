/* SPDX-License-Identifier: MIT */
/* The screen as others see it: what is captured, and what is shown. */
#include "screen_private.h"

#include <string.h>

/* What was cut off where the program ended, or a mark's ESC stood, ends there. */
static void end_token(struct screen *s)
{
	struct token t;

	if (token_break(&s->tokenizer, &t))
		screen_run(s, &t);
}

void screen_capture_begin(struct screen *s)
{
	const struct saved *saved = &s->saved[0];

	end_token(s);
	s->fresh = 1;
	s->ends = 0;
	buf_clear(&s->full);
	if (s->grid == &s->primary)
		capture_begin(&s->capture, &s->primary, s->row,
			      s->pending ? s->grid->cols : s->col);
	else
		capture_begin(&s->capture, &s->primary, saved->row, saved->col);
}

void screen_capture_input(struct screen *s)
{
	screen_capture_begin(s);
	if (s->grid == &s->primary)
		capture_prompt(&s->capture, &s->primary, s->row,
			       s->pending ? s->grid->cols : s->col);
	else
		s->capture.input = 1;
}

void screen_capture_colours(struct screen *s)
{
	s->capture.pens = &s->pens;
}

int screen_is_capturing(const struct screen *s)
{
	return s->capture.on;
}

void screen_capture_end(struct screen *s)
{
	end_token(s);
	if (!s->capture.on)
		return;
	capture_all(&s->capture, &s->primary, &s->clusters);
	if (s->grid == &s->alternate)
		screen_give_full(s);
	s->capture.on = 0;
}

void screen_capture_skip(struct screen *s)
{
	end_token(s);
	if (screen_captures(s))
		grid_use(s->grid, s->row)->skip = s->pending ? s->grid->cols : s->col;
}

int screen_capture_again(struct screen *s, struct buf *out)
{
	end_token(s);
	if (!screen_captures(s) ||
	    !capture_prompt_again(&s->capture, s->grid, s->row, &s->clusters, out))
		return 0;
	screen_capture_begin(s);
	s->capture.input = 1;
	return 1;
}

void screen_capture_peek(const struct screen *s, struct buf *out)
{
	if (s->capture.on)
		capture_peek(&s->capture, &s->primary, s->primary.rows, &s->clusters, out);
}

void screen_capture_peek_above(const struct screen *s, struct buf *out)
{
	int row = s->row;

	if (!s->capture.on || s->grid != &s->primary)
		return;
	while (row > 0 && grid_has(s->grid, row) && grid_row(s->grid, row)->flags & ROW_WRAPPED)
		row--;
	if (row > 0)
		capture_peek(&s->capture, &s->primary, row, &s->clusters, out);
}

void screen_cell(const struct screen *s, int row, int col, struct screen_cell *out)
{
	uint64_t cell = grid_cell(s->grid, screen_clamp(row, 0, s->grid->rows - 1),
				  screen_clamp(col, 0, s->grid->cols - 1));
	uint32_t what = (uint32_t)(cell & CELL_CHAR);

	memset(out, 0, sizeof(*out));
	memcpy(&out->pen, intern_get(&s->pens, (uint32_t)(cell >> CELL_PEN)), sizeof(out->pen));
	if (cell & CELL_TAIL)
		return;
	if (cell & CELL_CLUSTER)
		memcpy(out->cp, intern_get(&s->clusters, what), sizeof(out->cp));
	else
		out->cp[0] = what ? what : ' ';
	while (out->count < SCREEN_CHARS && out->cp[out->count])
		out->count++;
	out->width = cell & CELL_WIDE ? 2 : 1;
}

int screen_rows(const struct screen *s)
{
	return s->grid->rows;
}

int screen_cols(const struct screen *s)
{
	return s->grid->cols;
}

int screen_is_alternate(const struct screen *s)
{
	return s->grid == &s->alternate;
}

void screen_cursor(const struct screen *s, int *row, int *col)
{
	*row = s->row;
	*col = s->col;
}

int screen_hides_cursor(const struct screen *s)
{
	return s->hidden;
}

void screen_row_text(const struct screen *s, int row, struct buf *out)
{
	size_t start = out->len;

	row = screen_clamp(row, 0, s->grid->rows - 1);
	if (grid_has(s->grid, row))
		grid_row_text(grid_row(s->grid, row), 0, &s->clusters, out);
	while (out->len > start && out->data[out->len - 1] == ' ')
		out->len--;
}

void screen_row_colours(const struct screen *s, int row, struct buf *out)
{
	struct tint tint = {0};

	row = screen_clamp(row, 0, s->grid->rows - 1);
	if (!grid_has(s->grid, row))
		return;
	tint_begin(&tint, out);
	tint_row(&tint, grid_row(s->grid, row), 0, &s->clusters, &s->pens, out);
	tint_end(&tint, out);
}

void screen_rest(const struct screen *s, struct screen_rest *out)
{
	int i;

	*out = (struct screen_rest){
		.rows = s->grid->rows,
		.cols = s->grid->cols,
		.row = s->row,
		.col = s->col,
		.pending = s->pending,
		.top = s->top,
		.bottom = s->bottom,
		.autowrap = s->autowrap,
		.insert = s->insert,
		.newline = s->newline,
		.origin = s->origin,
		.shift = s->shift,
		.pen = s->pen,
		.tabs = s->tabs,
	};
	memcpy(out->charset, s->charset, sizeof(out->charset));
	for (i = 0; i < 2; i++) {
		const struct saved *saved = &s->saved[i];

		out->saved[i] = (struct screen_place){saved->row, saved->col, saved->pending,
						      saved->is_set, saved->pen};
	}
}

uint64_t screen_forged_marks(const struct screen *s)
{
	return s->forged;
}

uint64_t screen_other_marks(const struct screen *s)
{
	return s->others;
}

void screen_be_careful(struct screen *s)
{
	s->careful = 1;
}
