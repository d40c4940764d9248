/* SPDX-License-Identifier: MIT */
/* How long commands took, beside what the shell's own clock says within them. On a busy machine any
 * one of them may be seen late: what counts is the best of them. */
#include "lab.h"
#include "tap.h"
#include "term.h"

#include "base/buf.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 12, FLOOD = 400000 };

static struct lab lab;

/* Microseconds by EPOCHREALTIME, whatever its decimal point and however many decimals. */
static double parse_clock(char **at)
{
	double us = (double)strtoll(*at, at, 10) * 1e6, unit = 1e5;

	if (**at == '.' || **at == ',')
		++*at;
	for (; **at >= '0' && **at <= '9'; ++*at, unit /= 10)
		us += (**at - '0') * unit;
	return us;
}

/* The difference of the two clocks that the command printed, in ms; below 0: it printed none. */
static double own_ms(const char *output)
{
	char *at = output ? strrchr(output, '@') : NULL;
	double from, to;

	if (!at)
		return -1;
	at++;
	from = parse_clock(&at);
	to = parse_clock(&at);
	return (to - from) / 1000;
}

/* What `sleep` is to be replaced by is run between two looks at the clock. */
static void run(const char *path, const char *what, int times)
{
	struct buf line = {0};
	struct term *t;
	int i;

	lab_open(&lab, 0);
	lab_sh(&lab, NULL, "echo \"zmodload zsh/datetime; PS1='" LAB_PROMPT "'\" >~/.zshrc");
	t = lab_start(&lab, "--shell", path, NULL);
	term_expect(t, LAB_PROMPT);
	buf_printf(&line, "a=$EPOCHREALTIME; %s; b=$EPOCHREALTIME; echo \"@$a $b\"", what);
	for (i = 0; i < times; i++)
		lab_line(t, buf_str(&line));
	lab_exit(t, 0);
	term_free(t);
	buf_release(&line);
}

/* How many commands are told; the least, in ms and as a part, by which one is not as long as the
 * shell's own clock says. */
static int compare(double *least, double *part)
{
	struct buf out = {0};
	char *at, *newline;
	int n = 0;

	*least = *part = 1e9;
	lab_sh(&lab, &out, "\"$STENO\" export -f json last");
	for (at = (char *)(uintptr_t)buf_str(&out); (newline = strchr(at, '\n'));
	     at = newline + 1) {
		struct json *j = json_parse(at, (size_t)(newline - at), NULL);
		double own = own_ms(j ? json_get_text(j, "output") : NULL);
		double off = j ? (double)json_get_int(j, "duration_ms", -1) - own : 0;

		json_free(j);
		if (own < 0)
			continue;
		n++;
		off = off < 0 ? -off : off;
		*least = off < *least ? off : *least;
		*part = off / own < *part ? off / own : *part;
	}
	buf_release(&out);
	return n;
}

static void test_shell(const char *path)
{
	double least, part;
	char flood[64];
	int n;

	run(path, "sleep 0.1", TIMES);
	n = compare(&least, &part);
	is_int(n, TIMES, "%s: each sleep tells its time", path);
	ok(least < 5, "%s: the best is as long within 5 ms (%.1f ms)", path, least);
	lab_close(&lab);

	snprintf(flood, sizeof(flood), "seq %d", FLOOD);
	run(path, flood, 3);
	n = compare(&least, &part);
	ok(n >= 1, "%s: floods tell their time", path);
	ok(part < 0.02 || least < 5, "%s: the best is as long within 2 %% (%.1f ms, %.1f %%)", path,
	   least, part * 100);
	lab_close(&lab);
}

int main(void)
{
	test_shell("/bin/bash");
	test_shell("/usr/bin/zsh");
	return tap_done();
}
