/* SPDX-License-Identifier: MIT */
/* screen: any bytes, sizes and calls. Two bytes of size, then output; a byte from 0xf8 (never part
 * of UTF-8) is a call. Nothing may crash, hang, or depend on how the bytes were cut or on whether
 * the text went through libvterm; what is given is UTF-8 without controls. */
#include "base/buf.h"
#include "base/utf8.h"
#include "story/screen.h"
#include "story/screen_private.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 100 }; /* rows and columns; more would only be slower */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_text(const unsigned char *text, size_t n, int with_newlines)
{
	size_t i;

	if (utf8_valid_prefix(text, n) != n)
		abort();
	for (i = 0; i < n; i++)
		if ((text[i] < 0x20 && !(with_newlines && text[i] == '\n')) || text[i] == 0x7f ||
		    (text[i] == 0xc2 && i + 1 < n && text[i + 1] < 0xa0))
			abort();
}

static void on_line(void *ctx, const unsigned char *text, size_t n)
{
	check_text(text, n, 0);
	if (n && text[n - 1] == ' ')
		abort();
	buf_putc(ctx, 'L');
	buf_put(ctx, text, n);
}

static void on_fullscreen(void *ctx, const unsigned char *text, size_t n)
{
	check_text(text, n, 1);
	buf_putc(ctx, 'F');
	buf_put(ctx, text, n);
}

static const struct screen_sink sink = {on_line, on_fullscreen};

/* The call that data[0] stands for. Returns the bytes it took. */
static size_t call(struct screen *s, const uint8_t *data, size_t n, struct buf *out)
{
	switch (data[0]) {
	case 0xf8:
		if (n < 3)
			return n;
		screen_resize(s, data[1] % MOST, data[2] % MOST);
		return 3;
	case 0xf9:
		screen_capture_begin(s);
		return 1;
	case 0xfa:
		screen_capture_end(s);
		return 1;
	case 0xfb:
		screen_capture_skip(s);
		return 1;
	case 0xfc:
		screen_capture_peek(s, out);
		return 1;
	default:
		screen_write(s, data, 1);
		return 1;
	}
}

enum way { WHOLE, BYTEWISE, CAREFUL };

static void put_rows(const struct screen *s, struct buf *out)
{
	int row, col;

	screen_cursor(s, &row, &col);
	buf_printf(out, "%d,%d\n", row, col);
	for (row = 0; row < screen_rows(s); row++)
		screen_row_text(s, row, out);
}

static void live(const uint8_t *data, size_t n, enum way way, struct buf *out)
{
	struct screen *s = screen_new(data[0] % MOST, data[1] % MOST, &sink, out);
	size_t i = 2;

	if (way == CAREFUL)
		screen_be_careful(s);
	screen_capture_begin(s);
	while (i < n) {
		size_t end = i;

		while (end < n && data[end] < 0xf8 && (way != BYTEWISE || end == i))
			end++;
		if (end > i)
			screen_write(s, data + i, end - i);
		else
			end = i + call(s, data + i, n - i, out);
		i = end;
	}
	screen_capture_end(s);
	put_rows(s, out);
	screen_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf want = {0}, got = {0};
	enum way way;

	if (n < 2)
		return 0;
	live(data, n, WHOLE, &want);
	for (way = BYTEWISE; way <= CAREFUL; way++) {
		buf_clear(&got);
		live(data, n, way, &got);
		if (got.len != want.len || memcmp(got.data, want.data, got.len) != 0)
			abort();
	}
	buf_release(&want);
	buf_release(&got);
	return 0;
}
