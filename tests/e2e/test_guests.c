/* SPDX-License-Identifier: MIT */
/* More than one terminal at a session at the same time: what becomes of one costs the others
 * nothing. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 2500, PIECES = 100, HANG_UPS = 20 };

static struct lab lab;

static void end(const char *after)
{
	ok(!lab_sh(&lab, NULL,
		   "s=$(basename codex-logs/*.cast .cast); \"$STENO\" kill $s; "
		   "\"$STENO\" wait --exit -t 60 $s; [ $? -ne 124 ]"),
	   "the session ends");
	lab_is_clean(&lab, after);
	lab_close(&lab);
}

static struct term *attach(void)
{
	struct term *t = lab_start(&lab, "attach", NULL);

	term_expect(t, "ready>");
	return t;
}

/* The socket by which it is at the session. */
static void put_socket(const struct term *t, struct buf *out)
{
	char script[128];

	snprintf(script, sizeof(script), "readlink /proc/%d/fd/* | grep socket:", (int)term_pid(t));
	lab_sh(&lab, out, script);
}

/* Both paste at a program that reads slowly: more waits than is kept. */
static void test_pastes(void)
{
	static char piece[PIECE];
	struct buf before = {0}, after = {0};
	struct term *a, *b;
	int i;

	lab_open(&lab, 0);
	ok(!lab_sh(&lab, NULL, "\"$STENO\" rec -d --size 80x24"), "a session runs");
	a = attach();
	b = attach();
	put_socket(a, &before);
	put_socket(b, &before);
	memset(piece, 'x', sizeof(piece));
	term_type(a,
		  "stty raw -echo; echo \"go\"ing; dd bs=1 count=500000 2>&- | wc -c; stty sane\r");
	term_expect(a, "going");
	for (i = 0; i < PIECES; i++) {
		term_send(a, piece, sizeof(piece));
		term_send(b, piece, sizeof(piece));
	}
	ok(term_expect(a, "500000"), "nothing that two terminals type is lost");
	put_socket(a, &after);
	put_socket(b, &after);
	ok(strstr(buf_str(&before), "socket:") != NULL, "both are at the session");
	is_str(buf_str(&after), buf_str(&before), "and neither was sent away");
	term_free(a);
	term_free(b);
	buf_release(&before);
	buf_release(&after);
	end("after two pastes");
}

/* The one that is shown is hung up in the middle of a flood, again and again; the first of them is
 * the session's own. */
static void test_hang_ups(void)
{
	struct term *shown, *other;
	int i, there = 1;

	lab_open(&lab, 0);
	shown = lab_start(&lab, NULL);
	term_expect(shown, LAB_PROMPT);
	for (i = 0; i < HANG_UPS && there; i++) {
		other = attach();
		term_type(shown, "while echo \"fl\"ood; do :; done\r");
		term_expect(shown, "flood");
		term_hang_up(shown);
		term_free(shown);
		term_skip(other);
		there = term_expect(other, "flood");
		term_type(other, "\003");
		there = there && term_expect(other, "ready>");
		shown = other;
	}
	is_int(i, HANG_UPS, "who is left stays at the session each time");
	term_free(shown);
	end("after hang-ups");
}

/* A program left the terminal's descriptor so that it does not block, and the terminal takes
 * nothing for a while. */
static void test_full(void)
{
	struct term *a, *b;

	lab_open(&lab, 0);
	ok(!lab_sh(&lab, NULL, "\"$STENO\" rec -d --size 80x24"), "a session runs");
	a = attach();
	b = lab_start_sh(&lab, "dd oflag=nonblock </dev/null 2>&-; exec \"$STENO\" attach -r");
	term_expect(b, "ready>");
	term_type(a, "for i in $(seq 150); do seq -s ' ' ${i}000 ${i}250; sleep .02; done; "
		     "echo \"fi\"nal\r");
	ok(term_expect(a, "final"), "much is printed");
	ok(term_expect(b, "final"), "who watches gets the end of it when he looks again");
	term_free(a);
	term_free(b);
	end("after a full terminal");
}

/* Wider than a screen of ours can be. */
static void test_wide(void)
{
	struct term *a, *b;

	lab_open(&lab, 0);
	ok(!lab_sh(&lab, NULL, "\"$STENO\" rec -d --size 80x24"), "a session runs");
	a = attach();
	b = lab_start_sh(&lab, "stty rows 10 cols 1200; exec \"$STENO\" attach -r");
	term_expect(b, "ready>");
	term_type(a, "seq 30; echo \"fi\"nal\r");
	term_expect(a, "final");
	ok(term_expect(b, "final"), "a wide terminal shows what happens");
	ok(!memmem(term_seen(b)->data, term_seen(b)->len, "\033[24;", 5), "in the rows it has");
	term_free(a);
	term_free(b);
	end("after a wide terminal");
}

int main(void)
{
	test_wide();
	test_full();
	test_pastes();
	test_hang_ups();
	return tap_done();
}
