/* SPDX-License-Identifier: MIT */
/* event: the size of a resize, from whatever is in a file. */
#include "tape/event.h"
#include "tap.h"

#include <string.h>

static void is_size(const char *text, int want_cols, int want_rows)
{
	const struct event e = {
		.code = EVENT_RESIZE, .data = (const unsigned char *)text, .len = strlen(text)};
	int cols = -1, rows = -1;

	event_size(&e, &cols, &rows);
	is_int(cols * 1000000LL + rows, want_cols * 1000000LL + want_rows, "\"%s\"", text);
}

int main(void)
{
	is_size("80x24", 80, 24);
	is_size("1x1", 1, 1);
	is_size("65535x65535", 65535, 65535);
	is_size("", -1, -1);
	is_size("x", -1, -1);
	is_size("80", -1, -1);
	is_size("80x", -1, -1);
	is_size("x24", -1, -1);
	is_size("0x0", -1, -1);
	is_size("80x0", -1, -1);
	is_size("-80x24", -1, -1);
	is_size("80x-24", -1, -1);
	is_size("+80x24", -1, -1);
	is_size(" 80x24", -1, -1);
	is_size("80x24 ", -1, -1);
	is_size("80x24x2", -1, -1);
	is_size("1000000x24", -1, -1);
	is_size("80x99999999999", -1, -1);
	return tap_done();
}
