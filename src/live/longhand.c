/* SPDX-License-Identifier: MIT */
/* What has been used of the file of lines is given back to the disk, but its size stays: the shell
 * may append at any time, and nothing that it appends must be lost. */
#include "longhand.h"

#include "../base/percent.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NUMBER = 24, /* what `history` prints in front of a line, at most */
	LINE = LONGHAND_TEXT + NUMBER,
	KEEP = 1 << 20,	    /* bytes of the file that is used, before they are given back */
	LONGEST = 16 << 20, /* more of one line is not passed over */
};

/* A line of the file: its number and its text, of which so much is there. */
struct entry {
	int64_t number;
	const unsigned char *text;
	size_t len;
	int cut;
	off_t next; /* where the one behind it begins */
};

int longhand_init(struct longhand *l, const char *path)
{
	memset(l, 0, sizeof(*l));
	l->path = path;
	l->fd = -1;
	l->last = 1;
	l->line = malloc(LINE);
	if (!l->line)
		return -1;
	buf_reserve(&l->out, 3 * LONGHAND_TEXT + 256);
	return 0;
}

void longhand_release(struct longhand *l)
{
	if (l->fd >= 0)
		close(l->fd);
	free(l->line);
	buf_release(&l->out);
}

/* The shell makes the file again if it was removed. */
static int open_lines(struct longhand *l)
{
	struct stat st;

	if (l->fd >= 0 && fstat(l->fd, &st) == 0 && st.st_nlink)
		return 0;
	if (l->fd >= 0) {
		close(l->fd);
		l->at = l->kept = 0;
	}
	l->fd = l->path ? open(l->path, O_RDWR | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
			: -1;
	if (l->fd < 0)
		return -1;
	if (fstat(l->fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	close(l->fd);
	l->fd = -1;
	return -1;
}

void longhand_late(struct longhand *l)
{
	struct stat st;

	if (open_lines(l) == 0 && fstat(l->fd, &st) == 0)
		l->at = st.st_size;
}

/* Where the NUL at or behind `at` is, or how far was looked for it; -1: there is none. */
static off_t find_end(const struct longhand *l, off_t at)
{
	unsigned char piece[4096], *nul;
	off_t limit = at + LONGEST;
	ssize_t n;

	while (at < limit && (n = pread(l->fd, piece, sizeof(piece), at)) > 0) {
		nul = memchr(piece, 0, (size_t)n);
		if (nul)
			return at + (nul - piece);
		at += n;
	}
	return at < limit ? -1 : at;
}

static int64_t read_number(const unsigned char **p, const unsigned char *end)
{
	int64_t number = 0;
	int digits = 0;

	while (*p < end && **p >= '0' && **p <= '9' && digits++ < 18)
		number = number * 10 + *(*p)++ - '0';
	return digits ? number : -1;
}

/* "  NNN* text\n" into *e. -1: it is none. */
static int parse_entry(const unsigned char *p, size_t n, int whole, struct entry *e)
{
	const unsigned char *end = p + n;

	while (p < end && *p == ' ')
		p++;
	e->number = read_number(&p, end);
	if (e->number < 0 || end - p < 2 || (p[0] != ' ' && p[0] != '*') || p[1] != ' ')
		return -1;
	e->text = p + 2;
	e->len = (size_t)(end - e->text);
	if (whole && e->len && end[-1] == '\n')
		e->len--;
	e->cut = e->len > LONGHAND_TEXT;
	if (e->cut)
		e->len = LONGHAND_TEXT;
	return 0;
}

/* The line at `at`. 0: there is none that has ended. One that is none, as of an empty history, has
 * number -1. */
static int read_entry(const struct longhand *l, off_t at, struct entry *e)
{
	ssize_t n = pread(l->fd, l->line, LINE, at);
	const unsigned char *nul = n > 0 ? memchr(l->line, 0, (size_t)n) : NULL;
	off_t end = nul ? at + (nul - l->line) : -1;

	if (!nul && n == LINE)
		end = find_end(l, at + n);
	if (end < 0)
		return 0;
	if (parse_entry(l->line, nul ? (size_t)(nul - l->line) : LINE, nul != NULL, e) < 0)
		e->number = -1;
	e->next = end + 1;
	return 1;
}

static void use(struct longhand *l, off_t upto)
{
	l->at = upto;
	if (l->at - l->kept < KEEP)
		return;
	fallocate(l->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, l->at);
	l->kept = l->at;
}

/* The line with this number. The shell puts one into the file for each L, in front of it: so one is
 * used for each. If it could not say so, or somebody else used one, the next one may be meant, or one
 * that comes later. While the history is off all numbers are 1: then it is the line that was there
 * before. */
static int find_entry(struct longhand *l, int64_t number, struct entry *e)
{
	struct entry next;
	int64_t last = l->last;

	if (open_lines(l) < 0 || !read_entry(l, l->at, e) || (e->number > number && number > 1))
		return 0;
	if (e->number < number && read_entry(l, e->next, &next) && next.number == number)
		*e = next;
	l->last = e->number;
	use(l, e->next);
	return e->number == number && (number > 1 || last != 1);
}

/* The value of a key, "; key=" and all, up to its end; NULL: it has none. */
static const unsigned char *find_key(const unsigned char *data, size_t n, const char *key)
{
	const unsigned char *at = memmem(data, n, key, strlen(key));

	return at ? at + strlen(key) : NULL;
}

static void put_key(struct buf *out, const unsigned char *data, size_t n, const char *key)
{
	const unsigned char *at = find_key(data, n, key), *end;

	if (!at)
		return;
	end = memchr(at, ';', n - (size_t)(at - data));
	buf_puts(out, key);
	buf_put(out, at, (size_t)((end ? end : data + n) - at));
}

/* The number of the history's last line when the command began, and whether that is the command's: the
 * line was going to have this number. -1: it is not told. */
static int64_t line_number(const unsigned char *data, size_t n, int *is_its)
{
	const unsigned char *p = find_key(data, n, ";h="), *end = data + n;
	int64_t number;

	if (!p)
		return -1;
	number = read_number(&p, end);
	*is_its = p < end && *p++ == ',' && read_number(&p, end) == number;
	return number;
}

static void take_line(struct longhand *l, const unsigned char *data, size_t n, longhand_put_fn *put,
		      void *ctx)
{
	int is_its = 0;
	int64_t number = line_number(data, n, &is_its);
	struct entry e = {0};

	buf_clear(&l->out);
	buf_putc(&l->out, 'D');
	put_key(&l->out, data, n, ";s=");
	put_key(&l->out, data, n, ";st=");
	put(ctx, l->out.data, l->out.len);
	if (number < 0 || !find_entry(l, number, &e) || !is_its)
		return;
	buf_clear(&l->out);
	buf_putc(&l->out, 'E');
	put_key(&l->out, data, n, ";s=");
	buf_puts(&l->out, e.cut ? ";cut=1;cmd=" : ";cmd=");
	percent_put(&l->out, e.text, e.len);
	put(ctx, l->out.data, l->out.len);
}

/* Without what h= began. */
static void take_command(struct longhand *l, const unsigned char *data, size_t n,
			 longhand_put_fn *put, void *ctx)
{
	const unsigned char *h = memmem(data, n, ";h=", 3), *d;

	if (!h || n > LONGHAND_TEXT) {
		put(ctx, data, n);
		return;
	}
	buf_clear(&l->out);
	buf_put(&l->out, data, (size_t)(h - data));
	d = memmem(h, n - (size_t)(h - data), ";d=", 3);
	if (d)
		buf_put(&l->out, d, n - (size_t)(d - data));
	put(ctx, l->out.data, l->out.len);
}

/* The numbers get their keys. */
static void take_prompt(struct longhand *l, const unsigned char *data, size_t n,
			longhand_put_fn *put, void *ctx)
{
	const unsigned char *semicolon = memchr(data, ';', n);
	size_t first = semicolon ? (size_t)(semicolon - data) : n;

	if (first == 1 || n > LONGHAND_TEXT) {
		put(ctx, data, n);
		return;
	}
	buf_clear(&l->out);
	buf_puts(&l->out, "A;s=");
	buf_put(&l->out, data + 1, first - 1);
	if (semicolon) {
		buf_puts(&l->out, ";st=");
		buf_put(&l->out, semicolon + 1, n - first - 1);
	}
	put(ctx, l->out.data, l->out.len);
}

void longhand_take(struct longhand *l, const unsigned char *data, size_t n, longhand_put_fn *put,
		   void *ctx)
{
	if (!n)
		return;
	if (data[0] == 'A')
		take_prompt(l, data, n, put, ctx);
	else if (data[0] == 'C')
		take_command(l, data, n, put, ctx);
	else if (data[0] == 'L')
		take_line(l, data, n, put, ctx);
	else
		put(ctx, data, n);
}
