/* SPDX-License-Identifier: MIT */
/* Lines and marks in any order: nothing is told that is not in the file, and what is told could be
 * a mark. The input is cut at each 0xff: what a shell appends, a mark, what it appends, and so
 * on. */
#include "base/buf.h"
#include "base/err.h"
#include "base/percent.h"
#include "live/longhand.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run {
	struct buf lines; /* all that was appended */
	int marks;	  /* that came of the last one */
	char letter;	  /* of that one */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_text(const struct run *r, const unsigned char *data, size_t n)
{
	const unsigned char *text = memmem(data, n, ";cmd=", 5);
	struct buf line = {0};

	if (!text)
		bug("no text in E");
	text += 5;
	percent_decode(&line, text, (size_t)(data + n - text));
	if (line.len && !memmem(r->lines.data, r->lines.len, line.data, line.len))
		bug("a text that was not there");
	buf_release(&line);
}

/* What can come of a mark: its own, a D of an L, a P before a C, and Es behind a D. */
static int is_due(const struct run *r, char letter)
{
	if (r->letter == 'L' || r->letter == 'D')
		return r->marks == 1 ? letter == 'D'
				     : letter == 'E' && r->marks <= 1 + LONGHAND_COMMANDS;
	if (r->letter == 'C')
		return r->marks == 1 ? letter == 'C' || letter == 'P'
				     : letter == 'C' && r->marks == 2;
	return r->marks == 1 && letter == r->letter;
}

static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct run *r = ctx;
	size_t i;

	for (i = 0; i < n; i++)
		if (data[i] < 0x20 || data[i] == 0x7f)
			bug("a control byte in a mark");
	r->marks++;
	if (!n || !is_due(r, (char)data[0]))
		bug("a mark that was not due");
	if (data[0] == 'E' && r->letter != 'E')
		check_text(r, data, n);
}

/* A scanner would not take anything else for one. */
static int is_mark(const uint8_t *data, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (data[i] < 0x20 || data[i] == 0x7f)
			return 0;
	return n > 0;
}

static void append(int fd, struct run *r, const uint8_t *data, size_t n)
{
	buf_put(&r->lines, data, n);
	if (write(fd, data, n) != (ssize_t)n)
		bug("cannot write the lines");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[] = "/tmp/steno-fuzz-XXXXXX";
	int fd = mkstemp(path), turn = 0;
	struct longhand l;
	struct run r = {0};
	const uint8_t *end = data + n;

	if (fd < 0 || longhand_init(&l, path) < 0)
		bug("cannot begin");
	while (data < end) {
		const uint8_t *cut = memchr(data, 0xff, (size_t)(end - data));
		size_t k = (size_t)((cut ? cut : end) - data);

		if (turn++ % 2 == 0) {
			append(fd, &r, data, k);
		} else if (is_mark(data, k)) {
			r.marks = 0;
			r.letter = (char)data[0];
			longhand_take(&l, data[k - 1] % 3, data, k, on_mark, &r);
		}
		data += cut ? k + 1 : k;
	}
	longhand_release(&l);
	buf_release(&r.lines);
	close(fd);
	unlink(path);
	return 0;
}
