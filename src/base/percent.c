/* SPDX-License-Identifier: MIT */
/* Percent-encoding as in RFC 3986, with a smaller set of bytes to encode. */
#include "percent.h"

#include "buf.h"

void percent_put(struct buf *out, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] < 0x20 || p[i] == 0x7F || p[i] == '%' || p[i] == ';')
			buf_printf(out, "%%%02X", p[i]);
		else
			buf_putc(out, p[i]);
	}
}

static int digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

void percent_decode(struct buf *out, const void *data, size_t n)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '%' && n - i > 2 && digit(p[i + 1]) >= 0 && digit(p[i + 2]) >= 0) {
			buf_putc(out, (unsigned char)(digit(p[i + 1]) << 4 | digit(p[i + 2])));
			i += 2;
		} else {
			buf_putc(out, p[i]);
		}
	}
}
