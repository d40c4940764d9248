/* SPDX-License-Identifier: MIT */
/* ledger and seqs: lines are found by number, in any order, from memory and from the file; a set of
 * numbers holds exactly those that were put, however they come. */
#include "base/buf.h"
#include "base/err.h"
#include "out/ledger.h"
#include "out/seqs.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 5000, NUMBERS = 300 };

static unsigned rand_next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Line i has the number 3 * i + 2; its length depends on i. */
static void make_line(uint32_t i, struct buf *out)
{
	uint32_t n = i % 97 ? i % 50 : LEDGER_LINE - 20;

	buf_clear(out);
	buf_put_number(out, i);
	while (out->len < n)
		buf_putc(out, (unsigned char)('a' + i % 26));
}

static int is_line(const struct ledger_line *line, uint32_t i, struct buf *scratch)
{
	make_line(i, scratch);
	return line->seq == 3 * i + 2 && line->n == scratch->len &&
	       memcmp(line->text, scratch->data, line->n) == 0;
}

static void test_order(struct ledger *l, struct buf *scratch)
{
	struct ledger_line line;
	uint64_t at = 0;
	uint32_t i = 0;
	int good = 1;

	while (ledger_next(l, &at, &line, NULL) == 1)
		good &= is_line(&line, i++, scratch);
	ok(good && i == LINES, "lines are read in order");
	ok(at == ledger_end(l), "up to the end");
}

static void test_find(struct ledger *l, struct buf *scratch)
{
	struct ledger_line line;
	unsigned seed = 1;
	int good = 1, missing = 1, step;

	for (step = 0; step < 3000; step++) {
		uint32_t i = rand_next(&seed) % LINES;

		good &= ledger_find(l, 3 * i + 2, &line, NULL) == 1 && is_line(&line, i, scratch);
		missing &= ledger_find(l, 3 * i + 1 + i % 2 * 2, &line, NULL) == 0;
	}
	ok(good, "lines are found by number");
	ok(missing, "a number that is not there is not found");
	is_int(ledger_find(l, UINT32_MAX, &line, NULL), 0, "nor one behind the last");
}

static void test_ledger(int dir, const char *name)
{
	struct buf scratch = {0};
	struct ledger_line line;
	struct ledger l;
	uint64_t at = 0;
	uint32_t i;

	tap_note("%s", name);
	ledger_init(&l, dir);
	ok(ledger_next(&l, &at, &line, NULL) == 0 && ledger_find(&l, 1, &line, NULL) == 0,
	   "a new one has no lines");
	for (i = 0; i < LINES; i++) {
		make_line(i, &scratch);
		ledger_put(&l, 3 * i + 2, scratch.data, scratch.len);
		if (i % 1000 == 0 &&
		    (ledger_find(&l, 2, &line, NULL) != 1 || line.n != LEDGER_LINE - 20))
			tap_note("line 0 is lost at %u", i);
	}
	test_order(&l, &scratch);
	test_find(&l, &scratch);
	ledger_release(&l);
	buf_release(&scratch);
}

/* Commands beside each other do not end in the order they began in; the first may end last. */
static void test_disorder(void)
{
	struct buf scratch = {0};
	struct ledger_line line;
	int good = 1, missing = 1;
	struct ledger l;
	uint32_t i, n = 0;

	ledger_init(&l, -1);
	for (i = 2; i < 3000; i++) {
		uint32_t seq = i ^ 1;

		if (seq % 7 == 0)
			continue;
		make_line(seq, &scratch);
		ledger_put(&l, seq, scratch.data, scratch.len);
		n++;
	}
	make_line(1, &scratch);
	ledger_put(&l, 1, scratch.data, scratch.len);
	for (i = 1; i < 3000; i++) {
		int got = ledger_find(&l, i, &line, NULL);

		if (i % 7)
			make_line(i, &scratch);
		if (i % 7)
			good &= got == 1 && line.seq == i && line.n == scratch.len &&
				memcmp(line.text, scratch.data, line.n) == 0;
		else
			missing &= got == 0;
	}
	ok(good, "lines put in disorder are found by number");
	ok(missing, "and others are not");
	is_int((int64_t)l.count, n + 1, "none is lost");
	ledger_release(&l);
	buf_release(&scratch);
}

static void test_seqs(void)
{
	unsigned char there[NUMBERS] = {0};
	struct seqs s = {0};
	unsigned seed = 7;
	int good = 1, step;
	uint32_t i;

	for (step = 0; step < 5000; step++) {
		i = rand_next(&seed) % NUMBERS;
		if (step == 2000) {
			seqs_clear(&s);
			memset(there, 0, sizeof(there));
		}
		good &= seqs_has(&s, i) == there[i];
		good &= seqs_add(&s, i) == !there[i];
		there[i] = 1;
		good &= seqs_has(&s, i) == 1 && seqs_has(&s, NUMBERS + i) == 0;
	}
	ok(good, "a set has exactly the numbers that were put");
	is_int((long)s.count, 1, "all of them are one run");
	ok(seqs_add(&s, UINT32_MAX) == 1 && seqs_add(&s, UINT32_MAX - 1) == 1 &&
		   seqs_add(&s, UINT32_MAX) == 0 && !seqs_has(&s, UINT32_MAX - 2),
	   "the greatest number is one like others");
	seqs_release(&s);
}

int main(void)
{
	int dir = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	test_ledger(dir, "in a file");
	test_ledger(-1, "where no file can be made");
	test_disorder();
	test_seqs();
	if (dir >= 0)
		close(dir);
	return tap_done();
}
