/* SPDX-License-Identifier: MIT */
/* The coder of lines. Writing, sixteen bytes that need no care are copied at once; of others each
 * is spelt by a table, without a branch, since where colours or line ends come nobody can guess.
 * Reading, eight are copied first, then the place of the first one that needs care says how many
 * count. Nothing here reads past its input; writing goes at most LINE_SLACK bytes past the
 * result. */
#include "line.h"

#include "../base/buf.h"
#include "../base/utf8.h"

#include <endian.h>
#include <string.h>

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

static uint64_t load(const unsigned char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

/* Bit 7 of each byte that is zero in `word`; also of some bytes above such a one. */
static uint64_t zero_bytes(uint64_t word)
{
	return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* Not 0 if a byte cannot be copied: a control, quote or backslash. */
static uint64_t needs_escape(uint64_t word)
{
	uint64_t low = word & EACH_BYTE(0x7f);
	uint64_t no_control = low + EACH_BYTE(0x60);
	uint64_t no_quote = (low ^ EACH_BYTE('"')) + EACH_BYTE(0x7f);
	uint64_t no_slash = (low ^ EACH_BYTE('\\')) + EACH_BYTE(0x7f);

	return ~((no_control & no_quote & no_slash) | word) & EACH_BYTE(0x80);
}

static uint64_t ends_run(uint64_t word)
{
	return zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\'));
}

static size_t first_of(uint64_t mask)
{
	return (size_t)__builtin_ctzll(mask) / 8;
}

static unsigned char *put(unsigned char *out, const char *text, size_t n)
{
	memcpy(out, text, n);
	return out + n;
}

static unsigned char *put_number(unsigned char *out, uint64_t value)
{
	unsigned char text[20];
	size_t at = sizeof(text);

	do {
		text[--at] = (unsigned char)('0' + value % 10);
		value /= 10;
	} while (value);
	memcpy(out, text + at, sizeof(text) - at);
	return out + (sizeof(text) - at);
}

unsigned char *line_begin(unsigned char *out, int64_t interval_us, char code)
{
	uint64_t us = (uint64_t)interval_us % 1000000;
	int i;

	*out++ = '[';
	out = put_number(out, (uint64_t)interval_us / 1000000);
	*out = '.';
	for (i = 6; i > 0; i--, us /= 10)
		out[i] = (unsigned char)('0' + us % 10);
	out = put(out + 7, ", \"", 3);
	*out++ = (unsigned char)code;
	return put(out, "\", \"", 4);
}

unsigned char *line_end(unsigned char *out)
{
	return put(out, "\"]\n", 3);
}

/* How a byte stands in a string: text, of which len bytes count. */
struct spelling {
	char text[7];
	unsigned char len;
};

#define IS(c)                                                                                      \
	{                                                                                          \
		{(char)(c)}, 1                                                                     \
	}
#define IS4(c) IS(c), IS((c) + 1), IS((c) + 2), IS((c) + 3)
#define IS16(c) IS4(c), IS4((c) + 4), IS4((c) + 8), IS4((c) + 12)
#define SHORT(text)                                                                                \
	{                                                                                          \
		text, 2                                                                            \
	}
#define LONG(hex)                                                                                  \
	{                                                                                          \
		"\\u00" hex, 6                                                                     \
	}

static const struct spelling spellings[256] = {
	LONG("00"),   LONG("01"),   LONG("02"),	   LONG("03"),	 LONG("04"),	LONG("05"),
	LONG("06"),   LONG("07"),   SHORT("\\b"),  SHORT("\\t"), SHORT("\\n"),	LONG("0b"),
	SHORT("\\f"), SHORT("\\r"), LONG("0e"),	   LONG("0f"),	 LONG("10"),	LONG("11"),
	LONG("12"),   LONG("13"),   LONG("14"),	   LONG("15"),	 LONG("16"),	LONG("17"),
	LONG("18"),   LONG("19"),   LONG("1a"),	   LONG("1b"),	 LONG("1c"),	LONG("1d"),
	LONG("1e"),   LONG("1f"),   IS(' '),	   IS('!'),	 SHORT("\\\""), IS('#'),
	IS4('$'),     IS4('('),	    IS4(','),	   IS16('0'),	 IS16('@'),	IS4('P'),
	IS4('T'),     IS4('X'),	    SHORT("\\\\"), IS(']'),	 IS('^'),	IS('_'),
	IS16('`'),    IS16('p'),    IS16(0x80),	   IS16(0x90),	 IS16(0xA0),	IS16(0xB0),
	IS16(0xC0),   IS16(0xD0),   IS16(0xE0),	   IS16(0xF0),
};

static unsigned char *spell(unsigned char *out, unsigned char c)
{
	memcpy(out, &spellings[c], sizeof(spellings[c]));
	return out + spellings[c].len;
}

static unsigned char *spell_four(unsigned char *out, const unsigned char *data)
{
	out = spell(out, data[0]);
	out = spell(out, data[1]);
	out = spell(out, data[2]);
	return spell(out, data[3]);
}

/* Of good UTF-8. */
static unsigned char *escape(const unsigned char *data, size_t n, unsigned char *out)
{
	size_t i = 0, k;

	for (; n - i >= 16; i += 16) {
		if (!(needs_escape(load(data + i)) | needs_escape(load(data + i + 8)))) {
			memcpy(out, data + i, 16);
			out += 16;
			continue;
		}
		for (k = 0; k < 16; k += 4)
			out = spell_four(out, data + i + k);
	}
	for (; i < n; i++)
		out = spell(out, data[i]);
	return out;
}

size_t line_escape(const unsigned char *data, size_t n, unsigned char **out)
{
	size_t good = utf8_valid_prefix(data, n);

	*out = escape(data, good, *out);
	return good;
}

/* One character that may be bad. */
static size_t take_any(const unsigned char *data, size_t n, unsigned char **out)
{
	uint32_t cp = UTF8_REPLACEMENT;
	size_t used;

	if (data[0] < 0x80) {
		*out = spell(*out, data[0]);
		return 1;
	}
	used = utf8_decode(data, n, &cp);
	*out += utf8_encode(cp, *out);
	return used ? used : n;
}

unsigned char *line_escape_lossy(const unsigned char *data, size_t n, unsigned char *out)
{
	/* What is bad seldom comes alone, and utf8_valid_prefix() is slow to stop. */
	enum { BAD_RUN = 64 };
	size_t i = line_escape(data, n, &out), till;

	while (i < n) {
		for (till = n - i > BAD_RUN ? i + BAD_RUN : n; i < till;)
			i += take_any(data + i, n - i, &out);
		i += line_escape(data + i, n - i, &out);
	}
	return out;
}

int line_is_lossy(const unsigned char *data, size_t n, const unsigned char *text, size_t len)
{
	while (n) {
		size_t good = utf8_valid_prefix(data, n), used;
		uint32_t cp;

		if (good > len || memcmp(data, text, good) != 0)
			return 0;
		data += good;
		n -= good;
		text += good;
		len -= good;
		if (!n)
			break;
		used = utf8_decode(data, n, &cp);
		if (!used)
			used = n;
		if (len < 3 || memcmp(text, "\xEF\xBF\xBD", 3) != 0)
			return 0;
		data += used;
		n -= used;
		text += 3;
		len -= 3;
	}
	return !len;
}

/* What is left of the line. */
struct cursor {
	const unsigned char *p, *end;
	int negative; /* the last interval was */
};

static void skip_space(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
		c->p++;
}

/* Takes `want`, with white space around it; -1 if something else is there. */
static int take(struct cursor *c, unsigned char want)
{
	skip_space(c);
	if (c->p == c->end || *c->p != want)
		return -1;
	c->p++;
	skip_space(c);
	return 0;
}

/* The digits of a number, as mantissa * 10^scale. Past 18 digits only the scale changes. */
struct decimal {
	uint64_t mantissa;
	int64_t scale;
	int digits;
};

static void take_digits(struct cursor *c, struct decimal *d, int64_t dropped, int64_t kept)
{
	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
		d->digits = 1;
		if (d->mantissa >= UINT64_C(100000000000000000)) {
			d->scale += dropped;
			continue;
		}
		d->mantissa = d->mantissa * 10 + (uint64_t)(*c->p - '0');
		d->scale += kept;
	}
}

static int take_exponent(struct cursor *c, struct decimal *d)
{
	struct decimal e = {0};
	int64_t sign = 1;

	c->p++;
	if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
		sign = *c->p++ == '-' ? -1 : 1;
	take_digits(c, &e, 0, 0);
	d->scale += sign * (int64_t)(e.mantissa < 100000000 ? e.mantissa : 100000000);
	return e.digits ? 0 : -1;
}

/* mantissa * 10^(scale + 6), rounded half up, within bounds. */
static int64_t to_us(const struct decimal *d)
{
	uint64_t value = d->mantissa;
	int64_t scale = d->scale + 6;

	for (; scale > 0 && value && value < LINE_INTERVAL_MAX; scale--)
		value *= 10;
	for (; scale < -1 && value; scale++)
		value /= 10;
	if (scale == -1)
		value = (value + 5) / 10;
	return value < LINE_INTERVAL_MAX ? (int64_t)value : LINE_INTERVAL_MAX;
}

static int take_interval(struct cursor *c, int64_t *us)
{
	struct decimal d = {0};
	int negative = c->p < c->end && *c->p == '-';

	c->p += negative;
	take_digits(c, &d, 1, 0);
	if (c->p < c->end && *c->p == '.') {
		c->p++;
		take_digits(c, &d, 0, -1);
	}
	if (!d.digits)
		return -1;
	if (c->p < c->end && (*c->p == 'e' || *c->p == 'E') && take_exponent(c, &d) < 0)
		return -1;
	c->negative = negative && d.mantissa;
	*us = negative ? 0 : to_us(&d);
	return 0;
}

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code unit of \uXXXX at p; -1 if it is not one. */
static int32_t code_unit(const unsigned char *p, size_t n)
{
	int32_t unit = 0;
	int i;

	if (n < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		int value = hex_value(p[i]);

		if (value < 0)
			return -1;
		unit = unit << 4 | value;
	}
	return unit;
}

/* The escape at p (a backslash): writes its character at *out, returns its length, 0 if bad. */
static size_t unescape_one(const unsigned char *p, size_t n, unsigned char **out)
{
	static const unsigned char letters[256] = {
		['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
		['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
	int32_t unit, low;
	size_t used = 6;

	if (n >= 2 && letters[p[1]]) {
		*(*out)++ = letters[p[1]];
		return 2;
	}
	unit = code_unit(p, n);
	if (unit < 0)
		return 0;
	if (unit >= 0xD800 && unit < 0xDC00) {
		low = code_unit(p + 6, n - 6);
		if (low >= 0xDC00 && low < 0xE000) {
			unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
			used = 12;
		}
	}
	*out += utf8_encode((uint32_t)unit, *out);
	return used;
}

/* The rest of a string in which something is escaped; what is before it is in text already. */
static int unescape(struct cursor *c, struct buf *text)
{
	const unsigned char *p = c->p, *end = c->end;
	unsigned char *o;

	buf_reserve(text, (size_t)(end - p) + 8);
	o = text->data + text->len;
	while (p < end) {
		size_t used;

		if (end - p >= 8) {
			uint64_t mask = ends_run(load(p));

			memcpy(o, p, 8);
			used = mask ? first_of(mask) : 8;
			p += used;
			o += used;
			if (!mask)
				continue;
		}
		if (*p == '"') {
			text->len = (size_t)(o - text->data);
			c->p = p + 1;
			return 0;
		}
		if (*p != '\\') {
			*o++ = *p++;
			continue;
		}
		used = unescape_one(p, (size_t)(end - p), &o);
		if (!used)
			return -1;
		p += used;
	}
	return -1;
}

/* Bytes before the next quote or backslash. */
static size_t plain_run(const unsigned char *p, size_t n)
{
	size_t i = 0;

	for (; n - i >= 8; i += 8) {
		uint64_t mask = ends_run(load(p + i));

		if (mask)
			return i + first_of(mask);
	}
	while (i < n && p[i] != '"' && p[i] != '\\')
		i++;
	return i;
}

static int take_string(struct cursor *c, struct buf *text, const unsigned char **data, size_t *len)
{
	const unsigned char *begin;
	size_t run;

	if (c->p == c->end || *c->p != '"')
		return -1;
	begin = ++c->p;
	run = plain_run(begin, (size_t)(c->end - begin));
	c->p += run;
	if (c->p < c->end && *c->p == '"') {
		c->p++;
		*data = begin;
		*len = run;
		return 0;
	}
	buf_clear(text);
	buf_put(text, begin, run);
	if (unescape(c, text) < 0)
		return -1;
	*data = text->data;
	*len = text->len;
	return 0;
}

enum line_kind line_parse(struct line *l, const unsigned char *p, size_t n, struct buf *text)
{
	struct cursor c = {p, p + n, 0};
	const unsigned char *code;
	size_t len;

	if (n && p[0] == '#')
		return LINE_COMMENT;
	skip_space(&c);
	if (c.p == c.end)
		return LINE_COMMENT;
	if (take(&c, '[') < 0 || take_interval(&c, &l->interval_us) < 0 || take(&c, ',') < 0)
		return LINE_BAD;
	l->is_negative = c.negative;
	if (take_string(&c, text, &code, &len) < 0 || !len)
		return LINE_BAD;
	l->code = code[0] < 0x80 ? (char)code[0] : '?';
	if (take(&c, ',') < 0 || take_string(&c, text, &l->data, &l->len) < 0)
		return LINE_BAD;
	return take(&c, ']') < 0 || c.p != c.end ? LINE_BAD : LINE_EVENT;
}

enum line_kind line_parse_pair(struct line *l, const unsigned char *p, size_t n, struct buf *text)
{
	struct cursor c = {p, p + n, 0};

	l->code = 'o';
	if (take(&c, '[') < 0 || take_interval(&c, &l->interval_us) < 0 || take(&c, ',') < 0)
		return LINE_BAD;
	if (take_string(&c, text, &l->data, &l->len) < 0)
		return LINE_BAD;
	return take(&c, ']') < 0 || c.p != c.end ? LINE_BAD : LINE_EVENT;
}

const unsigned char *line_seconds(const unsigned char *p, const unsigned char *end, int64_t *us)
{
	struct cursor c = {p, end, 0};

	return take_interval(&c, us) < 0 ? NULL : c.p;
}
