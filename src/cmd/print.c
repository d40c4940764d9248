/* SPDX-License-Identifier: MIT */
/* How listings look. */
#include "print.h"

#include "../base/buf.h"
#include "../base/quote.h"
#include "../base/utf8.h"
#include "../out/clean.h"
#include "catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int print_wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void print_colour(struct buf *out, int on, enum print_colour colour)
{
	/* SGR of ECMA-48; yellow for names as git has it */
	static const char *const codes[] = {
		[PRINT_PLAIN] = "0", [PRINT_NAME] = "33", [PRINT_BAD] = "31",
		[PRINT_GOOD] = "32", [PRINT_WARN] = "35", [PRINT_DIM] = "2",
	};

	if (on)
		buf_printf(out, "\033[%sm", codes[colour]);
}

void print_plain(struct buf *out, int on)
{
	print_colour(out, on, PRINT_PLAIN);
}

void print_text(struct buf *out, const void *text, size_t n)
{
	const unsigned char *p = text;
	size_t i = 0;

	while (i < n) {
		size_t start = i;

		while (i < n && p[i] != '\n' && p[i] != '\t')
			i++;
		if (i > start)
			clean_block(out, p + start, i - start);
		if (i < n)
			buf_puts(out, p[i++] == '\n' ? "\\n" : "\\t");
	}
}

void print_json(struct buf *out, const char *json, size_t n)
{
	const unsigned char *p = (const unsigned char *)json;
	struct buf seen = {0};
	size_t i = 0, used;

	for (; i < n; i += used) {
		uint32_t cp = UTF8_REPLACEMENT;

		used = utf8_decode(p + i, n - i, &cp);
		if (!used)
			used = n - i;
		buf_clear(&seen);
		if (cp >= 0x7F)
			print_text(&seen, p + i, used);
		if (!seen.len || seen.data[0] != '\\')
			buf_put(out, p + i, used);
		else if (cp > 0xFFFF)
			buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (cp >> 10)),
				   (unsigned)(0xDC00 | (cp & 0x3FF)));
		else
			buf_printf(out, "\\u%04x", (unsigned)cp);
	}
	buf_release(&seen);
}

void print_span(struct buf *out, int64_t us)
{
	int64_t s = us / 1000000;

	if (us < 1000000)
		buf_printf(out, "%" PRId64 "ms", us / 1000);
	else if (s < 60)
		buf_printf(out, "%" PRId64 ".%ds", s, (int)(us / 100000 % 10));
	else if (s < 3600)
		buf_printf(out, "%" PRId64 "m%02ds", s / 60, (int)(s % 60));
	else if (s < 86400)
		buf_printf(out, "%" PRId64 "h%02dm", s / 3600, (int)(s / 60 % 60));
	else
		buf_printf(out, "%" PRId64 "d%02dh", s / 86400, (int)(s / 3600 % 24));
}

void print_size(struct buf *out, int64_t bytes)
{
	static const char units[] = "KMGTPE";
	double n = (double)bytes;
	int i = -1;

	while (n >= 1024 && units[i + 1]) {
		n /= 1024;
		i++;
	}
	if (i < 0)
		buf_printf(out, "%" PRId64, bytes);
	else
		buf_printf(out, n < 10 ? "%.1f%c" : "%.0f%c", n, units[i]);
}

/* What of path lies below base: "" for base itself, NULL if it does not. */
static const char *below(const char *path, size_t n, const char *base)
{
	size_t len = base ? strlen(base) : 0;

	while (len && base[len - 1] == '/')
		len--;
	if (!len || n < len || memcmp(path, base, len) != 0)
		return NULL;
	if (n == len)
		return "";
	return path[len] == '/' ? path + len + 1 : NULL;
}

void print_path(struct buf *out, const char *path, size_t n, const char *base)
{
	const char *rest = below(path, n, base);

	if (rest) {
		print_text(out, *rest ? rest : ".", *rest ? n - (size_t)(rest - path) : 1);
		return;
	}
	rest = below(path, n, getenv("HOME"));
	if (rest) {
		buf_puts(out, *rest ? "~/" : "~");
		n = *rest ? n - (size_t)(rest - path) : 0;
		path = rest;
	}
	print_text(out, path, n);
}

void print_session(struct buf *out, const struct folder *f, const char *name)
{
	struct buf path = {0}, word = {0};
	const char *rest;

	if (f->is_here) {
		print_text(out, name, strlen(name));
		return;
	}
	buf_printf(&path, "%s/%s", f->path, name);
	rest = below(buf_str(&path), path.len, getenv("HOME"));
	if (rest)
		quote_shell(&word, rest);
	if (word.len && word.data[0] != '\'') {
		buf_puts(out, "~/");
	} else {
		buf_clear(&word);
		quote_shell(&word, buf_str(&path));
	}
	print_text(out, word.data, word.len);
	buf_release(&path);
	buf_release(&word);
}

void print_failure(const char *what)
{
	struct buf seen = {0};

	print_text(&seen, what, strlen(what));
	fprintf(stderr, "steno: %s\n", buf_str(&seen));
	buf_release(&seen);
}

size_t print_width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}
