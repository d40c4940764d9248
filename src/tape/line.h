/* SPDX-License-Identifier: MIT */
/* line: how one event is spelt: [interval, "code", "data"]. JSON by RFC 8259, coded here by hand
 * because every byte of a terminal passes through it. */
#ifndef STENO_LINE_H
#define STENO_LINE_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* Bytes that one byte of data becomes at most, what a line has beside its data, and how far past
 * its result line_escape() may write. */
enum { LINE_GROWTH = 6, LINE_FRAME = 48, LINE_SLACK = 8 };
/* The longest interval believed: 100 years. What is longer counts as this. */
#define LINE_INTERVAL_MAX INT64_C(3155760000000000)

/* Each writes at out and returns the end of what it wrote. Interval: microseconds, not negative. */
unsigned char *line_begin(unsigned char *out, int64_t interval_us, char code);
unsigned char *line_end(unsigned char *out);

/* Writes data as the inside of a JSON string at *out, which it moves, up to the first byte that
 * is not UTF-8 or begins a character that is cut. Returns how many bytes of data it took. */
size_t line_escape(const unsigned char *data, size_t n, unsigned char **out);
/* As line_escape, but takes all: bad maximal subparts become U+FFFD. Returns the end. */
unsigned char *line_escape_lossy(const unsigned char *data, size_t n, unsigned char *out);
/* True if text is what is left of data when its bad maximal subparts become U+FFFD. */
int line_is_lossy(const unsigned char *data, size_t n, const unsigned char *text, size_t len);

struct line {
	int64_t interval_us;	   /* 0 to LINE_INTERVAL_MAX */
	int is_negative;	   /* by line_parse(): it was below 0, and counts as 0 */
	char code;		   /* the first letter of the code; '?' if that is not ASCII */
	const unsigned char *data; /* in the line itself, or in the buf given */
	size_t len;
};

/* Reads a line without its newline. Takes white space anywhere and any JSON number; a lone
 * surrogate becomes U+FFFD. Bytes that are not UTF-8 stay as they are. */
enum line_kind { LINE_EVENT, LINE_COMMENT, LINE_BAD };
enum line_kind line_parse(struct line *l, const unsigned char *p, size_t n, struct buf *text);
/* Reads a pair [interval, "data"], as asciicast v1 has them, newlines being white space; code is
 * 'o'. */
enum line_kind line_parse_pair(struct line *l, const unsigned char *p, size_t n, struct buf *text);
/* Reads a number of seconds at p, within bounds as an interval's; returns its end, or NULL. */
const unsigned char *line_seconds(const unsigned char *p, const unsigned char *end, int64_t *us);

#endif
