/* SPDX-License-Identifier: MIT */
/* film: at any moment, whichever way it was reached, the screen is the one that playing from the
 * beginning gives. */
#include "base/buf.h"
#include "base/err.h"
#include "base/io.h"
#include "play/film.h"
#include "play/search.h"
#include "story/screen.h"
#include "tape/source.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS = 12000, EVERY_US = 1000 };

static struct err err;

static int below(unsigned *seed, int n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (int)((*seed >> 8) % (unsigned)n);
}

static void put_output(struct buf *b, unsigned *seed)
{
	static const char *const pieces[] = {
		"\\r\\n",	  "\\u001b[2J\\u001b[H",
		"\\u001b[31m",	  "\\u001b[0m",
		"\\u4f60\\u597d", "\\u001b[?1049h",
		"\\u001b[?1049l", "\\u001b[3;9r",
		"\\u001b[r",	  "\\u001b[",
		"5;7H",
	};
	int n = 1 + below(seed, 60);

	while (n--)
		buf_putc(b, (unsigned char)('a' + below(seed, 26)));
	buf_puts(b, pieces[below(seed, (int)(sizeof(pieces) / sizeof(*pieces)))]);
}

/* A recording, as a descriptor. */
static int record(const char *header, unsigned seed)
{
	char name[] = "film-XXXXXX";
	struct buf b = {0};
	int fd = mkstemp(name), i;

	unlink(name);
	buf_puts(&b, header);
	for (i = 0; i < EVENTS; i++) {
		if (i % 3000 == 2999) {
			buf_printf(&b, "[0.0, \"r\", \"%dx%d\"]\n", 20 + below(&seed, 80),
				   5 + below(&seed, 30));
		} else if (i % 1000 == 500) {
			buf_printf(&b, "[0.0, \"m\", \"part %d\"]\n", i / 1000 + 1);
		}
		buf_puts(&b, "[0.001, \"o\", \"");
		put_output(&b, &seed);
		if (i == 7000)
			buf_puts(&b, "\\u001b[2J\\u001b[HThe Needle");
		buf_puts(&b, "\"]\n");
	}
	if (io_write_all(fd, b.data, b.len, NULL, &err) < 0)
		tap_note("%s", err.text);
	buf_release(&b);
	return fd;
}

static const char foreign[] = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n";

static void picture(const struct screen *s, struct buf *out)
{
	int row, col;

	buf_clear(out);
	screen_cursor(s, &row, &col);
	buf_printf(out, "%d,%d %d ", row, col, screen_is_alternate(s));
	for (row = 0; row < screen_rows(s); row++)
		for (col = 0; col < screen_cols(s); col++) {
			struct screen_cell cell;

			screen_cell(s, row, col, &cell);
			buf_put(out, &cell, sizeof(cell));
		}
}

static int same(struct head *a, struct head *b)
{
	struct buf x = {0}, y = {0};
	int is;

	picture(head_screen(a), &x);
	picture(head_screen(b), &y);
	is = head_place(a) == head_place(b) && x.len == y.len && !memcmp(x.data, y.data, x.len);
	buf_release(&x);
	buf_release(&y);
	return is;
}

static void test_seeking(void)
{
	int fd = record(foreign, 1), dir = open(".", O_RDONLY | O_DIRECTORY), i, differ = 0;
	struct film *f = film_new(source_new(fd, -1, &err), dir);
	struct head *plain = head_new(f, NULL, NULL), *h = head_new(f, NULL, NULL);
	unsigned seed = 5;
	int64_t at = 0;

	for (i = 0; i < 100; i++) {
		at += below(&seed, EVENTS / 50 * EVERY_US);
		if (head_seek(plain, at, &err) < 0) /* forwards only, so step by step */
			break;
		head_seek(h, (int64_t)below(&seed, EVENTS) * EVERY_US, &err);
		if (head_seek(h, at, &err) < 0 || !same(plain, h))
			differ++;
		head_seek_place(h, 0, &err);
		if (head_seek_place(h, head_place(plain), &err) < 0 || !same(plain, h))
			differ++;
	}
	ok(i == 100 && !differ, "the screen at a moment is one, however it is reached");
	is_int(film_read_to(f, INT64_MAX, &err), 0, "the film is read to its end");
	ok(film_is_whole(f), "and is whole");
	is_int(film_length_us(f), (int64_t)EVENTS * EVERY_US, "its length is the recording's");
	is_int((int64_t)film_chapters(f), EVENTS / 1000, "its markers are chapters");
	is_str(film_chapter(f, 2)->text, "part 3", "with their names");
	is_int(film_chapter_at(f, film_chapter(f, 2)->at + 1), 2, "and are found by their place");
	head_free(plain);
	head_free(h);
	film_free(f);
	close(fd);
	close(dir);
}

static int64_t find(struct film *f, const char *text)
{
	struct search *s = search_new(f, 0, text, &err);
	uint64_t place;
	int64_t at = -1;
	int rc;

	while ((rc = search_step(s, 1000, &place, &at, &err)) == SEARCH_ON)
		;
	search_free(s);
	return rc == 1 ? at : -1;
}

static void test_search(void)
{
	int fd = record(foreign, 2), dir = open(".", O_RDONLY | O_DIRECTORY);
	struct film *f = film_new(source_new(fd, -1, &err), dir);

	is_int(find(f, "The Needle"), 7001 * EVERY_US, "a text is found where it comes up");
	is_int(find(f, "the needle"), 7001 * EVERY_US, "small letters match capitals");
	is_int(find(f, "the Needle"), -1, "capitals match capitals only");
	film_free(f);
	close(fd);
	close(dir);
}

int main(void)
{
	test_seeking();
	test_search();
	return tap_done();
}
