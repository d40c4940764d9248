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

/* What one mark of a shell becomes. */
static const char *take_of(struct longhand *l, pid_t shell, const char *mark)
{
	static struct buf out;

	buf_clear(&out);
	longhand_take(l, shell, (const unsigned char *)mark, strlen(mark), on_mark, &out);
	return buf_str(&out);
}

static const char *take(struct longhand *l, const char *mark)
{
	return take_of(l, 0, mark);
}

/* What L becomes, behind a command with these numbers. */
static const char *run(struct longhand *l, const char *numbers)
{
	char mark[96];

	snprintf(mark, sizeof(mark), "C=%.64s;0;'/'", numbers);
	take(l, mark);
	return take(l, "L3");
}

static void begin(struct longhand *l)
{
	unlink(path);
	if (longhand_init(l, path) < 0)
		bug("no memory");
}

#define LINES(text) append(text, sizeof(text) - 1)

static void test_marks(void)
{
	struct longhand l;

	begin(&l);
	is_str(take(&l, "A;s=4;st=0"), "A;s=4;st=0|", "leaves other marks as they are");
	is_str(take(&l, "A"), "A|", "even if there is nothing in them");
	is_str(take(&l, "A12;130"), "A;s=12;st=130|", "gives the numbers in A their keys");
	is_str(take(&l, "A12"), "A;s=12|", "one of them, too");
	is_str(take(&l, "C;s=1;prev=0;d=/x"), "C;s=1;prev=0;d=/x|", "and C of another shell");
	is_str(take(&l, "C=1,7,7;0;'/x'"), "C;s=1;prev=0;d=/x|", "those in C, too");
	is_str(take(&l, "C=2,7,8;;'/;h=x'"), "C;s=2;d=/%3Bh=x|", "prev only if there is one");
	is_str(take(&l, "C=2,7,8;130;$'/\\a%'"), "C;s=2;prev=130;d=/%07%25|",
	       "the directory encoded");
	is_str(take(&l, "C=3,7,8;0;"), "P;s=2;d=|C;s=3;prev=0;d=|",
	       "says so where it is not known");
	is_str(take(&l, "C4"), "C;s=3|", "counts back what was counted on");
	is_str(take(&l, "C0"), "C0|", "if it can be");
	is_str(take(&l, "C4;s=1"), "C4;s=1|", "and nothing else was said");
	is_str(take(&l, "C=3,7"), "C=3,7|", "leaves what is none as it is");
	is_str(take(&l, "C=3,7,7"), "C=3,7,7|", "all of it");
	is_str(take(&l, "C=3,7,x;0;'/'"), "C=3,7,x;0;'/'|", "numbers, too");
	is_str(take(&l, "P=3;'/tmp'"), "P;s=3;d=/tmp|", "gives those in P their keys");
	is_str(take(&l, "P=3;"), "P;s=3;d=|", "with no directory");
	is_str(take(&l, "P;s=3;d=/"), "P;s=3;d=/|", "not those of another shell");
	is_str(take(&l, ""), "", "has nothing for no mark");
	is_str(take(&l, "L1"), "D;s=3;st=1|", "has the number for L that came last");
	is_str(take_of(&l, 7, "L1"), "", "none of another shell's");
	is_str(take(&l, "D;s=4;st=0;n=2;a=7"), "D;s=4;st=0|", "takes out of D what it needs");
	is_str(take(&l, "D;s=4;st=0"), "D;s=4;st=0|", "and leaves the others");
	is_str(run(&l, "1,7,7"), "D;s=1;st=3|", "gives no E without a file");
	longhand_release(&l);
}

static void test_lines(void)
{
	struct longhand l;

	begin(&l);
	LINES("    7  ls\n\0");
	is_str(run(&l, "1,7,7"), "D;s=1;st=3|E;s=1;cmd=ls|", "gives the line");
	is_str(run(&l, "2,8,8"), "D;s=2;st=3|", "none that is not there");
	LINES("    8* a;%\x01\nb\n\n\0");
	is_str(run(&l, "2,8,8"), "D;s=2;st=3|E;s=2;cmd=a%3B%25%01%0Ab%0A|", "encoded");
	LINES("    8* a\n\0    9  b\n\0");
	is_str(run(&l, "3,8,9"), "D;s=3;st=3|", "none of a command that was not added");
	is_str(run(&l, "4,9,9"), "D;s=4;st=3|E;s=4;cmd=b|", "the next one of the next");
	LINES("123456  c\n    9  d\n\0"
	      "123457  e\n\0");
	is_str(run(&l, "5,123456,123456"), "D;s=5;st=3|E;s=5;cmd=c%0A    9  d|",
	       "one that looks like two");
	is_str(run(&l, "6,123457,123457"), "D;s=6;st=3|E;s=6;cmd=e|", "one behind another");
	LINES("    5  f\n");
	is_str(run(&l, "7,5,5"), "D;s=7;st=3|", "none whose end is not there");
	LINES("    6  g\n\0    7  h\n\0");
	is_str(run(&l, "8,6,6"), "D;s=8;st=3|", "none that a torn one stands before");
	is_str(run(&l, "9,7,7"), "D;s=9;st=3|E;s=9;cmd=h|", "and the next one again");
	longhand_release(&l);
}

/* Several commands since the last D. */
static void test_several(void)
{
	struct longhand l;
	int i;

	begin(&l);
	take(&l, "C=1,7,7;0;'/'");
	take(&l, "C=2,8,8;0;'/'");
	LINES("    7  a\n\0    8  b\n\0");
	is_str(take(&l, "D;s=2;st=0;n=2;a=8"), "D;s=2;st=0|E;s=1;cmd=a|E;s=2;cmd=b|",
	       "gives the line of each");
	take(&l, "C=3,9,9;0;'/'");
	LINES("    9  c\n\0   10  # no\n\0");
	is_str(take(&l, "D;s=3;st=0;n=2;a=10"), "D;s=3;st=0|E;s=3;cmd=c|",
	       "that of a command which a comment follows");
	take(&l, "C=4,12,12;0;'/'");
	LINES("   11  # no\n\0   12  d\n\0");
	is_str(take(&l, "D;s=4;st=0;n=2;a=12"), "D;s=4;st=0|E;s=4;cmd=d|",
	       "that of one which follows a comment");
	take(&l, "C=5,13,13;0;'/'");
	take(&l, "C=6,15,15;0;'/'");
	LINES("   14  half\n\0   15  e\n\0");
	is_str(take(&l, "D;s=6;st=0;n=2;a=15"), "D;s=6;st=0|E;s=6;cmd=e|",
	       "none where a command has two lines");
	take(&l, "C=7,16,16;0;'/'");
	LINES("   16  half\n\0   17  more\n\0");
	is_str(take(&l, "D;s=7;st=0;n=2;a=16"), "D;s=7;st=0|", "nor if it is the last one");
	take(&l, "C=8,17,18;0;'/'");
	take(&l, "C=9,18,18;0;'/'");
	LINES("   17  more\n\0   18  f\n\0");
	is_str(take(&l, "D;s=9;st=0;n=2;a=18"), "D;s=9;st=0|E;s=9;cmd=f|",
	       "none of one that was not added");
	take(&l, "C=10,19,19;0;'/'");
	take(&l, "C=11,20,20;0;'/'");
	take(&l, "C=12,20,20;0;'/'");
	LINES("   18  x\n\0   19  deletes\n\0   20  y\n\0");
	is_str(take(&l, "D;s=12;st=0;n=3;a=20"), "D;s=12;st=0|E;s=12;cmd=y|",
	       "none of one whose line has got another number");
	take(&l, "C=13,21,21;0;'/'");
	take(&l, "C=14,22,22;0;'/'");
	LINES("   20  z\n\0   21  deletes\n\0");
	is_str(take(&l, "D;s=14;st=0;n=2;a=22"), "D;s=14;st=0|", "also if the last one did that");
	take(&l, "C=10,1,1;0;'/'");
	LINES("    1  g\n\0");
	is_str(take(&l, "D;s=10;st=0;n=1;a=1"), "D;s=10;st=0|E;s=10;cmd=g|",
	       "the first one of a history");
	take_of(&l, 5, "C=1,20,20;0;'/'");
	take_of(&l, 6, "C=1,20,20;0;'/'");
	LINES("   20  of 6\n\0   20  of 5\n\0");
	is_str(take_of(&l, 6, "L0"), "D;s=1;st=0|E;s=1;cmd=of 6|", "each shell's own");
	is_str(take_of(&l, 5, "L0"), "D;s=1;st=0|E;s=1;cmd=of 5|", "also behind another's");
	for (i = 100; i < 200; i++) {
		char mark[64];

		snprintf(mark, sizeof(mark), "C=%d,%d,%d;0;'/'", i, i, i);
		take(&l, mark);
	}
	LINES("  199  last\n\0");
	is_str(take(&l, "D;s=199;st=0;n=1;a=199"), "D;s=199;st=0|E;s=199;cmd=last|",
	       "the last one of very many");
	longhand_release(&l);
}

static void test_mishaps(void)
{
	struct longhand l;

	begin(&l);
	LINES("    5  left\n\0    6  a\n\0    7  b\n\0");
	is_str(run(&l, "1,6,6"), "D;s=1;st=3|E;s=1;cmd=a|", "passes over one that is left");
	is_str(run(&l, "3,7,7"), "D;s=3;st=3|E;s=3;cmd=b|", "and goes on behind it");
	LINES("\0    1  echo\n\0    1  echo\n\0");
	is_str(run(&l, "5,9,9"), "D;s=5;st=3|", "none of an empty history");
	is_str(run(&l, "6,1,1"), "D;s=6;st=3|E;s=6;cmd=echo|", "the first one behind it");
	is_str(run(&l, "7,1,1"), "D;s=7;st=3|", "not the same again");
	unlink(path);
	LINES("    2  new\n\0");
	is_str(run(&l, "8,2,2"), "D;s=8;st=3|E;s=8;cmd=new|", "finds a new file");
	longhand_release(&l);
	LINES("    3  in flight\n\0");
	if (longhand_init(&l, path) < 0)
		bug("no memory");
	longhand_late(&l);
	LINES("    4  after\n\0");
	is_str(run(&l, "9,3,3"), "D;s=9;st=3|", "takes over without the lines before");
	is_str(run(&l, "10,4,4"), "D;s=10;st=3|E;s=10;cmd=after|", "with those after");
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
	is_str(run(&l, "1,7,7"), "D;s=1;st=3|", "follows no link");
	longhand_release(&l);
	begin(&l);
	if (mkfifo(path, 0600) < 0)
		bug("no fifo");
	is_str(run(&l, "1,7,7"), "D;s=1;st=3|", "does not wait for a fifo");
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
	is_int((int64_t)strlen(run(&l, "1,7,7")),
	       (int64_t)(strlen("D;s=1;st=3|E;s=1;cmd=|") + 3 * kept +
			 (kept < n ? strlen(";cut=1") : 0)),
	       "%zu of %zu bytes", kept, n);
	LINES("    8  next\n\0");
	is_str(run(&l, "2,8,8"), "D;s=2;st=3|E;s=2;cmd=next|", "goes on behind them");
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
		snprintf(mark, sizeof(mark), "1,%d,%d", i, i);
		snprintf(want, sizeof(want), "D;s=1;st=3|E;s=1;cmd=%0100d|", i);
		if (strcmp(run(&l, mark), want) != 0)
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
	test_several();
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
