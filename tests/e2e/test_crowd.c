/* SPDX-License-Identifier: MIT */
/* Terminals at a session, its own and others', that come, go, are resized, closed and killed at
 * random, and so is who records, writes and paints. In the end all show the same, and the session
 * ends as any other.
 * CYCLES: how many things happen (100); SEED: which (of the day). */
#include "lab.h"
#include "pane.h"
#include "tap.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GUESTS = 3, HOLDERS = 3 };

static struct lab lab;
static struct pane own, guests[GUESTS];
static const char *const names[GUESTS] = {"a", "b", "c"};
static int is_attached[GUESTS], watches[GUESTS], holders_killed;
static unsigned long long state;

static unsigned int draw(unsigned int below)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(state >> 33) % below;
}

static const char *draw_line(void)
{
	static const char *const lines[] = {
		"seq 200",
		"echo hello",
		"clear",
		"printf '\\033[31mred\\033[0m\\n'",
		"for i in 1 2 3 4 5 6 7 8 9; do seq 300; done",
		"tput smcup; seq 5; tput rmcup",
		"printf '\\033[2J\\033[5;5Hat\\n'",
	};

	return lines[draw(sizeof(lines) / sizeof(*lines))];
}

static void resize(const struct pane *p, unsigned int rows, unsigned int cols)
{
	char script[160];

	snprintf(script, sizeof(script), "tmux -S \"$LAB/%s.tmux\" resize-window -x %u -y %u; true",
		 p->name, cols, rows);
	lab_sh(&lab, NULL, script);
}

static void attach(int i)
{
	static const char *const ways[] = {"", "", "", "-r", "--size-from latest"};
	unsigned int way = draw(5);
	char line[128];

	snprintf(line, sizeof(line), "clear; \"$STENO\" attach %s", ways[way]);
	pane_line(&guests[i], line);
	is_attached[i] = 1;
	watches[i] = way == 3;
}

static void close_and_open(int i)
{
	pane_close(&guests[i]);
	pane_open(&guests[i], &lab, names[i], 24, 80);
	is_attached[i] = 0;
}

/* Of the process that a pane's shell runs. */
static void kill_process(int i)
{
	static const char *const signals[] = {"KILL", "HUP", "TERM"};
	char script[160];

	snprintf(script, sizeof(script),
		 "pkill -%s -P $(tmux -S \"$LAB/%s.tmux\" display -p '#{pane_pid}') -f ' attach'; "
		 "true",
		 signals[draw(3)], names[i]);
	lab_sh(&lab, NULL, script);
	is_attached[i] = 0;
}

static void happen_to_guest(int i)
{
	unsigned int n = draw(20);

	if (!is_attached[i]) {
		attach(i);
	} else if (n < 4) {
		pane_keys(&guests[i], "'C-\\'");
		is_attached[i] = 0;
	} else if (n < 8) {
		resize(&guests[i], 5 + draw(36), 20 + draw(101));
	} else if (n < 10) {
		close_and_open(i);
	} else if (n < 12) {
		kill_process(i);
	} else if (!watches[i]) {
		pane_line(&guests[i], draw_line());
	}
}

/* One that parses what is foreign, chosen by its place among them. */
static void kill_helper(void)
{
	char script[400];

	snprintf(script, sizeof(script),
		 "n=%u; for p in $(pgrep '^steno-(painter|scribe|watcher|words|look)'); do "
		 "grep -qz \"^XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR$\" /proc/$p/environ || continue; "
		 "[ $n -gt 0 ] || { kill -KILL $p; break; }; n=$((n-1)); done; true",
		 draw(6));
	lab_sh(&lab, NULL, script);
}

static void happen(void)
{
	unsigned int who = draw(GUESTS + 1), n = draw(10);

	if (who < GUESTS) {
		happen_to_guest((int)who);
	} else if (n < 3) {
		resize(&own, 5 + draw(36), 20 + draw(101));
	} else if (n < 4 && holders_killed < HOLDERS) {
		holders_killed++;
		lab_sh(&lab, NULL,
		       "kill -KILL $(ls \"$XDG_RUNTIME_DIR/steno\" | "
		       "sed -n 's/^.*-session\\..*\\.//p')");
	} else if (n < 5) {
		kill_helper();
	} else {
		pane_line(&own, draw_line());
	}
}

static void is_same(const struct pane *p)
{
	pane_until(p,
		   "strip() { awk '{ sub(/ +$/, \"\") } NF { for (; n; n--) print \"\"; print; "
		   "next } { n++ }'; }\n"
		   "\"$STENO\" show --screen end | strip >\"$LAB/is\"\n"
		   "$T capture-pane -p | strip | diff - \"$LAB/is\" && grep -qx last42 \"$LAB/is\"",
		   "a terminal shows what the session does");
}

static void settle(void)
{
	int i;

	for (i = 0; i < GUESTS; i++)
		close_and_open(i);
	resize(&own, 24, 80);
	pane_keys(&own, "C-c");
	pane_ends(&own, "ready>", "the session is at its prompt");
	pane_keys(&own, "Enter");
	pane_line(&own, "clear");
	for (i = 0; i < GUESTS; i++) {
		pane_line(&guests[i], "clear; \"$STENO\" attach");
		pane_ends(&guests[i], "ready>", "a terminal is attached");
	}
	pane_line(&own, "clear; echo la\"st\"$((6*7))");
	is_same(&own);
	for (i = 0; i < GUESTS; i++)
		is_same(&guests[i]);
}

/* Where it was started, or at another terminal after that one was closed. */
static void end(int is_closed)
{
	int i;

	if (is_closed)
		pane_close(&own);
	pane_line(is_closed ? &guests[0] : &own, "exit 5");
	if (!is_closed)
		pane_ends(&own, "outer>", "the session ends at its own terminal");
	for (i = 0; i < GUESTS; i++)
		pane_shows(&guests[i], "has ended with status 5", "and at the others");
	pane_until(&guests[0], "\"$STENO\" ls | grep -w ended", "it is over");
	ok(!lab_sh(&lab, NULL, "[ $(grep -c '\\\\\"ended\\\\\"' codex-logs/*.cast) = 1 ]"),
	   "and was ended once");
	if (!is_closed)
		pane_close(&own);
	for (i = 0; i < GUESTS; i++)
		pane_close(&guests[i]);
	lab_is_clean(&lab, "after a crowd");
	lab_close(&lab);
}

static void test_crowd(long left, int is_closed)
{
	int i;

	holders_killed = 0;
	lab_open(&lab, 0);
	pane_open(&own, &lab, "own", 24, 80);
	pane_line(&own, "\"$STENO\" -q");
	pane_ends(&own, "ready>", "a session runs");
	for (i = 0; i < GUESTS; i++) {
		pane_open(&guests[i], &lab, names[i], 24, 80);
		is_attached[i] = 0;
	}
	for (; left > 0; left--)
		happen();
	settle();
	end(is_closed);
}

int main(void)
{
	const char *cycles = getenv("CYCLES"), *seed = getenv("SEED");
	long all = cycles && *cycles ? strtol(cycles, NULL, 10) : 100;

	state = seed && *seed ? strtoull(seed, NULL, 10) : (unsigned long long)(time(NULL) / 86400);
	tap_note("SEED=%llu", state);
	test_crowd(all / 2, 0);
	test_crowd(all / 2, 1);
	return tap_done();
}
