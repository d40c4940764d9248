/* SPDX-License-Identifier: MIT */
/* Facts are printed through one scratch buffer and handed on at once: nothing is collected. */
#include "fact.h"

#include "../base/json.h"
#include "../base/utf8.h"

#include <string.h>

void facts_release(struct facts *f)
{
	buf_release(&f->text);
}

struct json *fact_new(const char *fact)
{
	struct json *j = json_new();

	json_put_text(j, "fact", fact);
	return j;
}

int fact_send(struct facts *f, struct json *fact)
{
	buf_clear(&f->text);
	json_print(fact, &f->text);
	json_free(fact);
	if (f->text.len > SURVEY_FACT)
		return 1;
	f->emit(f->ctx, buf_str(&f->text), f->text.len);
	return 0;
}

static int is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* Can the path stand as it is? Not if it is not UTF-8, holds control characters, or looks
 * quoted. */
static int is_plain(const char *path)
{
	const unsigned char *p = (const unsigned char *)path;
	size_t n = strlen(path), at = 0;
	uint32_t cp;

	if (path[0] == '"' || utf8_valid_prefix(p, n) != n)
		return 0;
	while (at < n) {
		at += utf8_decode(p + at, n - at, &cp);
		if (is_control(cp))
			return 0;
	}
	return 1;
}

void fact_put_path(struct json *j, const char *path)
{
	struct buf quoted = {0};

	if (is_plain(path)) {
		json_put_text(j, "path", path);
		return;
	}
	fact_quote(&quoted, "", path, FACT_QUOTE_HIGH);
	json_put_text(j, "path", buf_str(&quoted));
	buf_release(&quoted);
}

int fact_path(struct facts *f, const char *fact, const char *status, const char *path)
{
	struct json *j = fact_new(fact);

	if (status)
		json_put_text(j, "status", status);
	fact_put_path(j, path);
	return fact_send(f, j);
}

void fact_limit(struct facts *f, const char *what, int64_t left_out)
{
	struct json *j;

	if (!left_out)
		return;
	j = fact_new("limit");
	json_put_text(j, "what", what);
	json_put_int(j, "left_out", left_out);
	fact_send(f, j);
}

/* The letter behind the backslash for c, 'o' for three octal digits, 0 for as it is. */
static char escape_of(unsigned char c, int flags)
{
	static const char letters[] = "abtnvfr";

	if (c >= 7 && c <= 13)
		return letters[c - 7];
	if (c == '"' || c == '\\')
		return (char)c;
	if (c < 0x20 || c == 0x7f || (c >= 0x80 && (flags & FACT_QUOTE_HIGH)))
		return 'o';
	return 0;
}

static int needs_quotes(const char *text, int flags)
{
	for (; *text; text++)
		if (escape_of((unsigned char)*text, flags))
			return 1;
	return 0;
}

static void put_escaped(struct buf *out, const char *text, int flags)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		char how = escape_of(c, flags);

		if (!how)
			buf_putc(out, c);
		else if (how == 'o')
			buf_printf(out, "\\%03o", c);
		else
			buf_printf(out, "\\%c", how);
	}
}

void fact_quote(struct buf *out, const char *prefix, const char *path, int flags)
{
	if (!needs_quotes(prefix, flags) && !needs_quotes(path, flags)) {
		buf_puts(out, prefix);
		buf_puts(out, path);
		return;
	}
	buf_putc(out, '"');
	put_escaped(out, prefix, flags);
	put_escaped(out, path, flags);
	buf_putc(out, '"');
}
