/* SPDX-License-Identifier: MIT */
/* Whose time it was when something changed: never a guess, and bounded for hostile recordings. */
#include "out/looks.h"
#include "story/story.h"
#include "tape/event.h"

#include "base/buf.h"

#include "tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static struct looks l;

static void put_plain(struct buf *out, const unsigned char *p, size_t n)
{
	buf_put(out, p, n);
}

static const struct looks_form form = {put_plain, put_plain};

static void run_since(uint32_t seq, int64_t earliest_us, int64_t start_us, int64_t end_us)
{
	struct command c = {
		.seq = seq, .earliest_us = earliest_us, .start_us = start_us, .end_us = end_us};

	looks_started(&l, &c);
	if (end_us >= 0)
		looks_ended(&l, &c);
}

static void run(uint32_t seq, int64_t start_us, int64_t end_us)
{
	run_since(seq, start_us, start_us, end_us);
}

static enum looks_news fact(int64_t now, const char *text)
{
	struct event e = {now, EVENT_FACT, (const unsigned char *)text, strlen(text)};

	return looks_put(&l, &e);
}

static enum looks_news looked(int64_t since, int64_t until)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "{\"fact\":\"looked\",\"since\":%" PRId64 ",\"until\":%" PRId64 "}", since, until);
	return fact(until + 5000, text);
}

static void tells(const char *want, const char *name)
{
	struct buf out = {0};

	looks_tell(&l, &form, &out);
	is_str(buf_str(&out), want, "%s", name);
	buf_release(&out);
}

#define CHANGED(how, path, rest)                                                                   \
	"{\"fact\":\"changed\",\"how\":\"" how "\",\"path\":\"" path "\"" rest "}"

static void test_one(void)
{
	run(1, 1000000, 2000000);
	fact(2100000, CHANGED("created", "a", ",\"at\":1500000"));
	fact(2100000, CHANGED("edited", "b", ",\"at\":985000"));
	fact(2100000, CHANGED("edited", "c", ",\"at\":2000000"));
	is_int(looked(0, 2050000), LOOKS_LOOKED, "a look is whole");
	tells("While command 1 ran: created a; edited b, c.",
	      "a file's time may be a tick behind the command's");
	run(2, 3000000, 4000000);
	fact(4100000, CHANGED("edited", "a", ",\"at\":2500000"));
	fact(4100000, CHANGED("edited", "b", ",\"at\":4000001"));
	looked(2050000, 4050000);
	tells("While no command ran: edited a, b.", "before the command and behind it");
	run(3, 5000000, 6000000);
	fact(6100000, CHANGED("removed", "a", ",\"till\":5500000"));
	fact(6100000, CHANGED("removed", "b", ",\"till\":4900000"));
	fact(6100000, CHANGED("edited", "c", ""));
	looked(4050000, 6050000);
	tells("While command 3 or none ran: edited c; removed a. While no command ran: removed b.",
	      "what is gone went at the latest when its folder was touched last");
}

static void test_several(void)
{
	uint32_t seq;

	run(4, 7000000, 7500000);
	run(5, 7500000, 7501000);
	run(6, 7900000, -1);
	fact(7950000, CHANGED("edited", "a", ",\"at\":7490000"));
	fact(7950000, CHANGED("created", "d/b", ",\"at\":7100000,\"till\":7200000"));
	fact(7950000, CHANGED("created", "d/c", ",\"at\":7400000,\"till\":7600000"));
	fact(7950000, "{\"fact\":\"moved\",\"oid\":\"0123456789abcdef\",\"branch\":\"main\"}");
	fact(7950000, "{\"fact\":\"made\",\"oid\":\"0123456789abcdef\",\"subject\":\"s\","
		      "\"at\":7300000}");
	looked(6050000, 7800000);
	tells("While command 4 or 5 ran: edited a. "
	      "While command 4 ran: created d/b; commit 0123456789 s. "
	      "While command 4, 5 or none ran: created d/c. "
	      "While command 4, 5, 6 or none ran: HEAD moved to 0123456789 on main.",
	      "all that may have done it are named");
	ok(looks_ran(&l, &l.finds[0], 4) && looks_ran(&l, &l.finds[0], 5) &&
		   !looks_ran(&l, &l.finds[0], 6),
	   "and can be asked about");
	ok(looks_knows(&l, 4) && looks_knows(&l, 5) && !looks_knows(&l, 6),
	   "the look knows what ran before it");
	run(7, 8000000, 8100000);
	run(8, 8200000, 8300000);
	fact(8400000, CHANGED("edited", "a", ",\"at\":8250000"));
	looked(7800000, 8350000);
	ok(looks_ran_before(&l, &l.finds[0], 7) && !looks_ran_before(&l, &l.finds[0], 8),
	   "a command between may have changed it, too");
	for (seq = 9; seq < 29; seq++)
		run(seq, 9000000 + seq, 9000000 + seq + 1);
	fact(9600000, CHANGED("edited", "a", ",\"at\":9000000"));
	looked(8350000, 9500000);
	tells("While command 6, 9, 10, 11, 12, 13, 14, 15 or one of 13 more ran: edited a.",
	      "a long list is counted");
}

/* The machine is busy, and the mark of the command's beginning was read late. */
static void test_late_marks(void)
{
	struct command open = {.seq = 6, .end_us = 9600000};

	looks_ended(&l, &open);
	run_since(40, 20000000, 20100000, 20100000);
	run_since(41, 10000000, 30000000, 30000000);
	fact(30200000, CHANGED("edited", "a", ",\"at\":20050000"));
	fact(30200000, CHANGED("edited", "b", ",\"at\":20090000"));
	fact(30200000, CHANGED("edited", "c", ",\"at\":28000000"));
	fact(30200000, CHANGED("edited", "d", ",\"at\":29500000"));
	looked(19900000, 30100000);
	tells("While command 40 or none ran: edited a. While command 40 ran: edited b. "
	      "While no command ran: edited c. While command 41 or none ran: edited d.",
	      "what came between two readings may have been the command's");
}

static void test_hostile(void)
{
	struct buf out = {0};
	char text[256];
	int i;

	is_int(fact(1, "{"), LOOKS_NOTHING, "no JSON");
	is_int(fact(1, "{\"fact\":7}"), LOOKS_NOTHING, "no name");
	fact(1, CHANGED("stolen", "a", ""));
	fact(1, "{\"fact\":\"changed\"}");
	fact(1, "{\"fact\":\"moved\"}");
	fact(1,
	     CHANGED("edited", "a", ",\"at\":9223372036854775807,\"till\":-9223372036854775808"));
	is_int(fact(1, "{\"fact\":\"looked\",\"since\":9223372036854775807}"), LOOKS_LOOKED,
	       "numbers that are none");
	is_int((int64_t)l.n, 2, "what is not known is passed over");
	fact(1, "{\"fact\":\"limit\",\"what\":\"files that commands changed\",\"left_out\":-1}");
	for (i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), CHANGED("edited", "%d", ""), i);
		fact(1, text);
	}
	looked(0, 1);
	is_int((int64_t)l.n, 4000, "a list that is too long is cut");
	looks_tell(&l, &form, &out);
	ok(strstr(buf_str(&out), ", 19 and 3980 more.") && strstr(buf_str(&out), " not listed."),
	   "and that is said");
	fact(1, CHANGED("edited", "half", ""));
	is_int(fact(1, "{\"fact\":\"blind\",\"why\":\"x\"}"), LOOKS_BLIND, "no more looks");
	is_str(buf_str(&l.why), "x", "and why");
	looked(0, 1);
	is_int((int64_t)l.n, 0, "half a look counts for nothing");
	buf_release(&out);
}

int main(void)
{
	test_one();
	test_several();
	test_late_marks();
	test_hostile();
	looks_release(&l);
	return tap_done();
}
