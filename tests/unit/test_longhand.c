/* SPDX-License-Identifier: MIT */
#include "live/longhand.h"

#include "base/buf.h"
#include "base/err.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/steno-longhand-XXXXXX", path[64];

static void on_mark(void *ctx, const unsigned char *data, size_t n)
{
	struct buf *out = ctx;

	buf_put(out, data, n);
	buf_putc(out, '|');
}

static void append(const void *data, size_t n)
{
	FILE *f = fopen(path, "a");

	if (!f || fwrite(data, 1, n, f) != n || fclose(f))
		bug("%s cannot be written", path);
}

/* What one mark becomes. */
static const char *take(struct longhand *l, const char *mark)
{
	static struct buf out;

	buf_clear(&out);
	longhand_take(l, (const unsigned char *)mark, strlen(mark), on_mark, &out);
	return buf_str(&out);
}

static void begin(struct longhand *l)
{
	unlink(path);
	if (longhand_init(l, path) < 0)
		bug("no memory");
}

#define LINES(text) append(text, sizeof(text) - 1)
#define L(s, h) "L;s=" s ";h=" h ";st=3"

static void test_marks(void)
{
	struct longhand l;

	begin(&l);
	is_str(take(&l, "A;s=4;st=0"), "A;s=4;st=0|", "leaves other marks as they are");
	is_str(take(&l, "A"), "A|", "even if there is nothing in them");
	is_str(take(&l, "A12;130"), "A;s=12;st=130|", "gives the numbers in A their keys");
	is_str(take(&l, "A12"), "A;s=12|", "one of them, too");
	is_str(take(&l, "C;s=1;prev=0;d=/x"), "C;s=1;prev=0;d=/x|", "and C of another shell");
	is_str(take(&l, "C;s=1;prev=0;h=7,7;d=/x"), "C;s=1;prev=0;d=/x|", "takes h out of C");
	is_str(take(&l, "C;s=2;prev=1;h=7,8;d=/;h=x"), "C;s=2;prev=1;d=/;h=x|", "once");
	is_str(take(&l, "C;s=2;prev=1;h=7,8"), "C;s=2;prev=1|", "up to the end");
	is_str(take(&l, ""), "", "has nothing for no mark");
	is_str(take(&l, "L"), "D|", "needs nothing in L");
	is_str(take(&l, L("1", "7,7")), "D;s=1;st=3|", "gives no E without a file");
	longhand_release(&l);
}

static void test_lines(void)
{
	struct longhand l;

	begin(&l);
	LINES("    7  ls\n\0");
	is_str(take(&l, L("1", "7,7")), "D;s=1;st=3|E;s=1;cmd=ls|", "gives the line");
	is_str(take(&l, L("2", "8,8")), "D;s=2;st=3|", "none that is not there");
	LINES("    8* a;%\x01\nb\n\n\0");
	is_str(take(&l, L("2", "8,8")), "D;s=2;st=3|E;s=2;cmd=a%3B%25%01%0Ab%0A|", "encoded");
	LINES("    8* a\n\0    9  b\n\0");
	is_str(take(&l, L("3", "8,9")), "D;s=3;st=3|", "none of a command that was not added");
	is_str(take(&l, L("4", "9,9")), "D;s=4;st=3|E;s=4;cmd=b|", "the next one of the next");
	LINES("123456  c\n    9  d\n\0"
	      "123457  e\n\0");
	is_str(take(&l, L("5", "123456,123456")), "D;s=5;st=3|E;s=5;cmd=c%0A    9  d|",
	       "one that looks like two");
	is_str(take(&l, L("6", "123457,123457")), "D;s=6;st=3|E;s=6;cmd=e|", "one behind another");
	LINES("    5  f\n");
	is_str(take(&l, L("7", "5,5")), "D;s=7;st=3|", "none whose end is not there");
	LINES("    6  g\n\0    7  h\n\0");
	is_str(take(&l, L("8", "6,6")), "D;s=8;st=3|", "none that a torn one stands before");
	is_str(take(&l, L("9", "7,7")), "D;s=9;st=3|E;s=9;cmd=h|", "and the next one again");
	is_str(take(&l, "L;s=9;st=0"), "D;s=9;st=0|", "none without a number");
	is_str(take(&l, "L;s=9;h=x,x;st=0"), "D;s=9;st=0|", "none with another number");
	longhand_release(&l);
}

static void test_mishaps(void)
{
	struct longhand l;

	begin(&l);
	LINES("    5  left\n\0    6  a\n\0    7  b\n\0");
	is_str(take(&l, L("1", "6,6")), "D;s=1;st=3|E;s=1;cmd=a|", "passes over one that is left");
	LINES("    8  c\n\0");
	is_str(take(&l, L("2", "4,4")), "D;s=2;st=3|", "waits with one that comes later");
	is_str(take(&l, L("3", "7,7")), "D;s=3;st=3|E;s=3;cmd=b|", "and gives it then");
	is_str(take(&l, L("4", "8,8")), "D;s=4;st=3|E;s=4;cmd=c|", "and the next");
	LINES("\0    1  echo\n\0    1  echo\n\0");
	is_str(take(&l, L("5", "9,9")), "D;s=5;st=3|", "none of an empty history");
	is_str(take(&l, L("6", "1,1")), "D;s=6;st=3|E;s=6;cmd=echo|", "the first one behind it");
	is_str(take(&l, L("7", "1,1")), "D;s=7;st=3|", "not the same again");
	unlink(path);
	LINES("    2  new\n\0");
	is_str(take(&l, L("8", "2,2")), "D;s=8;st=3|E;s=8;cmd=new|", "finds a new file");
	longhand_release(&l);
	LINES("    3  in flight\n\0");
	if (longhand_init(&l, path) < 0)
		bug("no memory");
	longhand_late(&l);
	LINES("    4  after\n\0");
	is_str(take(&l, L("9", "3,3")), "D;s=9;st=3|", "takes over without the lines before");
	is_str(take(&l, L("10", "4,4")), "D;s=10;st=3|E;s=10;cmd=after|", "with those after");
	longhand_release(&l);
}

static void test_other_files(void)
{
	struct longhand l;
	char other[80];

	snprintf(other, sizeof(other), "%s/other", dir);
	begin(&l);
	LINES("    7  ls\n\0");
	if (rename(path, other) < 0 || symlink(other, path) < 0)
		bug("no link");
	is_str(take(&l, L("1", "7,7")), "D;s=1;st=3|", "follows no link");
	longhand_release(&l);
	begin(&l);
	if (mkfifo(path, 0600) < 0)
		bug("no fifo");
	is_str(take(&l, L("1", "7,7")), "D;s=1;st=3|", "does not wait for a fifo");
	longhand_release(&l);
	unlink(other);
}

/* A line with so many bytes of text, and what becomes of it. */
static void test_long(size_t n, size_t kept)
{
	struct longhand l;
	char *text = xmalloc(n + 16);
	size_t head;

	begin(&l);
	head = (size_t)snprintf(text, 16, "    7  ");
	memset(text + head, 1, n);
	memcpy(text + head + n, "\n", 2);
	append(text, head + n + 2);
	is_int((int64_t)strlen(take(&l, L("1", "7,7"))),
	       (int64_t)(strlen("D;s=1;st=3|E;s=1;cmd=|") + 3 * kept +
			 (kept < n ? strlen(";cut=1") : 0)),
	       "%zu of %zu bytes", kept, n);
	LINES("    8  next\n\0");
	is_str(take(&l, L("2", "8,8")), "D;s=2;st=3|E;s=2;cmd=next|", "goes on behind them");
	longhand_release(&l);
	free(text);
}

static void test_much(void)
{
	char line[128], mark[64], want[160];
	struct longhand l;
	struct stat st;
	int i;

	begin(&l);
	for (i = 10000; i < 30000; i++) {
		snprintf(line, sizeof(line), "%d  %0100d", i, i);
		append(line, strlen(line) + 1);
		snprintf(mark, sizeof(mark), L("1", "%d,%d"), i, i);
		snprintf(want, sizeof(want), "D;s=1;st=3|E;s=1;cmd=%0100d|", i);
		if (strcmp(take(&l, mark), want) != 0)
			break;
	}
	is_int(i, 30000, "takes any number of lines");
	if (stat(path, &st) < 0)
		bug("%s is gone", path);
	ok(st.st_blocks * 512 < st.st_size, "gives back what was used of the disk");
	longhand_release(&l);
}

int main(void)
{
	if (!mkdtemp(dir))
		bug("no folder for the test");
	snprintf(path, sizeof(path), "%s/lines", dir);
	test_marks();
	test_lines();
	test_mishaps();
	test_other_files();
	test_long(LONGHAND_TEXT, LONGHAND_TEXT);
	test_long(LONGHAND_TEXT + 1, LONGHAND_TEXT);
	test_long(3 * LONGHAND_TEXT, LONGHAND_TEXT);
	test_much();
	unlink(path);
	rmdir(dir);
	return tap_done();
}
