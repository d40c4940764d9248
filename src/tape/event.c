/* SPDX-License-Identifier: MIT */
#include "event.h"

enum { DIGITS = 6 };

/* A number from 1 on, in digits only; what stands behind it. NULL if there is none. */
static const unsigned char *take_number(const unsigned char *p, const unsigned char *end, int *out)
{
	int value = 0, digits;

	for (digits = 0; digits < DIGITS && p < end && *p >= '0' && *p <= '9'; digits++)
		value = value * 10 + (*p++ - '0');
	*out = value;
	return value ? p : NULL;
}

int event_size(const struct event *e, int *cols, int *rows)
{
	const unsigned char *end = e->data + e->len, *p;
	int width, height;

	p = e->len ? take_number(e->data, end, &width) : NULL;
	if (!p || p == end || *p != 'x')
		return -1;
	p = take_number(p + 1, end, &height);
	if (p != end)
		return -1;
	*cols = width;
	*rows = height;
	return 0;
}
