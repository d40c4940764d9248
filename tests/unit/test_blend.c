/* SPDX-License-Identifier: MIT */
/* Lines of several logs in the order of their times. */
#include "base/buf.h"
#include "live/blend.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

static void put(void *ctx, const char *line, size_t n)
{
	buf_put(ctx, line, n);
	buf_putc(ctx, '|');
}

static void give(struct blend *b, struct blend_place *p, const char *line, int64_t now)
{
	blend_put(b, p, line, strlen(line), now);
}

static void test_order(void)
{
	struct blend b = {0};
	struct blend_place main = {0}, sub = {0};
	struct buf out = {0};

	give(&b, &main, "{\"ts\":10}", 1);
	give(&b, &main, "{\"ts\":40}", 2);
	give(&b, &sub, "{\"ts\":20}", 3);
	give(&b, &sub, "{\"part\":1}", 4);
	give(&b, &sub, "{\"ts\":40,\"b\":1}", 5);
	give(&b, &main, "{\"ts\":30}", 6);
	ok(blend_came(&b) == 1, "it says when the first line came");
	blend_take(&b, INT64_MAX, put, &out);
	is_str(buf_str(&out),
	       "{\"ts\":10}|{\"ts\":20}|{\"part\":1}|{\"ts\":40}|{\"ts\":40,\"b\":1}|{\"ts\":30}|",
	       "lines go by their times, those of one log in its own order");
	ok(blend_came(&b) == INT64_MAX && !b.bytes, "then there are none");
	buf_release(&out);
	blend_release(&b);
}

static void test_waiting(void)
{
	struct blend b = {0};
	struct blend_place one = {0}, other = {0};
	struct buf out = {0};

	give(&b, &one, "{\"ts\":1}", 100);
	give(&b, &other, "{\"ts\":2}", 150);
	blend_take(&b, 99, put, &out);
	is_int((int64_t)out.len, 0, "a line waits");
	blend_take(&b, 100, put, &out);
	is_str(buf_str(&out), "{\"ts\":1}|", "for its own time only");
	buf_release(&out);
	blend_release(&b);
	ok(!b.first && !b.last && !b.bytes, "those that nobody takes are released");
}

static void test_many(void)
{
	struct blend b = {0};
	struct blend_place p = {0};
	struct buf out = {0};
	char line[64];
	int i;

	for (i = 0; i < 400000; i++) {
		snprintf(line, sizeof(line), "{\"ts\":%d,\"text\":\"%030d\"}", i, i);
		give(&b, &p, line, 1000);
		blend_take(&b, 0, put, &out);
	}
	ok(b.bytes <= 8 << 20 && out.len > 8 << 20, "too many do not wait (%zu)", b.bytes);
	give(&b, &p, "{\"ts\":99999999999999999999999}", 1000);
	give(&b, &p, "{\"text\":\"\\\"ts\\\":1\"}", 1000);
	give(&b, &p, "", 1000);
	ok(p.at == 399999, "what is no time is none");
	buf_release(&out);
	blend_release(&b);
}

int main(void)
{
	test_order();
	test_waiting();
	test_many();
	return tap_done();
}
