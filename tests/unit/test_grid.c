/* SPDX-License-Identifier: MIT */
/* grid: cells stay where they belong; a wide character never loses a half. */
#include "base/buf.h"
#include "story/grid.h"
#include "story/intern.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static struct intern clusters;

static void put(struct grid *g, int row, int col, const char *text)
{
	grid_put_ascii(g, row, col, (const unsigned char *)text, (int)strlen(text), 0);
}

static void is_row(const struct grid *g, int row, const char *want, const char *name)
{
	struct buf got = {0};

	if (grid_has(g, row))
		grid_row_text(grid_row(g, row), 0, &clusters, &got);
	is_str(buf_str(&got), want, "%s", name);
	buf_release(&got);
}

static void test_put(void)
{
	struct grid g;

	grid_init(&g, 3, 10);
	put(&g, 0, 3, "abc");
	is_row(&g, 0, "   abc", "what was never written is blank");
	is_int(grid_row(&g, 0)->len, 6, "a row ends where nothing was written");
	grid_put(&g, 1, 0, 0x4f60, 2, 5);
	grid_put(&g, 1, 2, 0x597d, 2, 5);
	put(&g, 1, 1, "x");
	is_row(&g, 1, " x好", "a left half that loses its right one is blank");
	put(&g, 1, 2, "y");
	is_row(&g, 1, " xy ", "a right half that loses its left one is blank");
	ok(grid_cell(&g, 1, 3) >> CELL_PEN == 5, "and keeps its pen");
	ok(grid_cell(&g, 2, 9) == 0, "a cell behind the end is blank");
	grid_release(&g);
}

static void test_combine(void)
{
	struct grid g;
	int i;

	grid_init(&g, 2, 4);
	put(&g, 0, 0, "e");
	grid_combine(&g, 0, 0, 0x301, &clusters);
	grid_combine(&g, 0, 2, 0x302, &clusters);
	is_row(&g, 0, "e\xcc\x81  \xcc\x82", "a mark joins its cell, a blank one too");
	for (i = 0; i < 100; i++)
		grid_combine(&g, 0, 0, 0x301, &clusters);
	ok(grid_row(&g, 0)->len == 3 && clusters.count <= 2 + CLUSTER_CHARS,
	   "a cell holds so many marks and no more");
	grid_release(&g);
}

static void test_erase(void)
{
	struct grid g;

	grid_init(&g, 2, 8);
	put(&g, 0, 0, "abcdefgh");
	grid_erase(&g, 0, 2, 4, 0);
	is_row(&g, 0, "ab  efgh", "erases inside of a row");
	grid_erase(&g, 0, 5, 8, 0);
	is_row(&g, 0, "ab  e", "erases to the end");
	grid_erase(&g, 0, 6, 7, 3);
	ok(grid_cell(&g, 0, 5) == 0 && grid_cell(&g, 0, 6) >> CELL_PEN == 3 &&
		   grid_cell(&g, 0, 7) == 0,
	   "blank cells take the pen they are erased with");
	grid_erase(&g, 0, 0, 8, 7);
	ok(grid_row(&g, 0)->len == 0 && grid_cell(&g, 0, 7) >> CELL_PEN == 7,
	   "an erased row costs nothing");
	grid_release(&g);
}

static void test_shift(void)
{
	struct grid g;

	grid_init(&g, 2, 6);
	put(&g, 0, 0, "abcdef");
	grid_shift(&g, 0, 1, 6, 2, 0);
	is_row(&g, 0, "adef", "deletes characters");
	grid_shift(&g, 0, 0, 6, -1, 0);
	is_row(&g, 0, " adef ", "inserts blanks");
	grid_shift(&g, 0, 2, 6, 99, 0);
	is_row(&g, 0, " a", "not more than there are");
	grid_put(&g, 1, 0, 0x4f60, 2, 0);
	grid_put(&g, 1, 2, 0x597d, 2, 0);
	put(&g, 1, 4, "xy");
	grid_shift(&g, 1, 1, 6, 2, 0);
	is_row(&g, 1, "  xy", "a wide character that is cut becomes blank");
	grid_release(&g);
}

static void fill(struct grid *g)
{
	char text[] = "0";
	int i;

	for (i = 0; i < g->rows; i++, text[0]++)
		put(g, i, 0, text);
}

static void test_scroll(void)
{
	struct grid g;
	char all[32];
	int from, to, n, i, wrong = 0;

	for (from = 0; from < 7; from++)
		for (to = from; to <= 7; to++)
			for (n = -9; n <= 9; n++) {
				grid_init(&g, 7, 2);
				grid_scroll(&g, 0, 7, 3, 0); /* the ring begins elsewhere */
				fill(&g);
				grid_scroll(&g, from, to, n, 0);
				for (i = 0; i < 7; i++) {
					int was = i < from || i >= to ? i : i + n;
					int gone = was < from || was >= to;
					uint64_t want = (uint64_t)('0' + was);

					if (i >= from && i < to && gone)
						want = 0;
					wrong += grid_cell(&g, i, 0) != want;
				}
				grid_release(&g);
			}
	snprintf(all, sizeof(all), "%d", wrong);
	is_str(all, "0", "scrolls any region by any number of rows, either way");
}

static void test_resize(void)
{
	struct grid g;

	grid_init(&g, 4, 4);
	fill(&g);
	grid_put(&g, 2, 1, 0x4f60, 2, 0);
	grid_row(&g, 2)->flags = ROW_WRAPPED;
	grid_resize(&g, 2, 2, 2);
	is_row(&g, 0, "2 ", "keeps what fits; half a wide character does not");
	ok(grid_row(&g, 0)->flags == ROW_WRAPPED, "rows keep their flags");
	grid_resize(&g, 5, 9, 0);
	is_row(&g, 1, "3", "rows come in below");
	is_int(grid_use(&g, 4)->len, 0, "and are blank");
	grid_release(&g);
}

static void test_intern(void)
{
	struct intern in;
	uint32_t i, key;
	int wrong = 0;

	intern_init(&in, sizeof(key), 5000);
	for (i = 0; i < 5000; i++) {
		key = i * 7919;
		wrong += intern_put(&in, &key) != (int32_t)i;
	}
	for (i = 0; i < 5000; i++) {
		key = i * 7919;
		wrong += intern_put(&in, &key) != (int32_t)i;
		wrong += memcmp(intern_get(&in, i), &key, sizeof(key)) != 0;
	}
	is_int(wrong, 0, "equal keys have one number");
	key = 1;
	is_int(intern_put(&in, &key), -1, "there are so many numbers and no more");
	intern_release(&in);
}

static void test_used_rows(void)
{
	struct grid g;

	grid_init(&g, 9, 4);
	ok(g.from == g.to, "a new grid has no rows to look at");
	put(&g, 2, 0, "ab");
	put(&g, 5, 0, "cd");
	ok(g.from == 2 && g.to == 6, "rows from the first to the last that something was put into");
	grid_scroll(&g, 0, 9, 3, 0);
	ok(g.from == 0 && g.to == 3, "scroll along");
	is_int((long)(grid_cell(&g, 2, 1) & CELL_CHAR), 'd', "with what they hold");
	grid_clear(&g, 2, 9, 0);
	ok(g.from == 0 && g.to == 2, "those cleared at an end leave");
	grid_clear(&g, 0, 9, 7);
	ok(g.from == g.to && grid_cell(&g, 8, 3) >> CELL_PEN == 7,
	   "a wiped grid has none, whatever the pen");
	grid_scroll(&g, 0, 9, 1, 5);
	ok(grid_cell(&g, 8, 0) >> CELL_PEN == 5 && grid_cell(&g, 7, 0) >> CELL_PEN == 7,
	   "a row that comes in with another pen is kept apart");
	grid_release(&g);
}

int main(void)
{
	intern_init(&clusters, sizeof(struct cluster), CLUSTERS);
	test_put();
	test_combine();
	test_erase();
	test_shift();
	test_scroll();
	test_resize();
	test_used_rows();
	test_intern();
	intern_release(&clusters);
	return tap_done();
}
