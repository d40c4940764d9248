/* SPDX-License-Identifier: MIT */
/* Quoting by POSIX XCU 2.2.2: in single quotes all but ' stands for itself. */
#include "quote.h"

#include "buf.h"

#include <string.h>

void quote_shell(struct buf *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_@%+=:,./-";

	if (*word && strspn(word, plain) == strlen(word))
		buf_puts(out, word);
	else
		quote_single(out, word);
}

void quote_single(struct buf *out, const char *word)
{
	buf_putc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, (unsigned char)*word);
	}
	buf_putc(out, '\'');
}

void quote_fish(struct buf *out, const char *word)
{
	buf_putc(out, '\'');
	quote_escape(out, word, "\\'");
	buf_putc(out, '\'');
}

void quote_escape(struct buf *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			buf_putc(out, '\\');
		buf_putc(out, (unsigned char)*text);
	}
}

size_t quote_undo_ansi(struct buf *out, const unsigned char *p, size_t n)
{
	static const char names[] = "abeEfnrtv\\'", values[] = "\a\b\033\033\f\n\r\t\v\\'";
	const char *at = n ? memchr(names, *p, sizeof(names) - 1) : NULL;
	int value = 0;
	size_t i = 0;

	if (at) {
		buf_putc(out, (unsigned char)values[at - names]);
		return 1;
	}
	while (i < n && i < 3 && p[i] >= '0' && p[i] <= '7')
		value = value * 8 + (p[i++] - '0');
	if (!i || value > 255)
		return 0;
	buf_putc(out, (unsigned char)value);
	return i;
}
