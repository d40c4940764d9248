/* SPDX-License-Identifier: MIT */
/* What has been used of the file of lines is given back to the disk, but its size stays: the shell
 * may append at any time, and nothing that it appends must be lost. */
#include "longhand.h"

#include "../base/percent.h"
#include "requote.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NUMBER = 24, /* what `history` prints in front of a line, at most */
	LINE = LONGHAND_TEXT + NUMBER,
	KEEP = 1 << 20,	    /* bytes of the file that is used, before they are given back */
	LONGEST = 16 << 20, /* more of one line is not passed over */
	DIRECTORY = 65536,  /* of a directory's name, as it is quoted */
	LEFT = 8, /* lines that a shell put there without saying so, at most, are passed over */
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
	l->number = -1;
	l->line = malloc(LINE);
	if (!l->line)
		return -1;
	buf_reserve(&l->out, 3 * LONGHAND_TEXT + 256);
	buf_reserve(&l->dir, DIRECTORY);
	return 0;
}

void longhand_release(struct longhand *l)
{
	if (l->fd >= 0)
		close(l->fd);
	free(l->line);
	buf_release(&l->out);
	buf_release(&l->dir);
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

static int64_t read_value(const unsigned char **p, const unsigned char *end, char behind)
{
	int64_t number = read_number(p, end);

	if (number < 0 || *p >= end || **p != behind)
		return -1;
	(*p)++;
	return number;
}

/* ";KEY=NUMBER"; -1: it has none. */
static int64_t find_value(const unsigned char *data, size_t n, const char *key)
{
	const unsigned char *at = memmem(data, n, key, strlen(key));

	if (!at)
		return -1;
	at += strlen(key);
	return read_number(&at, data + n);
}

static void note_number(struct longhand *l, pid_t shell, int64_t number)
{
	l->shell = shell;
	l->number = number;
}

static void note_command(struct longhand *l, const struct longhand_command *c)
{
	if (l->n == LONGHAND_COMMANDS) {
		memmove(l->commands, l->commands + 1, (l->n - 1) * sizeof(*c));
		l->n--;
	}
	l->commands[l->n++] = *c;
	note_number(l, c->shell, c->number);
}

/* Its next one behind i; NULL: i is its last. */
static const struct longhand_command *next_of(const struct longhand *l, size_t i)
{
	size_t k;

	for (k = i + 1; k < l->n; k++)
		if (l->commands[k].shell == l->commands[i].shell)
			return &l->commands[k];
	return NULL;
}

static void forget_commands(struct longhand *l, pid_t shell)
{
	size_t i, kept = 0;

	for (i = 0; i < l->n; i++)
		if (l->commands[i].shell != shell)
			l->commands[kept++] = l->commands[i];
	l->n = kept;
}

/* What a D, or an L, says of its shell. */
struct end {
	pid_t shell;
	int64_t lines; /* that were put into the file */
	int64_t seen;  /* the number that PS1 saw last; -1: the same as the last command's */
};

/* Whether the lines have the numbers that they had when the command i began; last: the last one's.
 * What deletes some is seen by that the next ones have numbers that there were before. */
static int keeps_numbers(const struct longhand *l, size_t i, int64_t last)
{
	const struct longhand_command *c = &l->commands[i], *next;

	for (; (next = next_of(l, i)) != NULL; c = next, i = (size_t)(next - l->commands))
		if (next->wanted <= c->line || next->line < next->wanted - 1)
			return 0;
	return last >= c->line;
}

/* The shell's command whose line this is; so many are behind it in the history. NULL: there is none, or
 * more than it was added when it was read, or lines were deleted since. */
static const struct longhand_command *whose(const struct longhand *l, const struct end *end,
					    int64_t line, int64_t after)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct longhand_command *c = &l->commands[i], *next = next_of(l, i);
		int64_t behind = next ? next->wanted : end->seen;

		if (c->shell != end->shell || c->line != line || c->wanted != line)
			continue;
		if ((behind == line + 1 || (behind <= line && !next && !after)) &&
		    keeps_numbers(l, i, line + after))
			return c;
	}
	return NULL;
}

static void put_line(struct longhand *l, int64_t number, const struct entry *e,
		     longhand_put_fn *put, void *ctx)
{
	buf_clear(&l->out);
	buf_printf(&l->out, "E;s=%" PRId64 "%s;cmd=", number, e->cut ? ";cut=1" : "");
	percent_put(&l->out, e->text, e->len);
	put(ctx, l->out.data, l->out.len);
}

/* Uses the next line of the file; 1: it is a command's. While the history is off, which L does
 * not know, all numbers are 1: then it is the line that was there before. after: see whose. */
static int take_line(struct longhand *l, const struct end *end, struct entry *e, int64_t after,
		     longhand_put_fn *put, void *ctx)
{
	const struct longhand_command *c = NULL;

	if (e->number > 1 || end->seen >= 0 || l->last != 1)
		c = whose(l, end, e->number, after);
	l->last = e->number;
	use(l, e->next);
	if (c)
		put_line(l, c->number, e, put, ctx);
	return c != NULL;
}

/* The number of the line of the shell's last command; -1: it has run none. */
static int64_t newest_line(const struct longhand *l, pid_t shell)
{
	size_t i = l->n;

	while (i-- > 0)
		if (l->commands[i].shell == shell)
			return l->commands[i].line;
	return -1;
}

/* The lines that were put there for this D. One that is there already for a later command
 * stays; if a shell could not say that it had put one there, or somebody else has used one, the
 * next ones may be meant. */
static void take_lines(struct longhand *l, const struct end *end, longhand_put_fn *put, void *ctx)
{
	int64_t newest = newest_line(l, end->shell), i;
	struct entry e;
	int found = 0;

	if (end->lines <= 0 || open_lines(l) < 0)
		return;
	for (i = 1; i <= end->lines && read_entry(l, l->at, &e); i++) {
		if (end->lines == 1 && newest >= 0 && e.number > newest &&
		    e.number <= newest + LEFT)
			return;
		found |= take_line(l, end, &e, end->lines - i, put, ctx);
	}
	for (i = 0; !found && i < LEFT && read_entry(l, l->at, &e); i++) {
		if (e.number <= 1 || e.number > newest)
			return;
		found = take_line(l, end, &e, 0, put, ctx);
	}
}

/* Up to n= and a=, which are for here. */
static void take_end(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
		     longhand_put_fn *put, void *ctx)
{
	const struct end end = {shell, find_value(data, n, ";n="), find_value(data, n, ";a=")};
	const unsigned char *lines = memmem(data, n, ";n=", 3);

	put(ctx, data, lines ? (size_t)(lines - data) : n);
	take_lines(l, &end, put, ctx);
	forget_commands(l, shell);
}

/* Without a number nothing has begun that could end: another process has seen it begin, and
 * perhaps used its line. */
static void take_short_end(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
			   longhand_put_fn *put, void *ctx)
{
	const struct end end = {shell, 1, -1};
	int64_t number = l->shell == shell ? l->number : -1;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->commands[i].shell == shell)
			number = l->commands[i].number;
	if (number < 0 || n >= NUMBER)
		return;
	buf_clear(&l->out);
	buf_printf(&l->out, "D;s=%" PRId64 ";st=%.*s", number, (int)(n - 1), data + 1);
	put(ctx, l->out.data, l->out.len);
	take_lines(l, &end, put, ctx);
	forget_commands(l, shell);
}

/* The directory, as it was quoted, into l->dir. -1: there is none, or it cannot be told. */
static int read_directory(struct longhand *l, const unsigned char *text, size_t n)
{
	buf_clear(&l->dir);
	return n > DIRECTORY ? -1 : requote_undo(&l->dir, text, n);
}

/* Of the mark in l->out: the directory that was read, or an empty one. */
static void put_with_directory(struct longhand *l, int is_known, longhand_put_fn *put, void *ctx)
{
	buf_puts(&l->out, ";d=");
	if (is_known)
		percent_put(&l->out, l->dir.data, l->dir.len);
	put(ctx, l->out.data, l->out.len);
}

static void put_unknown_directory(struct longhand *l, int64_t number, longhand_put_fn *put,
				  void *ctx)
{
	buf_clear(&l->out);
	buf_printf(&l->out, "P;s=%" PRId64, number);
	put_with_directory(l, 0, put, ctx);
}

/* "C=N,H,A;ST;DIR"; -1: it is something else. */
static int take_command(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
			longhand_put_fn *put, void *ctx)
{
	const unsigned char *p = data + 2, *end = data + n, *status;
	struct longhand_command c = {.shell = shell};
	int is_known;

	c.number = read_value(&p, end, ',');
	c.line = c.number < 0 ? -1 : read_value(&p, end, ',');
	c.wanted = c.line < 0 ? -1 : read_value(&p, end, ';');
	status = c.wanted < 0 ? NULL : memchr(p, ';', (size_t)(end - p));
	if (!status)
		return -1;
	is_known = read_directory(l, status + 1, (size_t)(end - status - 1)) == 0;
	if (!is_known && l->shell == shell && l->number >= 0)
		put_unknown_directory(l, l->number, put, ctx);
	buf_clear(&l->out);
	buf_printf(&l->out, "C;s=%" PRId64, c.number);
	if (status > p) {
		buf_puts(&l->out, ";prev=");
		buf_put(&l->out, p, (size_t)(status - p));
	}
	note_command(l, &c);
	put_with_directory(l, is_known, put, ctx);
	return 0;
}

/* "CN"; -1: it is something else. */
static int take_counted_command(struct longhand *l, const unsigned char *data, size_t n,
				longhand_put_fn *put, void *ctx)
{
	const unsigned char *p = data + 1, *end = data + n;
	int64_t number = read_number(&p, end);

	if (number < 1 || p < end)
		return -1;
	buf_clear(&l->out);
	buf_printf(&l->out, "C;s=%" PRId64, number - 1);
	put(ctx, l->out.data, l->out.len);
	return 0;
}

/* "P=N;DIR"; -1: it is something else. */
static int take_directory(struct longhand *l, const unsigned char *data, size_t n,
			  longhand_put_fn *put, void *ctx)
{
	const unsigned char *p = data + 2, *end = data + n;
	int64_t number = read_value(&p, end, ';');
	int is_known;

	if (number < 0)
		return -1;
	is_known = read_directory(l, p, (size_t)(end - p)) == 0;
	buf_clear(&l->out);
	buf_printf(&l->out, "P;s=%" PRId64, number);
	put_with_directory(l, is_known, put, ctx);
	return 0;
}

/* The numbers get their keys. */
static void take_prompt(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
			longhand_put_fn *put, void *ctx)
{
	const unsigned char *semicolon = memchr(data, ';', n), *p = data + 1;
	size_t first = semicolon ? (size_t)(semicolon - data) : n;

	if (first == 1 || n > LONGHAND_TEXT) {
		put(ctx, data, n);
		return;
	}
	note_number(l, shell, read_number(&p, data + first));
	buf_clear(&l->out);
	buf_puts(&l->out, "A;s=");
	buf_put(&l->out, data + 1, first - 1);
	if (semicolon) {
		buf_puts(&l->out, ";st=");
		buf_put(&l->out, semicolon + 1, n - first - 1);
	}
	put(ctx, l->out.data, l->out.len);
}

/* -1: it is what it is. */
static int take_other(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
		      longhand_put_fn *put, void *ctx)
{
	int is_short = n > 1 && data[1] == '=';

	if (data[0] == 'C')
		return is_short ? take_command(l, shell, data, n, put, ctx)
				: take_counted_command(l, data, n, put, ctx);
	return is_short && data[0] == 'P' ? take_directory(l, data, n, put, ctx) : -1;
}

void longhand_take(struct longhand *l, pid_t shell, const unsigned char *data, size_t n,
		   longhand_put_fn *put, void *ctx)
{
	if (!n)
		return;
	if (data[0] == 'A')
		take_prompt(l, shell, data, n, put, ctx);
	else if (data[0] == 'D')
		take_end(l, shell, data, n, put, ctx);
	else if (data[0] == 'L')
		take_short_end(l, shell, data, n, put, ctx);
	else if (take_other(l, shell, data, n, put, ctx) < 0)
		put(ctx, data, n);
}
