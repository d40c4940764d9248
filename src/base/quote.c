/* SPDX-License-Identifier: MIT */
/* Quoting by POSIX XCU 2.2.2: in single quotes all but ' stands for itself. */
#include "quote.h"

#include "buf.h"

#include <string.h>

void quote_shell(struct buf *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_@%+=:,./-";

	if (*word && strspn(word, plain) == strlen(word)) {
		buf_puts(out, word);
		return;
	}
	buf_putc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, (unsigned char)*word);
	}
	buf_putc(out, '\'');
}
