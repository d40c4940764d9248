/* SPDX-License-Identifier: MIT */
/* Every field is hostile: all views lie inside the command, numbers have a range, what cannot be
 * read is as if it were not there. Fields are separated by semicolons; only the text behind kitty's
 * cmdline= may hold some of its own, so it ends with the command. */
#include "foreign.h"

#include "../base/percent.h"
#include "../base/quote.h"

#include <string.h>

struct span {
	const unsigned char *p;
	size_t n;
};

static int is(struct span s, const char *word)
{
	return s.n == strlen(word) && !memcmp(s.p, word, s.n);
}

/* Takes a field and its semicolon off the front. */
static struct span next_field(struct span *rest)
{
	const unsigned char *end = rest->n ? memchr(rest->p, ';', rest->n) : NULL;
	struct span field = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
	size_t used = field.n + (end != NULL);

	rest->p += used;
	rest->n -= used;
	return field;
}

/* field is key=value: 1 and *value. */
static int has_key(struct span field, const char *key, struct span *value)
{
	size_t n = strlen(key);

	if (field.n <= n || memcmp(field.p, key, n) != 0 || field.p[n] != '=')
		return 0;
	*value = (struct span){field.p + n + 1, field.n - n - 1};
	return 1;
}

static int parse_status(struct span s)
{
	int value = 0;
	size_t i;

	if (!s.n || s.n > 10)
		return -1;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		value = value > 255 ? 256 : value * 10 + (s.p[i] - '0');
	}
	return value > 255 ? -1 : value;
}

static int hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* VS Code's, and 3008's: \\ and \xHH. */
static void unescape(struct span s, struct buf *out)
{
	size_t i = 0;

	buf_clear(out);
	while (i < s.n) {
		if (s.p[i] == '\\' && i + 3 < s.n && s.p[i + 1] == 'x' && hex(s.p[i + 2]) >= 0 &&
		    hex(s.p[i + 3]) >= 0) {
			buf_putc(out, (unsigned char)(hex(s.p[i + 2]) << 4 | hex(s.p[i + 3])));
			i += 4;
		} else {
			i += s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '\\';
			buf_putc(out, s.p[i++]);
		}
	}
}

/* One character of $'...' behind its backslash; how many bytes it took. */
static size_t put_ansi_c(struct span s, struct buf *out)
{
	size_t n = quote_undo_ansi(out, s.p, s.n);

	if (!n)
		buf_putc(out, s.p[0]);
	return n ? n : 1;
}

/* What bash's printf %q made, or zsh's ${(q)}: $'...' is all of it, or any part. */
static void unquote(struct span s, struct buf *out)
{
	int ansi = 0;
	size_t i = 0;

	buf_clear(out);
	while (i < s.n) {
		int more = i + 1 < s.n;

		if (!ansi && more && s.p[i] == '$' && s.p[i + 1] == '\'') {
			ansi = 1;
			i += 2;
		} else if (ansi && s.p[i] == '\'') {
			ansi = 0;
			i++;
		} else if (s.p[i] != '\\' || !more) {
			buf_putc(out, s.p[i++]);
		} else if (ansi) {
			i += 1 + put_ansi_c((struct span){s.p + i + 1, s.n - i - 1}, out);
		} else {
			buf_putc(out, s.p[i + 1]);
			i += 2;
		}
	}
}

static void put(struct buf *out, struct span s)
{
	buf_clear(out);
	buf_put(out, s.p, s.n);
}

static void put_percent(struct buf *out, struct span s)
{
	buf_clear(out);
	percent_decode(out, s.p, s.n);
}

static const struct letter {
	unsigned char letter;
	enum foreign_kind kind;
} letters133[] = {{'A', FOREIGN_PROMPT}, {'N', FOREIGN_PROMPT}, {'P', FOREIGN_PROMPT},
		  {'B', FOREIGN_INPUT},	 {'I', FOREIGN_INPUT},	{'C', FOREIGN_START},
		  {'D', FOREIGN_END},	 {0, FOREIGN_OTHER}},
  letters633[] = {{'A', FOREIGN_PROMPT}, {'B', FOREIGN_INPUT}, {'C', FOREIGN_START},
		  {'D', FOREIGN_END},	 {'E', FOREIGN_TEXT},  {'F', FOREIGN_CONTINUATION},
		  {'G', FOREIGN_INPUT},	 {0, FOREIGN_OTHER}};

static enum foreign_kind kind_of(const struct letter *table, struct span field)
{
	while (table->letter && (field.n != 1 || *field.p != table->letter))
		table++;
	return table->kind;
}

static void set_kind_of_prompt(struct foreign *f, struct span value)
{
	if (f->kind == FOREIGN_PROMPT && (is(value, "s") || is(value, "c")))
		f->kind = FOREIGN_CONTINUATION;
	if (f->kind == FOREIGN_PROMPT && is(value, "r"))
		f->kind = FOREIGN_OTHER;
}

static void parse_133(struct foreign *f, struct span rest)
{
	struct span all, field, value;

	f->marks = "osc133";
	f->kind = kind_of(letters133, next_field(&rest));
	while (rest.n) {
		all = rest;
		field = next_field(&rest);
		if (has_key(all, "cmdline", &value) && f->kind == FOREIGN_START) {
			unquote(value, &f->text);
			f->has_text = 1;
			return;
		}
		if (has_key(field, "cmdline_url", &value) && f->kind == FOREIGN_START) {
			put_percent(&f->text, value);
			f->has_text = 1;
		} else if (has_key(field, "aid", &value)) {
			put(&f->context, value);
		} else if (has_key(field, "k", &value)) {
			set_kind_of_prompt(f, value);
		} else if (f->kind == FOREIGN_END && f->status < 0) {
			f->status = parse_status(field);
		}
	}
}

static void parse_633(struct foreign *f, struct span rest)
{
	struct span letter = next_field(&rest), field, value;

	f->marks = "osc633";
	f->kind = kind_of(letters633, letter);
	field = next_field(&rest);
	if (f->kind == FOREIGN_END)
		f->status = parse_status(field);
	if (f->kind == FOREIGN_TEXT) {
		unescape(field, &f->text);
		f->has_text = 1;
	}
	if (has_key(field, "k", &value)) /* nushell's, as with OSC 133 */
		set_kind_of_prompt(f, value);
	if (is(letter, "P") && has_key(field, "Cwd", &value)) {
		f->kind = FOREIGN_DIRECTORY;
		unescape(value, &f->text);
	}
}

static void parse_3008(struct foreign *f, struct span rest)
{
	struct span field = next_field(&rest), value;
	int command = 0;

	f->marks = "osc3008";
	if (has_key(field, "start", &value))
		f->kind = FOREIGN_START;
	else if (has_key(field, "end", &value))
		f->kind = FOREIGN_END;
	else
		return;
	put(&f->context, value);
	while (rest.n) {
		field = next_field(&rest);
		command |= is(field, "type=command");
		if (has_key(field, "status", &value) && f->kind == FOREIGN_END)
			f->status = parse_status(value);
		if (has_key(field, "exit", &value) && is(value, "success") && f->status < 0)
			f->status = 0;
		if (has_key(field, "cmdline", &value) && f->kind == FOREIGN_START) {
			unescape(value, &f->text);
			f->has_text = 1;
		}
		if (has_key(field, "cwd", &value) && f->kind == FOREIGN_START)
			unescape(value, &f->dir);
	}
	if (f->kind == FOREIGN_START && !command)
		f->kind = FOREIGN_OTHER;
}

/* file://HOST/PATH, percent-encoded; kitty's own scheme is not. */
static void parse_7(struct foreign *f, struct span rest)
{
	static const char file[] = "file://", kitty[] = "kitty-shell-cwd://";
	int is_file = rest.n >= sizeof(file) - 1 && !memcmp(rest.p, file, sizeof(file) - 1);
	int is_kitty = rest.n >= sizeof(kitty) - 1 && !memcmp(rest.p, kitty, sizeof(kitty) - 1);
	size_t skip = is_file ? sizeof(file) - 1 : sizeof(kitty) - 1;
	const unsigned char *path;
	struct span value;

	if (!is_file && !is_kitty)
		return;
	path = memchr(rest.p + skip, '/', rest.n - skip);
	if (!path)
		return;
	value = (struct span){path, rest.n - (size_t)(path - rest.p)};
	f->kind = FOREIGN_DIRECTORY;
	if (is_file)
		put_percent(&f->text, value);
	else
		put(&f->text, value);
}

static void parse_1337(struct foreign *f, struct span rest)
{
	struct span value;

	if (!has_key(rest, "CurrentDir", &value))
		return;
	f->kind = FOREIGN_DIRECTORY;
	put(&f->text, value);
}

static void parse_9(struct foreign *f, struct span rest)
{
	if (!is(next_field(&rest), "9") || !rest.n)
		return;
	if (rest.n > 1 && rest.p[0] == '"' && rest.p[rest.n - 1] == '"')
		rest = (struct span){rest.p + 1, rest.n - 2};
	f->kind = FOREIGN_DIRECTORY;
	put(&f->text, rest);
}

static const struct number {
	const char *number;
	void (*parse)(struct foreign *f, struct span rest);
} numbers[] = {
	{"133", parse_133}, {"633", parse_633},	  {"3008", parse_3008},
	{"7", parse_7},	    {"1337", parse_1337}, {"9", parse_9},
};

int foreign_parse(struct foreign *f, const unsigned char *p, size_t n)
{
	struct span rest = {p, n}, number;
	size_t i;

	if (!n)
		return -1;
	number = next_field(&rest);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!is(number, numbers[i].number))
			continue;
		f->kind = FOREIGN_OTHER;
		f->marks = NULL;
		f->status = -1;
		f->has_text = 0;
		buf_clear(&f->text);
		buf_clear(&f->dir);
		buf_clear(&f->context);
		numbers[i].parse(f, rest);
		return 0;
	}
	return -1;
}

void foreign_release(struct foreign *f)
{
	buf_release(&f->text);
	buf_release(&f->dir);
	buf_release(&f->context);
}
