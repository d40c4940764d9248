/* SPDX-License-Identifier: MIT */
/* moment: times within a recording. */
#include "cmd/moment.h"
#include "tap.h"

static void is_moment(const char *text, int64_t want)
{
	int64_t us = -1;

	if (moment_parse(text, &us) < 0)
		us = -1;
	is_int(us, want, "%s", text);
}

int main(void)
{
	is_moment("90", 90000000);
	is_moment("0", 0);
	is_moment("1.5", 1500000);
	is_moment("0.000001", 1);
	is_moment("1:30", 90000000);
	is_moment("1:02:03.25", 3723250000);
	is_moment("", -1);
	is_moment("1:", -1);
	is_moment(":1", -1);
	is_moment("1:2:3:4", -1);
	is_moment("-1", -1);
	is_moment("1e3", -1);
	is_moment("nan", -1);
	is_moment("inf", -1);
	is_moment("1.2.3", -1);
	is_moment(".", -1);
	is_moment("99999999999", -1);
	is_moment("00000000000000000000000000000000000001", -1);
	return tap_done();
}
